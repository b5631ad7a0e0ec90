import { Code } from "../../../rehearsal/expression/codes";
import { filterOf } from "../../../rehearsal/expression/filter";
import { Type } from "../../../rehearsal/expression/worth";
import { MessageError } from "../../../rehearsal/wire/message";
import type { Value } from "../../../rehearsal/wire/msgpack";
import { bin, float, name, passes, worth } from "../support/expressions";

const UNKNOWN: Value = [Code.unknown];
const NO_BIN: Value = [Code.eq, [Code.bin, Type.integer, name("none")], 1];

test.each<[string, Value, unknown]>([
  ["true and true", [Code.and, true, true], true],
  ["true and unknown", [Code.and, NO_BIN, true], undefined],
  ["unknown and false: false decides", [Code.and, NO_BIN, false], false],
  ["false or true", [Code.or, false, true], true],
  ["unknown or true: true decides", [Code.or, NO_BIN, true], true],
  ["unknown or false", [Code.or, NO_BIN, false], undefined],
  ["not true", [Code.not, true], false],
  ["not unknown", [Code.not, NO_BIN], undefined],
  ["exactly one of three", [Code.exclusive, false, true, false], true],
  ["two of three", [Code.exclusive, true, true, NO_BIN], false],
  ["one, and one unknown", [Code.exclusive, true, NO_BIN], undefined],
  ["the first case that holds", [Code.cond, false, 1, true, 2, true, 3, 4], 2n],
  ["none of the cases", [Code.cond, false, 1, 4], 4n],
  ["an unknown case", [Code.cond, NO_BIN, 1, 4], undefined],
  ["a case that is left unknown", [Code.cond, true, UNKNOWN, bin("i")], undefined],
  ["another beside it", [Code.cond, false, UNKNOWN, bin("i")], 42n],
  [
    "variables, each of those before it",
    [
      Code.let,
      name("a"),
      bin("i"),
      name("b"),
      [Code.add, [Code.variable, name("a")], 1],
      [Code.variable, name("b")],
    ],
    43n,
  ],
  [
    "a variable that is unknown and not used",
    [Code.let, name("a"), [Code.bin, Type.integer, name("none")], bin("i")],
    42n,
  ],
  [
    "a let within another, and one behind it",
    [
      Code.let,
      name("a"),
      [Code.let, name("x"), 5, [Code.variable, name("x")]],
      name("b"),
      [Code.let, name("x"), 7, [Code.variable, name("x")]],
      [Code.sub, [Code.variable, name("b")], [Code.variable, name("a")]],
    ],
    2n,
  ],
])("%s", (_name, expression, expected) => {
  expect(worth(expression)).toBe(expected);
});

test("an expression of which all is unknown lets no record pass", () => {
  expect(passes(UNKNOWN)).toBe(false);
  expect(passes([Code.not, NO_BIN])).toBe(false);
});

test.each<[string, Value]>([
  ["a filter that is an integer", bin("i")],
  ["no list of anything", []],
  ["an operation that there is not", [200, 1]],
  ["and of one", [Code.and, true]],
  ["and of an integer", [Code.and, true, 1]],
  ["not of two", [Code.not, true, true]],
  ["cond without its default", [Code.cond, true, true]],
  ["cond of a condition that is none", [Code.cond, 1, true, false]],
  ["cond of two types", [Code.eq, [Code.cond, true, 1, float(2)], 1]],
  ["a variable that is not defined", [Code.eq, [Code.variable, name("a")], 1]],
  ["a variable in its own definition", [Code.let, name("a"), [Code.variable, name("a")], true]],
  ["a variable behind its let", [Code.and, [Code.let, name("a"), true, true], [Code.variable, name("a")]]],
  ["a variable defined twice", [Code.let, name("a"), 1, name("a"), 2, true]],
  ["a variable whose name begins with a digit", [Code.let, name("1a"), 1, true]],
  ["let of nothing", [Code.let, true]],
  ["unknown beside an integer", [Code.eq, UNKNOWN, 1]],
])("is refused (4): %s", (_name, expression) => {
  expect(passes(expression)).toBe(4);
});

test("thousands of lists within each other are refused, as bytes that end too early are", () => {
  const deep = Buffer.alloc(200_001, Buffer.of(0x92, Code.not));
  expect(() => filterOf(deep)).toThrow("nested too deeply");
  expect(() => filterOf(Buffer.of(0x92, Code.not))).toThrow(MessageError);
  expect(() => filterOf(Buffer.of(0xdd, 0xff, 0xff))).toThrow(MessageError);
  expect(() => filterOf(Buffer.alloc(0))).toThrow(MessageError);
  expect(() => filterOf(Buffer.of(0xc3, 0xc3))).toThrow("bytes behind its end");
});
