/** Settings of a server that decide how fast a cluster changes; all in the `network` context of aerospike.conf. */
export interface Heartbeats {
  /** `heartbeat.interval` in milliseconds. @default 150 */
  readonly interval?: number;
  /** `heartbeat.timeout`: intervals without a heartbeat after which a node counts as lost. @default 10 */
  readonly timeout?: number;
  /** `fabric.latency-max-ms`, one way, in milliseconds. @default 5 */
  readonly latencyMaxMs?: number;
}

/** The server's own defaults (configuration reference, network/heartbeat and network/fabric). */
export const DEFAULT_HEARTBEATS = {
  interval: 150,
  timeout: 10,
  latencyMaxMs: 5,
} as const satisfies Required<Heartbeats>;

/** Earliest and latest, in milliseconds. */
export type Bounds = readonly [from: number, to: number];

/** Why a node is in no cluster. */
export type OrphanReason = "lost its principal" | "evicted" | "moved away" | "waits";

/** When things happen after a cut or a heal, in milliseconds since then. */
export interface ClusterTimes {
  /** A node that lost its principal says so: `cluster_integrity` false. */
  readonly lossNoticed: Bounds;
  /** New clusters have formed. */
  readonly newClusters: Bounds;
  /** Writes time out in doubt (code 9): from the cut until new clusters have formed and told their clients. */
  readonly inDoubt: Bounds;
  /** New clusters have formed where a cluster left its principal: a second round follows the first. */
  readonly afterMove: Bounds;
  /** An orphan blocks: until then it answers as a member of the old cluster. */
  readonly blocks: Readonly<Record<OrphanReason, Bounds>>;
  /** After a heal orphans are members again. */
  readonly healedOrphans: Bounds;
  /** After a heal clusters are one again. */
  readonly healedClusters: Bounds;
}

/** Quanta that an orphan waits for a cluster before it blocks. */
export const ORPHAN_QUANTA = 5;

/**
 * The quantum of clustering in milliseconds: the beat in which a server changes its cluster (specification, section 3,
 * "Times follow from the quantum").
 */
export function quantum(heartbeats: Heartbeats = {}): number {
  const { interval, timeout, latencyMaxMs } = { ...DEFAULT_HEARTBEATS, ...heartbeats };
  const noticed = interval * timeout + 2 * (interval + latencyMaxMs);
  return Math.max(8 * latencyMaxMs, Math.min(Math.max(5000, 2 * interval), noticed));
}

/** What the times were measured with: heartbeats 150 x 10, latency-max-ms 5. */
const MEASURED = { interval: 150, silence: 1500, quantum: 1810 } as const;

/**
 * Times of a cluster. Measured with heartbeats of 150 ms x 10 on six to eight real nodes (specification, section 3; those of
 * one-way links up to a second later included). For other settings: what waits for silence grows with interval times timeout, what waits for the
 * clustering with the quantum, what waits for a heartbeat with the interval.
 */
export function clusterTimes(heartbeats: Heartbeats = {}): ClusterTimes {
  const { interval, timeout } = { ...DEFAULT_HEARTBEATS, ...heartbeats };
  const beat = quantum(heartbeats);
  const silence = (interval * timeout) / MEASURED.silence;
  const scaled = ([from, to]: Bounds, by: number): Bounds => [Math.round(from * by), Math.round(to * by)];
  const blocks = (seconds: Bounds): Bounds => {
    const orphaned = scaled(
      [seconds[0] - ORPHAN_QUANTA * MEASURED.quantum, seconds[1] - ORPHAN_QUANTA * MEASURED.quantum],
      silence,
    );
    return [orphaned[0] + ORPHAN_QUANTA * beat, orphaned[1] + ORPHAN_QUANTA * beat];
  };
  return {
    lossNoticed: scaled([1100, 2800], silence),
    newClusters: scaled([1700, 2950], silence),
    inDoubt: scaled([1500, 4000], silence),
    afterMove: scaled([4700, 7200], Math.max(silence, beat / MEASURED.quantum)),
    blocks: {
      "lost its principal": blocks([10_200, 11_200]),
      evicted: blocks([10_800, 15_200]),
      "moved away": blocks([12_900, 15_500]),
      waits: [0, 0],
    },
    healedOrphans: scaled([550, 2200], interval / MEASURED.interval),
    healedClusters: scaled([2100, 2600], interval / MEASURED.interval),
  };
}
