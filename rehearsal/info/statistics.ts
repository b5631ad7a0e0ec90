import { isBefore, PARTITIONS } from "../../model";
import type { Cluster } from "../cluster/cluster";
import type { Node } from "../cluster/node";
import { secondsSince2010 } from "../cluster/record";
import { type Known, ofServer } from "../settings/by-version";
import { NAMESPACE_STATISTICS } from "./namespace-defaults";
import { roleOf } from "./partitions";
import { SERVICE_STATISTICS } from "./service-defaults";

type Values = Readonly<Record<string, string | number | boolean>>;

/** Pairs as `a=1;b=2`: the names that the server knows, in their order, then what no server does. */
function pairs(known: readonly Known[], { serverVersion }: Cluster, values: Values): string {
  const names = new Set(known.map(([name]) => name));
  const more = Object.keys(values).filter((name) => !names.has(name));
  return [
    ...ofServer(serverVersion, known).map(([name, value]) => `${name}=${values[name] ?? value}`),
    ...more.map((name) => `${name}=${values[name]}`),
  ].join(";");
}

/** What a node holds of a namespace, by its role in each partition. */
export function objectCounts(node: Node): Record<string, number> {
  const counts = {
    objects: 0,
    tombstones: 0,
    master_objects: 0,
    master_tombstones: 0,
    prole_objects: 0,
    prole_tombstones: 0,
    non_replica_objects: 0,
    non_replica_tombstones: 0,
    unreplicated_records: 0,
  };
  const prefix = { master: "master", replica: "prole", none: "non_replica" } as const;
  for (let pid = 0; pid < PARTITIONS; pid++) {
    const copy = node.copyOf(pid);
    if (!copy || copy.size === 0) continue;
    const role = prefix[roleOf(node, node.view?.partitions[pid])];
    counts.objects += copy.objects;
    counts.tombstones += copy.tombstones;
    counts[`${role}_objects`] += copy.objects;
    counts[`${role}_tombstones`] += copy.tombstones;
    if (role === "master") counts.unreplicated_records += copy.unreplicated.size;
  }
  return counts;
}

/** Answer of `namespace/NAME`: statistics, then settings. */
export function namespaceStatistics(cluster: Cluster, node: Node): string {
  return `${pairs(NAMESPACE_STATISTICS, cluster, namespaceValues(cluster, node))};${node.settings.namespace.pairs()}`;
}

function namespaceValues(cluster: Cluster, node: Node): Values {
  const { view, migrations: m } = node;
  return {
    ...Object.fromEntries(node.counters),
    ...objectCounts(node),
    // Of a node off the roster, and where none was ever set, 0.
    ns_cluster_size: view?.eligible.has(node) ? view.eligible.size : 0,
    effective_replication_factor: view?.columns ?? 0,
    dead_partitions: view?.dead ?? 0,
    unavailable_partitions: view?.unavailable ?? PARTITIONS,
    appeals_tx_remaining: node.appealing.size,
    current_time: secondsSince2010(node.now()),
    data_total_bytes: node.totalBytes,
    data_used_bytes: node.usedBytes,
    data_used_pct: node.totalBytes > 0 ? Math.floor((100 * node.usedBytes) / node.totalBytes) : 0,
    stop_writes: node.isFull,
    clock_skew_stop_writes: cluster.stopsWritesForSkew(node),
    pending_quiesce: node.quiescePending,
    effective_is_quiesced: view?.quiesced.has(node.id) ?? false,
    nodes_quiesced: view?.quiesced.size ?? 0,
    effective_active_rack: view?.activeRack ?? 0,
    effective_prefer_uniform_balance: cluster.namespace.preferUniformBalance ?? true,
    migrate_tx_partitions_active: m.txActive,
    migrate_tx_partitions_initial: m.txInitial,
    migrate_tx_partitions_remaining: m.txRemaining,
    migrate_rx_partitions_initial: m.rxInitial,
    migrate_rx_partitions_remaining: m.rxRemaining,
    migrate_records_skipped: m.recordsSkipped,
    migrate_records_transmitted: m.recordsSent,
    migrate_record_receives: m.recordsReceived,
    migrate_fresh_partitions: 0,
  };
}

/** Which servers may be in one cluster (public source, exchange.h). */
export function compatibilityId({ serverVersion }: Cluster): number {
  return isBefore(serverVersion, "7.2") ? 13 : 15;
}

/** Answer of `statistics`. */
export function serviceStatistics(cluster: Cluster, node: Node, connections: number): string {
  const { view } = node;
  const now = cluster.clock.now();
  const { objects, tombstones } = objectCounts(node);
  const principal = view?.principal.id ?? "0";
  return pairs(SERVICE_STATISTICS, cluster, {
    cluster_min_compatibility_id: compatibilityId(cluster),
    cluster_max_compatibility_id: compatibilityId(cluster),
    failed_best_practices: false,
    cluster_size: view?.members.length ?? 0,
    cluster_key: view?.clusterKey ?? "0",
    cluster_generation: node.rebalanceGeneration,
    cluster_principal: principal,
    cluster_integrity: hearsPrincipal(node),
    cluster_clock_skew_stop_writes_sec: cluster.namespace.strongConsistency
      ? cluster.stopWritesSkew(node) / 1000
      : 0,
    cluster_clock_skew_ms: cluster.clockSkew(node),
    cluster_is_member: view !== undefined,
    uptime: Math.floor((now - node.startedAt) / 1000),
    objects,
    tombstones,
    client_connections: connections,
    heartbeat_connections: node.adjacent.size,
    batch_index_initiate: node.counters.get("batch_index_initiate") ?? 0,
    batch_index_complete: node.counters.get("batch_index_initiate") ?? 0,
    paxos_principal: principal,
    time_since_rebalance: Math.floor((now - (view?.formedAt ?? now)) / 1000),
    migrate_partitions_remaining: node.migrations.txRemaining + node.migrations.rxRemaining,
  });
}

/** As recorded: false where a node lost its principal or was evicted; the principal's own side stays true. */
function hearsPrincipal({ view, orphanedAt, id, adjacent }: Node): boolean {
  if (!view || orphanedAt !== undefined) return false;
  return view.principal.id === id || adjacent.has(view.principal.id);
}

/** Whether a node hears exactly the other members of its cluster. */
export function isWhole(node: Node): boolean {
  const others = node.view?.members.filter((member) => member !== node) ?? [];
  return others.length === node.adjacent.size && others.every(({ id }) => node.adjacent.has(id));
}

/** Answer of `sets`, one entry a set. */
export function setStatistics(name: string, node: Node): string {
  const sets = new Map<string, { objects: number; tombstones: number; bytes: number }>();
  for (let pid = 0; pid < PARTITIONS; pid++) {
    for (const [, record] of node.copyOf(pid)?.entries() ?? []) {
      if (record.set === "") continue;
      const set = sets.get(record.set) ?? { objects: 0, tombstones: 0, bytes: 0 };
      set[record.tombstone ? "tombstones" : "objects"]++;
      set.bytes += record.bins.length;
      sets.set(record.set, set);
    }
  }
  return [...sets]
    .map(
      ([set, { objects, tombstones, bytes }]) =>
        `ns=${name}:set=${set}:objects=${objects}:tombstones=${tombstones}:data_used_bytes=${bytes}:truncate_lut=0:sindexes=0:index_populating=false:truncating=false:default-read-touch-ttl-pct=0:default-ttl=0:disable-eviction=false:enable-index=false:stop-writes-count=0:stop-writes-size=0;`,
    )
    .join("");
}
