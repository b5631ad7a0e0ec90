import { type Heartbeats, quantum } from "./quantum";

/** Differences between the nodes' clocks, in whole seconds, from which on a strongly consistent cluster is at risk. */
export interface ClockSkewLimits {
  /** It warns. */
  readonly warn: number;
  /** It refuses writes (22, FORBIDDEN), as a pause of a node that long makes it lose them. */
  readonly stopWrites: number;
  /** It may lose acknowledged writes, as it may where a process pauses that long. */
  readonly loss: number;
}

/** For heartbeats of 150 ms x 10, as the more careful of two current pages of Aerospike's documents has them. */
const CAREFUL: ClockSkewLimits = { warn: 12, stopWrites: 17, loss: 23 };

/** Where the figures are from, in words. */
export const CLOCK_SKEW_SOURCE =
  "two current pages of Aerospike's documents differ: these are the careful figures (12, 17 and 23 s for heartbeats of 150 ms x 10); " +
  '"Strong consistency" (aerospike.com/docs/database/learn/strong-consistency) says writes stop at 20 s and are lost from 27 s';

/**
 * How far clocks may differ. The documents give figures for the default heartbeats and say that other heartbeats increase
 * or decrease them accordingly ("Strong consistency"): here with the quantum.
 */
export function clockSkewLimits(heartbeats: Heartbeats = {}): ClockSkewLimits {
  const scaled = (seconds: number) => Math.round((seconds * quantum(heartbeats)) / quantum());
  return {
    warn: scaled(CAREFUL.warn),
    stopWrites: scaled(CAREFUL.stopWrites),
    loss: scaled(CAREFUL.loss),
  };
}

/** Seconds from which on a namespace in availability mode whose records can expire refuses writes (support article "Why is the server no longer accepting writes"). */
export const AP_STOP_WRITES_SKEW = 40;
