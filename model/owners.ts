import { Decision, isServed } from "./availability";
import type { NodeCopies } from "./node-copies";

/** A node in a sub-cluster: who it is, and what it keeps of its copies. */
export interface Member {
  readonly id: string;
  /** Rack as configured. */
  readonly rack: number;
  readonly copies: NodeCopies;
}

/** What the partitions of one sub-cluster share. */
export interface SubClusterOf<M extends Member> {
  /** Number of the sub-cluster in the history. */
  readonly serial: number;
  readonly regime: number;
  readonly members: readonly M[];
  /** Members that may hold copies: those on the roster, all in AP mode. What others hold is neither asked nor removed. */
  readonly eligible: ReadonlySet<M>;
  /** Ids of the members that rest. */
  readonly quiesced: ReadonlySet<string>;
}

/**
 * Who serves one partition in a sub-cluster, and what has to move: other versions to the final master first; once that
 * has everything it is the master, and fills the other replicas; then whoever is no replica gives its copy up.
 */
export class Owners<M extends Member> {
  /** Who serves now: the final master, or a holder of a full copy until that has it; undefined where nobody does. */
  master: M | undefined;
  /** Replicas whose copy is not full yet. */
  readonly filling = new Set<M>();
  /** Members with other versions of its records: asked before a read or write, until they have been merged. */
  sources: readonly M[] = [];
  /** Who has still to send its version to the final master. */
  private readonly givers = new Set<M>();

  /** @param replicas current replicas, the final master first; none where the partition is not served */
  constructor(
    readonly partition: number,
    readonly decision: Decision,
    readonly replicas: readonly M[],
    private readonly cluster: SubClusterOf<M>,
  ) {}

  /**
   * The sub-cluster takes the partition up: its members learn of it, and copies that are full take part in every write.
   *
   * @param lastServed highest regime under which any member knows it to have been served
   * @param holdsRecords whether a member holds records of it
   */
  begin(lastServed: number, holdsRecords: (member: M) => boolean): void {
    const { partition, replicas } = this;
    const { members, eligible, regime } = this.cluster;
    const served = isServed(this.decision);
    for (const { copies } of members) copies.learn(partition, served ? regime : lastServed);
    if (!served) return;

    const others = members.filter((node) => !replicas.includes(node));
    // Copies of nodes that are on the roster come first: the others are asked only where nobody else has it all.
    const order = [
      ...replicas,
      ...others.filter((node) => eligible.has(node)),
      ...others.filter((node) => !eligible.has(node)),
    ];
    const full = order.filter(({ copies }) => copies.isFull(partition, lastServed));
    const holders = order.filter(
      (node) => eligible.has(node) && (node.copies.hasCopy(partition) || holdsRecords(node)),
    );
    const master = full[0] ?? replicas[0];
    let inStep: readonly M[];
    if (full.length > 0) inStep = full.filter(({ copies }) => copies.isInStepWith(master.copies, partition));
    // AP mode alone serves what is here, or begins afresh where nothing is.
    else inStep = holders.length === 0 ? replicas : [master];

    this.master = master;
    for (const node of replicas) if (!inStep.includes(node)) this.filling.add(node);
    this.sources = holders.filter((node) => !inStep.includes(node));
    const [final] = replicas;
    for (const node of this.sources) if (node !== final) this.givers.add(node);
    if (this.filling.has(final)) this.givers.add(master);
    for (const node of inStep) {
      if (node === master || replicas.includes(node)) node.copies.takePart(partition);
    }
  }

  /** Who serves once everything has moved; undefined where nobody does. */
  get final(): M | undefined {
    return this.replicas[0];
  }

  /** What has still to move to the final master. */
  get toFinal(): readonly M[] {
    return [...this.givers];
  }

  /** What the final master has still to send, once it has everything. */
  get fromFinal(): readonly M[] {
    return [...this.filling].filter((node) => node !== this.final);
  }

  /** Who gets the records that `from` sends: what comes to the final master goes to those in step with it, too. */
  receivers(from: M, to: M): M[] {
    const inStep =
      to === this.final ? [...this.replicas, this.master!].filter((node) => !this.filling.has(node)) : [];
    return [...new Set([to, ...inStep])].filter((node) => node !== from);
  }

  /** All that `from` holds has come to `to`. */
  arrived(from: M, to: M): void {
    if (to !== this.final) return this.fill(to);
    this.givers.delete(from);
    this.sources = this.sources.filter((node) => node !== from);
    if (this.givers.size > 0) return;
    this.sources = [];
    this.fill(to);
    // The one that stood in for it gets no more writes: from here on its copy is not full.
    if (!this.replicas.includes(this.master!)) {
      this.master!.copies.fallBehind(this.partition, this.cluster.regime);
    }
    this.master = to;
  }

  private fill(node: M): void {
    this.filling.delete(node);
    node.copies.takePart(this.partition);
  }

  /** Whether nothing has to move any more. */
  get isSettled(): boolean {
    return this.givers.size === 0 && this.filling.size === 0;
  }

  /**
   * All that had to move has moved: every member is trusted with the partition again, and who is no replica gives its
   * copy up. A quiesced node never does ("Quiesce a node"), and a node that has left the sub-cluster keeps what it has.
   *
   * @returns those that gave their copies up
   */
  settle(): M[] {
    this.sources = [];
    const { members, eligible, quiesced, serial } = this.cluster;
    const here = members.filter(({ copies }) => copies.isIn(serial));
    for (const { copies } of here) copies.trust(this.partition);
    const leaving = here.filter(
      (node) => eligible.has(node) && !quiesced.has(node.id) && !this.replicas.includes(node),
    );
    for (const { copies } of leaving) copies.giveUp(this.partition);
    return leaving;
  }
}
