import type { SubCluster } from "./sub-cluster";

/**
 * Current replicas of a partition in a sub-cluster (specification, section 3): the row without the absent nodes, the
 * quiesced ones at its end, the first racks distinct again.
 *
 * @returns at most RF indexes into `roster.nodes`: the working master first.
 */
export function currentReplicas(cluster: SubCluster, partition: number): number[] {
  const { roster, present, resting, racks } = cluster;
  const size = roster.nodes.length;
  const start = partition * size;
  const order: number[] = [];
  const rested: number[] = [];
  for (let r = start; r < start + size; r++) {
    const node = roster.rows[r]!;
    if (present[node]) (resting[node] ? rested : order).push(node);
  }
  // Only active nodes are swapped in, and there are at least as many as active racks.
  const need = Math.min(cluster.activeRacks, roster.replicationFactor);
  for (let r = 1; r < need; r++) {
    let pick = r;
    while (rackTaken(order, r, racks[order[pick]!]!, racks)) pick++;
    [order[r], order[pick]] = [order[pick]!, order[r]!];
  }
  const columns = Math.min(cluster.presentCount, roster.replicationFactor);
  while (order.length < columns) order.push(rested.shift()!);
  order.length = columns;
  return order;
}

function rackTaken(order: readonly number[], before: number, rack: number, racks: Uint8Array): boolean {
  for (let r = 0; r < before; r++) if (racks[order[r]!] === rack) return true;
  return false;
}
