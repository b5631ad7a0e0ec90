import { compareValues } from "../values/order";
import { Result } from "../wire/codes";
import type { Value } from "../wire/msgpack";
import { isOrdered, type List } from "./container";
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

/** How many elements come before a value: its rank. */
function rankOf(list: List, value: Value): number {
  return list.items.filter((item) => compareValues(item, value) < 0).length;
}

/** How many elements equal a value. */
function timesOf(list: List, value: Value): number {
  return list.items.filter((item) => compareValues(item, value) === 0).length;
}

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
    return isOrdered(list) ? runs : each(positions.map((i) => rankOf(list, list.items[i])));
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
  const count = asked.multi ? timesOf(list, value) : Math.min(1, timesOf(list, value));
  return byRun(list, asked, [rankOf(list, value), count], (item) => compareValues(item, value) === 0);
}

/** Elements from a value on to before another; undefined = to the end. */
export function byInterval(list: List, asked: Question, from: Value, to: Value | undefined): Picked {
  const lies = (item: Value) =>
    compareValues(item, from) >= 0 && (to === undefined || compareValues(item, to) < 0);
  return byRun(list, asked, [rankOf(list, from), list.items.filter(lies).length], lies);
}

function byRun(list: List, asked: Question, run: Run, lies: (item: Value) => boolean): Picked {
  if (isOrdered(list)) {
    if (run[1] === 0 && !asked.multi) return nothing(0);
    return byIndex(list, asked, ...run);
  }
  const size = list.items.length;
  const found = list.items.flatMap((item, i) => (lies(item) ? [i] : [])).slice(0, asked.multi ? size : 1);
  const positions = asked.inverted ? others(found, size) : found;
  return {
    positions,
    index: () => each(positions),
    rank: () => (asked.inverted ? outside([run], size) : [run]),
    rankRange: asked.inverted ? undefined : run,
  };
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
  const runs = values.map((value): Run => [rankOf(list, value), timesOf(list, value)]).filter(isFilled);
  const matches = list.items.flatMap((item, i) =>
    values.some((value) => compareValues(item, value) === 0) ? [i] : [],
  );
  if (asked.inverted) {
    const positions = others(matches, size);
    const ranks = isOrdered(list) ? each(positions) : outside(inOrder(runs), size);
    return { positions, index: () => each(positions), rank: () => ranks };
  }
  if (isOrdered(list)) return { positions: spread(runs), index: () => runs, rank: () => runs };
  return { positions: matches, index: () => each(matches), rank: () => each(spread(runs)) };
}

/** Runs by where they begin, each once. */
export function inOrder(runs: readonly Run[]): Run[] {
  const sorted = [...runs].sort(([a], [b]) => a - b);
  return sorted.filter(([start], i) => i === 0 || start !== sorted[i - 1][0]);
}

/** Elements by rank, counted from where a value stands or would. */
export function byRelativeRank(
  list: List,
  asked: Question,
  value: Value,
  rank: number,
  count: number,
): Picked {
  return byRank(list, asked, ...relative(rank, count, rankOf(list, value)));
}
