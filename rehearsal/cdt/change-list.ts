import { compareValues, itemsOf } from "../values/order";
import { Result } from "../wire/codes";
import type { Value } from "../wire/msgpack";
import { areFlags, isOrdered, type List, padTo } from "./container";
import { incremented } from "./increment";
import { Refused } from "./refused";

/** Write flags of a list. */
const Write = { addUnique: 1, insertBounded: 2, noFail: 4, partial: 8 } as const;
/** Sort flags. */
const Sort = { descending: 1, dropDuplicates: 2 } as const;
/** No list grows longer by an index. */
const MAX_INDEX = 2 ** 31 - 1;

/** Sets how a list is ordered. */
export function setOrder(list: List, flags: number): void {
  if (!areFlags("list", flags)) throw new Refused(Result.opNotApplicable);
  list.flags = flags;
  if (isOrdered(list)) list.items.sort(compareValues);
}

/** Appends values, an ordered list's where they belong. Answers the new size. */
export function append(list: List, values: readonly Value[], flags: number): Value {
  if (!isOrdered(list)) return insert(list, list.items.length, values, flags);
  const added = toAdd(list, values, flags);
  list.items = [...list.items, ...added].sort(compareValues);
  return list.items.length;
}

/** Inserts values at an index, behind nils where the list is shorter. Answers the new size. */
export function insert(list: List, index: number, values: readonly Value[], flags: number): Value {
  const size = list.items.length;
  if (values.length === 0) return size;
  const at = placeOf(index, size);
  if (flags & Write.insertBounded && at > size) {
    if (flags & Write.noFail) return size;
    throw new Refused(Result.opNotApplicable);
  }
  const added = toAdd(list, values, flags);
  if (added.length === 0) return size;
  padTo(list.items, at);
  list.items.splice(at, 0, ...added);
  return list.items.length;
}

function placeOf(index: number, size: number): number {
  const at = index < 0 ? index + size : index;
  if (index > MAX_INDEX || at < 0) throw new Refused(Result.opNotApplicable);
  return at;
}

/** The values that a unique list takes: all, none, or with both no-fail and partial those that are new. */
function toAdd(list: List, values: readonly Value[], flags: number): readonly Value[] {
  if (!(flags & Write.addUnique)) return values;
  const noFail = (flags & Write.noFail) !== 0;
  const partial = noFail && (flags & Write.partial) !== 0;
  const added: Value[] = [];
  for (const value of values) {
    const isThere = list.items.some((item) => compareValues(item, value) === 0);
    const isTwice = !isThere && added.some((item) => compareValues(item, value) === 0);
    if (!isThere && !isTwice) added.push(value);
    else if (!noFail) throw new Refused(isTwice ? Result.opNotApplicable : Result.elementExists);
    else if (!partial) return [];
  }
  return added;
}

/** Sets the element at an index, behind nils where the list is shorter. */
export function setAt(list: List, index: number, value: Value, flags: number): void {
  const size = list.items.length;
  if (index >= size) {
    insert(list, index, [value], flags);
    return;
  }
  const at = placeOf(index, size);
  const isThere = list.items.some((item, i) => i !== at && compareValues(item, value) === 0);
  if (flags & Write.addUnique && isThere) {
    if (flags & Write.noFail) return;
    throw new Refused(Result.elementExists);
  }
  list.items[at] = value;
}

/** Adds to the number at an index. Answers the sum. */
export function incrementAt(list: List, index: number, by: Value, flags: number): Value {
  const at = placeOf(index, list.items.length);
  const sum = incremented(list.items[at], by, false);
  if (isOrdered(list) && at > list.items.length) throw new Refused(Result.opNotApplicable);
  setAt(list, at, sum, flags);
  if (isOrdered(list)) list.items.sort(compareValues);
  return sum;
}

/** Sorts a list once. */
export function sort(list: List, flags: number): void {
  const { items } = list;
  if (!isOrdered(list))
    items.sort((a, b) => (flags & Sort.descending ? compareValues(b, a) : compareValues(a, b)));
  if (!(flags & Sort.dropDuplicates)) return;
  list.items = items.filter((item, i) => i === 0 || compareValues(items[i - 1], item) !== 0);
}

/** The elements of a parameter that is a list. */
export function elementsOf(parameter: Value): readonly Value[] {
  if (!Array.isArray(parameter)) throw new Refused(Result.parameter);
  return itemsOf(parameter);
}
