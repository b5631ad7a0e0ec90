/** Microseconds of the host's monotonic clock: the same in all processes of a host. */
export function monotonic(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
