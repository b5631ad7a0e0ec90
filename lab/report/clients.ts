import {
  connections,
  type HealthyCluster,
  operations,
  type Outcome,
  outcomeCounts,
  PARTITIONS,
  type PartitionMap,
  type Prediction,
} from "../../model";
import { table } from "./table";

/** What clients beside each sub-cluster get, by operation and by when they connected: counts of the 4096 partitions. */
export function showClients(
  healthy: HealthyCluster,
  prediction: Prediction,
  named: (map: PartitionMap) => string,
): string {
  const rows = operations.flatMap((operation) =>
    connections.map((connected) => [
      operation,
      operation === "linearized read" && connected === "after the cut"
        ? `${connected} (not measured)`
        : connected,
      ...prediction.subClusters.map(({ members }) =>
        countsText(outcomeCounts(healthy, prediction, { reach: members, operation, connected })),
      ),
    ]),
  );
  return table(
    "What clients get (predicted)",
    ["Operation", "Connected", ...prediction.subClusters.map((map) => `from ${named(map)}`)],
    rows,
  );
}

function countsText(counts: Record<Outcome, number>): string {
  return (["ok", "11", "-8"] as const)
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => (counts[outcome] === PARTITIONS ? `${outcome} all` : `${outcome} ${counts[outcome]}`))
    .join(", ");
}

/** The codes that a client beside a sub-cluster gets on writes that fail, the frequent first: "11", "11 or -8". */
export function failureCodes(
  healthy: HealthyCluster,
  prediction: Prediction,
  { members }: PartitionMap,
  connected: (typeof connections)[number],
): string {
  const counts = outcomeCounts(healthy, prediction, { reach: members, operation: "write", connected });
  return (["11", "-8"] as const)
    .filter((outcome) => counts[outcome] > 0)
    .sort((a, b) => counts[b] - counts[a])
    .join(" or ");
}
