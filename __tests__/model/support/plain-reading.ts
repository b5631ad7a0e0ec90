import { type RosterNode, type RosterRows, rosterRows, type StopKind } from "../../../model";
import type { HistoryShape } from "./history";

/** Served, unavailable or dead. */
export type State = "served" | "unavailable" | "dead";

/** A sub-cluster that formed: who saw each other, with which roster and regime. */
interface Group {
  readonly members: readonly PlainNode[];
  readonly roster: PlainRoster;
  readonly regime: number;
  readonly states: Map<number, State>;
  /** Current replicas of the partitions that are served. */
  readonly replicas: Map<number, readonly PlainNode[]>;
}

interface PlainRoster {
  readonly nodes: readonly RosterNode[];
  readonly order: number;
}

/** One node's copy of one partition, and what it knows. */
interface PlainCopy {
  /** The last sub-cluster in which it took part in every write; undefined: it has no copy, or nothing was written. */
  inStepWith: Group | undefined;
  /** It lost something in a crash, whatever that was: it holds the same as no other until it has been merged. */
  alone: boolean;
  /** Taken for all there is, by a revive, up to that regime. */
  takenFor: number;
  /** Highest regime under which the node knows that the partition was served. */
  knowsServed: number;
  trusted: boolean;
}

interface PlainNode extends RosterNode {
  alive: boolean;
  regime: number;
  roster: PlainRoster;
  readonly copies: Map<number, PlainCopy>;
}

const NEW = (): PlainCopy => ({
  inStepWith: undefined,
  alone: false,
  takenFor: 0,
  knowsServed: 0,
  trusted: true,
});
const NO_ROSTER: PlainRoster = { nodes: [], order: -1 };

/**
 * The rules of the specification's sections 3 and 7, read plainly and followed for some partitions, with nothing of the
 * model's but the rows: to hold the engine to them.
 */
export class PlainReading {
  readonly nodes: readonly PlainNode[];
  groups: Group[] = [];
  private side: (id: string) => number = () => 0;
  private sets = 0;

  constructor(
    private readonly shape: HistoryShape,
    private readonly partitions: readonly number[],
  ) {
    const roster = { nodes: shape.nodes, order: 0 };
    this.nodes = shape.nodes.map((node) => ({
      ...node,
      alive: true,
      regime: 0,
      roster,
      copies: new Map(partitions.map((pid) => [pid, NEW()])),
    }));
    this.form();
  }

  /** What a node's sub-cluster does with a partition, and with which replicas. */
  at(id: string, pid: number): { state: State; replicas: string[] } | undefined {
    const group = this.groups.find(({ members }) => members.some((node) => node.id === id));
    return (
      group && {
        state: group.states.get(pid)!,
        replicas: (group.replicas.get(pid) ?? []).map((node) => node.id),
      }
    );
  }

  cut(side: (id: string) => number): void {
    this.side = side;
    this.form();
  }

  stop(id: string, kind: StopKind): void {
    const node = this.node(id);
    node.alive = false;
    if (kind === "empty") {
      node.regime = 0;
      node.roster = NO_ROSTER;
      for (const pid of this.partitions) node.copies.set(pid, NEW());
    }
    for (const copy of node.copies.values()) {
      copy.trusted = copy.trusted && (kind === "clean" || kind === "reboot");
      copy.alone = copy.alone || kind === "unclean";
    }
    this.form();
  }

  start(id: string): void {
    this.node(id).alive = true;
    this.form();
  }

  reroster(at: string, nodes: readonly RosterNode[]): void {
    const group = this.groupOf(at);
    if (!group) return;
    const roster = { nodes, order: ++this.sets };
    for (const node of group.members) node.roster = roster;
    this.recluster(at);
  }

  /** A recluster that the next one interrupts: it would have served, and nobody takes part in it. */
  interrupt(at: string): void {
    this.formed(this.groupOf(at)!.members, true);
    this.recluster(at);
  }

  recluster(at: string): void {
    const group = this.groupOf(at);
    this.groups = this.groups.filter((other) => other !== group);
    this.form();
  }

  revive(): void {
    for (const { members, states } of this.groups) {
      for (const pid of this.partitions) {
        if (states.get(pid) !== "dead") continue;
        for (const { copies } of members) {
          const copy = copies.get(pid)!;
          copy.trusted = true;
          copy.takenFor = copy.knowsServed;
        }
      }
    }
  }

  /** Migrations end: every replica of a served partition has it all, nobody else a copy, and everybody is trusted. */
  migrate(share: (pid: number) => boolean): void {
    for (const group of this.groups) {
      for (const pid of this.partitions) {
        if (share(pid) && group.states.get(pid) === "served") this.settle(group, pid);
      }
    }
  }

  private settle(group: Group, pid: number): void {
    for (const node of group.members) {
      const copy = node.copies.get(pid)!;
      copy.trusted = true;
      if (group.replicas.get(pid)!.includes(node)) takesPart(copy, group);
      else if (onRoster(group, node) && !this.shape.quiesced?.has(node.id)) {
        copy.inStepWith = undefined;
        copy.alone = false;
        copy.takenFor = 0;
      }
    }
  }

  private node(id: string): PlainNode {
    return this.nodes.find((node) => node.id === id)!;
  }

