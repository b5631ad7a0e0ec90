import { compareValues } from "../values/order";
import { Result } from "../wire/codes";
import type { Value } from "../wire/msgpack";
import type { KeyedMap } from "./container";
import { between, type Condition, equalTo, inOrder, meeting, pickAny, pickFound, rankOf } from "./pick-value";
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

const INDEX_RANGES: readonly number[] = [Return.indexRange, Return.reverseIndexRange];
const RANK_RANGES: readonly number[] = [Return.rankRange, Return.reverseRankRange];
const RANKS: readonly number[] = [Return.rank, Return.reverseRank];

function refuse({ type }: Question, ...refused: (readonly number[])[]): void {
  if (refused.some((types) => types.includes(type))) throw new Refused(Result.opNotApplicable);
}

/** Where a key stands, or would. */
function indexOf(map: KeyedMap, key: Value): number {
  return map.pairs.filter(([other]) => compareValues(other, key) < 0).length;
}

/** Positions by the order of the values; equal ones by key. */
function byOrderOfValues(map: KeyedMap): number[] {
  const { pairs } = map;
  return spread([[0, pairs.length]]).sort((a, b) => compareValues(pairs[a][1], pairs[b][1]));
}

function valuesOf({ pairs }: KeyedMap): Value[] {
  return pairs.map(([, value]) => value);
}

/** Ranks of pairs: of one, how many values are smaller; of several, each its own. */
function ranksOf(map: KeyedMap, positions: readonly number[], multi: boolean): Run[] {
  const values = valuesOf(map);
  if (!multi) return each(positions.map((i) => rankOf(values, values[i])));
  const sorted = byOrderOfValues(map);
  return each(positions.map((i) => sorted.indexOf(i)));
}

/** Pairs by the order of their keys. */
export function byIndex(map: KeyedMap, asked: Question, index: number, count: number): Picked {
  const size = map.pairs.length;
  const run = within(index, count, size, asked.multi);
  refuse(asked, RANK_RANGES);
  const runs = ranges(run, size, asked.inverted);
  if (runs.length === 0) return nothing(run[0]);
  const positions = spread(runs);
  return {
    positions,
    index: () => runs,
    rank: () => (positions.length === size ? [[0, size]] : ranksOf(map, positions, asked.multi)),
    indexRange: runs.length === 1 ? runs[0] : undefined,
  };
}

function ranges(run: Run, size: number, inverted: boolean): Run[] {
  const filled = [run].filter(([, count]) => count > 0);
  return inverted ? outside(filled, size) : filled;
}

/** The pair of a key. */
export function byKey(map: KeyedMap, asked: Question, key: Value): Picked {
  refuse(asked, RANK_RANGES);
  const at = indexOf(map, key);
  if (at === map.pairs.length || compareValues(map.pairs[at][0], key) !== 0) return nothing(-1);
  return byIndex(map, asked, at, 1);
}

/** Pairs from a key on to before another; undefined = to the end. */
export function byKeyInterval(map: KeyedMap, asked: Question, from: Value, to: Value | undefined): Picked {
  refuse(asked, RANK_RANGES);
  const start = indexOf(map, from);
  const end = to === undefined ? map.pairs.length : indexOf(map, to);
  return byIndex(map, asked, start, Math.max(0, end - start));
}

/** Pairs of some keys. */
export function byKeys(map: KeyedMap, asked: Question, keys: readonly Value[]): Picked {
  refuse(asked, RANKS, RANK_RANGES, INDEX_RANGES);
  const size = map.pairs.length;
  if (keys.length === 0) return noneOrAll(map, asked);
  const runs = keys.flatMap((key): Run[] => {
    const equal = map.pairs.filter(([other]) => compareValues(other, key) === 0).length;
    return equal === 0 ? [] : [[indexOf(map, key), equal]];
  });
  const chosen = [...new Set(spread(runs))].sort((a, b) => a - b);
  const positions = asked.inverted ? others(chosen, size) : chosen;
  const inverted = map.flags === 0 ? outside(inOrder(runs), size) : each(positions);
  return { positions, index: () => (asked.inverted ? inverted : runs), rank: () => [] };
}

function noneOrAll(map: KeyedMap, asked: Question): Picked {
  if (!asked.inverted) return nothing(0);
  const size = map.pairs.length;
  const all: Run[] = size === 0 ? [] : [[0, size]];
  return { positions: spread(all), index: () => all, rank: () => all };
}

/** Pairs whose value equals one: the first alone where one is asked for. */
export function byValue(map: KeyedMap, asked: Question, value: Value): Picked {
  return byCondition(map, asked, value, equalTo(value));
}

/** Pairs by value, from one on to before another; undefined = to the end. */
export function byInterval(map: KeyedMap, asked: Question, from: Value, to: Value | undefined): Picked {
  return byCondition(map, asked, from, between(from, to));
}

function byCondition(map: KeyedMap, asked: Question, from: Value, meets: Condition): Picked {
  refuse(asked, INDEX_RANGES);
  const values = valuesOf(map);
  if (values.length === 0) return nothing(-1);
  const found = meeting(values, asked, meets);
  const rank = rankOf(values, from);
  if (found.length === 0) return asked.inverted ? noneOrAll(map, asked) : nothing(rank);
  return pickFound(values.length, asked, rank, found);
}

/** Pairs whose value equals any of some. */
export function byValueList(map: KeyedMap, asked: Question, values: readonly Value[]): Picked {
  refuse(asked, INDEX_RANGES, RANK_RANGES);
  return values.length === 0 ? noneOrAll(map, asked) : pickAny(valuesOf(map), asked, values);
}

/** Pairs by the order of their values. */
export function byRank(map: KeyedMap, asked: Question, rank: number, count: number): Picked {
  const size = map.pairs.length;
  const run = within(rank, count, size, asked.multi);
  refuse(asked, INDEX_RANGES);
  const runs = ranges(run, size, asked.inverted);
  if (runs.length === 0) return nothing(run[0]);
  const sorted = byOrderOfValues(map);
  const chosen = spread(runs).map((i) => sorted[i]);
  const byPosition = runs.length > 1 || asked.type === Return.orderedMap;
  const positions = byPosition ? chosen.sort((a, b) => a - b) : chosen;
  return {
    positions,
    index: () => each(positions),
    rank: () => runs,
    rankRange: runs.length === 1 ? runs[0] : undefined,
  };
}

/** Pairs by index, counted from where a key stands or would. */
export function byRelativeIndex(
  map: KeyedMap,
  asked: Question,
  key: Value,
  index: number,
  count: number,
): Picked {
  return byIndex(map, asked, ...relative(index, count, indexOf(map, key)));
}

/** Pairs by rank, counted from where a value stands or would. */
export function byRelativeRank(
  map: KeyedMap,
  asked: Question,
  value: Value,
  rank: number,
  count: number,
): Picked {
  return byRank(map, asked, ...relative(rank, count, rankOf(valuesOf(map), value)));
}
