import { activeRackFirst } from "./roster-rows";
import type { SubCluster } from "./sub-cluster";

/**
 * Current replicas of a partition in a sub-cluster (specification, section 3): the row without the absent nodes, the
 * quiesced ones at its end, the first racks distinct again, the active rack's copy in front.
 *
 * @returns at most RF indexes into `roster.nodes`: the working master first.
 */
export function currentReplicas(cluster: SubCluster, partition: number): Uint8Array {
  const order = new Uint8Array(cluster.roster.nodes.length);
  orderHere(cluster, partition, order);
  return order.slice(0, replicaColumns(cluster));
}

/** Current replicas of every partition: the lesser of RF and the roster nodes present. */
export function replicaColumns(cluster: SubCluster): number {
  return Math.min(cluster.presentCount, cluster.roster.replicationFactor);
}

/** Writes the row as the sub-cluster orders it into `order`, which has room for the whole roster. */
export function orderHere(cluster: SubCluster, partition: number, order: Uint8Array): void {
  const { roster, present, resting, racks, presentCount, restingCount } = cluster;
  const { rows, replicationFactor } = roster;
  const size = present.length;
  let active = 0;
  let rested = presentCount - restingCount;
  for (let r = partition * size; r < (partition + 1) * size; r++) {
    const node = rows[r];
    if (present[node] === 0) continue;
    if (resting[node] === 0) order[active++] = node;
    else order[rested++] = node;
  }
  // Only active nodes are swapped in, and there are at least as many as active racks.
  const need = Math.min(cluster.activeRacks, replicationFactor);
  for (let r = 1; r < need; r++) {
    let pick = r;
    while (rackTaken(order, r, racks[order[pick]], racks)) pick++;
    const kept = order[r];
    order[r] = order[pick];
    order[pick] = kept;
  }
  if (roster.activeRack !== undefined) {
    const columns = Math.min(presentCount - restingCount, replicationFactor);
    activeRackFirst(order, columns, (node) => roster.nodes[node].rack === roster.activeRack);
  }
}

function rackTaken(order: Uint8Array, before: number, rack: number, racks: Uint8Array): boolean {
  for (let r = 0; r < before; r++) if (racks[order[r]] === rack) return true;
  return false;
}
