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
import type { Place } from "./places";
import { table } from "./table";

/** What clients in each place get, by operation and by when they connected: counts of the 4096 partitions. */
export function showClients(
  healthy: HealthyCluster,
  prediction: Prediction,
  places: readonly Place[],
): string {
  // What clients get that some of the nodes refuse was never measured.
  const refused = places.some(({ reach }) => reach["after the cut"].length < reach["before the cut"].length);
  const rows = operations.flatMap((operation) =>
    connections.map((connected) => [
      operation,
      connected === "after the cut" && (refused || operation === "linearized read")
        ? `${connected} (not measured)`
        : connected,
      ...places.map(({ reach }) =>
        countsText(outcomeCounts(healthy, prediction, { reach: reach[connected], operation, connected })),
      ),
    ]),
  );
  return table(
    "What clients get (predicted)",
    ["Operation", "Connected", ...places.map(({ name }) => `from ${name}`)],
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
  { members }: Pick<PartitionMap, "members">,
  connected: (typeof connections)[number],
): string {
  const counts = outcomeCounts(healthy, prediction, { reach: members, operation: "write", connected });
  return (["11", "-8"] as const)
    .filter((outcome) => counts[outcome] > 0)
    .sort((a, b) => counts[b] - counts[a])
    .join(" or ");
}
