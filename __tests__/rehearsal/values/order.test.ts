import fc from "fast-check";
import { seeded } from "../../support/seed";
import { compareValues, isStorable } from "../../../rehearsal/values/order";
import { Double, Ext, OrderedMap, Untyped, type Value } from "../../../rehearsal/wire/msgpack";

const WILDCARD = new Ext(0xff, Buffer.of(0));
const INFINITY = new Ext(0xff, Buffer.of(1));
const map = (...pairs: [Value, Value][]) => new OrderedMap(pairs);

/** Ascending, as the documents order values. */
const ASCENDING: readonly Value[] = [
  null,
  false,
  true,
  -(2n ** 63n),
  -1,
  0,
  2n ** 62n,
  "",
  "B",
  "a",
  "aa",
  "b",
  [],
  [1],
  [1, 1],
  [1, 2],
  [2],
  map(),
  map([2, 0]),
  map([1, 5], [2, 0]),
  map([1, 5], [2, 1]),
  Buffer.of(),
  Buffer.of(1, 255),
  Buffer.of(2),
  new Double(-0.5),
  new Double(3),
  new Untyped("\x17{}"),
  INFINITY,
];

test("values come in the order of the documents, by type and then by value", () => {
  ASCENDING.forEach((a, i) =>
    ASCENDING.forEach((b, j) =>
      expect([i, j, Math.sign(compareValues(a, b))]).toEqual([i, j, Math.sign(i - j)]),
    ),
  );
});

test("strings are compared bytewise, whatever their length", () => {
  expect(compareValues("z", "aaa")).toBeGreaterThan(0);
  expect(compareValues("\u{10000}", "￿")).toBeGreaterThan(0);
});

test("strings are in the order of their UTF-8 bytes, of whatever characters they are", () => {
  const character = fc.constantFrom(
    "a",
    "b",
    "\u00e9",
    "\u07ff",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\u{10000}",
    "\u{10ffff}",
  );
  const text = fc.array(character, { maxLength: 6 }).map((characters) => characters.join(""));
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareValues(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    seeded(500),
  );
});

test("the mark of an order is no element", () => {
  expect(compareValues([new Ext(1, Buffer.of()), 1, 2], [1, 2])).toBe(0);
  expect(compareValues(map([new Ext(3, Buffer.of()), null], [1, 2]), map([1, 2]))).toBe(0);
});

test("a wildcard equals everything from there on", () => {
  expect(compareValues([1, WILDCARD], [1, "x", 5])).toBe(0);
  expect(compareValues([1, WILDCARD], [2, "x"])).toBeLessThan(0);
});

test("wildcards and infinity cannot be stored, at any depth", () => {
  expect([1, [map([1, INFINITY])], "a"].map(isStorable)).toEqual([true, false, true]);
  expect(isStorable(WILDCARD)).toBe(false);
});

test("the order is a total one", () => {
  const value = fc.constantFrom(...ASCENDING);
  fc.assert(
    fc.property(fc.array(value, { maxLength: 12 }), (values) => {
      const sorted = [...values].sort(compareValues);
      for (let i = 1; i < sorted.length; i++)
        expect(compareValues(sorted[i - 1], sorted[i])).toBeLessThanOrEqual(0);
    }),
    seeded(200),
  );
});
