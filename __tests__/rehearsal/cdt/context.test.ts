import { operateValue } from "../../../rehearsal/cdt/operate";
import type { Value } from "../../../rehearsal/wire/msgpack";
import { change, map, ordered, read } from "./support";

const NESTED = 0xff;
/** Steps: lists by index, rank, value; maps by index, rank, key, value. */
const LIST = { index: 0x10, rank: 0x11, value: 0x13 } as const;
const MAP = { index: 0x20, rank: 0x21, key: 0x22, value: 0x23 } as const;
const CREATE = { unordered: 0x40, unbound: 0x80, orderedMap: 0x80, orderedList: 0xc0 } as const;

const DEEP: Value = map(0, ["l", [[3, 1], [5], 7]], ["m", map(1, ["x", 1], ["y", map(0, ["z", 2])])]);

test.each<[string, Value[], [number, ...Value[]], Value | undefined]>([
  ["a list in a map", [MAP.key, "l"], [16], 3],
  ["a list in a list in a map", [MAP.key, "l", LIST.index, 0], [17, 1], 1],
  ["from the end", [MAP.key, "l", LIST.index, -2], [16], 1],
  ["by rank", [MAP.key, "l", LIST.rank, 1], [17, 0], 3],
  ["by value", [MAP.key, "l", LIST.value, [5]], [16], 1],
  ["maps by index", [MAP.index, 1], [96], 2],
  ["maps by rank", [MAP.index, 1, MAP.rank, -1], [97, 7, "z"], 2],
  ["maps by value", [MAP.index, 1, MAP.value, map(0, ["z", 2])], [96], 1],
  ["without saying whether it is a list or a map", [2, "l", 0, 0], [16], 2],
])("reads %s", (_, steps, operation, answer) => {
  expect(read(DEEP, NESTED, steps, [...operation])).toEqual(answer);
});

test.each<[string, Value | undefined, Value[], [number, ...Value[]], Value | undefined]>([
  ["what is there", map(0, ["l", [1]]), [MAP.key, "l"], [1, 2], map(0, ["l", [1, 2]])],
  [
    "a key that is missing",
    map(0, ["a", 0]),
    [MAP.key | CREATE.unordered, "l"],
    [1, 2],
    map(0, ["a", 0], ["l", [2]]),
  ],
  ["a bin that is missing", undefined, [MAP.key | CREATE.orderedMap, "l"], [1, 2], map(1, ["l", [2]])],
  [
    "several steps",
    undefined,
    [MAP.key | CREATE.unordered, "a", LIST.index | CREATE.orderedList, 0],
    [67, "k", 1],
    map(0, ["a", ordered(map(0, ["k", 1]))]),
  ],
  ["a list behind nils", [0], [LIST.index | CREATE.unbound, 3], [1, 5], [0, null, null, [5]]],
  ["the element behind the last", [0], [LIST.index | CREATE.unordered, 1], [1, 5], [0, [5]]],
  [
    "an ordered list's element, which moves",
    ordered([1], [2]),
    [LIST.index, 0],
    [1, 9],
    ordered([1, 9], [2]),
  ],
  ["an ordered list's element to the end", ordered([1], [2]), [LIST.index, 0], [9, 0, 5], ordered([2], [5])],
])("changes %s", (_, before, steps, operation, after) => {
  expect(change(before, NESTED, steps, [...operation])[0]).toEqual(after);
});

test("a remove of what is missing makes nothing", () => {
  const steps = [MAP.key | CREATE.unordered, "l"];
  expect(operateValue(map(0, ["a", 0]), [NESTED, steps, [7, 0]], true)).toEqual({ result: 0 });
});

test.each<[string, Value | undefined, Value[], boolean, number]>([
  ["a key that is missing", map(0), [MAP.key, "x"], true, 26],
  ["a key that is missing, in a read", map(0), [MAP.key | CREATE.unordered, "x"], false, 26],
  ["a bin that is missing", undefined, [MAP.key, "x"], true, 26],
  ["a key in a list", [[1]], [MAP.key, 0], false, 26],
  ["a step into a number", [1], [LIST.index, 0, LIST.index, 0], false, 26],
  ["an index that is far behind the last", [0], [LIST.index | CREATE.unordered, 3], true, 26],
  ["an index that no record holds", [0], [LIST.index | CREATE.unbound, 2 ** 31], true, 13],
  ["a step that is none", [[1]], [4, 0], false, 26],
  ["no step", [[1]], [], false, 4],
  ["half a step", [[1]], [LIST.index], false, 4],
  ["a map where a list is asked for", [map(0)], [LIST.index, 0], false, 12],
  [
    "a kept index below the top",
    undefined,
    [MAP.key | CREATE.unordered, "a", MAP.key | 0x140, "b"],
    true,
    26,
  ],
])("%s is refused", (_, value, steps, modify, code) => {
  const operation: Value[] = modify ? [1, 5] : [16];
  expect(operateValue(value, [NESTED, steps, operation], modify)).toEqual({ result: code });
});
