import { ModelError } from "./errors";
import { clique, type Network, networkOf } from "./network";
import { type Bounds, clusterTimes, type Heartbeats, type OrphanReason } from "./quantum";
import type { CannotHear } from "./topology";

/** A node that is up and in no cluster: cluster key 0, size 0, all 4096 partitions unavailable once it blocks. */
export interface Orphan {
  readonly id: string;
  readonly reason: OrphanReason;
  /** When it blocks, in milliseconds after the cut: until then it answers as a member of its old cluster. */
  readonly blocks: Bounds;
}

/** Who forms which cluster: ids in the order given, clusters by their first node in that order. */
export interface Membership {
  readonly clusters: readonly (readonly string[])[];
  readonly orphans: readonly Orphan[];
  /** Nodes that are down: they do not hear even themselves. */
  readonly down: readonly string[];
  /** Those of `clusters` that come and go, with a new cluster key about every 4.7 s; from outside they seem to stay. */
  readonly flapping: readonly (readonly string[])[];
  /** True where clusters race to form, so that a real cluster may end otherwise. */
  readonly mayDiffer: boolean;
  /** True where links are one-way or partial: the nodes do not merely fall into groups that hear each other. */
  readonly partial: boolean;
}

/** The first and the last moment at which one of several orphans blocks, in milliseconds after the cut. */
export function blocksOf(orphans: readonly Orphan[]): Bounds {
  return [
    Math.min(...orphans.map(({ blocks: [from] }) => from)),
    Math.max(...orphans.map(({ blocks: [, to] }) => to)),
  ];
}

/** What else decides who forms a cluster. */
export interface MembershipOptions {
  /** The clusters of this moment; a node in none of them is an orphan. @default all nodes in one */
  readonly now?: Clusters;
  /** `min-cluster-size`: smaller clusters do not form. @default 1 */
  readonly least?: number;
  /** What decides when an orphan blocks. @default heartbeats 150 x 10, latency-max-ms 5 */
  readonly heartbeats?: Heartbeats;
}

/** Clusters as lists of ids. */
export type Clusters = readonly (readonly string[])[];

/** One round: what the nodes do next as things stand. */
export interface Round {
  /** Clusters lost members, one left its principal, clusters and orphans joined, orphans formed clusters, or nothing. */
  readonly change: "shrunk" | "moved" | "joined" | "formed" | "none";
  readonly clusters: Clusters;
  /** Nodes that became orphans in this round. */
  readonly orphaned: ReadonlyMap<string, OrphanReason>;
  /** True where clusters raced to form. */
  readonly mayDiffer: boolean;
}

/**
 * Who is in a cluster and who is an orphan: rounds until nothing changes or a state returns (specification, section 3,
 * "members and orphans", which explains 100 of 100 faults measured on six to eight real nodes).
 *
 * @throws ModelError where the fault or `now` names a node that is not among `ids`, or `now` names one twice.
 */
export function membership(
  ids: readonly string[],
  cannotHear: CannotHear,
  { now = [ids], least = 1, heartbeats }: MembershipOptions = {},
): Membership {
  const network = networkOf(ids, cannotHear);
  const states: Clusters[] = [];
  const seen = new Map<string, number>();
  const reasons = new Map<string, OrphanReason>();
  let mayDiffer = false;
  let clusters = startOf(network, now);
  while (!seen.has(keyOf(clusters))) {
    seen.set(keyOf(clusters), states.push(clusters) - 1);
    const next = nextRound(network, clusters, least);
    for (const [id, reason] of next.orphaned) reasons.set(id, reason);
    mayDiffer ||= next.mayDiffer;
    clusters = next.clusters;
  }
  const loop = states.slice(seen.get(keyOf(clusters)));
  const settled = inOrder(ids, withoutOverlap(loop.flat()));
  const home = new Map(settled.flatMap((cluster, index) => cluster.map((id) => [id, index] as const)));
  const keys = loop.map((state) => new Set(state.map((cluster) => keyOf([cluster]))));
  const { blocks } = clusterTimes(heartbeats);
  const { up, byNumber, linked } = network;
  return {
    clusters: settled,
    orphans: inOrder(ids, [up.map((node) => byNumber[node]).filter((id) => !home.has(id))])
      .flat()
      .map((id) => ({ id, reason: reasons.get(id) ?? "waits" }))
      .map((orphan) => ({ ...orphan, blocks: blocks[orphan.reason] })),
    down: ids.filter((id) => !up.includes(network.numbers.get(id)!)),
    flapping: settled.filter((cluster) => !keys.every((state) => state.has(keyOf([cluster])))),
    mayDiffer,
    partial:
      network.oneWay ||
      up.some((a) =>
        up.some((b) => {
          const [one, other] = [home.get(byNumber[a]), home.get(byNumber[b])];
          return a !== b && linked(a, b) !== (one !== undefined && one === other);
        }),
      ),
  };
}

