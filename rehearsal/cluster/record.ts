import { Op } from "../wire/codes";
import { MessageError, type MessageOp } from "../wire/message";

/** Seconds between 1970 and 2010: void-times count from there. */
export const EPOCH_2010 = 1262304000;

/**
 * One version of a record. It never changes: a write makes a new one, so that all replicas share it.
 */
export interface StoredRecord {
  /** Set name, "" for none. */
  readonly set: string;
  /** The user's key as it was sent (particle type and value), where it was sent. */
  readonly key: Buffer | undefined;
  /** Its bins as the operations of a response, one behind the other: what a read of all bins sends. */
  readonly bins: Buffer;
  readonly binCount: number;
  readonly generation: number;
  /** When it expires, in seconds since 2010; 0 = never. */
  readonly voidTime: number;
  /** When it was written, in milliseconds since 1970. */
  readonly lastUpdate: number;
  /** Regime under which it was written. */
  readonly regime: number;
  /** A durable delete's mark: there is no record, and there must be none. */
  readonly tombstone: boolean;
}

/** A bin of a record. */
export interface Bin {
  readonly name: string;
  readonly particle: number;
  readonly value: Buffer;
}

/** Bins of a record, in its own order. */
export function binsOf(record: Pick<StoredRecord, "bins" | "binCount">): Bin[] {
  const out: Bin[] = [];
  const { bins } = record;
  for (let at = 0; at < bins.length;) {
    const end = at + 4 + bins.readUInt32BE(at);
    const valueAt = at + 8 + bins[at + 7];
    out.push({
      name: bins.toString("latin1", at + 8, valueAt),
      particle: bins[at + 5],
      value: bins.subarray(valueAt, end),
    });
    at = end;
  }
  return out;
}

const SLAB = 64 * 1024;
let slab = Buffer.alloc(0);

/** Memory for what a record keeps: out of slabs of its own, so that no short-lived buffer is kept alive with it. */
export function keptBuffer(size: number): Buffer {
  if (size > SLAB / 4) return Buffer.allocUnsafeSlow(size);
  if (slab.length < size) slab = Buffer.allocUnsafeSlow(SLAB);
  const out = slab.subarray(0, size);
  slab = slab.subarray(size);
  return out;
}

/** Bins as the operations of a response. */
export function encodeBins(
  bins: readonly Bin[],
  allocate: (size: number) => Buffer = Buffer.allocUnsafe,
): Buffer {
  let size = 0;
  for (const bin of bins) size += 8 + bin.name.length + bin.value.length;
  const out = allocate(size);
  let at = 0;
  for (const { name, particle, value } of bins) {
    if (name.length > 255) throw new MessageError("bin name of more than 255 bytes");
    out.writeUInt32BE(4 + name.length + value.length, at);
    out[at + 4] = Op.read;
    out[at + 5] = particle;
    out[at + 6] = 0;
    out[at + 7] = name.length;
    out.write(name, at + 8, "latin1");
    value.copy(out, at + 8 + name.length);
    at += 8 + name.length + value.length;
  }
  return out;
}

/** A bin as an operation of a response. */
export function binOp(bin: Bin, op: number = Op.read): MessageOp {
  return { op, particle: bin.particle, version: 0, name: bin.name, value: bin.value };
}

/** How two versions of a record are compared when copies meet. */
export type ConflictPolicy = "regime" | "generation" | "last-update-time";

/**
 * Whether `a` beats `b` when copies meet. Strong consistency: the higher regime, then the later update. AP: the
 * higher generation, the later update only on a tie (`conflict-resolution-policy generation`), or the other way round.
 */
export function beats(a: StoredRecord, b: StoredRecord, policy: ConflictPolicy): boolean {
  const [first, second, third] = ORDER[policy];
  return a[first] !== b[first]
    ? a[first] > b[first]
    : a[second] !== b[second]
      ? a[second] > b[second]
      : a[third] > b[third];
}

const ORDER = {
  regime: ["regime", "lastUpdate", "generation"],
  generation: ["generation", "lastUpdate", "regime"],
  "last-update-time": ["lastUpdate", "generation", "regime"],
} as const;
