import type { Bin } from "../cluster/bins";
import { Particle } from "../wire/codes";
import { Double, encodeValue } from "../wire/msgpack";

/** The type that an expression has before anything is known of a record. */
export const Type = {
  nil: 0,
  bool: 1,
  integer: 2,
  string: 3,
  list: 4,
  map: 5,
  blob: 6,
  float: 7,
  geojson: 8,
  hll: 9,
  /** What a bin's removal is written as. */
  remove: 11,
} as const;
export type Type = (typeof Type)[keyof typeof Type];

/** Types that a client may name: of a bin, of what a call answers. */
export function typeOf(code: unknown): Type | undefined {
  return TYPES.find((type) => type === code);
}

const TYPES = Object.values(Type).filter((type) => type !== Type.remove);

/**
 * What an expression comes to, its type aside: a list or map as msgpack, a string or blob as its bytes. `undefined` is
 * unknown: a bin that is not there or of another type, an operation that failed.
 */
export type Worth = Known | undefined;
export type Known = null | boolean | bigint | number | Buffer;

const PARTICLE = {
  [Type.nil]: Particle.null,
  [Type.bool]: Particle.bool,
  [Type.integer]: Particle.integer,
  [Type.string]: Particle.string,
  [Type.list]: Particle.list,
  [Type.map]: Particle.map,
  [Type.blob]: Particle.blob,
  [Type.float]: Particle.float,
  [Type.geojson]: Particle.geojson,
  [Type.hll]: Particle.hll,
} as const;

type Content = Pick<Bin, "particle" | "value">;

/** A bin's content as a worth of that type; unknown where it is of another. */
export function worthOf(type: Type, content: Content): Worth {
  if (type === Type.remove || content.particle !== PARTICLE[type]) return undefined;
  const { value } = content;
  switch (type) {
    case Type.nil:
      return null;
    case Type.bool:
      return value[0] !== 0;
    case Type.integer:
      return value.readBigInt64BE();
    case Type.float:
      return value.readDoubleBE();
    default:
      return value;
  }
}

/** A worth as the content of a bin: null = there is none; undefined where it is no value that a bin takes. */
export function contentOf(type: Type, worth: Known): Content | null | undefined {
  if (type === Type.remove) return undefined;
  return worth === null ? null : { particle: PARTICLE[type], value: bytesOf(worth) };
}

function bytesOf(worth: Exclude<Known, null>): Buffer {
  if (Buffer.isBuffer(worth)) return worth;
  if (typeof worth === "boolean") return Buffer.of(Number(worth));
  const out = Buffer.alloc(8);
  if (typeof worth === "bigint") out.writeBigInt64BE(worth);
  else out.writeDoubleBE(worth);
  return out;
}

/** A worth as msgpack, as it stands in lists and in calls. */
export function packed(type: Type, worth: Known): Buffer {
  if (!Buffer.isBuffer(worth)) return encodeValue(typeof worth === "number" ? new Double(worth) : worth);
  if (type === Type.list || type === Type.map) return worth;
  return packedBytes(PARTICLE[type as typeof Type.string], worth);
}

function packedBytes(particle: number, bytes: Buffer): Buffer {
  const size = 1 + bytes.length;
  const head =
    size < 32
      ? Buffer.of(0xa0 | size)
      : size < 0x100
        ? Buffer.of(0xd9, size)
        : size < 0x10000
          ? Buffer.of(0xda, size >> 8, size & 0xff)
          : Buffer.of(0xdb, size >>> 24, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff);
  return Buffer.concat([head, Buffer.of(particle), bytes]);
}