/** The nodes that are up of the clusters at the start. */
function startOf({ ids, up, numbers }: Network, now: Clusters): Clusters {
  const met = new Set<string>();
  for (const id of now.flat()) {
    if (!numbers.has(id) || met.has(id)) {
      throw new ModelError(
        `The clusters of now name node "${id}" ${met.has(id) ? "twice" : "which is not in the topology"}: ` +
          `expected each of ${ids.join(", ")} once at most.`,
      );
    }
    met.add(id);
  }
  const here = new Set(up);
  return now
    .map((cluster) => cluster.filter((id) => here.has(numbers.get(id)!)))
    .filter((cluster) => cluster.length > 0);
}

/** The clusters of a loop of states as they look from outside: of two that share a node, the first. */
function withoutOverlap(clusters: Clusters): Clusters {
  const met = new Set<string>();
  return clusters.filter((cluster) => {
    if (cluster.some((id) => met.has(id))) return false;
    for (const id of cluster) met.add(id);
    return true;
  });
}

function inOrder(ids: readonly string[], clusters: Clusters): string[][] {
  const place = new Map(ids.map((id, index) => [id, index]));
  return clusters
    .map((cluster) => [...cluster].sort((a, b) => place.get(a)! - place.get(b)!))
    .sort((a, b) => place.get(a[0])! - place.get(b[0])!);
}

function keyOf(clusters: Clusters): string {
  return clusters
    .map((cluster) => [...cluster].sort().join())
    .sort()
    .join(" ");
}

/** A cluster as numbers of a {@link Network}, lowest id first: the principal, its highest id, stands last. */
type Cluster = readonly number[];

const principalOf = (cluster: Cluster): number => cluster[cluster.length - 1];

/**
 * What the nodes do next (specification, section 3, lines 3 to 6). The first line that changes anything is the round.
 *
 * @param now the clusters of this moment, of nodes that are up.
 * @param least `min-cluster-size`. @default 1
 */
export function nextRound(network: Network, now: Clusters, least = 1): Round {
  const clusters = now
    .map((cluster) => cluster.map((id) => network.numbers.get(id)!).sort((a, b) => a - b))
    // Who has the highest principal acts first.
    .sort((a, b) => principalOf(b) - principalOf(a));
  return (
    shrink(network, clusters, least) ??
    moveAway(network, clusters) ??
    join(network, clusters) ??
    form(network, clusters, least) ??
    roundOf(network, "none", clusters)
  );
}

/** Line 3: each principal keeps those that are all linked; clusters below the least size end. */
function shrink(network: Network, clusters: readonly Cluster[], least: number): Round | undefined {
  const orphaned = new Map<string, OrphanReason>();
  const kept = clusters.flatMap((cluster) => {
    const principal = principalOf(cluster);
    const stay = clique(network, principal, cluster);
    const left = stay.length < least ? [] : [stay];
    for (const node of cluster) {
      if (left[0]?.includes(node)) continue;
      orphaned.set(
        network.byNumber[node],
        network.linked(node, principal) ? "evicted" : "lost its principal",
      );
    }
    return left;
  });
  return orphaned.size > 0 ? roundOf(network, "shrunk", kept, orphaned) : undefined;
}

/** Line 4: a cluster of which no other member would keep the principal ends. */
function moveAway(network: Network, clusters: readonly Cluster[]): Round | undefined {
  const kept = clusters.filter((cluster) => {
    const principal = principalOf(cluster);
    return (
      cluster.length === 1 ||
      cluster.some((node) => node !== principal && clique(network, node, network.up).includes(principal))
    );
  });
  if (kept.length === clusters.length) return undefined;
  const left = clusters.filter((cluster) => !kept.includes(cluster)).flat();
  const orphaned = new Map(left.map((node) => [network.byNumber[node], "moved away"] as const));
  return roundOf(network, "moved", kept, orphaned);
}

