import { compareValues, isMark, itemsOf, pairsOf } from "../values/order";
import { OrderedMap, type Value } from "../wire/msgpack";

const KEY_ORDERED = 1;

/** Order of two lists or maps as a server has it; undefined where one holds a map that is not ordered by its keys. */
export function compareContainers(a: Value, b: Value): number | undefined {
  return isComparable(a) && isComparable(b) ? compareValues(a, b) : undefined;
}

function isComparable(value: Value): boolean {
  if (Array.isArray(value)) return itemsOf(value).every(isComparable);
  if (!(value instanceof OrderedMap)) return true;
  const mark = value.pairs[0]?.[0];
  const isOrdered = value.pairs.length === 0 || (isMark(mark) && (mark.type & KEY_ORDERED) !== 0);
  return isOrdered && pairsOf(value).every((pair) => pair.every(isComparable));
}
