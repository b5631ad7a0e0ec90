import { Result } from "../wire/codes";
import type { Value } from "../wire/msgpack";
import { append, elementsOf, incrementAt, insert, setAt, setOrder, sort } from "./change-list";
import { isOrdered, type List } from "./container";
import type { Change, Read } from "./operation";
import type { Parameters } from "./parameters";
import * as pick from "./pick-list";
import { Refused } from "./refused";
import { answerOf, type Picked, type Question, question, Return } from "./selection";

type Pick = (list: List, p: Parameters, ask: (multi: boolean) => Question) => [Question, Picked];

function flagsAt(at: number): (p: readonly Value[]) => number {
  return (p) => Number(p[at] ?? 0);
}

/** How gets and removes choose: by their operation's code as a get, and as a remove. */
const PICKS: readonly (readonly [get: number, remove: number, count: readonly [number, number], Pick])[] = [
  [19, 32, [2, 2], (list, p, ask) => chosen(ask(false), (q) => pick.byIndex(list, q, p.integer(), 1))],
  [20, 33, [2, 2], (list, p, ask) => chosen(ask(false), (q) => pick.byValue(list, q, p.value()))],
  [21, 34, [2, 2], (list, p, ask) => chosen(ask(false), (q) => pick.byRank(list, q, p.integer(), 1))],
  [22, 35, [2, 2], (list, p, ask) => chosen(ask(true), (q) => pick.byValue(list, q, p.value()))],
  [23, 36, [2, 2], (list, p, ask) => chosen(ask(true), (q) => pick.byValues(list, q, elementsOf(p.value())))],
  [24, 37, [2, 3], (list, p, ask) => chosen(ask(true), (q) => pick.byIndex(list, q, p.integer(), p.count()))],
  [
    25,
    38,
    [2, 3],
    (list, p, ask) => chosen(ask(true), (q) => pick.byInterval(list, q, p.value(), p.optional())),
  ],
  [26, 39, [2, 3], (list, p, ask) => chosen(ask(true), (q) => pick.byRank(list, q, p.integer(), p.count()))],
  [
    27,
    40,
    [3, 4],
    (list, p, ask) =>
      chosen(ask(true), (q) => pick.byRelativeRank(list, q, p.value(), p.integer(), p.count())),
  ],
];

function chosen(asked: Question, by: (asked: Question) => Picked): [Question, Picked] {
  return [asked, by(asked)];
}

function get(list: List, asked: Question, picked: Picked): Value | undefined {
  return answerOf(list, asked, picked);
}

function remove(list: List, asked: Question, picked: Picked): Value | undefined {
  const answer = answerOf(list, asked, picked);
  const gone = new Set(picked.positions);
  list.items = list.items.filter((_, i) => !gone.has(i));
  return answer;
}

const one = (type: number): Question => ({ type, inverted: false, multi: false });
const several = (type: number, inverted = false): Question => ({ type, inverted, multi: true });

/** Removes by index in the manner of the oldest operations: without a return type. */
function removeRange(asked: Question, counted: boolean): Change<List> {
  return {
    run: (list, p) => {
      p.expect(1, counted ? 2 : 1);
      return remove(list, asked, pick.byIndex(list, asked, p.integer(), counted ? p.count() : 1));
    },
  };
}

/** Operations that read a list, by their codes. */
export const LIST_READS = new Map<number, Read<List>>([
  [16, (list) => list.items.length],
  [
    17,
    (list, p) => {
      p.expect(1, 1);
      return get(list, one(Return.value), pick.byIndex(list, one(Return.value), p.integer(), 1));
    },
  ],
  [
    18,
    (list, p) => {
      p.expect(1, 2);
      const asked = several(Return.value);
      return get(list, asked, pick.byIndex(list, asked, p.integer(), p.count()));
    },
  ],
  ...PICKS.map(
    ([code, , [least, most], by]) =>
      [
        code,
        (list: List, p: Parameters) => {
          const type = p.expect(least, most).integer();
          return get(list, ...by(list, p, (multi) => question(type, multi)));
        },
      ] as const,
  ),
]);

/** Operations that change a list, by their codes. */
export const LIST_CHANGES = new Map<number, Change<List>>([
  [0, { creates: () => 0, run: (list, p) => void setOrder(list, p.expect(1, 1).integer()) }],
  [
    1,
    {
      creates: flagsAt(1),
      run: (list, p) => {
        const value = p.expect(1, 3).stored();
        p.integer(0);
        return append(list, [value], p.integer(0));
      },
    },
  ],
  [
    2,
    {
      creates: flagsAt(1),
      run: (list, p) => {
        const values = elementsOf(p.expect(1, 3).stored());
        p.integer(0);
        return append(list, values, p.integer(0));
      },
    },
  ],
  [3, { creates: () => 0, run: (list, p) => insertAt(list, p, (value) => [value]) }],
  [4, { creates: () => 0, run: (list, p) => insertAt(list, p, elementsOf) }],
  [5, removeRange(one(Return.value), false)],
  [6, removeRange(several(Return.value), true)],
  [7, removeRange(one(Return.count), false)],
  [8, removeRange(several(Return.count), true)],
  [
    9,
    {
      creates: () => 0,
      run: (list, p) => {
        p.expect(2, 3);
        refuseOrdered(list);
        setAt(list, p.integer(), p.stored(), p.integer(0));
        return undefined;
      },
    },
  ],
  [10, trim()],
  [
    11,
    {
      run: (list) => {
        list.items = [];
        return undefined;
      },
    },
  ],
  [
    12,
    {
      creates: flagsAt(2),
      run: (list, p) => {
        const index = p.expect(1, 4).integer();
        const by = p.optional() ?? null;
        p.integer(0);
        return incrementAt(list, index, by, p.integer(0));
      },
    },
  ],
  [13, { needs: Result.binType, run: (list, p) => void sort(list, p.expect(0, 1).integer(0)) }],
  ...PICKS.map(
    ([, code, [least, most], by]) =>
      [
        code,
        {
          run: (list: List, p: Parameters) => {
            const type = p.expect(least, most).integer();
            return remove(list, ...by(list, p, (multi) => question(type, multi)));
          },
        },
      ] as const,
  ),
]);

function insertAt(list: List, p: Parameters, values: (parameter: Value) => readonly Value[]): Value {
  const index = p.expect(2, 3).integer();
  const added = values(p.stored());
  refuseOrdered(list);
  return insert(list, index, added, p.integer(0));
}

function refuseOrdered(list: List): void {
  if (isOrdered(list)) throw new Refused(Result.opNotApplicable);
}

/** Removes all but a range; answers how many. */
function trim(): Change<List> {
  return {
    run: (list, p) => {
      p.expect(2, 2);
      const asked = several(Return.count, true);
      return remove(list, asked, pick.byIndex(list, asked, p.integer(), p.count()));
    },
  };
}
