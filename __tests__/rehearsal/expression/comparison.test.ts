import { Code } from "../../../rehearsal/expression/codes";
import { Type } from "../../../rehearsal/expression/worth";
import { Ext, OrderedMap, type Value } from "../../../rehearsal/wire/msgpack";
import { bin, float, name, passes, quoted, worth } from "../support/expressions";

const ORDERED: [Value, Value] = [new Ext(1, Buffer.alloc(0)), null];

test.each([
  ["integers", bin("i"), 41, 42, 43],
  ["floats", bin("f"), float(2), float(2.5), float(3)],
  ["strings, by their bytes and not by their length", bin("s"), "tea_time", "text", "u"],
  ["booleans", bin("t"), false, true, undefined],
  ["blobs", bin("blob"), Buffer.of(1, 2), Buffer.of(1, 2, 3), Buffer.of(2)],
  ["lists", bin("list"), quoted(1, 2), quoted(1, 2, "three"), quoted(1, 3)],
])("compares %s", (_of, operand, less, equal, more) => {
  const answers = (other: Value) =>
    [Code.eq, Code.ne, Code.gt, Code.ge, Code.lt, Code.le].map((code) => passes([code, operand, other]));
  expect(answers(less)).toEqual([false, true, true, true, false, false]);
  expect(answers(equal)).toEqual([true, false, false, true, false, true]);
  if (more !== undefined) expect(answers(more)).toEqual([false, true, false, false, true, true]);
});

test("integers are compared with all of their 64 bits", () => {
  expect(passes([Code.lt, 9007199254740993n, 9007199254740994n])).toBe(true);
  expect(passes([Code.lt, -(2n ** 63n), 2n ** 63n - 1n])).toBe(true);
});

test("NaN is unequal to itself, and neither less nor more", () => {
  const answers = [Code.eq, Code.ne, Code.gt, Code.ge, Code.lt, Code.le].map((code) =>
    passes([code, float(NaN), float(NaN)]),
  );
  expect(answers).toEqual([false, true, false, false, false, false]);
});

test("maps are compared where they are ordered by key; one that is not makes it unknown", () => {
  const map = (...pairs: [Value, Value][]) => new OrderedMap(pairs);
  expect(worth([Code.eq, map(ORDERED, ["a", 1]), map(ORDERED, ["a", 1])])).toBe(true);
  expect(worth([Code.lt, map(ORDERED, ["a", 1]), map(ORDERED, ["a", 2])])).toBe(true);
  expect(worth([Code.gt, map(ORDERED, ["a", 1], ["b", 1]), map(ORDERED, ["z", 9])])).toBe(true);
  expect(worth([Code.eq, bin("map"), map(ORDERED, ["a", 1])])).toBeUndefined();
  expect(worth([Code.eq, quoted(map(["a", 1])), quoted(map(["a", 1]))])).toBeUndefined();
  expect(worth([Code.lt, quoted(1, map(["a", 1])), quoted(2, map(["a", 1]))])).toBe(true);
});

test.each([
  ["an integer and a float", bin("i"), float(42)],
  ["an integer and a string", bin("i"), "42"],
  ["a string and a blob", "text", Buffer.from("text")],
  ["a list and a map", bin("list"), bin("map")],
  ["nothing and an integer", null, 0],
  ["GeoJSON and GeoJSON", [Code.bin, Type.geojson, name("g")], [Code.bin, Type.geojson, name("g")]],
])("a comparison of %s is refused (4)", (_of, a, b) => {
  expect(passes([Code.eq, a, b])).toBe(4);
});

test("a bin that is not there, or of another type, makes a comparison unknown: the record does not pass", () => {
  for (const code of [Code.eq, Code.ne]) {
    expect(worth([code, [Code.bin, Type.integer, name("none")], 1])).toBeUndefined();
    expect(worth([code, [Code.bin, Type.integer, name("s")], 1])).toBeUndefined();
    expect(passes([code, [Code.bin, Type.integer, name("s")], 1])).toBe(false);
  }
});

test("GeoJSON regions are unsupported (16), as the documents say", () => {
  const point = name('\x17{"type": "Point", "coordinates": [0, 0]}');
  expect(passes([Code.geo, [Code.bin, Type.geojson, name("g")], point])).toBe(16);
});

test("a record whose string matches a pattern passes", () => {
  expect(passes([Code.regex, 1, name("^te.+t$"), bin("s")])).toBe(true);
  expect(passes([Code.regex, 1, name("^TE"), bin("s")])).toBe(false);
  expect(passes([Code.regex, 3, name("^TE"), bin("s")])).toBe(true);
  expect(passes([Code.regex, 1, name("t"), [Code.bin, Type.string, name("none")]])).toBe(false);
  expect(passes([Code.regex, 1, name("t"), bin("i")])).toBe(4);
  expect(passes([Code.regex, 1, name("(t"), bin("s")])).toBe(4);
});
