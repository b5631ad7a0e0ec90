import { Decision, isServed } from "./availability";
import { decisionOf, type PartitionMap, partitionMap } from "./partition-map";
import { PARTITIONS } from "./partitions";
import type { RosterRows } from "./roster-rows";
import { type SubCluster, subCluster } from "./sub-cluster";

/** What one node holds of each of the 4096 partitions. */
export interface NodeCopies {
  /** Highest regime that the node took part in; it survives restarts that keep the data. */
  readonly regime: Uint32Array;
  /** Served regime up to which the node's copy misses no acknowledged write; 0 = none, or nothing was ever served. */
  readonly completeTo: Uint32Array;
  /** 1 = trusted; 0 after an empty or unclean start, until the immigration is complete or a revive. */
  readonly trusted: Uint8Array;
}

/**
 * The copies of a cluster, to follow histories of cuts, heals, stops and roster changes (specification, section 3,
 * "Regime"). Immutable: each event yields new copies.
 */
export interface Copies {
  readonly nodes: ReadonlyMap<string, NodeCopies>;
  /** For each partition the last regime that any sub-cluster served: a copy that missed it is not full. */
  readonly served: Uint32Array;
}

/** How a node comes back: with its data and trusted, with data but not trusted, with neither. */
export type Start = "clean" | "unclean" | "empty";

/** Copies of nodes that never were in a cluster: empty, and nothing is missing as nothing was written. */
export function newCopies(ids: readonly string[]): Copies {
  return {
    nodes: new Map(ids.map((id) => [id, blank(1)])),
    served: new Uint32Array(PARTITIONS),
  };
}

/** Whether a node's copy of a partition is full: trusted, and it missed no served regime. */
export function isFullCopy(copies: Copies, id: string, partition: number): boolean {
  const own = copies.nodes.get(id);
  return own?.trusted[partition] === 1 && own.completeTo[partition] === copies.served[partition];
}

/** A sub-cluster of nodes with these copies. Nodes that are not among the copies are taken as new ones. */
export function subClusterOf(
  roster: RosterRows,
  members: readonly string[],
  copies: Copies,
  quiesced?: ReadonlySet<string>,
): SubCluster {
  return subCluster(roster, {
    members,
    ...(quiesced && { quiesced }),
    isFull: (id, partition) => isFullCopy(copies, id, partition),
    isTrusted: (id, partition) => copies.nodes.get(id)?.trusted[partition] !== 0,
  });
}

/**
 * A sub-cluster forms, or is reclustered: each partition's regime becomes the highest among the members plus 2, and
 * where the partition is served, the full copies among its current replicas take part in every write from now on.
 */
export function recluster(
  roster: RosterRows,
  members: readonly string[],
  copies: Copies,
  quiesced?: ReadonlySet<string>,
): { map: PartitionMap; copies: Copies } {
  const map = partitionMap(subClusterOf(roster, members, copies, quiesced));
  const nodes = cloned(copies, members);
  const served = copies.served.slice();
  const own = members.map((id) => nodes.get(id)!);
  const onRoster = map.nodes.map(({ id }) => nodes.get(id));
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const regime = 2 + own.reduce((highest, node) => Math.max(highest, node.regime[partition]), 0);
    for (const node of own) node.regime[partition] = regime;
    if (!isServed(decisionOf(map, partition))) continue;
    for (let r = partition * map.columns; r < (partition + 1) * map.columns; r++) {
      const number = map.replicas[r];
      if (isFullCopy(copies, map.nodes[number].id, partition))
        onRoster[number]!.completeTo[partition] = regime;
    }
    served[partition] = regime;
  }
  return { map, copies: { nodes, served } };
}

/**
 * Migrations end in a sub-cluster: of each served partition every current replica holds all that any member held, and
 * every member is trusted with it.
 *
 * @param map what {@link recluster} gave for the sub-cluster as it is now.
 * @param partitions those whose migrations end. @default all
 */
export function fill(
  map: PartitionMap,
  copies: Copies,
  partitions: Iterable<number> = everyPartition(),
): Copies {
  const nodes = cloned(copies, map.members);
  const own = map.members.map((id) => nodes.get(id)!);
  const onRoster = map.nodes.map(({ id }) => nodes.get(id));
  for (const partition of partitions) {
    if (!isServed(decisionOf(map, partition))) continue;
    for (const node of own) node.trusted[partition] = 1;
    for (let r = partition * map.columns; r < (partition + 1) * map.columns; r++) {
      const node = onRoster[map.replicas[r]]!;
      node.completeTo[partition] = node.regime[partition];
    }
  }
  return { nodes, served: copies.served };
}

/** A node comes back after a stop; nothing else changes until it is in a sub-cluster again. */
export function start(copies: Copies, id: string, how: Start): Copies {
  if (how === "clean") return copies;
  const nodes = how === "empty" ? new Map(copies.nodes).set(id, blank(0)) : cloned(copies, [id]);
  nodes.get(id)!.trusted.fill(0);
  return { nodes, served: copies.served };
}

/**
 * The operator's `revive`: the members' copies of the dead partitions are trusted as they are, whatever they miss.
 * It takes effect at the next {@link recluster}.
 */
export function revive(map: PartitionMap, copies: Copies): Copies {
  const nodes = cloned(copies, map.members);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    if (decisionOf(map, partition) !== Decision.Dead) continue;
    for (const id of map.members) nodes.get(id)!.trusted[partition] = 1;
  }
  return { nodes, served: copies.served };
}

function blank(trusted: 0 | 1): NodeCopies {
  return {
    regime: new Uint32Array(PARTITIONS),
    completeTo: new Uint32Array(PARTITIONS),
    trusted: new Uint8Array(PARTITIONS).fill(trusted),
  };
}

function cloned(copies: Copies, ids: readonly string[]): Map<string, NodeCopies> {
  const nodes = new Map(copies.nodes);
  for (const id of ids) {
    const own = nodes.get(id) ?? blank(1);
    nodes.set(id, {
      regime: own.regime.slice(),
      completeTo: own.completeTo.slice(),
      trusted: own.trusted.slice(),
    });
  }
  return nodes;
}

function everyPartition(): Iterable<number> {
  return Array(PARTITIONS).keys();
}
