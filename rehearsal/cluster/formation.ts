import { type Heartbeats, networkOf, nextRound, ORPHAN_QUANTA, quantum, type Round } from "../../model";
import type { Clock, Timer } from "./clock";
import type { EventLog } from "./event-log";
import type { Node } from "./node";

/** The cluster whose nodes form sub-clusters. */
export interface Forming {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly nodes: readonly Node[];
  readonly options: { readonly heartbeat: Required<Heartbeats> };
  readonly minClusterSize: number;
  readonly stopped: boolean;
  /** Some milliseconds between those measured with heartbeats every 150 ms, for this cluster's interval. */
  scaled(range: readonly [number, number]): number;
  /** Some number between two. */
  between(low: number, high: number): number;
  /** These nodes leave their sub-clusters for another one. */
  interrupt(members: readonly Node[]): void;
  /** These nodes are one sub-cluster from now on. */
  form(members: readonly Node[]): void;
}

/**
 * Milliseconds between a change seen and the new cluster, for heartbeats every 150 ms: chosen within what was measured on
 * six real nodes (cut 1.7-2.5 s, heal 1.8-2.2 s).
 */
const FORMATION = [350, 750] as const;
/** Quanta until members leave a principal that they would not keep, and from then to the new cluster, as recorded. */
const MOVE = [1.3, 1.9] as const;
/** The same of a cluster that comes and goes: with what follows 4.7 s at 150 x 10, as measured from one cluster key to the next. */
const MOVE_AGAIN = [2, 2.3] as const;
const REFORM = [0.3, 0.6] as const;

/** How sub-clusters form in time: the rounds of the model, over who hears whom as the nodes themselves perceive it. */
export class Formation {
  private scheduled = false;
  private next: Timer | undefined;
  /** When the loss or gain was noticed that the nodes act on. */
  private noticedAt = 0;
  /** Whether members have left a principal since then. */
  private moved = false;

  constructor(private readonly cluster: Forming) {}

  /** Something changed in who hears whom: the nodes act on it before long. */
  schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const noticedAt = this.cluster.clock.now();
    this.cluster.clock.after(this.cluster.scaled(FORMATION), () => {
      this.scheduled = false;
      this.noticedAt = noticedAt;
      this.moved = false;
      this.act();
    });
  }

  /** Milliseconds that a node looks for others, once started, before it is a cluster of its own. */
  get grace(): number {
    const { interval, timeout } = this.cluster.options.heartbeat;
    return 2 * interval * timeout;
  }

  /** Whether all is as it stays while links are as they are: nothing left to form, and orphans block. */
  settled(linked: (a: Node, b: Node) => boolean): boolean {
    const up = this.cluster.nodes.filter((node) => node.runs);
    const { change, clusters } = this.round(up, linked);
    return (
      change === "none" &&
      clusters.every((ids) => isView(this.membersOf(ids))) &&
      up.every((node) => node.orphanedAt === undefined || node.view === undefined)
    );
  }

  private act(mayMove = false): void {
    this.next?.cancel();
    if (this.cluster.stopped) return;
    for (let leave = mayMove; ; leave = false) {
      const up = this.cluster.nodes.filter((node) => node.runs && !this.isLookingForOthers(node));
      const round = this.round(up, (a, b) => a.adjacent.has(b.id) && b.adjacent.has(a.id));
      if (round.change === "moved" && !leave) return this.actLater(this.moved ? MOVE_AGAIN : MOVE, true);
      this.apply(round);
      if (round.change === "moved") {
        this.moved = true;
        return this.actLater(REFORM, false);
      }
      if (round.change === "none") return;
    }
  }

  private actLater([low, high]: readonly [number, number], mayMove: boolean): void {
    const { clock } = this.cluster;
    this.next = clock.after(this.cluster.between(low, high) * this.quantum, () => this.act(mayMove));
  }

  private round(up: readonly Node[], linked: (a: Node, b: Node) => boolean): Round {
    const cannotHear = Object.fromEntries(
      up.map((node) => [
        node.id,
        up.filter((other) => other !== node && !linked(node, other)).map(({ id }) => id),
      ]),
    );
    const members = up.filter((node) => node.view && node.orphanedAt === undefined);
    const now = [...new Set(members.map(({ view }) => view))].map((view) =>
      members.filter((node) => node.view === view).map(({ id }) => id),
    );
    const network = networkOf(
      up.map(({ id }) => id),
      cannotHear,
    );
    return nextRound(network, now, this.cluster.minClusterSize);
  }

  private apply({ orphaned, clusters }: Round): void {
    for (const [id, reason] of orphaned) {
      const [node] = this.membersOf([id]);
      // Who lost its principal knows it as soon as it misses its heartbeats; others are told.
      this.orphan(node, reason === "lost its principal" ? this.noticedAt : this.cluster.clock.now());
    }
    for (const ids of clusters) {
      const members = this.membersOf(ids);
      if (isView(members)) continue;
      this.cluster.interrupt(members);
      this.cluster.form(members);
    }
  }

  /** Milliseconds until an orphan blocks; 0 once it does. */
  blocksIn({ view, orphanedAt }: Node): number {
    if (view === undefined || orphanedAt === undefined) return 0;
    return Math.max(0, orphanedAt + ORPHAN_QUANTA * this.quantum - this.cluster.clock.now());
  }

  /** The node is in no cluster; it answers as a member of the old one until it blocks. */
  private orphan(node: Node, at: number): void {
    const { clock, log } = this.cluster;
    node.orphanedAt = at;
    log.add("orphan", { node: node.id });
    clock.after(at + ORPHAN_QUANTA * this.quantum - clock.now(), () => {
      if (node.orphanedAt !== at || !node.up || this.cluster.stopped) return;
      node.block();
      log.add("orphan-blocks", { node: node.id });
    });
  }

  private get quantum(): number {
    return quantum(this.cluster.options.heartbeat);
  }

  private isLookingForOthers(node: Node): boolean {
    const age = this.cluster.clock.now() - node.startedAt;
    return !node.view && node.orphanedAt === undefined && node.adjacent.size === 0 && age < this.grace;
  }

  private membersOf(ids: readonly string[]): Node[] {
    return this.cluster.nodes.filter(({ id }) => ids.includes(id));
  }
}

/** Whether these nodes already are one sub-cluster, and nobody else is in it. */
function isView(members: readonly Node[]): boolean {
  const view = members[0].view;
  return (
    view !== undefined &&
    view.members.length === members.length &&
    members.every((node) => node.view === view && node.orphanedAt === undefined)
  );
}
