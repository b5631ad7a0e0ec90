import { Code } from "../../../rehearsal/expression/codes";
import { encodeValue } from "../../../rehearsal/wire/msgpack";
import { bin, float, passes, quoted, worth } from "../support/expressions";

test("a value is sought in a list: of a bin, or one that is given", () => {
  expect(worth([Code.inList, 2, bin("list")])).toBe(true);
  expect(worth([Code.inList, "three", bin("list")])).toBe(true);
  expect(worth([Code.inList, 3, bin("list")])).toBe(false);
  expect(worth([Code.inList, bin("i"), quoted(41, 42)])).toBe(true);
  expect(worth([Code.inList, float(2), bin("list")])).toBe(false);
  expect(worth([Code.inList, quoted(1), quoted([1], 2)])).toBe(true);
  expect(worth([Code.inList, 1, quoted()])).toBe(false);
});

test("the keys and the values of a map are lists", () => {
  expect(worth([Code.mapKeys, bin("map")])).toEqual(encodeValue(["a"]));
  expect(worth([Code.mapValues, bin("map")])).toEqual(encodeValue([1]));
  expect(passes([Code.inList, "a", [Code.mapKeys, bin("map")]])).toBe(true);
});

test("keys of another than a map are unknown, and a list that is none cannot be built", () => {
  expect(worth([Code.mapKeys, bin("list")])).toBeUndefined();
  expect(() => worth([Code.inList, 1, bin("map")])).toThrow("operands of types");
});
