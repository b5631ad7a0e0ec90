/** Parameters of every property test: a fixed seed, or STRETCH_SEED; fast-check prints it where a property fails. */
export function seeded(numRuns: number): { seed: number; numRuns: number } {
  return { seed: Number(process.env.STRETCH_SEED ?? 20240814), numRuns };
}
