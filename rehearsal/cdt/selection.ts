import { Result } from "../wire/codes";
import { OrderedMap, type Value } from "../wire/msgpack";
import { closeContainer, type Container, Order } from "./container";
import { Refused } from "./refused";

/** What a get or remove answers: bits 0 to 15 of its first parameter. */
export const Return = {
  none: 0,
  index: 1,
  reverseIndex: 2,
  rank: 3,
  reverseRank: 4,
  count: 5,
  key: 6,
  value: 7,
  keyValue: 8,
  indexRange: 9,
  reverseIndexRange: 10,
  rankRange: 11,
  reverseRankRange: 12,
  exists: 13,
  unorderedMap: 16,
  orderedMap: 17,
} as const;

const INVERTED = 0x10000;

/** How a get or remove was asked. */
export interface Question {
  readonly type: number;
  /** All but what is named is meant. */
  readonly inverted: boolean;
  /** Whether the answer may hold several elements: it is a list then, also of one. */
  readonly multi: boolean;
}

/** The question of a return type parameter. Throws {@link Refused}: one element cannot be inverted. */
export function question(parameter: number, multi: boolean): Question {
  const inverted = (parameter & INVERTED) !== 0;
  if (inverted && !multi) throw new Refused(Result.opNotApplicable);
  return { type: parameter & 0xffff, inverted, multi };
}

/** Neighbours by index or rank: the first, and how many. */
export type Run = readonly [start: number, count: number];

/** Elements that a get or remove chose. */
export interface Picked {
  /** Where they stand, in the order of the answer; an element may be named twice. */
  readonly positions: readonly number[];
  /** Their indexes and ranks; reversed run by run, as the server counts them. */
  readonly index: () => readonly Run[];
  readonly rank: () => readonly Run[];
  /** Answer of the range types, where they can be asked for. */
  readonly indexRange?: Run;
  readonly rankRange?: Run;
  /** Nothing was chosen, and this is where it would have stood. */
  readonly nothingAt?: number;
}

/** Nothing, where something would have stood at an index or rank. */
export function nothing(at: number): Picked {
  return {
    positions: [],
    index: () => [],
    rank: () => [],
    indexRange: [at, 0],
    rankRange: [at, 0],
    nothingAt: at,
  };
}

/** The part of a range that lies within `size` elements. Throws {@link Refused} for one element that does not. */
export function within(index: number, count: number, size: number, multi: boolean): Run {
  if (index >= size) {
    if (!multi) throw new Refused(Result.opNotApplicable);
    return [size, 0];
  }
  const start = index < 0 ? index + size : index;
  if (start >= 0) return [start, Math.min(count, size - start)];
  if (!multi) throw new Refused(Result.opNotApplicable);
  return [0, Math.min(Math.max(0, count + start), size)];
}

/** A range that is counted from where a value stands, or would. */
export function relative(index: number, count: number, from: number): Run {
  const at = index + from;
  return at < 0 ? [0, Math.max(0, count + at)] : [at, count];
}

/** What lies outside of runs that do not overlap and stand in order. */
export function outside(runs: readonly Run[], size: number): Run[] {
  const out: Run[] = [];
  let from = 0;
  for (const [start, count] of runs) {
    if (start > from) out.push([from, start - from]);
    from = start + count;
  }
  if (from < size) out.push([from, size - from]);
  return out;
}

/** Positions of runs. */
export function spread(runs: readonly Run[]): number[] {
  return runs.flatMap(([start, count]) => Array.from({ length: count }, (_, i) => start + i));
}

/** A run for each position. */
export function each(positions: readonly number[]): Run[] {
  return positions.map((position) => [position, 1]);
}

/** All positions but those. */
export function others(positions: readonly number[], size: number): number[] {
  const chosen = new Set(positions);
  return Array.from({ length: size }, (_, i) => i).filter((i) => !chosen.has(i));
}

/** The answer to a question of what was chosen; undefined where there is none. Throws {@link Refused}. */
export function answerOf(container: Container, asked: Question, picked: Picked): Value | undefined {
  const size = container.kind === "list" ? container.items.length : container.pairs.length;
  const { multi } = asked;
  switch (asked.type) {
    case Return.none:
      return undefined;
    case Return.index:
      return places(picked.index(), multi);
    case Return.reverseIndex:
      return places(reversed(picked.index(), size), multi);
    case Return.rank:
      return places(picked.rank(), multi);
    case Return.reverseRank:
      return places(reversed(picked.rank(), size), multi);
    case Return.count:
      return new Set(picked.positions).size;
    case Return.exists:
      return picked.positions.length > 0;
    case Return.indexRange:
    case Return.reverseIndexRange:
      return range(picked, picked.indexRange, asked.type === Return.reverseIndexRange, size);
    case Return.rankRange:
    case Return.reverseRankRange:
      return range(picked, picked.rankRange, asked.type === Return.reverseRankRange, size);
    default:
      return elements(container, asked, picked.positions);
  }
}

function places(runs: readonly Run[], multi: boolean): Value {
  const all = spread(runs);
  return multi ? all : (all[0] ?? -1);
}

function reversed(runs: readonly Run[], size: number): Run[] {
  return runs.map(([start, count]) => [size - start - count, count]);
}

function range(picked: Picked, run: Run | undefined, reverse: boolean, size: number): Value {
  if (!run) throw new Refused(Result.opNotApplicable);
  const [start, count] = run;
  return [reverse && picked.nothingAt === undefined ? size - start - count : start, count];
}

const MAP_FLAGS: Readonly<Record<number, number>> = {
  [Return.keyValue]: Order.preserved,
  [Return.unorderedMap]: 0,
  [Return.orderedMap]: Order.ordered,
};

function elements(container: Container, { type, multi }: Question, positions: readonly number[]) {
  if (container.kind === "list") {
    if (type !== Return.value) throw new Refused(Result.opNotApplicable);
    return oneOrAll(
      positions.map((i) => container.items[i]),
      multi,
    );
  }
  const pairs = positions.map((i) => container.pairs[i]);
  if (type in MAP_FLAGS) return closeContainer({ kind: "map", flags: MAP_FLAGS[type], pairs }) as OrderedMap;
  if (type !== Return.key && type !== Return.value) throw new Refused(Result.opNotApplicable);
  return oneOrAll(
    pairs.map(([key, item]) => (type === Return.key ? key : item)),
    multi,
  );
}

function oneOrAll(values: readonly Value[], multi: boolean): Value | undefined {
  return multi ? [...values] : values[0];
}
