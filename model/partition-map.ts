import { Decision, decide, isServed } from "./availability";
import { PARTITIONS } from "./partitions";
import { orderHere, replicaColumns } from "./replicas";
import type { RosterNode } from "./roster-rows";
import type { SubCluster } from "./sub-cluster";

/** All 4096 partitions of one sub-cluster. */
export interface PartitionMap {
  /** Ids of the sub-cluster's nodes. */
  readonly members: readonly string[];
  /** The roster by numeric node id, descending; `replicas` holds indexes into it. */
  readonly nodes: readonly RosterNode[];
  /** The rack whose nodes are the masters; undefined where none is in effect. */
  readonly activeRack: number | undefined;
  /** Current replicas of each partition: the lesser of RF and the roster nodes present. */
  readonly columns: number;
  /** 4096 times `columns` indexes into `nodes`: the working master first (where the partition is served). */
  readonly replicas: Uint8Array;
  /** A {@link Decision} for each of the 4096. */
  readonly decisions: Uint8Array;
}

/** What a sub-cluster does with every partition, in strong consistency. */
export function partitionMap(cluster: SubCluster): PartitionMap {
  return mapWith(cluster, (partition) => decide(cluster, partition));
}

/** As {@link partitionMap}, for a sub-cluster that serves every partition by another rule than SC's. */
export function mapWith(cluster: SubCluster, decision: (partition: number) => Decision): PartitionMap {
  const columns = replicaColumns(cluster);
  const order = new Uint8Array(cluster.roster.nodes.length);
  const replicas = new Uint8Array(PARTITIONS * columns);
  const decisions = new Uint8Array(PARTITIONS);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    orderHere(cluster, partition, order);
    for (let r = 0; r < columns; r++) replicas[partition * columns + r] = order[r];
    decisions[partition] = decision(partition);
  }
  const { nodes, activeRack } = cluster.roster;
  return { members: cluster.members, nodes, activeRack, columns, replicas, decisions };
}

/** Ids of a partition's current replicas in a map: the working master first. */
export function replicaIds(map: PartitionMap, partition: number): string[] {
  const start = partition * map.columns;
  return Array.from(map.replicas.subarray(start, start + map.columns), (node) => map.nodes[node].id);
}

/** Decision of one partition in a map. */
export function decisionOf(map: PartitionMap, partition: number): Decision {
  return map.decisions[partition] as Decision;
}

/** How many of the 4096 partitions a sub-cluster serves or not; the three add up to 4096. */
export interface PartitionCounts {
  readonly available: number;
  readonly unavailable: number;
  readonly dead: number;
}

/** Counts the partitions of a map by availability. */
export function partitionCounts(map: PartitionMap): PartitionCounts {
  let [available, dead] = [0, 0];
  for (const decision of map.decisions) {
    if (isServed(decision as Decision)) available++;
    else if (decision === Decision.Dead) dead++;
  }
  return { available, unavailable: PARTITIONS - available - dead, dead };
}

/** A node's line of asadm's `show pmap`. */
export interface NodePartitions {
  /** Partitions that it is the working master of. */
  readonly primary: number;
  /** Partitions that it is another current replica of. */
  readonly secondary: number;
  /** The namespace's count as the node sees it: the same on each node of a sub-cluster. */
  readonly unavailable: number;
  /** The namespace's count as the node sees it: the same on each node of a sub-cluster. */
  readonly dead: number;
}

/** What asadm's `show pmap` says of each member (specification, section 4). */
export function partitionsByNode(map: PartitionMap): Record<string, NodePartitions> {
  const primary = new Uint16Array(map.nodes.length);
  const secondary = new Uint16Array(map.nodes.length);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    if (!isServed(decisionOf(map, partition))) continue;
    const start = partition * map.columns;
    primary[map.replicas[start]]++;
    for (let r = 1; r < map.columns; r++) secondary[map.replicas[start + r]]++;
  }
  const { unavailable, dead } = partitionCounts(map);
  const numbers = new Map(map.nodes.map(({ id }, number) => [id, number]));
  return Object.fromEntries(
    map.members.map((id) => {
      const number = numbers.get(id);
      // A member that is not on the roster serves nothing.
      const own = number === undefined ? [0, 0] : [primary[number], secondary[number]];
      return [id, { primary: own[0], secondary: own[1], unavailable, dead }];
    }),
  );
}
