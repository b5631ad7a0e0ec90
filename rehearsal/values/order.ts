import { Double, Ext, OrderedMap, Untyped, type Value } from "../wire/msgpack";

/** Type of the extensions that are no values: what a client sends to compare with. */
const COMPARED = 0xff;
const WILDCARD = 0;

/** Particle type of GeoJSON, the first byte of its text. */
const GEOJSON = 23;

/** Types in the order of their values (docs, "Collection data type ordering"). Booleans are two: false comes first. */
const Kind = {
  nil: 0,
  false: 1,
  true: 2,
  integer: 3,
  string: 4,
  list: 5,
  map: 6,
  blob: 7,
  double: 8,
  geojson: 9,
  ext: 10,
  wildcard: 11,
  infinity: 12,
} as const;

function kindOf(value: Value): number {
  if (value === null) return Kind.nil;
  if (typeof value === "boolean") return value ? Kind.true : Kind.false;
  if (typeof value === "number" || typeof value === "bigint") return Kind.integer;
  if (typeof value === "string") return Kind.string;
  if (Buffer.isBuffer(value)) return Kind.blob;
  if (value instanceof Double) return Kind.double;
  if (value instanceof OrderedMap) return Kind.map;
  if (value instanceof Untyped) return value.text.charCodeAt(0) === GEOJSON ? Kind.geojson : Kind.blob;
  if (!(value instanceof Ext)) return Kind.list;
  if (value.type !== COMPARED) return Kind.ext;
  return value.data[0] === WILDCARD ? Kind.wildcard : Kind.infinity;
}

/** Whether a value can be stored: wildcards and infinity, at any depth, are there to be compared with only. */
export function isStorable(value: Value): boolean {
  if (Array.isArray(value)) return value.every(isStorable);
  if (value instanceof OrderedMap) return value.pairs.every((pair) => pair.every(isStorable));
  return !(value instanceof Ext) || value.type !== COMPARED;
}

/** The elements of a list, without the mark of its order. */
export function itemsOf(list: readonly Value[]): readonly Value[] {
  return isMark(list[0]) ? list.slice(1) : list;
}

/** The pairs of a map, without the mark of its order. */
export function pairsOf(map: OrderedMap): readonly [Value, Value][] {
  return isMark(map.pairs[0]?.[0]) ? map.pairs.slice(1) : map.pairs;
}

/** Whether a list's first element, or a map's first key, says how it is ordered. */
export function isMark(value: Value | undefined): value is Ext {
  return value instanceof Ext && value.type !== COMPARED;
}

/**
 * The server's order of values: by type, then by value; strings and blobs bytewise, lists element by element and then the
 * shorter first, maps the smaller first and then pair by pair. A wildcard equals everything from there on.
 * Negative where a comes before b, 0 where they are equal.
 */
export function compareValues(a: Value, b: Value): number {
  const compared = compare(a, b);
  return compared === "wildcard" ? 0 : compared;
}

function compare(a: Value, b: Value): number | "wildcard" {
  const kind = kindOf(a);
  const other = kindOf(b);
  if (kind === Kind.wildcard || other === Kind.wildcard) return "wildcard";
  if (kind !== other) return kind - other;
  switch (kind) {
    case Kind.integer:
      return sign(a as bigint, b as bigint);
    case Kind.double:
      return sign((a as Double).value, (b as Double).value);
    case Kind.list: {
      const [items, others] = [itemsOf(a as Value[]), itemsOf(b as Value[])];
      return inTurn(items, others) || items.length - others.length;
    }
    case Kind.map: {
      const [pairs, others] = [pairsOf(a as OrderedMap), pairsOf(b as OrderedMap)];
      return pairs.length - others.length || inTurn(pairs.flat(), others.flat());
    }
    case Kind.string:
      return compareText(a as string, b as string);
    case Kind.blob:
    case Kind.geojson:
    case Kind.ext:
      return Buffer.compare(bytesOf(a), bytesOf(b));
    default:
      return 0;
  }
}

function inTurn(items: readonly Value[], others: readonly Value[]): number | "wildcard" {
  for (let i = 0; i < Math.min(items.length, others.length); i++) {
    const compared = compare(items[i], others[i]);
    if (compared !== 0) return compared;
  }
  return 0;
}

/** Code units from here on are not in the order of their UTF-8 bytes. */
const SURROGATES = 0xd800;

/** Bytewise, as UTF-8. */
function compareText(a: string, b: string): number {
  const both = Math.min(a.length, b.length);
  for (let i = 0; i < both; i++) {
    const unit = a.charCodeAt(i);
    const other = b.charCodeAt(i);
    if (unit === other) continue;
    if (unit < SURROGATES && other < SURROGATES) return unit - other;
    return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
  }
  return a.length - b.length;
}

function sign(a: number | bigint, b: number | bigint): number {
  return Number(a > b) - Number(a < b);
}

function bytesOf(value: Value): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Untyped) return Buffer.from(value.text, "latin1");
  return (value as Ext).data;
}
