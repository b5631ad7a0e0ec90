import { decide, isServed } from "./availability";
import { type Fault, NO_FAULT } from "./fault";
import { membership } from "./members";
import { PARTITIONS } from "./partitions";
import type { HealthyCluster } from "./prediction";
import { type SubCluster, subCluster } from "./sub-cluster";
import type { Topology } from "./topology";

/** Something that can be lost: a node, a rack, a region with all its nodes, or the link between two regions. */
export interface Loss {
  readonly kind: "node" | "rack" | "region" | "link";
  /** In words: `node A352`, `rack 32`, `eu-west-2`, `link eu-west-2 - eu-west-3`. */
  readonly name: string;
  /** Ids of the nodes that are down with it; of a link none. */
  readonly down: readonly string[];
  /** Nodes on both sides of a link. */
  readonly apart?: readonly [readonly string[], readonly string[]];
}

/** What is left after losses, once new clusters have formed. */
export interface Left {
  /** Partitions that the sub-cluster which serves most serves. */
  readonly served: number;
  /** Partitions of which no copy is left where the lost nodes come back empty: dead then, until revived. */
  readonly dead: number;
}

/** What losses may do: some partitions unavailable (in the sub-cluster that serves most), all of them, or some dead afterwards. */
export type Harm = "some unavailable" | "all unavailable" | "some dead";

/** A set of losses that does a harm, none of which is too many for it. */
export interface HarmfulSet extends Left {
  readonly harm: Harm;
  readonly losses: readonly Loss[];
}

/**
 * All that a cluster can lose at once: its regions, the links between them, racks and nodes. What comes to the same nodes is
 * one loss, by its widest name. Nodes without a region are in none.
 */
export function lossesOf({ nodes }: Topology): Loss[] {
  const group = (of: (node: Topology["nodes"][number]) => string | undefined) => {
    const groups = new Map<string, string[]>();
    for (const node of nodes) {
      const name = of(node);
      if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), node.id]);
    }
    return [...groups];
  };
  const regions = group(({ region }) => region);
  const downs = [
    ...regions.map(([name, down]): Loss => ({ kind: "region", name, down })),
    ...group(({ rack }) => `rack ${rack}`).map(([name, down]): Loss => ({ kind: "rack", name, down })),
    ...group(({ id }) => `node ${id}`).map(([name, down]): Loss => ({ kind: "node", name, down })),
  ].filter(({ down }, i, all) => all.findIndex((other) => other.down.join() === down.join()) === i);
  const links = regions.flatMap(([a, one], i) =>
    regions
      .slice(i + 1)
      .map(([b, other]): Loss => ({ kind: "link", name: `link ${a} - ${b}`, down: [], apart: [one, other] })),
  );
  return [...links, ...downs];
}

/** Several losses as one fault. */
export function faultOfLosses({ nodes }: Topology, losses: readonly Loss[]): Fault {
  const all = nodes.map(({ id }) => id);
  const cannotHear: Record<string, string[]> = {};
  for (const { apart } of losses) {
    if (!apart) continue;
    const [a, b] = apart;
    for (const [ones, others] of [
      [a, b],
      [b, a],
    ]) {
      for (const id of ones) cannotHear[id] = [...(cannotHear[id] ?? []), ...others];
    }
  }
  for (const { down } of losses) for (const id of down) cannotHear[id] = all;
  return { ...NO_FAULT, cannotHear };
}

/**
 * Tells quickly what is left after losses: of each partition only whether it is served is asked, by the same rules as in a
 * prediction, and who has its copies is known once.
 */
export class Losses {
  readonly all: readonly Loss[];
  private readonly numbers: ReadonlyMap<string, number>;
  private readonly quiesced: ReadonlySet<string>;

  constructor(private readonly healthy: HealthyCluster) {
    this.all = lossesOf(healthy.topology);
    this.numbers = new Map(healthy.map.nodes.map(({ id }, number) => [id, number]));
    this.quiesced = new Set(healthy.topology.nodes.filter(({ quiesced }) => quiesced).map(({ id }) => id));
  }

