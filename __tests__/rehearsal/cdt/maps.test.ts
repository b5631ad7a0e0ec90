import { Double, type Value } from "../../../rehearsal/wire/msgpack";
import { change, map, read } from "./support";

const M = map(1, ["a", 17], ["b", 2], ["c", 9], ["d", 9]);
const INVERTED = 0x10000;
const [INDEX, REVERSE_INDEX, RANK, REVERSE_RANK, COUNT, KEY, VALUE, KEY_VALUE] = [1, 2, 3, 4, 5, 6, 7, 8];
const [INDEX_RANGE, RANK_RANGE, EXISTS, UNORDERED, ORDERED] = [9, 11, 13, 16, 17];

describe("changes of a map", () => {
  test.each<[string, Value | undefined, [number, ...Value[]], Value | undefined, Value | undefined]>([
    ["put makes a map", undefined, [67, "a", 1], map(0, ["a", 1]), 1],
    ["put makes an ordered map where it says so", undefined, [67, "a", 1, 3], map(3, ["a", 1]), 1],
    ["put keeps the order of the keys", map(0, ["b", 1]), [67, "a", 2], map(0, ["a", 2], ["b", 1]), 2],
    [
      "strings stand bytewise, not by length",
      map(1, ["b", 1]),
      [67, "aa", 2],
      map(1, ["aa", 2], ["b", 1]),
      2,
    ],
    ["put in place of another", map(1, ["a", 1]), [67, "a", 2], map(1, ["a", 2]), 1],
    ["put that may only create, not failing", map(0, ["a", 1]), [67, "a", 2, 0, 5], map(0, ["a", 1]), 1],
    ["put of several", undefined, [68, map(0, ["b", 1], ["a", 2])], map(0, ["a", 2], ["b", 1]), 2],
    [
      "put of several, those that are new alone",
      map(0, ["a", 1]),
      [68, map(0, ["a", 5], ["b", 5]), 0, 13],
      map(0, ["a", 1], ["b", 5]),
      2,
    ],
    [
      "put of several, none where one is there",
      map(0, ["a", 1]),
      [68, map(0, ["a", 5], ["b", 5]), 0, 5],
      map(0, ["a", 1]),
      1,
    ],
    ["replace", map(0, ["a", 1]), [69, "a", 2], map(0, ["a", 2]), 1],
    ["increment makes what is missing", undefined, [73, "a", 5], map(0, ["a", 5]), 5],
    ["increment", map(0, ["a", 1]), [73, "a", 5], map(0, ["a", 6]), 6],
    [
      "decrement of a double",
      map(0, ["a", new Double(1)]),
      [74, "a", 2],
      map(0, ["a", new Double(-1)]),
      new Double(-1),
    ],
    ["clear keeps the order", M, [75], map(1), undefined],
    ["set order", map(0, ["a", 1]), [64, 3], map(3, ["a", 1]), undefined],
    ["removes by key", M, [76, VALUE, "a"], map(1, ["b", 2], ["c", 9], ["d", 9]), 17],
    ["removes by key that is not there", map(0, ["a", 1]), [76, VALUE, "x"], map(0, ["a", 1]), undefined],
    ["removes by keys", M, [81, COUNT, ["a", "x", "d"]], map(1, ["b", 2], ["c", 9]), 2],
    ["removes all by value", M, [82, KEY, 9], map(1, ["a", 17], ["b", 2]), ["c", "d"]],
    [
      "removes all but a range of ranks",
      M,
      [87, KEY | INVERTED, 0, 2],
      map(1, ["b", 2], ["c", 9]),
      ["d", "a"],
    ],
    ["a remove from a map that is not there does nothing", undefined, [76, VALUE, "a"], undefined, undefined],
  ])("%s", (_, before, operation, after, answer) => {
    expect(change(before, ...operation)).toEqual([after, answer]);
  });

  test.each<[string, Value | undefined, [number, ...Value[]], number]>([
    ["add of a key that is there", map(0, ["a", 1]), [65, "a", 2], 24],
    ["replace of a key that is not there", map(0, ["a", 1]), [69, "b", 2], 23],
    ["replace of several where there is no map", undefined, [70, map(0, ["b", 2])], 23],
    ["a list as a key", undefined, [67, [1], 2], 4],
    ["several that are no map", undefined, [68, [1]], 4],
    ["a key twice", undefined, [68, map(0, ["a", 1], ["a", 2])], 4],
    ["increment of a string", map(0, ["a", "x"]), [73, "a", 1], 4],
    ["flags that are none", map(0), [64, 4], 26],
  ])("%s is refused", (_, before, operation, code) => {
    expect(() => change(before, ...operation)).toThrow(`refused with ${code}`);
  });
});

