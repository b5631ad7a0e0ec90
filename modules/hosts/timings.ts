import type { ResolvedSettings } from "./aerospike-settings";

/** Milliseconds after which a silent node is taken for gone: interval x timeout, the server's documented rule. */
export function detectionMs({ heartbeat }: ResolvedSettings): number {
  return heartbeat.intervalMs * heartbeat.timeout;
}
