import { compareValues, isMark, itemsOf, pairsOf } from "../values/order";
import { Result } from "../wire/codes";
import { Ext, OrderedMap, type Value } from "../wire/msgpack";
import { Refused } from "./refused";

/** How a list or map is ordered: bits of its mark. */
export const Order = {
  /** A list by its values, a map by its keys. */
  ordered: 1,
  /** A map by its values, too. */
  byValue: 2,
  /** A map of an answer: its pairs stand as they were found. */
  preserved: 8,
  /** Its index is kept: a server's own matter, never told and not done here. */
  persistIndex: 16,
} as const;

/** A list, open to be changed. */
export interface List {
  readonly kind: "list";
  flags: number;
  items: Value[];
}

/** A map, open to be changed; its pairs stand in the order of their keys. */
export interface KeyedMap {
  readonly kind: "map";
  flags: number;
  pairs: [Value, Value][];
}

export type Container = List | KeyedMap;

/** The mark of a list or map in what is stored and answered. */
function told(flags: number): number {
  return flags & ~Order.persistIndex;
}

/** Whether a value is a list or a map. */
export function isContainer(value: Value): value is Value[] | OrderedMap {
  return Array.isArray(value) || value instanceof OrderedMap;
}

/** Opens a list or a map; undefined for any other value. */
export function openContainer(value: Value): Container | undefined {
  if (Array.isArray(value)) {
    return { kind: "list", flags: isMark(value[0]) ? value[0].type : 0, items: [...itemsOf(value)] };
  }
  if (!(value instanceof OrderedMap)) return undefined;
  const mark = value.pairs[0]?.[0];
  const pairs = pairsOf(value).map(([key, item]) => [key, item] as [Value, Value]);
  // A server keeps the pairs of every map in the order of their keys.
  return { kind: "map", flags: isMark(mark) ? mark.type : 0, pairs: sortedByKey(pairs) };
}

/** The value of an open list or map. */
export function closeContainer(container: Container): Value {
  const flags = told(container.flags);
  if (flags === 0) return container.kind === "list" ? container.items : new OrderedMap(container.pairs);
  const mark = new Ext(flags, Buffer.alloc(0));
  return container.kind === "list"
    ? [mark, ...container.items]
    : new OrderedMap([[mark, null], ...container.pairs]);
}

/** Elements of a record of the most bytes that a server takes (8 MiB), if each were nil: one byte. */
const MOST_ELEMENTS = 8 * 1024 * 1024;

/** Fills a list with nils up to an index. Throws {@link Refused} where no record could hold them. */
export function padTo(items: Value[], index: number): void {
  if (index > MOST_ELEMENTS) throw new Refused(Result.recordTooBig);
  while (items.length < index) items.push(null);
}

/** An empty list or map. */
export function emptyContainer(kind: Container["kind"], flags: number): Container {
  return kind === "list" ? { kind, flags, items: [] } : { kind, flags, pairs: [] };
}

/** Whether the flags of a list or map are such as there are. */
export function areFlags(kind: Container["kind"], flags: number): boolean {
  const known = Order.ordered | Order.persistIndex | (kind === "map" ? Order.byValue : 0);
  return (flags & ~known) === 0;
}

export function isOrdered(container: Container): boolean {
  return (container.flags & Order.ordered) !== 0;
}

/** Where a map has a key; -1 where it has not. */
export function placeOfKey(pairs: readonly [Value, Value][], key: Value): number {
  return pairs.findIndex(([other]) => compareValues(other, key) === 0);
}

export function sortedByKey(pairs: [Value, Value][]): [Value, Value][] {
  return pairs.sort(([a], [b]) => compareValues(a, b));
}

/**
 * A value as a server stores it: lists that say so ordered by value, the pairs of maps by key, integers
 * in their shortest form. Undefined where a map has a key twice.
 */
export function storedForm(value: Value): Value | undefined {
  const container = openContainer(value);
  if (!container) return value;
  if (container.kind === "list") {
    const items = container.items.map((item) => storedForm(item));
    if (!items.every((item) => item !== undefined)) return undefined;
    container.items = isOrdered(container) ? items.sort(compareValues) : items;
    return closeContainer(container);
  }
  const pairs: [Value, Value][] = [];
  for (const [key, item] of container.pairs) {
    const stored = storedForm(item);
    if (stored === undefined) return undefined;
    if (pairs.length > 0 && compareValues(pairs[pairs.length - 1][0], key) === 0) return undefined;
    pairs.push([key, stored]);
  }
  container.pairs = pairs;
  return closeContainer(container);
}
