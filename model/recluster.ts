import { type Decision, isServed } from "./availability";
import { availabilityModeMap } from "./availability-mode";
import { byIdDescending } from "./node-id";
import { type Member, Owners, type SubClusterOf } from "./owners";
import { decisionOf, partitionCounts, type PartitionMap, partitionMap } from "./partition-map";
import { PARTITIONS } from "./partitions";
import type { Roster } from "./roster";
import { type RosterRows, rosterRows, type RowSettings } from "./roster-rows";
import { subCluster } from "./sub-cluster";
import type { Namespace } from "./topology";

/** What a sub-cluster is made from. */
export interface ReclusterInput<M extends Member> {
  /** Number of the sub-cluster in the history: every recluster has its own. */
  readonly serial: number;
  readonly members: readonly M[];
  /** The roster that takes effect; empty where none was ever set, and in AP mode. */
  readonly roster: Roster;
  readonly quiesced: ReadonlySet<string>;
  /** In SC the roster's active rack holds; in AP this one, which the members agree on. */
  readonly namespace: Omit<Namespace, "name">;
  /** Whether a member holds records of a partition. @default none but what copies say */
  readonly holdsRecords?: (member: M, partition: number) => boolean;
}

/** A sub-cluster as its members see it since they formed it. */
export interface Reclustered<M extends Member> extends SubClusterOf<M> {
  /** Members, the principal (highest id) first. */
  readonly members: readonly M[];
  readonly partitions: readonly Owners<M>[];
  /** Replicas of each partition: the lesser of RF and the nodes that may hold one. */
  readonly columns: number;
  /** The active rack in effect; 0 = none. */
  readonly activeRack: number;
  /** Partitions served, and not; all three are 0 where no roster was ever set. */
  readonly available: number;
  readonly unavailable: number;
  readonly dead: number;
}

/**
 * A sub-cluster forms, or is reclustered: the one engine of copies. Every member enters the new regime, the highest
 * among them plus 2; each partition is served or not by the rules of section 3, told from what the members themselves
 * know; full copies take part in every write from now on. Changes the members' copies.
 */
export function recluster<M extends Member>(input: ReclusterInput<M>): Reclustered<M> {
  const { namespace, holdsRecords = () => false } = input;
  const { cluster, lastServed, map } = formed(input);
  const byId = new Map(cluster.members.map((node) => [node.id, node]));
  const nodes = map?.nodes.map(({ id }) => byId.get(id)!) ?? [];
  const owners = Array.from({ length: PARTITIONS }, (_, partition) => {
    const decision: Decision = map ? decisionOf(map, partition) : 0;
    const replicas = !map || !isServed(decision) ? [] : replicasOf(map, partition, nodes);
    return new Owners(partition, decision, replicas, cluster);
  });
  for (const own of owners) {
    own.begin(lastServed[own.partition], (node) => holdsRecords(node, own.partition));
    if (own.master && own.isSettled) own.settle();
  }
  const columns = Math.min(namespace.replicationFactor, cluster.eligible.size);
  const counts = map ? partitionCounts(map) : { available: 0, unavailable: 0, dead: 0 };
  return { ...cluster, partitions: owners, columns, activeRack: map?.activeRack ?? 0, ...counts };
}

/**
 * A sub-cluster forms in strong consistency, and the next one interrupts it before it serves (a "double pump": the regime
 * has grown by 4 when one stands). Its members cannot know who served under its regime, so their copies of what it would
 * have served are subsets: dead where every roster node is there, until a revive, without any crash (support article "Rapid
 * network fluctuations result in dead partitions in Strong Consistency mode"; which of the partitions later versions
 * spare is not known). Changes the members' copies.
 */
export function interruptedRecluster<M extends Member>(input: ReclusterInput<M>): void {
  const { cluster, lastServed, map } = formed(input);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const serves = map && isServed(decisionOf(map, partition));
    for (const { copies } of cluster.members) {
      copies.learn(partition, serves ? cluster.regime : lastServed[partition]);
    }
  }
}

/**
 * As {@link interruptedRecluster}, of a sub-cluster that has formed already and that the next one interrupts before it serves.
 * Changes the members' copies.
 */
export function interrupt<M extends Member>({ members, partitions, regime }: Reclustered<M>): void {
  for (const { partition, decision } of partitions) {
    if (!isServed(decision)) continue;
    for (const { copies } of members) copies.fallBehind(partition, regime);
  }
}

/** The members enter the sub-cluster; what it decides, and the regime under which each partition was last served before. */
function formed<M extends Member>(
  input: ReclusterInput<M>,
): { cluster: SubClusterOf<M>; lastServed: Uint32Array; map: PartitionMap | undefined } {
  const { serial, roster, quiesced, namespace } = input;
  const members = [...input.members].sort((a, b) => byIdDescending(a.id, b.id));
  const regime = 2 + members.reduce((highest, { copies }) => Math.max(highest, copies.regime), 0);
  const onRoster = new Set(roster.nodes.map(({ id }) => id));
  const eligible = new Set(members.filter(({ id }) => !namespace.strongConsistency || onRoster.has(id)));
  const lastServed = Uint32Array.from({ length: PARTITIONS }, (_, partition) =>
    members.reduce((highest, { copies }) => Math.max(highest, copies.servedUnder(partition)), 0),
  );
  const map = mapOf(input, lastServed);
  for (const { copies } of members) copies.enter(serial, regime);
  return { cluster: { serial, regime, members, eligible, quiesced }, lastServed, map };
}

/** Decisions and replicas; undefined where no roster was ever set. */
function mapOf<M extends Member>(
  { members, roster, quiesced, namespace }: ReclusterInput<M>,
  lastServed: Uint32Array,
): PartitionMap | undefined {
  if (!namespace.strongConsistency) {
    const nodes = members.map(({ id, rack }) => ({ id, rack }));
    return availabilityModeMap(nodes, namespace, quiesced);
  }
  if (roster.nodes.length === 0) return undefined;
  const copies = new Map(members.map((node) => [node.id, node.copies]));
  return partitionMap(
    subCluster(rowsOf(roster, namespace), {
      members: members.map(({ id }) => id),
      quiesced,
      isFull: (id, partition) => copies.get(id)!.isFull(partition, lastServed[partition]),
      isTrusted: (id, partition) => copies.get(id)!.isTrusted(partition),
    }),
  );
}

function replicasOf<M>(map: PartitionMap, partition: number, nodes: readonly M[]): M[] {
  const start = partition * map.columns;
  return Array.from(map.replicas.subarray(start, start + map.columns), (number) => nodes[number]);
}

/** Rows are dear and rosters few: kept by what they are made from. */
const rowsKept = new Map<string, RosterRows>();

function rowsOf({ nodes, activeRack }: Roster, settings: RowSettings): RosterRows {
  const { replicationFactor, preferUniformBalance = true } = settings;
  const key = JSON.stringify([
    nodes.map(({ id, rack }) => [id, rack]),
    replicationFactor,
    preferUniformBalance,
    activeRack,
  ]);
  let rows = rowsKept.get(key);
  if (!rows) {
    rows = rosterRows(nodes, { ...settings, activeRack });
    if (rowsKept.size >= 16) rowsKept.clear();
    rowsKept.set(key, rows);
  }
  return rows;
}
