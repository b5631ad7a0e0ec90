import type { ClockSkewLimits } from "../model";

/** One node as `stretch status` shows it. */
export interface NodeStatus {
  /** Aerospike node id. */
  readonly id: string;
  /** Rack id in use. */
  readonly rack: number;
  /** Region that it stands in; "local" where the topology names none. */
  readonly region: string;
  /** Whether it runs. */
  readonly up: boolean;
  /** Whether it is paused: up, and standing still. */
  readonly paused: boolean;
  /** Milliseconds that its clock is ahead; negative = behind. */
  readonly clockAheadMs: number;
  /** Partitions that it is the working master of. */
  readonly primary: number;
  /** Partitions that it is another replica of. */
  readonly secondary: number;
  /** Records in partitions that it is the master of. */
  readonly masterObjects: number;
  /** Records in partitions that it is another replica of. */
  readonly proleObjects: number;
  /** Records that it keeps of partitions that it does not serve. */
  readonly nonReplicaObjects: number;
  /** Marks of durable deletes. */
  readonly tombstones: number;
  /** Records that not every replica is known to have. */
  readonly unreplicated: number;
  /** Partitions still to send. */
  readonly migratesTx: number;
  /** Partitions still to receive. */
  readonly migratesRx: number;
}

/** One sub-cluster. */
export interface SubClusterStatus {
  /** Hexadecimal; another one each time it forms. */
  readonly clusterKey: string;
  /** Id of the node that leads it: the highest. */
  readonly principal: string;
  /** Ids of its nodes. */
  readonly members: readonly string[];
  /** Grows with every recluster. */
  readonly regime: number;
  /** Entries of the roster in use (`A1B32@32`); none in availability mode and where none was set. */
  readonly roster: readonly string[];
  /** Of the 4096 partitions, those that it serves. */
  readonly available: number;
  /** Of the 4096 partitions, those that it does not serve until missing nodes are back. */
  readonly unavailable: number;
  /** Of the 4096 partitions, those that need a revive. */
  readonly dead: number;
  /** Milliseconds that the clocks of its nodes differ at most. */
  readonly clockSkewMs: number;
  /** Whether it refuses writes for that. */
  readonly refusesWrites: boolean;
}

/** A rehearsal cluster as it is now. */
export interface ClusterStatus {
  /** Name of its one namespace. */
  readonly namespace: string;
  /** Whether the namespace is strongly consistent. */
  readonly strongConsistency: boolean;
  /** Whether every node's own view is what the links allow now: false between a cut or a heal and the new clusters. */
  readonly settled: boolean;
  /** How far clocks may differ in strong consistency, with its heartbeats. */
  readonly clockSkewLimits: ClockSkewLimits;
  /** Nodes that see each other, by cluster key. */
  readonly subClusters: readonly SubClusterStatus[];
  /**
   * Nodes in no cluster though they were in one; until they block, in `blocksInMs` milliseconds, they answer as members of
   * the old one.
   */
  readonly orphans: readonly { readonly id: string; readonly blocks: boolean; readonly blocksInMs: number }[];
  /** Every node of the topology, in its order. */
  readonly nodes: readonly NodeStatus[];
}
