import { compareValues } from "../values/order";
import type { Value } from "../wire/msgpack";
import { each, others, outside, type Picked, type Question, type Run, spread } from "./selection";

/** Whether a value is meant. */
export type Condition = (value: Value) => boolean;

/** Values that equal one. */
export function equalTo(wanted: Value): Condition {
  return (value) => compareValues(value, wanted) === 0;
}

/** Values from one on to before another; undefined = to the end. */
export function between(from: Value, to: Value | undefined): Condition {
  return (value) => compareValues(value, from) >= 0 && (to === undefined || compareValues(value, to) < 0);
}

/** How many values come before one: its rank. */
export function rankOf(values: readonly Value[], value: Value): number {
  return values.filter((other) => compareValues(other, value) < 0).length;
}

/** Where values stand that meet a condition: the first alone where one is asked for. */
export function meeting(values: readonly Value[], { multi }: Question, meets: Condition): number[] {
  const found = values.flatMap((value, i) => (meets(value) ? [i] : []));
  return multi ? found : found.slice(0, 1);
}

/** Those found, which by rank are neighbours from `rank` on; or all others. */
export function pickFound(
  size: number,
  { inverted }: Question,
  rank: number,
  found: readonly number[],
): Picked {
  const positions = inverted ? others(found, size) : found;
  const run: Run = [rank, found.length];
  return {
    positions,
    index: () => each(positions),
    rank: () => (inverted ? outside([run], size) : [run]),
    rankRange: inverted ? undefined : run,
  };
}

/** The ranks of each of some values, where it is there. */
export function runsOf(values: readonly Value[], wanted: readonly Value[]): Run[] {
  return wanted
    .map((value): Run => [rankOf(values, value), values.filter(equalTo(value)).length])
    .filter(([, count]) => count > 0);
}

/** Values that equal any of some, or all others. */
export function pickAny(values: readonly Value[], { inverted }: Question, wanted: readonly Value[]): Picked {
  const size = values.length;
  const runs = runsOf(values, wanted);
  const matches = values.flatMap((value, i) => (wanted.some(equalTo(value)) ? [i] : []));
  const positions = inverted ? others(matches, size) : matches;
  const ranks = inverted ? outside(inOrder(runs), size) : each(spread(runs));
  return { positions, index: () => each(positions), rank: () => ranks };
}

/** Runs by where they begin, each once. */
export function inOrder(runs: readonly Run[]): Run[] {
  const sorted = [...runs].sort(([a], [b]) => a - b);
  return sorted.filter(([start], i) => i === 0 || start !== sorted[i - 1][0]);
}
