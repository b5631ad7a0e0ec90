import type { LoaderProgress } from "../../lab/load/running-loader";
import type { BreakerSpan } from "../../lab/load/outcome";

/** A line on how a loader goes. */
export function progressText(seconds: number, { counts, codes, latency }: LoaderProgress): string {
  const failed = Object.entries(codes)
    .filter(([code]) => code !== "0")
    .map(([code, times]) => `${times} x ${code}`);
  return [
    `${seconds.toFixed(1).padStart(7)} s  ${counts.ok} ok, ${counts["not-sent"]} not sent, ${counts.refused} refused, ${counts.unknown} unknown`,
    ...(failed.length > 0 ? [`codes other than 0: ${failed.join(", ")}`] : []),
    ...(latency
      ? [
          `last second p50 ${latency.p50.toFixed(1)} ms, p95 ${latency.p95.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms`,
        ]
      : []),
  ].join("; ");
}

/** What is said of a time in which the client itself refused; `begin` in microseconds, as its bounds are. */
export function spanText({ from, to, operations }: BreakerSpan, begin: number): string {
  const at = (time: number) => ((time - begin) / 1_000_000).toFixed(1);
  return `From ${at(from)} to ${at(to)} s the client's own circuit breaker refused ${operations} operations (-14): that time says nothing of the cluster's availability.`;
}