describe("reads of a map", () => {
  test.each<[string, [number, ...Value[]], Value | undefined]>([
    ["size", [96], 4],
    ["by key", [97, VALUE, "c"], 9],
    ["by key, as a pair", [97, KEY_VALUE, "c"], map(8, ["c", 9])],
    ["by key that is not there", [97, VALUE, "x"], undefined],
    ["by key that is not there, its index", [97, INDEX, "x"], -1],
    ["by key, its rank", [97, RANK, "a"], 3],
    ["by key, its rank from the end", [97, REVERSE_RANK, "a"], 0],
    ["by index", [98, KEY, -1], "d"],
    ["by value, the first", [99, KEY, 9], "c"],
    ["by rank", [100, KEY, 0], "b"],
    ["all by value", [102, KEY, 9], ["c", "d"]],
    ["by key interval", [103, KEY, "b", "d"], ["b", "c"]],
    ["by key interval to the end, inverted", [103, KEY | INVERTED, "c"], ["a", "b"]],
    ["by index range", [104, VALUE, 1, 2], [2, 9]],
    ["by index range, reversed indexes", [104, REVERSE_INDEX, 0, 2], [2, 3]],
    ["by index range, the range itself", [104, INDEX_RANGE, 1], [1, 3]],
    ["by interval", [105, KEY, 2, 17], ["b", "c", "d"]],
    ["by interval, ranks", [105, RANK_RANGE, 9], [1, 3]],
    ["by rank range, lowest first", [106, KEY, 0, 3], ["b", "c", "d"]],
    ["by rank range, highest last", [106, KEY, -2], ["d", "a"]],
    ["by rank range, as an ordered map", [106, ORDERED, -2], map(1, ["a", 17], ["d", 9])],
    ["by keys, in the order of the map", [107, VALUE, ["d", "a"]], [17, 9]],
    ["by keys, indexes in the order asked", [107, INDEX, ["d", "a"]], [3, 0]],
    ["by keys, as an unordered map", [107, UNORDERED, ["d"]], map(0, ["d", 9])],
    ["by values", [108, KEY, [17, 2]], ["a", "b"]],
    ["by values, ranks in the order asked", [108, RANK, [17, 2]], [3, 0]],
    ["by relative index", [109, KEY, "bb", 0, 1], ["c"]],
    ["by relative index, one below", [109, KEY, "bb", -1, 1], ["b"]],
    ["by relative rank", [110, KEY, 3, 0], ["c", "d", "a"]],
    ["existence", [107, EXISTS, ["x"]], false],
  ])("%s", (_, operation, answer) => {
    expect(read(M, ...operation)).toEqual(answer);
  });

  test.each<[string, [number, ...Value[]], number]>([
    ["one pair inverted", [97, VALUE | INVERTED, "a"], 26],
    ["a rank range by index", [104, RANK_RANGE, 0], 26],
    ["an index range by value", [105, INDEX_RANGE, 0], 26],
    ["ranks by keys", [107, RANK, ["a"]], 26],
    ["an index that is not there", [98, KEY, 4], 26],
    ["an operation of lists", [16], 12],
  ])("%s is refused", (_, operation, code) => {
    expect(() => read(M, ...operation)).toThrow(`refused with ${code}`);
  });
});
