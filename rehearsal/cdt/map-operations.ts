import { Result } from "../wire/codes";
import type { Value } from "../wire/msgpack";
import { elementsOf } from "./change-list";
import { entriesOf, increment, MapWrite, put, setOrder } from "./change-map";
import type { KeyedMap } from "./container";
import type { Change, Read } from "./operation";
import type { Parameters } from "./parameters";
import * as pick from "./pick-map";
import { answerOf, type Picked, type Question, question } from "./selection";

type Pick = (map: KeyedMap, asked: Question, p: Parameters) => Picked;

/** How gets and removes choose: the codes of both, whether several may be meant, and how many parameters there are. */
const PICKS: readonly (readonly [number, number, boolean, readonly [number, number], Pick])[] = [
  [97, 76, false, [2, 2], (map, q, p) => pick.byKey(map, q, p.value())],
  [98, 77, false, [2, 2], (map, q, p) => pick.byIndex(map, q, p.integer(), 1)],
  [99, 78, false, [2, 2], (map, q, p) => pick.byValue(map, q, p.value())],
  [100, 79, false, [2, 2], (map, q, p) => pick.byRank(map, q, p.integer(), 1)],
  [107, 81, true, [2, 2], (map, q, p) => pick.byKeys(map, q, elementsOf(p.value()))],
  [102, 82, true, [2, 2], (map, q, p) => pick.byValue(map, q, p.value())],
  [108, 83, true, [2, 2], (map, q, p) => pick.byValueList(map, q, elementsOf(p.value()))],
  [103, 84, true, [2, 3], (map, q, p) => pick.byKeyInterval(map, q, p.value(), p.optional())],
  [104, 85, true, [2, 3], (map, q, p) => pick.byIndex(map, q, p.integer(), p.count())],
  [105, 86, true, [2, 3], (map, q, p) => pick.byInterval(map, q, p.value(), p.optional())],
  [106, 87, true, [2, 3], (map, q, p) => pick.byRank(map, q, p.integer(), p.count())],
  [109, 88, true, [3, 4], (map, q, p) => pick.byRelativeIndex(map, q, p.value(), p.integer(), p.count())],
  [110, 89, true, [3, 4], (map, q, p) => pick.byRelativeRank(map, q, p.value(), p.integer(), p.count())],
];

/** Operations that read a map, by their codes. */
export const MAP_READS = new Map<number, Read<KeyedMap>>([
  [96, (map) => map.pairs.length],
  ...PICKS.map(
    ([code, , multi, [least, most], by]) =>
      [
        code,
        (map: KeyedMap, p: Parameters) => {
          const asked = question(p.expect(least, most).integer(), multi);
          return answerOf(map, asked, by(map, asked, p));
        },
      ] as const,
  ),
]);

function remove(map: KeyedMap, asked: Question, picked: Picked): Value | undefined {
  const answer = answerOf(map, asked, picked);
  const gone = new Set(picked.positions);
  map.pairs = map.pairs.filter((_, i) => !gone.has(i));
  return answer;
}

/** A put of one pair. @param write flags that it always has; undefined = it is told them */
function putOne(write: number | undefined, most: number): Change<KeyedMap> {
  return {
    creates: (p) => Number((most > 2 ? p[2] : undefined) ?? 0),
    run: (map, p) => {
      const key = p.expect(2, most).stored();
      const value = p.stored();
      if (most > 2) p.integer(0);
      return put(map, [[key, value]], write ?? p.integer(0));
    },
  };
}

/** A put of several pairs. */
function putAll(write: number | undefined, most: number): Change<KeyedMap> {
  return {
    creates: (p) => Number((most > 1 ? p[1] : undefined) ?? 0),
    run: (map, p) => {
      const pairs = entriesOf(p.expect(1, most).stored());
      if (most > 1) p.integer(0);
      return put(map, pairs, write ?? p.integer(0));
    },
  };
}

function add(negative: boolean): Change<KeyedMap> {
  return {
    creates: (p) => Number(p[2] ?? 0),
    run: (map, p) => {
      const key = p.expect(1, 3).stored();
      return increment(map, key, p.optional() ?? null, negative);
    },
  };
}

/** Operations that change a map, by their codes. */
export const MAP_CHANGES = new Map<number, Change<KeyedMap>>([
  [64, { creates: () => 0, run: (map, p) => void setOrder(map, p.expect(1, 1).integer()) }],
  [65, putOne(MapWrite.createOnly, 3)],
  [66, putAll(MapWrite.createOnly, 2)],
  [67, putOne(undefined, 4)],
  [68, putAll(undefined, 3)],
  [69, putOne(MapWrite.updateOnly, 2)],
  [70, { needs: Result.elementNotFound, run: putAll(MapWrite.updateOnly, 1).run }],
  [73, add(false)],
  [74, add(true)],
  [
    75,
    {
      run: (map) => {
        map.pairs = [];
        return undefined;
      },
    },
  ],
  ...PICKS.map(
    ([, code, multi, [least, most], by]) =>
      [
        code,
        {
          run: (map: KeyedMap, p: Parameters) => {
            const asked = question(p.expect(least, most).integer(), multi);
            return remove(map, asked, by(map, asked, p));
          },
        },
      ] as const,
  ),
]);
