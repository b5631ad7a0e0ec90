import { Particle } from "../wire/codes";
import { MessageError } from "../wire/message";
import { Double, encodeValue, OrderedMap, Untyped, type Value } from "../wire/msgpack";

/** A value as a bin or an answer holds it. */
export interface TypedBytes {
  readonly particle: number;
  readonly value: Buffer;
}

/** A value of a list, a map or an expression as a particle of its own. */
export function particleOf(value: Value): TypedBytes {
  if (typeof value === "number" || typeof value === "bigint") return integer(value);
  if (typeof value === "string") return { particle: Particle.string, value: Buffer.from(value, "utf8") };
  if (typeof value === "boolean") return { particle: Particle.bool, value: Buffer.of(Number(value)) };
  if (value instanceof Double) {
    const out = Buffer.alloc(8);
    out.writeDoubleBE(value.value);
    return { particle: Particle.float, value: out };
  }
  if (Buffer.isBuffer(value)) return { particle: Particle.blob, value };
  if (Array.isArray(value)) return { particle: Particle.list, value: encodeValue(value) };
  if (value instanceof OrderedMap) return { particle: Particle.map, value: encodeValue(value) };
  if (value instanceof Untyped && value.text !== "") {
    return { particle: value.text.charCodeAt(0), value: Buffer.from(value.text.slice(1), "latin1") };
  }
  if (value === null) return { particle: Particle.null, value: Buffer.alloc(0) };
  throw new MessageError("element of no particle type");
}

function integer(value: number | bigint): TypedBytes {
  const out = Buffer.alloc(8);
  out.writeBigInt64BE(BigInt.asIntN(64, BigInt(value)));
  return { particle: Particle.integer, value: out };
}
