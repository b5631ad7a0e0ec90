import {
  connections,
  type HealthyCluster,
  operations,
  type Outcome,
  outcomeCounts,
  PARTITIONS,
  type Prediction,
} from "../../model";
import type { Place } from "../../lab/foretell/places";
import { table } from "./table";
import type { Terminal } from "./terminal";

/** What clients in each place get, by operation and by when they connected: counts of the 4096 partitions. */
export function showClients(
  healthy: HealthyCluster,
  prediction: Prediction,
  places: readonly Place[],
  terminal: Terminal,
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
    terminal,
  );
}

function countsText(counts: Record<Outcome, number>): string {
  return (["ok", "11", "-8"] as const)
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => (counts[outcome] === PARTITIONS ? `${outcome} all` : `${outcome} ${counts[outcome]}`))
    .join(", ");
}
