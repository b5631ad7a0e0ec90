import type { SubCluster } from "./sub-cluster";

/** What decided whether a partition is served: a rule of the specification's section 3, or why none holds. */
export const Decision = {
  /** No rule holds; it may be served once missing nodes are back. */
  Unavailable: 0,
  /** Rule 1: fewer than RF roster nodes are missing. */
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

/** The decision in words, as a report shows it. */
export const decisionText: Readonly<Record<Decision, string>> = {
  [Decision.Unavailable]: "unavailable: no rule holds",
  [Decision.SuperMajority]: "super-majority: fewer than RF roster nodes are missing",
  [Decision.AllReplicas]: "all roster-replicas are here, with all data",
  [Decision.Majority]: "majority of the roster, with a roster-replica and all data",
  [Decision.HalfWithMaster]: "half of the roster, with the roster-master and all data",
  [Decision.Dead]: "dead: every roster node is here and no rule holds; needs a revive",
  [Decision.AvailabilityMode]: "availability mode: every sub-cluster serves",
};

/** Whether a decision means that the partition is served. */
export function isServed(decision: Decision): boolean {
  return decision !== Decision.Unavailable && decision !== Decision.Dead;
}

/**
 * Whether a sub-cluster serves a partition in strong consistency, and by which rule: the first that holds
 * (specification, section 3).
 */
export function decide(cluster: SubCluster, partition: number): Decision {
  const { roster, present, presentCount } = cluster;
  const size = roster.nodes.length;
  const { replicationFactor, rows } = roster;
  if (presentCount < replicationFactor) return Decision.Unavailable;

  const counts = (node: number) =>
    present[node] === 1 && (cluster.isTrusted?.(roster.nodes[node]!.id, partition) ?? true);
  const counted = cluster.isTrusted ? countWhere(size, counts) : presentCount;
  if (size - counted < replicationFactor) return Decision.SuperMajority;

  const rosterReplicas = rows.subarray(partition * size, partition * size + replicationFactor);
  const candidate = rosterReplicas.every((node) => present[node])
    ? Decision.AllReplicas
    : counted * 2 > size && rosterReplicas.some(counts)
      ? Decision.Majority
      : presentCount * 2 === size && present[rosterReplicas[0]!]
        ? Decision.HalfWithMaster
        : Decision.Unavailable;
  // Rules 2 to 4 ask for all the data alike, so the first that fits is the only one to ask for.
  if (candidate !== Decision.Unavailable && hasAllData(cluster, partition)) return candidate;
  return presentCount === size ? Decision.Dead : Decision.Unavailable;
}

function hasAllData(cluster: SubCluster, partition: number): boolean {
  return cluster.members.some((id) => cluster.isFull(id, partition));
}

function countWhere(size: number, test: (node: number) => boolean): number {
  let count = 0;
  for (let node = 0; node < size; node++) if (test(node)) count++;
  return count;
}
