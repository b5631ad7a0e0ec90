import { type ClockSkewLimits, clockSkewLimits } from "../../model";
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
  /** How far the hosts' clocks may differ in strong consistency. */
  readonly clockSkew: ClockSkewLimits;
}

/** What follows from the heartbeat settings: the detection time by the server's documented rule. */
export function timings(settings: AerospikeSettings = {}): Timings {
  return timingsOf(resolveSettings(settings));
}

/** As {@link timings}, of settings that are checked already. */
export function timingsOf(settings: ResolvedSettings): Timings {
  const { intervalMs, timeout } = settings.heartbeat;
  return { detectionMs: intervalMs * timeout, clockSkew: clockSkewLimits(heartbeatsOf(settings)) };
}
