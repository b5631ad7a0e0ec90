import { bytesOf } from "./aerospike-conf";
import type { Versions } from "./by-version";

/** A setting of a namespace that can be changed while a server runs. */
interface Change extends Versions {
  /** As `get-config` names it. @default the command's own name */
  readonly name?: string;
  /** The value as it is kept; undefined where it is refused. */
  value(text: string): string | undefined;
  /** Whether it is of availability mode only. @default false */
  readonly availabilityOnly?: boolean;
}

const UINT32 = 0xffff_ffff;
/** The longest record that a server takes: a write block. */
const MOST_RECORD = 8 * 1024 * 1024;
/** Ten years in seconds. */
const MOST_TTL = 315_360_000;

const whole = (least: number, most: number) => (text: string) =>
  /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most ? String(Number(text)) : undefined;
const oneOf =
  (...names: readonly string[]) =>
  (text: string) =>
    names.includes(text) ? text : undefined;
const percent: Change = { value: whole(0, 100) };
const stored = (name: string, change: Change): Change => ({ ...change, name: `storage-engine.${name}` });

/** Racks are 0 to 1,000,000. */
export const RACK: Change = { value: whole(0, 1_000_000) };

/** By their names in `set-config:context=namespace`. */
export const NAMESPACE_CHANGES: Readonly<Record<string, Change>> = {
  "active-rack": { ...RACK, since: "7.2" },
  "conflict-resolution-policy": { value: oneOf("generation", "last-update-time"), availabilityOnly: true },
  "default-read-touch-ttl-pct": percent,
  "default-ttl": { value: whole(0, MOST_TTL) },
  "evict-sys-memory-pct": { ...percent, until: "7.1.0.3" },
  "evict-used-pct": stored("evict-used-pct", percent),
  "flush-max-ms": stored("flush-max-ms", { value: whole(1, 1000) }),
  "max-record-size": { value: (text) => whole(1, MOST_RECORD)(bytesOf(text)) },
  "nsup-period": { value: whole(0, UINT32) },
  "rack-id": RACK,
  "stop-writes-avail-pct": stored("stop-writes-avail-pct", percent),
  "stop-writes-sys-memory-pct": percent,
  "stop-writes-used-pct": stored("stop-writes-used-pct", percent),
  "strong-consistency-allow-expunge": { value: oneOf("true", "false") },
  "transaction-pending-limit": { value: whole(0, UINT32) },
  "write-commit-level-override": { value: oneOf("off", "all", "master"), availabilityOnly: true },
};

/** By their names in `set-config:context=service`; `min-cluster-size` is the cluster's. */
export const SERVICE_CHANGES: Readonly<Record<string, Change>> = {
  "transaction-max-ms": { value: whole(1, UINT32) },
};
