import { quantum } from "../../model";
import {
  type AerospikeSettings,
  heartbeatsOf,
  type ResolvedSettings,
  resolveSettings,
} from "./aerospike-settings";

/** What follows from the heartbeat settings. */
export interface Timings {
  /** A silent node is taken for gone after so many ms: interval x timeout. */
  readonly detectionMs: number;
  /** Difference between the hosts' clocks, ms, that strong consistency bears. */
  readonly clockSkewMs: number;
  /** Difference between the hosts' clocks, ms, at which strong consistency stops writes. */
  readonly stopWritesSkewMs: number;
}

/** Regimes that a record's last-update time may be ahead or behind by. */
const REGIMES = 15;

/**
 * What follows from the heartbeat settings. The detection time is the server's documented rule. The clock skew is 15 quantum
 * intervals (the public server source's `quantum_interval`), three quarters of it for stopping writes: that gives the 27 s and
 * 20 s documented for the server's defaults, and is an estimate for other settings, as the Enterprise source is not public.
 */
export function timings(settings: AerospikeSettings = {}): Timings {
  return timingsOf(resolveSettings(settings));
}

/** As {@link timings}, of settings that are checked already. */
export function timingsOf(settings: ResolvedSettings): Timings {
  const { intervalMs, timeout } = settings.heartbeat;
  const clockSkewMs = REGIMES * quantum(heartbeatsOf(settings));
  return { detectionMs: intervalMs * timeout, clockSkewMs, stopWritesSkewMs: (clockSkewMs * 3) / 4 };
}
