/** One node as `stretch status` shows it. */
export interface NodeStatus {
  readonly id: string;
  readonly rack: number;
  readonly region: string;
  readonly up: boolean;
  /** Partitions that it is the working master of, and those of which it is another replica. */
  readonly primary: number;
  readonly secondary: number;
  readonly masterObjects: number;
  readonly proleObjects: number;
  readonly nonReplicaObjects: number;
  readonly tombstones: number;
  readonly unreplicated: number;
  /** Partitions still to send, and still to receive. */
  readonly migratesTx: number;
  readonly migratesRx: number;
}

/** One sub-cluster. */
export interface SubClusterStatus {
  readonly clusterKey: string;
  readonly principal: string;
  readonly members: readonly string[];
  readonly regime: number;
  readonly roster: readonly string[];
  readonly available: number;
  readonly unavailable: number;
  readonly dead: number;
}

/** A rehearsal cluster as it is now. */
export interface ClusterStatus {
  readonly namespace: string;
  readonly strongConsistency: boolean;
  /** Whether every node's own view is what the links allow now: false between a cut or a heal and the new clusters. */
  readonly settled: boolean;
  readonly subClusters: readonly SubClusterStatus[];
  /** Nodes in no cluster though they were in one; until they block they answer as members of the old one. */
  readonly orphans: readonly { readonly id: string; readonly blocks: boolean }[];
  readonly nodes: readonly NodeStatus[];
}