/** Line 5: a cluster joins one of a higher principal where all would be linked; else its principal takes orphans in. */
function join(network: Network, clusters: readonly Cluster[]): Round | undefined {
  const { linked, byNumber } = network;
  const joined = [...clusters];
  const merged = new Set<number>();
  // The lowest principal looks first, and at the highest.
  for (let i = clusters.length - 1; i > 0; i--) {
    const into = joined.findIndex(
      (other, j) =>
        j < i &&
        linked(principalOf(clusters[i]), principalOf(other)) &&
        joined[i].every((a) => other.every((b) => linked(a, b))),
    );
    if (into < 0) continue;
    joined[into] = [...joined[into], ...joined[i]].sort((a, b) => a - b);
    joined[i] = [];
    merged.add(into);
  }
  const orphans = new Set(orphansOf(network, clusters));
  const orphaned = new Map<string, OrphanReason>();
  joined.forEach((cluster, i) => {
    if (cluster.length === 0 || merged.has(i)) return;
    const near = [...orphans].filter((orphan) => cluster.some((node) => linked(orphan, node)));
    const taken = clique(network, principalOf(cluster), [...cluster, ...near]);
    for (const node of cluster) {
      if (taken.includes(node)) continue;
      orphans.add(node);
      orphaned.set(byNumber[node], "evicted");
    }
    for (const node of taken) orphans.delete(node);
    joined[i] = taken;
  });
  const changed = joined.some((cluster, i) => cluster.join() !== clusters[i].join());
  if (!changed) return undefined;
  return roundOf(
    network,
    "joined",
    joined.filter(({ length }) => length > 0),
    orphaned,
  );
}

/** Line 6: orphans that hear nobody in a cluster form their own. */
function form(network: Network, clusters: readonly Cluster[], least: number): Round | undefined {
  const { linked } = network;
  const orphans = orphansOf(network, clusters);
  const clustered = clusters.flat();
  const free = orphans.filter((orphan) => !clustered.some((node) => linked(orphan, node)));
  if (free.length === 0) return undefined;
  const own = new Map(free.map((node) => [node, clique(network, node, orphans)]));
  const isHead = (node: number) => own.has(node) && principalOf(own.get(node)!) === node;
  const asks = new Map(
    free.filter((node) => !isHead(node)).map((node) => [node, askedBy(network, node, orphans, isHead)]),
  );
  const ready = free
    .filter(isHead)
    .map((head) => own.get(head)!)
    .filter((group) => {
      const head = principalOf(group);
      if (group.length < least) return false;
      if (group.length === 1) return !orphans.some((other) => other !== head && linked(head, other));
      const asking = [...asks].filter(([, asked]) => asked === head).map(([node]) => node);
      return asking.length === group.length - 1 && asking.every((node) => group.includes(node));
    })
    .sort((a, b) => b.length - a.length || principalOf(b) - principalOf(a));
  const formed: Cluster[] = [];
  for (const group of ready) {
    const beaten = formed.some((other) => other.some((node) => linked(principalOf(group), node)));
    if (!beaten) formed.push(group);
  }
  if (formed.length === 0) return undefined;
  return {
    ...roundOf(network, "formed", [...clusters, ...formed]),
    mayDiffer: formed.length < ready.length,
  };
}

/** The head that a node asks to be taken in: the highest that it would keep; undefined = it asks nobody. */
function askedBy(
  network: Network,
  node: number,
  orphans: readonly number[],
  isHead: (node: number) => boolean,
): number | undefined {
  for (let rest = orphans; ;) {
    const highest = principalOf(clique(network, node, rest));
    if (highest === node) return undefined;
    if (isHead(highest)) return highest;
    rest = rest.filter((other) => other !== highest);
  }
}

function orphansOf({ up }: Network, clusters: readonly Cluster[]): number[] {
  const clustered = new Set(clusters.flat());
  return up.filter((node) => !clustered.has(node));
}

function roundOf(
  { byNumber }: Network,
  change: Round["change"],
  clusters: readonly Cluster[],
  orphaned: ReadonlyMap<string, OrphanReason> = new Map(),
): Round {
  return {
    change,
    clusters: clusters.map((cluster) => cluster.map((node) => byNumber[node])),
    orphaned,
    mayDiffer: false,
  };
}
