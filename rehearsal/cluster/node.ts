import {
  Decision,
  NodeCopies,
  PARTITIONS,
  type Namespace,
  type Owners as OwnersOf,
  type RosterSet,
  type StopKind,
  type TopologyNode,
  UNSET_ROSTER,
} from "../../model";
import type { NodeSettings } from "../settings/node-settings";
import type { Clock } from "./clock";
import { Copy } from "./copy";
import { KeyQueues } from "./key-queues";
import { Unflushed } from "./unflushed";
import type { SubClusterView } from "./view";

/** One sub-cluster as its members see it. */
export type View = SubClusterView<Node>;

/** Who serves one partition in a sub-cluster, and what has to move. */
export type Owners = OwnersOf<Node>;

/** Counters of a node's migrations since its last rebalance, and of all time. */
export class MigrationCounters {
  txInitial = 0;
  rxInitial = 0;
  txRemaining = 0;
  rxRemaining = 0;
  txActive = 0;
  recordsSent = 0;
  recordsReceived = 0;
  recordsSkipped = 0;
}

/** A node of the rehearsal cluster: its identity, its copies and records, and what it knows of the cluster. */
export class Node {
  readonly id: string;
  readonly region: string;
  up = true;
  /** Stands still, as after a SIGSTOP: it keeps all and does nothing. */
  paused = false;
  /** What it does as soon as it is resumed. */
  held: (() => void)[] = [];
  /** Milliseconds that its clock is ahead; negative = behind. */
  clockAhead = 0;
  startedAt: number;
  /** Rack as configured now; the one in use is the view's. */
  rack: number;
  /** `stay-quiesced`: no command quiesces it, or ends that. */
  readonly staysQuiesced: boolean;
  /** Asked to quiesce; it takes effect at the next recluster. */
  quiescePending!: boolean;
  /** As configured, or set until its restart. */
  settings!: NodeSettings;
  /** The roster that was last set, as far as it heard. */
  roster: RosterSet = UNSET_ROSTER;

  /** The sub-cluster that it is in, undefined until its first. */
  view: View | undefined;
  /** Since when it is in no cluster though it was in one, in milliseconds since 1970; until it blocks it keeps the old view. */
  orphanedAt: number | undefined;
  /** What it knows of its copies. */
  readonly copies = new NodeCopies();
  private readonly records = new Array<Copy | undefined>(PARTITIONS).fill(undefined);
  private readonly unflushed: Unflushed;
  /** Bytes that its records take. */
  private readonly usage = { bytes: 0 };
  /** Requests under way that other nodes have a part in, by record. */
  readonly underWay: KeyQueues;
  /** Partitions of which it does not know, since a cold start, which records are replicated. */
  readonly appealing = new Set<number>();

  /** Heartbeats missed from each other node since it was last heard, by id: every node that it ever heard. */
  readonly missed = new Map<string, number>();
  /** Ids of the nodes that it hears now. */
  adjacent = new Set<string>();

  peersGeneration = 0;
  partitionGeneration = 0;
  rebalanceGeneration = 0;
  migrations = new MigrationCounters();
  /** Counters that `namespace/` and `statistics` show, by their name there. */
  readonly counters = new Map<string, number>();

  constructor(
    topologyNode: TopologyNode,
    readonly index: number,
    private readonly namespace: Namespace,
    private readonly clock: Clock,
    private readonly configured: () => NodeSettings,
  ) {
    this.id = topologyNode.id;
    this.rack = topologyNode.rack;
    this.region = topologyNode.region ?? "local";
    this.staysQuiesced = topologyNode.quiesced ?? false;
    this.startedAt = clock.now();
    this.configure();
    this.underWay = new KeyQueues((run) => clock.afterTurn(run));
    this.unflushed = new Unflushed(
      () => clock.now(),
      () => (this.commitsToDevice ? 0 : this.flushMaxMs),
    );
  }

  private get commitsToDevice(): boolean {
    return this.namespace.strongConsistency && (this.namespace.commitToDevice ?? false);
  }

  /** Its settings are those of its file: what commands had changed is gone. */
  private configure(): void {
    this.settings = this.configured();
    this.settings.namespace.set("rack-id", `${this.rack}`);
    this.quiescePending = this.staysQuiesced;
  }

  /** `active-rack`; 0 = off. The one in use is the view's. */
  get activeRack(): number {
    return this.settings.namespace.number("active-rack");
  }

  /** `flush-max-ms` in milliseconds. */
  get flushMaxMs(): number {
    return this.settings.namespace.number("storage-engine.flush-max-ms");
  }

