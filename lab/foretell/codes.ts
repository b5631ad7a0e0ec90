import {
  type connections,
  type HealthyCluster,
  outcomeCounts,
  type PartitionMap,
  type Prediction,
} from "../../model";

/** The codes that a client beside a sub-cluster gets on writes that fail, the frequent first: "11", "11 or -8". */
export function failureCodes(
  healthy: HealthyCluster,
  prediction: Prediction,
  { members }: Pick<PartitionMap, "members">,
  connected: (typeof connections)[number],
): string {
  const counts = outcomeCounts(healthy, prediction, { reach: members, operation: "write", connected });
  return (["11", "-8"] as const)
    .filter((outcome) => counts[outcome] > 0)
    .sort((a, b) => counts[b] - counts[a])
    .join(" or ");
}
