import { compareValues } from "../values/order";
import { Result } from "../wire/codes";
import type { Value } from "../wire/msgpack";
import { isOrdered, type List } from "./container";
import { between, type Condition, equalTo, meeting, pickAny, pickFound, rankOf, runsOf } from "./pick-value";
import { Refused } from "./refused";
import {
  each,
  nothing,
  others,
  outside,
  type Picked,
  type Question,
  relative,
  Return,
  type Run,
  spread,
  within,
} from "./selection";

const RANGES: readonly number[] = [
  Return.indexRange,
  Return.reverseIndexRange,
  Return.rankRange,
  Return.reverseRankRange,
];

/** Elements by where they stand. */
export function byIndex(list: List, asked: Question, index: number, count: number): Picked {
  const size = list.items.length;
  const run = within(index, count, size, asked.multi);
  if (asked.inverted && RANGES.includes(asked.type)) throw new Refused(Result.opNotApplicable);
  const runs = (asked.inverted ? outside([run].filter(isFilled), size) : [run]).filter(isFilled);
  if (runs.length === 0) return nothing(run[0]);
  const positions = spread(runs);
  const ranks = (): readonly Run[] => {
    if (positions.length === size && asked.multi) return [[0, size]];
    return isOrdered(list) ? runs : each(positions.map((i) => rankOf(list.items, list.items[i])));
  };
  return {
    positions,
    index: () => runs,
    rank: ranks,
    indexRange: runs[0],
    rankRange: isOrdered(list) ? runs[0] : undefined,
  };
}

function isFilled([, count]: Run): boolean {
  return count > 0;
}

/** Elements that equal a value: the first alone where one is asked for. */
export function byValue(list: List, asked: Question, value: Value): Picked {
  return byCondition(list, asked, value, equalTo(value));
}

/** Elements from a value on to before another; undefined = to the end. */
export function byInterval(list: List, asked: Question, from: Value, to: Value | undefined): Picked {
  return byCondition(list, asked, from, between(from, to));
}

function byCondition(list: List, asked: Question, from: Value, meets: Condition): Picked {
  const { items } = list;
  const found = meeting(items, asked, meets);
  const rank = rankOf(items, from);
  if (!isOrdered(list)) return pickFound(items.length, asked, rank, found);
  return found.length === 0 && !asked.multi ? nothing(0) : byIndex(list, asked, rank, found.length);
}

/** Elements by the order of their values. */
export function byRank(list: List, asked: Question, rank: number, count: number): Picked {
  if (isOrdered(list)) return byIndex(list, asked, rank, count);
  const size = list.items.length;
  const run = within(rank, count, size, asked.multi);
  const sorted = spread([[0, size]]).sort((a, b) => compareValues(list.items[a], list.items[b]));
  const [start, many] = run;
  const chosen = sorted.slice(start, start + many);
  // A server takes the nearer end's heap apart: from the lower one the highest comes first.
  if (start <= size - start - many) chosen.reverse();
  const positions = asked.inverted ? others(chosen, size) : chosen;
  if (positions.length === 0) return nothing(run[0]);
  return {
    positions,
    index: () => each([...positions].sort((a, b) => a - b)),
    rank: () => (asked.inverted ? outside([run], size) : [run]),
    rankRange: asked.inverted ? undefined : run,
  };
}

/** Elements that equal any of some values. */
export function byValues(list: List, asked: Question, values: readonly Value[]): Picked {
  if (RANGES.includes(asked.type)) throw new Refused(Result.opNotApplicable);
  const size = list.items.length;
  if (values.length === 0) {
    return asked.inverted ? byIndex(list, { ...asked, inverted: false }, 0, size) : nothing(0);
  }
  if (isOrdered(list) && !asked.inverted) {
    // A value that is asked for twice is answered twice.
    const runs = runsOf(list.items, values);
    return { positions: spread(runs), index: () => runs, rank: () => runs };
  }
  const picked = pickAny(list.items, asked, values);
  // In an ordered list indexes are ranks.
  return isOrdered(list) ? { ...picked, rank: picked.index } : picked;
}

/** Elements by rank, counted from where a value stands or would. */
export function byRelativeRank(
  list: List,
  asked: Question,
  value: Value,
  rank: number,
  count: number,
): Picked {
  return byRank(list, asked, ...relative(rank, count, rankOf(list.items, value)));
}
