import fc from "fast-check";
import { seeded } from "../../support/seed";
import type { Value } from "../../../rehearsal/wire/msgpack";
import { change, map, ordered, read } from "./support";

const VALUE = 7;
const COUNT = 5;
const INVERTED = 0x10000;
const numbers = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 8 });
const at = fc.integer({ min: -10, max: 10 });
const many = fc.integer({ min: 0, max: 10 });
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

/** What slice makes of an index and a count, where a negative index counts from the end. */
function slice<T>(values: readonly T[], index: number, count: number): T[] {
  const start = index < 0 ? index + values.length : index;
  return values.slice(Math.max(0, start), Math.max(0, start + count));
}

describe("lists and maps against a plain reading of the documents", () => {
  test("index ranges are slices", () => {
    fc.assert(
      fc.property(numbers, at, many, (list, index, count) => {
        expect(read(list, 24, VALUE, index, count)).toEqual(slice(list, index, count));
      }),
      seeded(200),
    );
  });

  test("rank ranges are slices of what is sorted, in ordered and unordered lists", () => {
    fc.assert(
      fc.property(numbers, at, many, (list, rank, count) => {
        const expected = slice(sorted(list), rank, count);
        expect(read(ordered(...sorted(list)), 26, VALUE, rank, count)).toEqual(expected);
        expect(sorted(read(list, 26, VALUE, rank, count) as number[])).toEqual(expected);
      }),
      seeded(200),
    );
  });

  test("intervals are filters, and what is inverted is the rest", () => {
    fc.assert(
      fc.property(numbers, at, at, (list, from, to) => {
        const lies = (n: number) => n >= from && n < to;
        expect(read(list, 25, VALUE, from, to)).toEqual(list.filter(lies));
        expect(read(list, 25, VALUE | INVERTED, from, to)).toEqual(list.filter((n) => !lies(n)));
      }),
      seeded(200),
    );
  });

  test("what is removed and what is left are together what was there", () => {
    fc.assert(
      fc.property(numbers, numbers, fc.boolean(), (list, values, inverted) => {
        const [left, removed] = change(list, 36, VALUE | (inverted ? INVERTED : 0), values);
        const isMeant = (n: number) => values.includes(n) !== inverted;
        expect(left).toEqual(list.filter((n) => !isMeant(n)));
        expect(sorted(removed as number[])).toEqual(sorted(list.filter(isMeant)));
      }),
      seeded(200),
    );
  });

  test("relative ranks are rank ranges from where the value would stand", () => {
    fc.assert(
      fc.property(numbers, at, at, (list, value, rank) => {
        const from = list.filter((n) => n < value).length + rank;
        const expected = sorted(list).slice(Math.max(0, from)).length;
        expect(read(list, 27, COUNT, value, rank)).toBe(expected);
      }),
      seeded(200),
    );
  });

  test("maps by key are sorted objects", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("a", "b", "aa", "c"), fc.integer()),
        at,
        many,
        (object, index, count) => {
          const keys = Object.keys(object).sort();
          const put = change(
            map(1),
            68,
            map(0, ...keys.reverse().map((k): [Value, Value] => [k, object[k]])),
          )[0]!;
          keys.reverse();
          expect(read(put, 104, 6, index, count)).toEqual(slice(keys, index, count));
          for (const key of keys) expect(read(put, 97, VALUE, key)).toBe(object[key]);
        },
      ),
    );
  });

  test("an ordered list is in order after any appends", () => {
    fc.assert(
      fc.property(fc.array(numbers), (appends) => {
        let list: Value | undefined;
        for (const values of appends) list = change(list, 2, values, 1)[0];
        if (list !== undefined) expect(list).toEqual(ordered(...sorted(appends.flat())));
      }),
      seeded(200),
    );
  });
});
