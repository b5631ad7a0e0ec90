import { clockSkewLimits, rosterEntries } from "../model";
import type { Cluster } from "./cluster/cluster";
import type { ClusterStatus } from "./cluster-status";
import { roleOf } from "./info/partitions";
import { objectCounts } from "./info/statistics";

/** What a cluster is like now, seen from outside. */
export function statusOf(cluster: Cluster): ClusterStatus {
  const views = new Set(
    cluster.nodes.flatMap((node) =>
      node.view && node.runs && node.orphanedAt === undefined ? [node.view] : [],
    ),
  );
  return {
    namespace: cluster.namespace.name,
    strongConsistency: cluster.namespace.strongConsistency,
    settled: cluster.settled,
    clockSkewLimits: clockSkewLimits(cluster.options.heartbeat),
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
      clockSkewMs: cluster.clockSkew(view.principal),
      refusesWrites: cluster.stopsWritesForSkew(view.principal),
    })),
    orphans: cluster.nodes.flatMap((node) =>
      node.orphanedAt === undefined
        ? []
        : [{ id: node.id, blocks: node.view === undefined, blocksInMs: cluster.blocksIn(node) }],
    ),
    nodes: cluster.nodes.map((node) => {
      const roles = node.view?.partitions.map((owners) => roleOf(node, owners)) ?? [];
      const counts = objectCounts(node);
      return {
        id: node.id,
        rack: node.view?.racks.get(node.id) ?? node.rack,
        region: node.region,
        up: node.up,
        paused: node.paused,
        clockAheadMs: node.clockAhead,
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
