import {
  Decision,
  interruptedRecluster,
  laterRoster,
  type Member,
  NodeCopies,
  type Owners,
  recluster,
  type Reclustered,
  type ReclusterInput,
  type RosterNode,
  type RosterSet,
  UNSET_ROSTER,
  type StopKind,
} from "../../../model";

/** A node of a history: alive or not, with the roster that it heard of last. */
export interface HistoryNode extends Member {
  alive: boolean;
  roster: RosterSet;
}

/** A sub-cluster of a history, with the roster that took effect. */
export interface HistoryCluster extends Reclustered<HistoryNode> {
  readonly roster: RosterSet;
}

/** What a history is played on. */
export interface HistoryShape {
  readonly nodes: readonly RosterNode[];
  readonly replicationFactor: number;
  readonly quiesced?: ReadonlySet<string>;
  /** @default true */
  readonly rosterSet?: boolean;
}

/** A cluster that lives through cuts, heals, stops, roster changes and migrations, on the model's engine alone. */
export class History {
  readonly nodes: readonly HistoryNode[];
  /** Sub-clusters now, each formed when its members last changed. */
  clusters: HistoryCluster[] = [];
  private side: (id: string) => number = () => 0;
  private serial = 0;
  private clock = 0;

  constructor(readonly shape: HistoryShape) {
    const { nodes, rosterSet = true } = shape;
    this.nodes = nodes.map((node) => ({
      ...node,
      copies: new NodeCopies(),
      alive: true,
      roster: { nodes: rosterSet ? nodes : [], activeRack: 0, generation: Number(rosterSet), setAt: 0 },
    }));
    this.form();
  }

  node(id: string): HistoryNode {
    return this.nodes.find((node) => node.id === id)!;
  }

  clusterOf(id: string): HistoryCluster | undefined {
    return this.clusters.find(({ members }) => members.includes(this.node(id)));
  }

  /** Whether all nodes that are alive see each other. */
  get isWhole(): boolean {
    return new Set(this.nodes.map(({ id }) => this.side(id))).size === 1;
  }

  /** Parts the network: nodes of one side hear each other. */
  cut(side: (id: string) => number): void {
    this.side = side;
    this.form();
  }

  heal(): void {
    this.cut(() => 0);
  }

  stop(id: string, kind: StopKind = "clean"): void {
    const node = this.node(id);
    node.alive = false;
    node.copies.stop(kind);
    if (kind === "empty") node.roster = UNSET_ROSTER;
    this.form();
  }

  start(id: string): void {
    this.node(id).alive = true;
    this.form();
  }

  /** Sets the roster through a member of a sub-cluster, and reclusters that. */
  reroster(at: string, nodes: readonly RosterNode[]): void {
    const cluster = this.clusterOf(at);
    if (!cluster) return;
    this.clock++;
    const { generation } = cluster.members[0].roster;
    for (const node of cluster.members) {
      node.roster = { nodes, activeRack: 0, generation: generation + 1, setAt: this.clock };
    }
    this.recluster(at);
  }

  /** As {@link recluster}, but a first one is interrupted by it. */
  interrupt(at: string): void {
    interruptedRecluster(this.input(this.clusterOf(at)!.members));
    this.recluster(at);
  }

  recluster(at: string): void {
    const cluster = this.clusterOf(at);
    this.clusters = this.clusters.filter((other) => other !== cluster);
    this.form();
  }

  revive(ids: readonly string[]): void {
    for (const { members, partitions } of this.clusters) {
      for (const { partition, decision } of partitions) {
        if (decision !== Decision.Dead) continue;
        for (const { id, copies } of members) if (ids.includes(id)) copies.revive(partition);
      }
    }
  }

  /** Migrations of some partitions, or some of their steps, end in every sub-cluster. */
  migrate(steps: (owners: Owners<HistoryNode>) => number = () => Infinity): void {
    for (const { partitions } of this.clusters) {
      for (const owners of partitions) for (let left = steps(owners); left > 0 && step(owners);) left--;
    }
  }

  /** Sub-clusters form anew where who is present changed. */
  private form(): void {
    const sides = [...new Set(this.nodes.map(({ id }) => this.side(id)))];
    const groups = sides
      .map((side) => this.nodes.filter(({ id, alive }) => alive && this.side(id) === side))
      .filter((members) => members.length > 0);
    this.clusters = groups.map((members) => {
      const same = this.clusters.find(
        (cluster) =>
          cluster.members.length === members.length &&
          members.every((node) => cluster.members.includes(node)),
      );
      if (same && members.every(({ copies }) => copies.isIn(same.serial))) return same;
      return { ...recluster(this.input(members)), roster: members[0].roster };
    });
  }

  private input(members: readonly HistoryNode[]): ReclusterInput<HistoryNode> {
    const roster = members.map((node) => node.roster).reduce(laterRoster);
    for (const node of members) node.roster = roster;
    const { replicationFactor, quiesced = new Set<string>() } = this.shape;
    return {
      serial: this.serial++,
      members,
      roster,
      quiesced,
      namespace: { replicationFactor, strongConsistency: true },
    };
  }
}

/** One copy of a partition arrives; false where nothing has to move. */
export function step(owners: Owners<HistoryNode>): boolean {
  const move = nextMove(owners);
  if (!move) return false;
  owners.arrived(...move);
  if (owners.isSettled) owners.settle();
  return true;
}

/** Which copy moves next, and where to. */
export function nextMove(owners: Owners<HistoryNode>): [from: HistoryNode, to: HistoryNode] | undefined {
  const { final, toFinal, fromFinal } = owners;
  if (!final) return undefined;
  if (toFinal.length > 0) return [toFinal[0], final];
  return fromFinal.length > 0 ? [final, fromFinal[0]] : undefined;
}
