import { Particle, Result } from "../wire/codes";
import type { Bin } from "../cluster/bins";
import { MessageError } from "../wire/message";
import { decodeValue, Double, encodeValue, Ext, OrderedMap, type Value } from "../wire/msgpack";

/** What a list or map operation made of its bin, and what it answers. */
export interface CdtOutcome {
  readonly result: number;
  /** The bin after it, where it changed. */
  readonly bin?: Bin;
  /** Answer, where it has one. */
  readonly answer?: { readonly particle: number; readonly value: Buffer };
}

const ListOp = { append: 1, appendItems: 2, size: 16, get: 17 } as const;
const MapOp = { put: 67, putItems: 68, size: 96, getByKey: 97 } as const;
/** What a map get returns: the value; the others (index, rank, count, ...) are not supported. */
const RETURN_VALUE = 7;

/**
 * A list or map operation: list append, append items, size, get; map put, put items, size, get by key (value).
 * Others answer UNSUPPORTED_FEATURE.
 */
export function operateCdt(bin: Bin | undefined, name: string, operation: Buffer): CdtOutcome {
  const decoded = decodeValue(operation).value;
  if (!Array.isArray(decoded) || typeof decoded[0] !== "number") return { result: Result.parameter };
  const [op, ...args] = decoded as [number, ...Value[]];
  return op < 64 ? operateList(bin, name, op, args) : operateMap(bin, name, op, args);
}

function operateList(bin: Bin | undefined, name: string, op: number, args: readonly Value[]): CdtOutcome {
  if (bin && bin.particle !== Particle.list) return { result: Result.binType };
  const list = bin ? (decodeValue(bin.value).value as Value[]) : [];
  // An ordered list carries its order as a first element that is no element.
  const marks = list[0] instanceof Ext ? 1 : 0;
  const size = list.length - marks;
  switch (op) {
    case ListOp.append:
    case ListOp.appendItems: {
      if (marks > 0) return { result: Result.unsupportedFeature };
      const items = op === ListOp.append ? args.slice(0, 1) : args[0];
      if (!Array.isArray(items) || items.length === 0) return { result: Result.parameter };
      return {
        result: Result.ok,
        bin: { name, particle: Particle.list, value: encodeValue([...list, ...items]) },
        answer: integer(size + items.length),
      };
    }
    case ListOp.size:
      return bin ? { result: Result.ok, answer: integer(size) } : { result: Result.ok };
    case ListOp.get: {
      if (!bin) return { result: Result.ok };
      const index = Number(args[0]);
      const at = index < 0 ? size + index : index;
      if (!Number.isInteger(at) || at < 0 || at >= size) return { result: Result.opNotApplicable };
      return { result: Result.ok, answer: particleOf(list[at + marks]) };
    }
    default:
      return { result: Result.unsupportedFeature };
  }
}

function operateMap(bin: Bin | undefined, name: string, op: number, args: readonly Value[]): CdtOutcome {
  if (bin && bin.particle !== Particle.map) return { result: Result.binType };
  const map = bin ? (decodeValue(bin.value).value as OrderedMap) : new OrderedMap([]);
  const entries = map.pairs.filter(([key]) => !(key instanceof Ext));
  switch (op) {
    case MapOp.put:
    case MapOp.putItems: {
      const items = op === MapOp.put ? [[args[0], args[1]] as [Value, Value]] : mapItems(args[0]);
      if (!items || items.some(([key, item]) => key === undefined || item === undefined)) {
        return { result: Result.parameter };
      }
      const order = bin ? map.pairs.find(([key]) => key instanceof Ext) : orderOf(op, args);
      const next = put(entries, items);
      if (order) next.sort(([a], [b]) => compareKeys(a, b));
      return {
        result: Result.ok,
        bin: {
          name,
          particle: Particle.map,
          value: encodeValue(new OrderedMap(order ? [order, ...next] : next)),
        },
        answer: integer(next.length),
      };
    }
    case MapOp.size:
      return bin ? { result: Result.ok, answer: integer(entries.length) } : { result: Result.ok };
    case MapOp.getByKey: {
      if (!bin) return { result: Result.ok };
      if (args[0] !== RETURN_VALUE) return { result: Result.unsupportedFeature };
      const wanted = encodeValue(args[1] ?? null);
      const found = entries.find(([key]) => encodeValue(key).equals(wanted));
      return { result: Result.ok, answer: found ? particleOf(found[1]) : undefined };
    }
    default:
      return { result: Result.unsupportedFeature };
  }
}

function mapItems(value: Value | undefined): [Value, Value][] | undefined {
  return value instanceof OrderedMap ? value.pairs.filter(([key]) => !(key instanceof Ext)) : undefined;
}

/** A new map is ordered by key where the operation's attributes ask for it. */
function orderOf(op: number, args: readonly Value[]): [Value, Value] | undefined {
  const attributes = Number(args[op === MapOp.put ? 2 : 1] ?? 0);
  return attributes & 1 ? [new Ext(attributes & 3, Buffer.alloc(0)), null] : undefined;
}

function put(entries: readonly [Value, Value][], items: readonly [Value, Value][]): [Value, Value][] {
  const out = entries.map((entry) => [...entry] as [Value, Value]);
  const places = new Map(out.map(([key], i) => [encodeValue(key).toString("latin1"), i]));
  for (const [key, item] of items) {
    const encoded = encodeValue(key).toString("latin1");
    const at = places.get(encoded);
    if (at !== undefined) out[at][1] = item;
    else places.set(encoded, out.push([key, item]) - 1);
  }
  return out;
}

/** Order of keys in an ordered map: integers, then strings, then blobs, each by value. */
function compareKeys(a: Value, b: Value): number {
  const rank = (key: Value) =>
    typeof key === "number" || typeof key === "bigint" ? 0 : typeof key === "string" ? 1 : 2;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (rank(a) === 0) return Number((a as bigint) > (b as bigint)) - Number((a as bigint) < (b as bigint));
  return Buffer.compare(encodeValue(a), encodeValue(b));
}

function integer(value: number | bigint): { particle: number; value: Buffer } {
  const out = Buffer.alloc(8);
  out.writeBigInt64BE(BigInt.asIntN(64, BigInt(value)));
  return { particle: Particle.integer, value: out };
}

/** An element of a list or map as a particle of its own. */
function particleOf(value: Value): { particle: number; value: Buffer } {
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
  if (value === null) return { particle: Particle.null, value: Buffer.alloc(0) };
  throw new MessageError("element of no particle type");
}
