import { PARTITIONS } from "../../model";
import type { Clock } from "./clock";
import type { Copy } from "./copy";
import { MigrationCounters, type Node } from "./node";
import { beats, type ConflictPolicy, type StoredRecord } from "./record";
import type { Owners, View } from "./view";

/** One copy of a partition on its way from one node to another. */
interface Emigration {
  readonly pid: number;
  readonly from: Node;
  readonly to: Node;
  readonly owners: Owners;
}

/** Milliseconds between two goes at the work. */
const STEP = 20;

/** How migrations run. */
export interface MigrationSettings {
  /** Records that a node sends in a second; a partition without records takes as long as one record. */
  readonly recordsPerSecond: number;
  readonly policy: ConflictPolicy;
}

/**
 * The migrations of one sub-cluster. Other versions go to the final master first; once that has everything it is the
 * master, and fills the other replicas; then whoever is no replica gives its copy up. Ends with its view.
 */
export class Migrations {
  private readonly queues = new Map<Node, Emigration[]>();
  /** Emigrations that wait until the final master has everything, by partition. */
  private readonly later = new Map<number, Emigration[]>();
  /** Immigrations that the final master still waits for, by partition. */
  private readonly missing = new Map<number, number>();
  /** Emigrations of a partition still to come. */
  private readonly open = new Map<number, number>();
  private readonly credit = new Map<Node, number>();
  private running = false;

  constructor(
    private readonly view: View,
    private readonly clock: Clock,
    private readonly settings: MigrationSettings,
    private readonly linked: (a: Node, b: Node) => boolean,
    private readonly done: () => void,
  ) {
    for (const node of view.members) {
      const { recordsSent, recordsReceived, recordsSkipped } = node.migrations;
      node.migrations = Object.assign(new MigrationCounters(), {
        recordsSent,
        recordsReceived,
        recordsSkipped,
      });
    }
    for (let pid = 0; pid < PARTITIONS; pid++) this.plan(pid);
    for (const node of view.members) {
      node.migrations.txInitial = node.migrations.txRemaining;
      node.migrations.rxInitial = node.migrations.rxRemaining;
    }
  }

  /** Partitions still to be sent, over all members. */
  get remaining(): number {
    return this.view.members.reduce((sum, node) => sum + node.migrations.txRemaining, 0);
  }

  start(): void {
    if (this.remaining > 0) this.schedule();
  }

  private plan(pid: number): void {
    const owners = this.view.partitions[pid];
    const { master, replicas, filling, sources } = owners;
    if (!master) return;
    const final = replicas[0];
    const givers = new Set(sources.filter((node) => node !== final));
    if (filling.has(final)) givers.add(master);
    for (const from of givers) this.enqueue({ pid, from, to: final, owners });
    if (givers.size > 0) this.missing.set(pid, givers.size);
    for (const to of filling) {
      if (to === final) continue;
      const one = { pid, from: final, to, owners };
      if (givers.size === 0) this.enqueue(one);
      else {
        this.countIn(one);
        const waiting = this.later.get(pid);
        if (waiting) waiting.push(one);
        else this.later.set(pid, [one]);
      }
    }
    if (!this.open.has(pid)) this.settle(pid, owners);
  }

  private countIn({ pid, from, to }: Emigration): void {
    from.migrations.txRemaining++;
    to.migrations.rxRemaining++;
    this.open.set(pid, (this.open.get(pid) ?? 0) + 1);
  }

  private enqueue(one: Emigration): void {
    this.countIn(one);
    this.ready(one);
  }

  private ready(one: Emigration): void {
    const queue = this.queues.get(one.from);
    if (queue) queue.push(one);
    else this.queues.set(one.from, [one]);
  }

  private schedule(): void {
    if (this.running) return;
    this.running = true;
    this.clock.after(STEP, () => {
      this.running = false;
      this.step();
    });
  }

  private step(): void {
    for (const node of this.view.members) this.work(node);
    if (this.remaining === 0) this.done();
    else if (this.view.members.some((node) => node.view === this.view)) this.schedule();
  }

