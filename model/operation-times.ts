import { isServed } from "./availability";
import type { Operation } from "./client";
import { decisionOf, type PartitionMap } from "./partition-map";
import { PARTITIONS } from "./partitions";
import { type RoundTrips, roundTrip } from "./round-trips";
import { linkQuality, type Place, type SlowLink } from "./slow-link";
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
 * @param links slow ones beside the distance: their delay counts, and of jitter the mean; what losses cost is not in it.
 *   @default none
 * @returns undefined where nothing is served, or a round trip that counts is not in the table.
 */
export function operationTime(
  topology: Topology,
  map: PartitionMap,
  table: RoundTrips,
  place: string | undefined,
  operation: Operation,
  links: readonly SlowLink[] = [],
): OperationTime | undefined {
  const regions = new Map(topology.nodes.map(({ id, region }) => [id, region]));
  const places = map.nodes.map(({ id }): Place => ({ id, region: regions.get(id) }));
  const client: Place = { region: place };
  const between = (a: Place, b: Place) => {
    const distance = roundTrip(table, a.region, b.region);
    if (distance === undefined || links.length === 0) return distance;
    const { delay, jitter } = linkQuality(links, a, b);
    return distance + 2 * delay + jitter;
  };
  const toNode = places.map((node) => between(client, node));
  // Between two nodes, as far as it is asked for: null where it is not known.
  const apart = new Map<number, number | null>();
  const distance = (a: number, b: number) => {
    const key = a * places.length + b;
    let known = apart.get(key);
    if (known === undefined) apart.set(key, (known = between(places[a], places[b]) ?? null));
    return known;
  };
  let [sum, worst, count] = [0, 0, 0];
  for (let partition = 0; partition < PARTITIONS; partition++) {
    if (!isServed(decisionOf(map, partition))) continue;
    const start = partition * map.columns;
    const master = map.replicas[start];
    const toMaster = toNode[master];
    if (toMaster === undefined) return undefined;
    let further = 0;
    if (operation !== "session read") {
      for (let r = start + 1; r < start + map.columns; r++) {
        const toReplica = distance(master, map.replicas[r]);
        if (toReplica === null) return undefined;
        further = Math.max(further, toReplica);
      }
    }
    sum += toMaster + further;
    worst = Math.max(worst, toMaster + further);
    count++;
  }
  return count === 0 ? undefined : { mean: sum / count, worst };
}
