import { compareValues, isMark, itemsOf, pairsOf } from "../values/order";
import { OrderedMap, type Value } from "../wire/msgpack";

const KEY_ORDERED = 1;

/** Order of two lists or maps as a server has it; undefined where a map that is not ordered by its keys is met on the way. */
export function compareContainers(a: Value, b: Value): number | undefined {
  if (Array.isArray(a) && Array.isArray(b)) {
    const [items, others] = [itemsOf(a), itemsOf(b)];
    const compared = inTurn(items, others);
    return compared === 0 ? items.length - others.length : compared;
  }
  if (!(a instanceof OrderedMap && b instanceof OrderedMap)) return compareValues(a, b);
  if (!isByKey(a) || !isByKey(b)) return undefined;
  const [pairs, others] = [pairsOf(a), pairsOf(b)];
  return pairs.length - others.length || inTurn(pairs.flat(), others.flat());
}

function inTurn(items: readonly Value[], others: readonly Value[]): number | undefined {
  for (let i = 0; i < items.length && i < others.length; i++) {
    const compared = compareContainers(items[i], others[i]);
    if (compared !== 0) return compared;
  }
  return 0;
}

function isByKey({ pairs }: OrderedMap): boolean {
  const mark = pairs[0]?.[0];
  return pairs.length === 0 || (isMark(mark) && (mark.type & KEY_ORDERED) !== 0);
}