  private groupOf(id: string): Group | undefined {
    return this.groups.find(({ members }) => members.includes(this.node(id)));
  }

  private form(): void {
    const alive = this.nodes.filter((node) => node.alive);
    const sides = [...new Set(alive.map(({ id }) => this.side(id)))].map((side) =>
      alive.filter(({ id }) => this.side(id) === side),
    );
    this.groups = sides.map((members) => {
      const names = members.map(({ id }) => id).join();
      const same = this.groups.find((group) => group.members.map(({ id }) => id).join() === names);
      return same ?? this.formed(members);
    });
  }

  private formed(members: readonly PlainNode[], interrupted = false): Group {
    // The later roster-set wins, and every member takes it over.
    const roster = members.map((node) => node.roster).reduce((a, b) => (b.order > a.order ? b : a));
    const regime = Math.max(...members.map((node) => node.regime)) + 2;
    const group: Group = { members, roster, regime, states: new Map(), replicas: new Map() };
    for (const node of members) {
      node.roster = roster;
      node.regime = regime;
    }
    for (const pid of this.partitions) this.decide(group, pid, interrupted);
    return group;
  }

  private decide(group: Group, pid: number, interrupted: boolean): void {
    const { members, roster, regime } = group;
    const { replicationFactor: rf, quiesced = new Set<string>() } = this.shape;
    const copyOf = (node: PlainNode) => node.copies.get(pid)!;
    const lastServed = Math.max(...members.map((node) => copyOf(node).knowsServed));
    const upTo = ({ inStepWith, takenFor }: PlainCopy) => Math.max(inStepWith?.regime ?? 0, takenFor);
    const isFull = (node: PlainNode) => copyOf(node).trusted && upTo(copyOf(node)) >= lastServed;
    const say = (state: State) => {
      group.states.set(pid, state);
      for (const node of members) copyOf(node).knowsServed = state === "served" ? regime : lastServed;
    };
    if (roster.nodes.length === 0) return say("unavailable");

    const row = rowOf(roster.nodes, rf, pid);
    const here = row.flatMap((id) => members.filter((node) => node.id === id));
    const replicasHere = here.filter(({ id }) => row.slice(0, rf).includes(id));
    const trusted = here.filter((node) => copyOf(node).trusted);
    const allData = members.some(isFull);
    const rules = [
      row.length - trusted.length < rf,
      replicasHere.length === rf,
      trusted.length > row.length / 2 && replicasHere.some((node) => copyOf(node).trusted),
      here.length === row.length / 2 && here[0].id === row[0],
    ];
    if (here.length < rf) return say("unavailable");
    if (!allData || !rules.some((holds) => holds)) {
      return say(here.length === row.length ? "dead" : "unavailable");
    }

    if (interrupted) return say("served");
    const replicas = distinctRacks(here, quiesced, rf);
    group.replicas.set(pid, replicas);
    const full = [
      ...replicas,
      ...here.filter((node) => !replicas.includes(node)),
      ...members.filter((node) => !here.includes(node)),
    ].filter(isFull);
    const [master] = full;
    // Copies that were last written together hold the same records.
    const together = full.filter(
      (node) =>
        node === master ||
        (copyOf(node).inStepWith === copyOf(master).inStepWith &&
          !copyOf(node).alone &&
          !copyOf(master).alone),
    );
    const inStep = together.filter((node) => node === master || replicas.includes(node));
    const others = here.filter((node) => upTo(copyOf(node)) > 0 && !together.includes(node));
    for (const node of inStep) takesPart(copyOf(node), group);
    say("served");
    if (replicas.every((node) => inStep.includes(node)) && others.length === 0) this.settle(group, pid);
  }
}

function takesPart(copy: PlainCopy, group: Group): void {
  copy.inStepWith = group;
  copy.alone = false;
}

function onRoster({ roster }: Group, { id }: PlainNode): boolean {
  return roster.nodes.some((node) => node.id === id);
}

/** The row as a sub-cluster orders it: quiesced nodes last, then the first racks distinct; its first RF. */
function distinctRacks(row: readonly PlainNode[], quiesced: ReadonlySet<string>, rf: number): PlainNode[] {
  const active = row.filter(({ id }) => !quiesced.has(id));
  const order = [...active, ...row.filter(({ id }) => quiesced.has(id))];
  const racks = new Set(active.map(({ rack }) => rack)).size;
  for (let r = 1; r < Math.min(order.length, racks, rf); r++) {
    const taken = order.slice(0, r).map(({ rack }) => rack);
    const pick = order.findIndex((node, k) => k >= r && !taken.includes(node.rack));
    [order[r], order[pick]] = [order[pick], order[r]];
  }
  return order.slice(0, rf);
}

const rowsKept = new Map<string, RosterRows>();

function rowOf(roster: readonly RosterNode[], replicationFactor: number, pid: number): string[] {
  const key = JSON.stringify([roster, replicationFactor]);
  const rows = rowsKept.get(key) ?? rosterRows(roster, { replicationFactor });
  rowsKept.set(key, rows);
  const size = rows.nodes.length;
  return Array.from(rows.rows.subarray(pid * size, (pid + 1) * size), (node) => rows.nodes[node].id);
}
