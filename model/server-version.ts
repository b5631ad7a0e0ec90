/** The server that a topology is of where it does not say, and that hosts get by default. */
export const DEFAULT_SERVER_VERSION = "8.1.2.5";

/**
 * Whether a server version comes before another one, number by number; a missing one counts as 0.
 *
 * @param version such as `7.1.0.25`
 * @param other as many of its numbers as matter, such as `7.2`
 */
export function isBefore(version: string, other: string): boolean {
  const [a, b] = [version, other].map((one) => one.split(".").map(Number));
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [mine, its] = [a[i] ?? 0, b[i] ?? 0];
    if (mine !== its) return mine < its;
  }
  return false;
}
