import { pairsOf } from "../values/order";
import { Result } from "../wire/codes";
import { OrderedMap, type Value } from "../wire/msgpack";
import { areFlags, type KeyedMap, placeOfKey, sortedByKey } from "./container";
import { incremented } from "./increment";
import { Refused } from "./refused";

/** Write flags of a map. */
export const MapWrite = { createOnly: 1, updateOnly: 2, noFail: 4, partial: 8 } as const;

/** Sets how a map is ordered. */
export function setOrder(map: KeyedMap, flags: number): void {
  if (!areFlags("map", flags)) throw new Refused(Result.opNotApplicable);
  map.flags = flags;
}

/** Puts pairs: all of them or none, with both no-fail and partial those that may be put. Answers the new size. */
export function put(map: KeyedMap, pairs: readonly [Value, Value][], flags: number): Value {
  const next = [...map.pairs];
  for (const [key, value] of pairs) {
    if (!isKey(key)) throw new Refused(Result.parameter);
    const at = placeOfKey(next, key);
    const isRefused = (flags & (at < 0 ? MapWrite.updateOnly : MapWrite.createOnly)) !== 0;
    if (isRefused && !(flags & MapWrite.noFail)) {
      throw new Refused(at < 0 ? Result.elementNotFound : Result.elementExists);
    }
    if (isRefused && !(flags & MapWrite.partial && pairs.length > 1)) return map.pairs.length;
    if (isRefused) continue;
    if (at < 0) next.push([key, value]);
    else next[at] = [key, value];
  }
  map.pairs = sortedByKey(next);
  return map.pairs.length;
}

/** Adds to the number of a key. Answers the sum. */
export function increment(map: KeyedMap, key: Value, by: Value, negative: boolean): Value {
  const before = map.pairs[placeOfKey(map.pairs, key)]?.[1];
  const sum = incremented(before, by, negative);
  put(map, [[key, sum]], 0);
  return sum;
}

/** The pairs of a parameter that is a map. */
export function entriesOf(parameter: Value): readonly [Value, Value][] {
  if (!(parameter instanceof OrderedMap)) throw new Refused(Result.parameter);
  return pairsOf(parameter);
}

/** Keys are integers, strings and blobs. */
function isKey(key: Value): boolean {
  return (
    typeof key === "number" || typeof key === "bigint" || typeof key === "string" || Buffer.isBuffer(key)
  );
}
