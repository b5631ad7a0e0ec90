import { Code } from "../../../rehearsal/expression/codes";
import { Type } from "../../../rehearsal/expression/worth";
import { encodeValue, type Value } from "../../../rehearsal/wire/msgpack";
import { bin, name, passes, quoted, worth } from "../support/expressions";

/** List operations, and a map's; a call that answers what it has changed has the bit 0x40. */
const [APPEND, APPEND_ITEMS, SIZE, GET, BY_KEY] = [1, 2, 16, 17, 97];
const [READS, MODIFIES, VALUE] = [0, 0x40, 7];

const call = (type: Type, system: number, operation: Value[], on: Value): Value => [
  Code.call,
  type,
  system,
  operation,
  on,
];

test("a list or map of a bin is read", () => {
  expect(worth(call(Type.integer, READS, [SIZE], bin("list")))).toBe(3n);
  expect(worth(call(Type.string, READS, [GET, -1], bin("list")))).toEqual(Buffer.from("three"));
  expect(worth(call(Type.integer, READS, [BY_KEY, VALUE, "a"], bin("map")))).toBe(1n);
});

test("a list is changed for the expression alone, and what it has become is read", () => {
  const longer = call(Type.list, MODIFIES, [APPEND, 7], bin("list"));
  expect(worth(longer)).toEqual(encodeValue([1, 2, "three", 7]));
  expect(worth(call(Type.integer, READS, [SIZE], longer))).toBe(4n);
  expect(worth(bin("list"))).toEqual(encodeValue([1, 2, "three"]));
});

test("operands of an operation may be expressions; lists among them are quoted", () => {
  expect(worth(call(Type.list, MODIFIES, [APPEND, [Code.add, bin("i"), 1]], bin("list")))).toEqual(
    encodeValue([1, 2, "three", 43]),
  );
  expect(worth(call(Type.list, MODIFIES, [APPEND, bin("s")], bin("list")))).toEqual(
    encodeValue([1, 2, "three", "text"]),
  );
  expect(worth(call(Type.list, MODIFIES, [APPEND_ITEMS, quoted(4, 5)], quoted(1)))).toEqual(
    encodeValue([1, 4, 5]),
  );
  expect(worth(call(Type.list, MODIFIES, [APPEND, 1], null))).toEqual(encodeValue([1]));
});

test.each<[string, Value]>([
  ["the answer is of another type", call(Type.string, READS, [SIZE], bin("list"))],
  ["the operation fails", call(Type.integer, READS, [GET, 9], bin("list"))],
  ["the bin is not there", call(Type.integer, READS, [SIZE], [Code.bin, Type.list, name("none")])],
  [
    "an operand is unknown",
    call(Type.list, MODIFIES, [APPEND, [Code.bin, Type.integer, name("none")]], bin("list")),
  ],
])("a call is unknown where %s", (_why, expression) => {
  expect(worth(expression)).toBeUndefined();
});

test.each<[string, Value]>([
  ["on an integer", call(Type.integer, READS, [SIZE], bin("i"))],
  ["of nothing known", call(Type.integer, 5, [SIZE], bin("list"))],
  ["without its operation", call(Type.integer, READS, [], bin("list"))],
  ["of a type that there is not", [Code.call, 10, READS, [SIZE], bin("list")]],
  ["of three parts", [Code.call, Type.integer, READS, [SIZE]]],
  ["in a context of two parts", call(Type.integer, READS, [0xff, [0, 0]], bin("list"))],
])("a call is refused (4): %s", (_why, expression) => {
  expect(passes([Code.eq, expression, 1])).toBe(4);
});

test.each<[string, Value]>([
  ["bit operations", call(Type.integer, 1, [SIZE], bin("blob"))],
  ["HyperLogLog operations", call(Type.integer, 2, [SIZE], [Code.bin, Type.hll, name("h")])],
  ["selections by paths", call(Type.list, READS, [0xfe, [0], 0], bin("list"))],
  ["their variables", [Code.loopVariable, Type.integer, 1]],
])("%s are unsupported (16), as the documents say", (_what, expression) => {
  expect(passes([Code.eq, expression, 1])).toBe(16);
});
