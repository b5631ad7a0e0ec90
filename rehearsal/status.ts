import { rosterEntries } from "../model";
import type { Cluster } from "./cluster/cluster";
import { roleOf } from "./info/partitions";
import { objectCounts } from "./info/statistics";

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

/** What a cluster is like now, seen from outside. */
export function statusOf(cluster: Cluster): ClusterStatus {
  const views = new Set(
    cluster.nodes.flatMap((node) =>
      node.view && node.up && node.orphanedAt === undefined ? [node.view] : [],
    ),
  );
  return {
    namespace: cluster.namespace.name,
    strongConsistency: cluster.namespace.strongConsistency,
    settled: cluster.settled,
    subClusters: [...views].map((view) => ({
      clusterKey: view.clusterKey,
      principal: view.principal.id,
      members: view.members
        .filter((node) => node.view === view && node.orphanedAt === undefined)
        .map(({ id }) => id),
      regime: view.regime,
      roster: rosterEntries(view.roster.nodes, view.roster.activeRack),
      available: view.available,
      unavailable: view.unavailable,
      dead: view.dead,
    })),
    orphans: cluster.nodes.flatMap((node) =>
      node.orphanedAt === undefined ? [] : [{ id: node.id, blocks: node.view === undefined }],
    ),
    nodes: cluster.nodes.map((node) => {
      const roles = node.view?.partitions.map((owners) => roleOf(node, owners)) ?? [];
      const counts = objectCounts(node);
      return {
        id: node.id,
        rack: node.view?.racks.get(node.id) ?? node.rack,
        region: node.region,
        up: node.up,
        primary: roles.filter((role) => role === "master").length,
        secondary: roles.filter((role) => role === "replica").length,
        masterObjects: counts.master_objects,
        proleObjects: counts.prole_objects,
        nonReplicaObjects: counts.non_replica_objects,
        tombstones: counts.tombstones,
        unreplicated: counts.unreplicated_records,
        migratesTx: node.migrations.txRemaining,
        migratesRx: node.migrations.rxRemaining,
      };
    }),
  };
}
