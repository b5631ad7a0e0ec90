import { PARTITIONS, type TopologyNode } from "../../model";
import { Copy } from "./copy";
import { type RosterMetadata, UNSET_ROSTER } from "./roster";
import type { View } from "./view";

/** What a stop leaves: a clean one data and trust, an unclean one data but no trust, an empty one neither. */
export type StopKind = "clean" | "unclean" | "empty";

/** A copy that was never full. */
const NEVER = -1;

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

/** A node of the rehearsal cluster: its identity, its copies, and what it knows of the cluster. Plain state: what acts on it stands in the files beside. */
export class Node {
  readonly id: string;
  readonly region: string;
  up = true;
  startedAt: number;
  /** Rack as configured now; the one in use is the view's. */
  rack: number;
  /** Asked to quiesce; it takes effect at the next recluster. */
  quiescePending: boolean;
  roster: RosterMetadata = UNSET_ROSTER;

  /** The sub-cluster that it is in, undefined until its first. */
  view: View | undefined;
  /** Highest regime that it took part in. */
  regime = 0;
  /** Regime up to which its copy of a partition is full; -1 = it never was. */
  fullAt = new Int32Array(PARTITIONS).fill(NEVER);
  /** Which sub-cluster last had its copy in step: copies of one lineage hold the same records. */
  lineage = new Int32Array(PARTITIONS).fill(NEVER);
  /** Highest regime at which it knows a partition to have been served. */
  servedAt = new Int32Array(PARTITIONS).fill(NEVER);
  /** 1 = not trusted with the partition since an unclean or empty start. */
  untrusted = new Uint8Array(PARTITIONS);
  private copies: (Copy | undefined)[] = new Array<Copy | undefined>(PARTITIONS).fill(undefined);

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
    now: number,
  ) {
    this.id = topologyNode.id;
    this.rack = topologyNode.rack;
    this.region = topologyNode.region ?? "local";
    this.quiescePending = topologyNode.quiesced ?? false;
    this.startedAt = now;
  }

  count(counter: string, by = 1): void {
    this.counters.set(counter, (this.counters.get(counter) ?? 0) + by);
  }

  copyOf(partition: number): Copy | undefined {
    return this.copies[partition];
  }

  /** Its copy of a partition, made where there is none. */
  ownCopy(partition: number): Copy {
    return (this.copies[partition] ??= new Copy());
  }

  /** Gives a copy up: the partition has its replicas elsewhere, complete. */
  dropCopy(partition: number): void {
    this.copies[partition] = undefined;
    this.fullAt[partition] = NEVER;
    this.lineage[partition] = NEVER;
  }

  /** Whether it holds records of a partition, or a copy that was full once. */
  holds(partition: number): boolean {
    return this.fullAt[partition] !== NEVER || (this.copies[partition]?.size ?? 0) > 0;
  }

  /** What the stop leaves of it. */
  lose(kind: StopKind): void {
    this.view = undefined;
    this.adjacent = new Set();
    this.missed.clear();
    if (kind === "clean") return;
    this.untrusted.fill(1);
    if (kind === "unclean") return;
    this.copies.fill(undefined);
    this.fullAt.fill(NEVER);
    this.lineage.fill(NEVER);
    this.servedAt.fill(NEVER);
    this.regime = 0;
    this.roster = UNSET_ROSTER;
  }
}
