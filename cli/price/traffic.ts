import { healthyCluster, PARTITIONS, predict, replicaIds, type Topology } from "../../model";

/**
 * How often a written record leaves each region for another one, on average: from the writer to the master, and from the
 * master to each other replica. Keys are spread evenly over the partitions.
 * @param writers regions that clients write from, each the same share
 */
export function crossingsPerWrite(topology: Topology, writers: readonly string[]): Map<string, number> {
  const [map] = predict(healthyCluster(topology)).subClusters;
  const regions = new Map(topology.nodes.map((node) => [node.id, node.region!]));
  const crossings = new Map<string, number>();
  const cross = (from: string, to: string, share: number) => {
    if (from !== to) crossings.set(from, (crossings.get(from) ?? 0) + share / PARTITIONS);
  };
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const [master, ...others] = replicaIds(map, partition).map((id) => regions.get(id)!);
    for (const writer of writers) cross(writer, master, 1 / writers.length);
    for (const other of others) cross(master, other, 1);
  }
  return crossings;
}