  /** `transaction-pending-limit`: requests that may wait for a record behind the one under way; 0 = any number. */
  get transactionPendingLimit(): number {
    return this.settings.namespace.number("transaction-pending-limit");
  }

  /** Bytes of its storage that are in use: about what a server would have in use. */
  get usedBytes(): number {
    return this.usage.bytes;
  }

  /** Bytes of its storage; 0 where its settings do not say: a device is as large as it is. */
  get totalBytes(): number {
    const { namespace } = this.settings;
    return namespace.number("storage-engine.filesize") || namespace.number("storage-engine.data-size");
  }

  /** Whether its storage is so full that it refuses writes (`stop-writes-used-pct`; 0 = never). */
  get isFull(): boolean {
    const percent = this.settings.namespace.number("storage-engine.stop-writes-used-pct");
    const { totalBytes } = this;
    return percent > 0 && totalBytes > 0 && this.usedBytes * 100 > totalBytes * percent;
  }

  /** Whether it is up and not paused. */
  get runs(): boolean {
    return this.up && !this.paused;
  }

  /** Its own clock's time, in milliseconds since 1970. */
  now(): number {
    return this.clock.now() + this.clockAhead;
  }

  count(counter: string, by = 1): void {
    this.counters.set(counter, (this.counters.get(counter) ?? 0) + by);
  }

  copyOf(partition: number): Copy | undefined {
    return this.records[partition];
  }

  /** Its copy of a partition, made where there is none. */
  ownCopy(partition: number): Copy {
    return (this.records[partition] ??= new Copy(this.unflushed, this.usage));
  }

  /** Gives the records of a partition up: it has its replicas elsewhere, complete. */
  dropRecords(partition: number): void {
    this.records[partition]?.drop();
    this.records[partition] = undefined;
  }

  /** Whether it holds records of a partition. */
  hasRecords(partition: number): boolean {
    return (this.records[partition]?.size ?? 0) > 0;
  }

  /** Whether it holds records of a partition, or a copy that was full once. */
  holds(partition: number): boolean {
    return this.copies.hasCopy(partition) || this.hasRecords(partition);
  }

  /**
   * It becomes a member of a sub-cluster.
   *
   * @returns how many peers came and went, to be announced.
   */
  join(view: View): number {
    const before = new Set(this.view?.members.map(({ id }) => id) ?? [this.id]);
    const after = new Set(view.members.map(({ id }) => id));
    this.view = view;
    this.orphanedAt = undefined;
    return [...before, ...after].filter((id) => before.has(id) !== after.has(id)).length;
  }

  /** It tells clients that peers and owners have changed: they ask again. */
  announce(peers: number): void {
    this.peersGeneration += peers;
    this.partitionGeneration++;
    this.rebalanceGeneration++;
  }

  /** An orphan has waited long enough for a cluster: it answers as a member of none. */
  block(): void {
    this.view = undefined;
    this.partitionGeneration++;
  }

  /** The operator's `revive`: of the partitions that are dead as it sees them. It takes effect at the next recluster. */
  revive(): void {
    for (const { decision, partition } of this.view?.partitions ?? []) {
      if (decision === Decision.Dead) this.copies.revive(partition);
    }
  }

  /** It starts again, with what its stop left. */
  start(): void {
    this.up = true;
    this.startedAt = this.clock.now();
    this.configure();
    this.peersGeneration = 0;
    this.partitionGeneration = 0;
    this.rebalanceGeneration = 0;
    this.counters.clear();
    if (this.namespace.autoRevive) this.count("auto_revived_partitions", this.copies.autoRevive());
  }

  /** It stops, and keeps what the kind of stop leaves. */
  stop(kind: StopKind): void {
    this.up = false;
    this.paused = false;
    this.held = [];
    this.view = undefined;
    this.orphanedAt = undefined;
    this.adjacent = new Set();
    this.missed.clear();
    this.copies.stop(kind, this.commitsToDevice);
    if (kind === "unclean") this.unflushed.lose();
    else this.unflushed.flush();
    if (kind === "unclean" || kind === "reboot") this.loseIndex();
    if (kind !== "empty") return;
    this.records.fill(undefined);
    this.usage.bytes = 0;
    this.appealing.clear();
    this.roster = UNSET_ROSTER;
  }

  /**
   * The index went with the process that crashed, or with the host's memory: a cold start follows ("Cold restart"), after
   * which records count as unreplicated until the appeals have ended (strong consistency).
   */
  private loseIndex(): void {
    if (!this.namespace.strongConsistency) return;
    this.records.forEach((copy, pid) => {
      if (!copy || copy.size === 0) return;
      copy.startCold();
      this.appealing.add(pid);
    });
  }
}
