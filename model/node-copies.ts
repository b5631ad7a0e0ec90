import { PARTITIONS } from "./partitions";

/**
 * What a stop leaves: a clean one data and trust, a host's reboot too but not the index (a cold start follows), a crash
 * (unclean) data but no trust, an empty one neither.
 */
export type StopKind = "clean" | "reboot" | "unclean" | "empty";

/** Of no sub-cluster. */
const NONE = -1;
/** In step with no other copy: what a crash lost differs from node to node. */
const ALONE = -2;

/**
 * What one node knows of its own copies of the 4096 partitions (specification, section 3, "Regime"). It learns from the
 * sub-clusters that it is in and from nothing else; all that changes it stands here.
 */
export class NodeCopies {
  private highest = 0;
  /** Number of the sub-cluster that it is in. */
  private home = NONE;
  /** Regime up to which its copy missed no acknowledged write; 0 = it has none, or nothing was ever written. */
  private readonly fullTo = new Uint32Array(PARTITIONS);
  /** Highest regime under which it knows the partition to have been served; 0 = never. */
  private readonly servedTo = new Uint32Array(PARTITIONS);
  /** Number of the sub-cluster that last had its copy in step: copies of one lineage hold the same records. */
  private readonly lineages = new Int32Array(PARTITIONS).fill(NONE);
  private readonly untrusted = new Uint8Array(PARTITIONS);

  /** Highest regime that it took part in; it survives restarts that keep the data. */
  get regime(): number {
    return this.highest;
  }

  /** Highest regime under which it knows a partition to have been served; 0 = never. */
  servedUnder(partition: number): number {
    return this.servedTo[partition];
  }

  /** False after an unclean or empty stop, until migrations of the partition have ended around it, or a revive. */
  isTrusted(partition: number): boolean {
    return this.untrusted[partition] === 0;
  }

  /** Whether its copy missed nothing of a partition last served, as far as anyone here knows, under a regime. */
  isFull(partition: number, lastServed: number): boolean {
    return this.untrusted[partition] === 0 && this.fullTo[partition] >= lastServed;
  }

  /** Whether it has a copy that was full once. */
  hasCopy(partition: number): boolean {
    return this.fullTo[partition] > 0;
  }

  /** Whether two copies were last kept in step by the same sub-cluster. */
  isInStepWith(other: NodeCopies, partition: number): boolean {
    if (this === other) return true;
    return this.lineages[partition] !== ALONE && this.lineages[partition] === other.lineages[partition];
  }

  /** Whether it is in the sub-cluster of that number now. */
  isIn(subCluster: number): boolean {
    return this.home === subCluster;
  }

  /** It becomes a member of a sub-cluster. */
  enter(subCluster: number, regime: number): void {
    this.home = subCluster;
    this.highest = regime;
  }

  /** A member of its sub-cluster knows that the partition was served under a regime, or it is served now. */
  learn(partition: number, servedUnder: number): void {
    this.servedTo[partition] = servedUnder;
  }

  /** Its copy is full, and it takes part in every write from now on. */
  takePart(partition: number): void {
    this.fullTo[partition] = this.highest;
    this.lineages[partition] = this.home;
    this.untrusted[partition] = 0;
  }

  /** It took part under that regime, but not in all of it: it stood in for the final master, or its sub-cluster was interrupted. */
  fallBehind(partition: number, regime: number): void {
    if (this.fullTo[partition] === regime) this.fullTo[partition] = regime - 1;
  }

  /** Migrations of the partition have ended in its sub-cluster. */
  trust(partition: number): void {
    this.untrusted[partition] = 0;
  }

  /** Gives its copy up: the partition has its replicas elsewhere, complete. */
  giveUp(partition: number): void {
    this.fullTo[partition] = 0;
    this.lineages[partition] = NONE;
  }

  /** The operator's `revive` of a dead partition: what is here is taken for all there is, whatever it misses. */
  revive(partition: number): void {
    this.untrusted[partition] = 0;
    this.fullTo[partition] = Math.max(this.fullTo[partition], this.servedTo[partition]);
  }

  /**
   * It starts with `auto-revive`: the partitions that it has a copy of are trusted again, as after the operator's
   * `revive`; those of an empty stop are not (configuration reference, `auto-revive`; 7.1.0.9, AER-6772).
   *
   * @returns how many it revived
   */
  autoRevive(): number {
    let revived = 0;
    for (let partition = 0; partition < PARTITIONS; partition++) {
      if (this.untrusted[partition] === 0 || this.fullTo[partition] === 0) continue;
      this.untrusted[partition] = 0;
      revived++;
    }
    return revived;
  }

  /**
   * It stops, and keeps what the kind of stop leaves.
   *
   * @param committed whether every write is on the device before it is acknowledged (`commit-to-device`): a crash is then
   *   trusted like a clean stop
   */
  stop(kind: StopKind, committed = false): void {
    this.home = NONE;
    if (kind === "clean" || kind === "reboot" || (kind === "unclean" && committed)) return;
    this.untrusted.fill(1);
    this.lineages.fill(ALONE);
    if (kind === "unclean") return;
    this.highest = 0;
    this.fullTo.fill(0);
    this.servedTo.fill(0);
    this.lineages.fill(NONE);
  }
}
