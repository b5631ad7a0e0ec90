import type { SubCluster } from "./sub-cluster";

/** What decided whether a partition is served: a rule of the specification's section 3, or why none holds. */
export const Decision = {
  /** No rule holds; it may be served once missing nodes are back. */
  Unavailable: 0,
  /** Rule 1: fewer than RF roster nodes are missing, and all its data is here. */
  SuperMajority: 1,
  /** Rule 2: all of its roster-replicas are here, and all its data. */
  AllReplicas: 2,
  /** Rule 3: a strict majority of the roster is here, with a roster-replica among them, and all its data. */
  Majority: 3,
  /** Rule 4: exactly half of the roster is here, with the roster-master, and all its data. */
  HalfWithMaster: 4,
  /** No rule holds though every roster node is here: it needs a revive. */
  Dead: 5,
  /** AP mode: every sub-cluster serves every partition. */
  AvailabilityMode: 6,
} as const;
export type Decision = (typeof Decision)[keyof typeof Decision];

/** Whether a decision means that the partition is served. */
export function isServed(decision: Decision): boolean {
  return decision !== Decision.Unavailable && decision !== Decision.Dead;
}

/**
 * Whether a sub-cluster serves a partition in strong consistency, and by which rule: the first that holds
 * (specification, section 3).
 */
export function decide(cluster: SubCluster, partition: number): Decision {
  const { roster, presentCount } = cluster;
  if (presentCount < roster.replicationFactor) return Decision.Unavailable;

  // All rules ask for all the data alike, so the first that fits is the only one to ask it for.
  const rule = firstRule(cluster, partition);
  if (rule !== Decision.Unavailable && hasAllData(cluster, partition)) return rule;
  return presentCount === roster.nodes.length ? Decision.Dead : Decision.Unavailable;
}

function firstRule(cluster: SubCluster, partition: number): Decision {
  const { present, presentCount, roster } = cluster;
  const size = present.length;
  const trustedCount = cluster.isTrusted ? countTrusted(cluster, partition) : presentCount;
  if (size - trustedCount < roster.replicationFactor) return Decision.SuperMajority;

  const start = partition * size;
  let replicasHere = 0;
  let trustedReplica = false;
  for (let r = start; r < start + roster.replicationFactor; r++) {
    const node = roster.rows[r];
    if (present[node] === 0) continue;
    replicasHere++;
    trustedReplica ||= isTrusted(cluster, node, partition);
  }
  if (replicasHere === roster.replicationFactor) return Decision.AllReplicas;
  if (trustedCount * 2 > size && trustedReplica) return Decision.Majority;
  if (presentCount * 2 === size && present[roster.rows[start]] === 1) return Decision.HalfWithMaster;
  return Decision.Unavailable;
}

function hasAllData(cluster: SubCluster, partition: number): boolean {
  return cluster.members.some((id) => cluster.isFull(id, partition));
}

function isTrusted({ isTrusted, roster }: SubCluster, node: number, partition: number): boolean {
  return isTrusted ? isTrusted(roster.nodes[node].id, partition) : true;
}

function countTrusted(cluster: SubCluster, partition: number): number {
  let count = 0;
  for (let node = 0; node < cluster.present.length; node++) {
    if (cluster.present[node] === 1 && isTrusted(cluster, node, partition)) count++;
  }
  return count;
}