  /** What is left after these. */
  after(losses: readonly Loss[]): Left {
    const lost = new Set(losses.flatMap(({ down }) => down));
    const served = this.clusters(losses, lost).map((members) => this.servedBy(members));
    return { served: Math.max(0, ...served), dead: this.withoutCopies(lost) };
  }

  /**
   * The smallest sets that do each harm: of up to so many losses, none of which could be left out.
   *
   * @param upTo most losses in a set, 1 or more
   */
  smallestSets(upTo: number): HarmfulSet[] {
    const found: HarmfulSet[] = [];
    for (let size = 1; size <= upTo; size++) {
      const before = [...found];
      for (const losses of this.sets(size)) {
        const left = this.after(losses);
        for (const harm of harmsOf(left)) {
          const less = before.some(
            (set) => set.harm === harm && set.losses.every((loss) => losses.includes(loss)),
          );
          if (!less) found.push({ harm, losses, ...left });
        }
      }
    }
    return found;
  }

  /** Sets of so many losses, without those in which one brings down nothing that the others leave. */
  *sets(size: number, first = 0, chosen: readonly Loss[] = []): Generator<readonly Loss[]> {
    if (size === 0) {
      yield chosen;
      return;
    }
    for (let i = first; i < this.all.length; i++) {
      const next = [...chosen, this.all[i]];
      if (
        !next.some((loss, at) =>
          isNeedless(
            loss,
            next.filter((_, other) => other !== at),
          ),
        )
      ) {
        yield* this.sets(size - 1, i + 1, next);
      }
    }
  }

  /** Who forms a cluster. Where no link is cut, all nodes that are left do. */
  private clusters(losses: readonly Loss[], lost: ReadonlySet<string>): readonly (readonly string[])[] {
    const { topology } = this.healthy;
    const ids = topology.nodes.map(({ id }) => id);
    const { minClusterSize = 1 } = topology;
    const left = ids.filter((id) => !lost.has(id));
    if (left.length >= minClusterSize && losses.every(({ apart }) => !apart)) return [left];
    return membership(ids, faultOfLosses(topology, losses).cannotHear, { least: minClusterSize }).clusters;
  }

  private servedBy(members: readonly string[]): number {
    if (members.length === 0) return 0;
    const { topology, map, roster } = this.healthy;
    if (!topology.namespace.strongConsistency) return PARTITIONS;
    const here = subCluster(roster, { members, quiesced: this.quiesced, isFull: () => true });
    const { columns, replicas } = map;
    const { present } = here;
    const cluster: SubCluster = {
      ...here,
      // In place of a question to every member: of the nodes with a full copy one is here.
      members: [""],
      isFull: (_, partition) => {
        for (let r = partition * columns; r < (partition + 1) * columns; r++)
          if (present[replicas[r]] === 1) return true;
        return false;
      },
    };
    let served = 0;
    for (let partition = 0; partition < PARTITIONS; partition++)
      if (isServed(decide(cluster, partition))) served++;
    return served;
  }

  /** Partitions all of whose copies are on lost nodes. */
  private withoutCopies(lost: ReadonlySet<string>): number {
    const { columns, replicas, nodes } = this.healthy.map;
    if (lost.size < columns) return 0;
    const gone = new Uint8Array(nodes.length);
    for (const id of lost) gone[this.numbers.get(id)!] = 1;
    let dead = 0;
    for (let start = 0; start < PARTITIONS * columns; start += columns) {
      let copies = 0;
      for (let r = start; r < start + columns; r++) copies += 1 - gone[replicas[r]];
      if (copies === 0) dead++;
    }
    return dead;
  }
}

function harmsOf({ served, dead }: Left): Harm[] {
  return [
    ...(served < PARTITIONS ? ["some unavailable" as const] : []),
    ...(served === 0 ? ["all unavailable" as const] : []),
    ...(dead > 0 ? ["some dead" as const] : []),
  ];
}

/** Whether others bring down all that a loss does: its nodes, or one side of its link. */
function isNeedless({ down, apart }: Loss, others: readonly Loss[]): boolean {
  const lost = new Set(others.flatMap((other) => other.down));
  const gone = (ids: readonly string[]) => ids.every((id) => lost.has(id));
  return apart ? apart.some(gone) : gone(down);
}
