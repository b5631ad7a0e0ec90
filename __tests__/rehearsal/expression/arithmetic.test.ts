import { Code } from "../../../rehearsal/expression/codes";
import { Type } from "../../../rehearsal/expression/worth";
import type { Value } from "../../../rehearsal/wire/msgpack";
import { bin, float, name, passes, worth } from "../support/expressions";

const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n];

test.each<[string, Value, unknown]>([
  ["42 + 5 + 100", [Code.add, bin("i"), 5, 100], 147n],
  ["one alone", [Code.add, bin("i")], 42n],
  ["2.5 + 1", [Code.add, bin("f"), float(1)], 3.5],
  ["over the end", [Code.add, MOST, 1], LEAST],
  ["42 - 5 - 5", [Code.sub, bin("i"), 5, 5], 32n],
  ["minus 42", [Code.sub, bin("i")], -42n],
  ["minus 2.5", [Code.sub, bin("f")], -2.5],
  ["7 * 6", [Code.mul, 7, 6], 42n],
  ["42 / (2 * 4), to 0", [Code.div, bin("i"), 2, 4], 5n],
  ["-7 / 2, to 0", [Code.div, -7, 2], -3n],
  ["1 / 42", [Code.div, bin("i")], 0n],
  ["1 / 2.5", [Code.div, bin("f")], 0.4],
  ["1 / 0.0", [Code.div, float(1), float(0)], Infinity],
  ["an integer by 0", [Code.div, bin("i"), 0], undefined],
  ["power", [Code.pow, float(2), float(10)], 1024],
  ["logarithm", [Code.log, float(8), float(2)], 3],
  ["remainder", [Code.mod, -7, 3], -1n],
  ["remainder by 0", [Code.mod, 7, 0], undefined],
  ["absolute", [Code.abs, -7], 7n],
  ["absolute of the least", [Code.abs, LEAST], LEAST],
  ["absolute float", [Code.abs, float(-7.5)], 7.5],
  ["floor", [Code.floor, float(-2.5)], -3],
  ["ceil", [Code.ceil, float(-2.5)], -2],
  ["to integer", [Code.toInt, float(-2.5)], -2n],
  ["to integer, too large", [Code.toInt, float(1e30)], LEAST],
  ["to float", [Code.toFloat, bin("i")], 42],
  ["least", [Code.min, bin("i"), 7, 100], 7n],
  ["greatest float", [Code.max, bin("f"), float(7), float(-1)], 7],
  ["and", [Code.intAnd, 0xff, 0x3c, 0x0f], 0x0cn],
  ["or", [Code.intOr, 1, 2, 4], 7n],
  ["xor", [Code.intXor, 7, 2], 5n],
  ["not", [Code.intNot, 0], -1n],
  ["shift to the left", [Code.shiftLeft, 1, 63], LEAST],
  ["shift to the right", [Code.shiftRight, -1, 60], 15n],
  ["shift to the right with its sign", [Code.shiftRightSigned, -16, 2], -4n],
  ["shift by 64", [Code.shiftLeft, 5, 64], 5n],
  ["count of bits", [Code.bitCount, -1], 64n],
  ["first 1 from the left", [Code.scanLeft, 1, true], 63n],
  ["first 0 from the left", [Code.scanLeft, -1, false], -1n],
  ["first 1 from the right", [Code.scanRight, 8, true], 60n],
  ["first 0 from the right", [Code.scanRight, 1, false], 62n],
  ["of a bin that is not there", [Code.add, 1, [Code.bin, Type.integer, name("none")]], undefined],
])("%s", (_name, expression, expected) => {
  expect(worth(expression)).toBe(expected);
});

test.each<[string, Value]>([
  ["integer and float", [Code.add, bin("i"), float(5)]],
  ["float and integer", [Code.max, bin("f"), 5]],
  ["a string", [Code.mul, bin("f"), "bad"]],
  ["nothing at all", [Code.sub]],
  ["power of integers", [Code.pow, 2, 3]],
  ["remainder of floats", [Code.mod, float(2), float(3)]],
  ["floor of an integer", [Code.floor, 2]],
  ["an integer to an integer", [Code.toInt, 2]],
  ["three operands of a shift", [Code.shiftLeft, 1, 2, 3]],
  ["bits of a float", [Code.intAnd, float(1)]],
  ["a scan for a number", [Code.scanLeft, 1, 1]],
])("is refused (4): %s", (_name, expression) => {
  expect(passes([Code.eq, expression, expression])).toBe(4);
});
