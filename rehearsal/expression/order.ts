import { Double, Ext, OrderedMap, Untyped, type Value } from "../wire/msgpack";

/** A map that is not ordered by its keys has no order beside another. */
class Unordered extends Error {}

/** Order of two lists or maps as a server has it; undefined where a map that is not ordered is met on the way. */
export function compareContainers(a: Value, b: Value): number | undefined {
  try {
    return compare(a, b);
  } catch (error) {
    if (error instanceof Unordered) return undefined;
    throw error;
  }
}

function compare(a: Value, b: Value): number {
  const rank = rankOf(a);
  if (rank !== rankOf(b)) return rank - rankOf(b);
  if (Array.isArray(a)) return compareLists(elements(a), elements(b as Value[]));
  if (a instanceof OrderedMap) return compareMaps(a, b as OrderedMap);
  if (a instanceof Double) return a.value - (b as Double).value;
  if (typeof a === "number" || typeof a === "bigint") {
    const other = b as number | bigint;
    return a < other ? -1 : a > other ? 1 : 0;
  }
  return Buffer.compare(bytesOf(a), bytesOf(b));
}

function rankOf(value: Value): number {
  if (value === null) return 0;
  if (typeof value === "boolean") return value ? 2 : 1;
  if (typeof value === "number" || typeof value === "bigint") return 3;
  if (typeof value === "string") return 4;
  if (Array.isArray(value)) return 5;
  if (value instanceof OrderedMap) return 6;
  if (Buffer.isBuffer(value)) return 7;
  if (value instanceof Double) return 8;
  return value instanceof Untyped ? 9 : 10;
}

function bytesOf(value: Value): Buffer {
  if (typeof value === "string") return Buffer.from(value, "utf8");
  if (value instanceof Untyped) return Buffer.from(value.text, "latin1");
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

/** Without the mark of its order, which a list may begin with. */
function elements(list: readonly Value[]): readonly Value[] {
  return list[0] instanceof Ext ? list.slice(1) : list;
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const found = compare(a[i], b[i]);
    if (found !== 0) return found;
  }
  return a.length - b.length;
}

const KEY_ORDERED = 1;

function compareMaps(a: OrderedMap, b: OrderedMap): number {
  const [left, right] = [a, b].map(({ pairs }) => {
    const first = pairs[0]?.[0];
    if (pairs.length > 0 && !(first instanceof Ext && first.type & KEY_ORDERED)) throw new Unordered();
    return pairs.slice(1);
  });
  if (left.length !== right.length) return left.length - right.length;
  return compareLists(left.flat(), right.flat());
}
