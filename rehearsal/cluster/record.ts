import { Particle } from "../wire/codes";

/** Seconds between 1970 and 2010: void-times count from there. */
const EPOCH_2010 = 1262304000;

/** Whole seconds since 2010 of a time in milliseconds since 1970. */
export function secondsSince2010(now: number): number {
  return Math.floor(now / 1000) - EPOCH_2010;
}

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

/** Bytes that every record has on a server, the mark of its end among them, and the unit in which it takes them. */
const [RECORD_HEADER, RECORD_UNIT] = [39, 16];
const VOID_TIME = 4;

/** Bytes that a record takes of a node's storage: as a server lays it out flat. */
export function sizeOf(record: Pick<StoredRecord, "bins" | "binCount" | "set" | "key" | "voidTime">): number {
  const { bins, binCount, set, key, voidTime } = record;
  let size = RECORD_HEADER + (voidTime === 0 ? 0 : VOID_TIME);
  if (set !== "") size += 1 + set.length;
  if (key) size += countSize(key.length) + key.length;
  if (binCount > 0) size += countSize(binCount);
  for (let at = 0; at < bins.length;) {
    const nameSize = bins[at + 7];
    const end = at + 4 + bins.readUInt32BE(at);
    size += 1 + nameSize + contentSize(bins, bins[at + 5], at + 8 + nameSize, end);
    at = end;
  }
  return Math.ceil(size / RECORD_UNIT) * RECORD_UNIT;
}

/** A count takes a byte for every seven bits. */
function countSize(count: number): number {
  return count < 0x80 ? 1 : count < 0x4000 ? 2 : 3;
}

function contentSize(bins: Buffer, particle: number, at: number, end: number): number {
  switch (particle) {
    case Particle.integer: {
      if (bins.readUInt32BE(at) !== 0) return 2 + 8;
      const low = bins.readUInt32BE(at + 4);
      return 2 + (low > 0xffff ? 4 : low > 0xff ? 2 : 1);
    }
    case Particle.float:
    case Particle.bool:
      return 1 + end - at;
    default:
      return 5 + end - at;
  }
}

/** Whether a record has expired, at a time in milliseconds since 1970. */
export function isExpired({ voidTime }: StoredRecord, now: number): boolean {
  return voidTime !== 0 && voidTime <= secondsSince2010(now);
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
