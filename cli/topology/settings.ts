import type { Heartbeats, Namespace } from "../../model";

/** A setting by its name in aerospike.conf, as text; undefined where it is not set. */
export type Setting = (name: string) => string | undefined;

const IS_TRUE = /^(true|yes|on|1)$/i;

/**
 * A namespace by its settings. What is the server's default is left out.
 *
 * @param setting of the namespace, those of its storage engine with `storage-engine.` before them
 */
export function namespaceBy(name: string, setting: Setting): Namespace {
  const is = (of: string) => IS_TRUE.test(setting(of) ?? "");
  const strongConsistency = is("strong-consistency");
  const activeRack = Number(setting("active-rack") ?? 0);
  const flushMaxMs = Number(setting("storage-engine.flush-max-ms") ?? 1000);
  return {
    name,
    replicationFactor: Number(setting("replication-factor") ?? 2),
    strongConsistency,
    ...(/^(false|no|off|0)$/i.test(setting("prefer-uniform-balance") ?? "") && {
      preferUniformBalance: false,
    }),
    ...(activeRack !== 0 && { activeRack }),
    ...(flushMaxMs !== 1000 && { flushMaxMs }),
    ...(strongConsistency && is("storage-engine.commit-to-device") && { commitToDevice: true }),
    ...(strongConsistency && is("auto-revive") && { autoRevive: true }),
    ...(strongConsistency &&
      is("strong-consistency-allow-expunge") && { strongConsistencyAllowExpunge: true }),
  };
}

/** Whether a node is quiesced for good. */
export function staysQuiesced(service: Setting): boolean {
  return IS_TRUE.test(service("stay-quiesced") ?? "");
}

/**
 * Heartbeats by settings; undefined where all are the server's own.
 *
 * @param network `heartbeat.interval`, `heartbeat.timeout`, `fabric.latency-max-ms`
 */
export function heartbeatsBy(network: Setting): Heartbeats | undefined {
  const number = (name: string) => {
    const text = network(name);
    return text === undefined ? {} : { [NAMES[name]]: Number(text) };
  };
  const heartbeats: Heartbeats = Object.assign({}, ...Object.keys(NAMES).map(number));
  return Object.keys(heartbeats).length === 0 ? undefined : heartbeats;
}

const NAMES: Readonly<Record<string, keyof Heartbeats>> = {
  "heartbeat.interval": "interval",
  "heartbeat.timeout": "timeout",
  "fabric.latency-max-ms": "latencyMaxMs",
};
