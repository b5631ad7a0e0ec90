import { CLOCK_SKEW_SOURCE } from "../../model";
import type { ClusterStatus } from "../../rehearsal/cluster-status";

/** What a time is, in words: "15 s", "0.5 s". */
function seconds(ms: number): string {
  return `${Math.round(ms) / 1000} s`;
}

/** A node's clock in words: "15 s ahead", "2 s behind", "right". */
export function clockText(aheadMs: number): string {
  if (aheadMs === 0) return "right";
  return `${seconds(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead" : "behind"}`;
}

/** What the clocks of sub-clusters come to, a line each where they differ, and in strong consistency what the figures are from. */
export function clocksText({ subClusters, strongConsistency, clockSkewLimits }: ClusterStatus): string[] {
  const skewed = subClusters.filter(({ clockSkewMs }) => clockSkewMs > 0);
  const { warn, stopWrites, loss } = clockSkewLimits;
  const lines = skewed.map(({ principal, clockSkewMs, refusesWrites }) => {
    const does = refusesWrites
      ? "every write is refused (22)"
      : strongConsistency && clockSkewMs > warn * 1000
        ? "its servers warn"
        : "nothing follows";
    return `Clocks in the cluster of ${principal} differ by ${seconds(clockSkewMs)}: ${does}.`;
  });
  if (skewed.length === 0 || !strongConsistency) return lines;
  return [
    ...lines,
    `Servers warn above ${warn} s, refuse writes above ${stopWrites} s, and may lose some from ${loss} s on; ${CLOCK_SKEW_SOURCE}.`,
  ];
}
