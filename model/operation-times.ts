import { isServed } from "./availability";
import type { Operation } from "./client";
import { decisionOf, type PartitionMap, replicaIds } from "./partition-map";
import { PARTITIONS } from "./partitions";
import { type RoundTrips, roundTrip } from "./round-trips";
import type { Topology } from "./topology";

/** What the network alone adds to an operation, in milliseconds, over the partitions that are served. */
export interface OperationTime {
  /** Mean over the partitions. */
  readonly mean: number;
  readonly worst: number;
}

/**
 * What the network adds to an operation of a client in a region: to the master and back; and for a write or a linearized
 * read from the master to the farthest replica and back, since the master answers once every replica has (Aerospike's
 * architecture, "Strong consistency": a write is acknowledged when all replicas have it; a linearized read asks them for
 * their regime). Replicas are asked side by side.
 *
 * @returns undefined where nothing is served, or a round trip that counts is not in the table.
 */
export function operationTime(
  topology: Topology,
  map: PartitionMap,
  table: RoundTrips,
  place: string | undefined,
  operation: Operation,
): OperationTime | undefined {
  const regions = new Map(topology.nodes.map(({ id, region }) => [id, region]));
  let [sum, worst, count] = [0, 0, 0];
  for (let partition = 0; partition < PARTITIONS; partition++) {
    if (!isServed(decisionOf(map, partition))) continue;
    const [master, ...others] = replicaIds(map, partition).map((id) => regions.get(id));
    const toMaster = roundTrip(table, place, master);
    const further =
      operation === "session read" ? [] : others.map((region) => roundTrip(table, master, region));
    if (toMaster === undefined || further.includes(undefined)) return undefined;
    const milliseconds = toMaster + Math.max(0, ...(further as number[]));
    sum += milliseconds;
    worst = Math.max(worst, milliseconds);
    count++;
  }
  return count === 0 ? undefined : { mean: sum / count, worst };
}