  private work(node: Node): void {
    const queue = this.queues.get(node);
    if (!queue || queue.length === 0 || node.view !== this.view || !node.up) return;
    const earned = (this.settings.recordsPerSecond * STEP) / 1000;
    let credit = Math.min((this.credit.get(node) ?? 0) + earned, Math.max(earned, 1));
    node.migrations.txActive = 1;
    const stuck: Emigration[] = [];
    let at = 0;
    while (credit > 0 && at < queue.length) {
      const one = queue[at++];
      if (!this.receivers(one).every((to) => to.view === this.view && this.linked(one.from, to))) {
        stuck.push(one);
        continue;
      }
      // A long partition leaves a debt that later steps pay.
      credit -= Math.max(1, node.copyOf(one.pid)?.size ?? 0);
      this.move(one);
    }
    this.credit.set(node, credit);
    const rest = [...queue.slice(at), ...stuck];
    this.queues.set(node, rest);
    if (rest.length === 0) node.migrations.txActive = 0;
  }

  /** Who gets the records: what comes to the final master goes to the replicas in step with it, too. */
  private receivers({ from, to, owners }: Emigration): Node[] {
    const { replicas, master, filling } = owners;
    const inStep = to === replicas[0] ? [...replicas, master!].filter((node) => !filling.has(node)) : [];
    return [...new Set([to, ...inStep])].filter((node) => node !== from);
  }

  private move(one: Emigration): void {
    const { pid, from, to, owners } = one;
    this.transfer(one);
    from.migrations.txRemaining--;
    to.migrations.rxRemaining--;
    from.partitionGeneration++;
    to.partitionGeneration++;
    this.open.set(pid, this.open.get(pid)! - 1);
    const final = owners.replicas[0];
    if (to === final) {
      const missing = this.missing.get(pid)! - 1;
      this.missing.set(pid, missing);
      owners.sources = owners.sources.filter((node) => node !== from);
      if (missing === 0) this.finalMasterHasAll(pid, owners);
    } else this.fill(pid, to, owners);
    if (this.open.get(pid) === 0) this.settle(pid, owners);
  }

  private finalMasterHasAll(pid: number, owners: Owners): void {
    const final = owners.replicas[0];
    owners.sources = [];
    this.fill(pid, final, owners);
    // The one that stood in for it gets no more writes: from here on its copy is not full.
    if (!owners.replicas.includes(owners.master!)) owners.master!.fullAt[pid] = this.view.regime - 1;
    owners.master = final;
    for (const one of this.later.get(pid) ?? []) this.ready(one);
    this.later.delete(pid);
  }

  /** From now on the copy is full, and its node trusted with it. */
  private fill(pid: number, node: Node, owners: Owners): void {
    owners.filling.delete(node);
    node.fullAt[pid] = this.view.regime;
    node.lineage[pid] = this.view.serial;
    node.untrusted[pid] = 0;
  }

  /** All that had to move has moved: who is no replica gives its copy up. */
  private settle(pid: number, owners: Owners): void {
    owners.sources = [];
    this.open.delete(pid);
    this.missing.delete(pid);
    for (const node of this.view.eligible) {
      // A node that has left the cluster keeps what it has.
      if (node.view === this.view && !owners.replicas.includes(node)) node.dropCopy(pid);
    }
  }

  /** Copies records; of two versions the better stays. */
  private transfer(one: Emigration): void {
    const { pid, from } = one;
    const source = from.copyOf(pid);
    if (!source || source.size === 0) return;
    const receivers = this.receivers(one);
    for (const [digest, record] of source.entries()) {
      from.migrations.recordsSent++;
      const pending = source.unreplicated.has(digest);
      for (const node of receivers) this.receive(node, node.ownCopy(pid), digest, record, pending);
    }
  }

  private receive(node: Node, copy: Copy, digest: string, record: StoredRecord, pending: boolean): void {
    const own = copy.get(digest);
    if (own && (own === record || !beats(record, own, this.settings.policy))) {
      node.migrations.recordsSkipped++;
      return;
    }
    copy.set(digest, record);
    node.migrations.recordsReceived++;
    if (pending) copy.unreplicated.add(digest);
    else copy.unreplicated.delete(digest);
  }
}
