import { Double, Ext, type Value } from "../../../rehearsal/wire/msgpack";
import { change, map, ordered, read } from "./support";

const L = [7, 6, 5, 8, 9, 10];
const INVERTED = 0x10000;
const [INDEX, REVERSE_INDEX, RANK, REVERSE_RANK, COUNT, VALUE] = [1, 2, 3, 4, 5, 7];
const [INDEX_RANGE, RANK_RANGE, REVERSE_RANK_RANGE, EXISTS] = [9, 11, 12, 13];

describe("changes of a list", () => {
  test.each<[string, Value | undefined, [number, ...Value[]], Value | undefined, Value | undefined]>([
    ["append makes a list", undefined, [1, 5], [5], 1],
    ["append makes an ordered list where it says so", undefined, [2, [3, 1, 2], 1], ordered(1, 2, 3), 3],
    ["append to an ordered list finds its place", ordered(1, 3), [1, 2], ordered(1, 2, 3), 3],
    ["append of a value that is there, unique and not failing", [1, 2], [1, 2, 0, 5], [1, 2], 2],
    ["append of several, those that are new alone", [1, 2], [2, [2, 3, 3], 0, 13], [1, 2, 3], 3],
    ["append of several, none where one is there", [1, 2], [2, [2, 3], 0, 5], [1, 2], 2],
    ["insert", [1, 3], [3, 1, 2], [1, 2, 3], 3],
    ["insert from the end", [1, 3], [3, -1, 2], [1, 2, 3], 3],
    ["insert beyond the end, behind nils", [1], [3, 3, 2], [1, null, null, 2], 4],
    ["insert beyond the end, bounded and not failing", [1], [3, 3, 2, 6], [1], 1],
    ["insert of several", [1, 4], [4, 1, [2, 3]], [1, 2, 3, 4], 4],
    ["pop", L, [5, 1], [7, 5, 8, 9, 10], 6],
    ["pop of a range", L, [6, 1, 2], [7, 8, 9, 10], [6, 5]],
    ["pop to the end", L, [6, -2], [7, 6, 5, 8], [9, 10]],
    ["remove", L, [7, 0], [6, 5, 8, 9, 10], 1],
    ["remove of a range", L, [8, 1, 2], [7, 8, 9, 10], 2],
    ["set", [1, 2], [9, 1, 5], [1, 5], undefined],
    ["set behind the end", [1, 2], [9, 3, 5], [1, 2, null, 5], undefined],
    ["trim", L, [10, 1, 3], [6, 5, 8], 3],
    ["clear keeps the order", ordered(1, 2), [11], ordered(), undefined],
    ["increment", [1, 2], [12, 0, 5], [6, 2], 6],
    ["increment by one", [1, 2], [12, -1], [1, 3], 3],
    [
      "increment of a double keeps its type",
      [new Double(1.5)],
      [12, 0, 1],
      [new Double(2.5)],
      new Double(2.5),
    ],
    ["increment of an ordered list's element moves it", ordered(1, 5), [12, 0, 9], ordered(5, 10), 10],
    ["sort, highest first", L, [13, 1], [10, 9, 8, 7, 6, 5], undefined],
    ["sort without duplicates", [2, 1, 2], [13, 2], [1, 2], undefined],
    ["set order", [3, 1], [0, 1], ordered(1, 3), undefined],
    ["removes by value", [1, 2, 1], [35, COUNT, 1], [2], 2],
    ["removes all but a value", [1, 2, 1], [35, COUNT | INVERTED, 1], [1, 1], 1],
    ["removes by values", L, [36, VALUE, [5, 10]], [7, 6, 8, 9], [5, 10]],
    ["a remove from a list that is not there does nothing", undefined, [35, COUNT, 1], undefined, undefined],
    ["clear of a list that is not there does nothing", undefined, [11], undefined, undefined],
    [
      "maps in what is stored stand in the order of their keys",
      [],
      [1, map(0, [2, 0], [1, 0])],
      [map(0, [1, 0], [2, 0])],
      1,
    ],
  ])("%s", (_, before, operation, after, answer) => {
    expect(change(before, ...operation)).toEqual([after, answer]);
  });

  test.each<[string, Value | undefined, [number, ...Value[]], number]>([
    ["append of a value that is there, unique", [1, 2], [1, 2, 0, 1], 24],
    ["append of one value twice, unique", [1], [2, [3, 3], 0, 1], 26],
    ["insert into an ordered list", ordered(1), [3, 0, 0], 26],
    ["set in an ordered list", ordered(1), [9, 0, 0], 26],
    ["insert before the first", [1], [3, -2, 0], 26],
    ["insert so far beyond the end that no record holds it", [1], [3, 2 ** 31 - 1, 0], 13],
    ["insert beyond the end, bounded", [1], [3, 3, 0, 2], 26],
    ["pop where nothing is", [1], [5, 1], 26],
    ["append of several that are no list", [1], [2, 5], 4],
    ["increment of a string", ["a"], [12, 0, 1], 4],
    ["sort of a list that is not there", undefined, [13], 12],
    ["a parameter too few", [1], [3, 0], 4],
    ["a parameter too many", [1], [11 + 2, 0, 0, 0], 4],
    ["a wildcard in what is stored", [1], [1, new Ext(0xff, Buffer.of(0))], 4],
    ["an operation of maps", [1], [75], 12],
    ["an unknown operation", [1], [50], 4],
    ["a read sent as a change", [1], [16], 4],
    ["path expressions", [1], [0xfe, [], 0], 16],
    ["flags that are none", [1], [0, 2], 26],
  ])("%s is refused", (_, before, operation, code) => {
    expect(() => change(before, ...operation)).toThrow(`refused with ${code}`);
  });
});

describe("reads of a list", () => {
  test.each<[string, Value, [number, ...Value[]], Value | undefined]>([
    ["size", L, [16], 6],
    ["get", L, [17, -1], 10],
    ["get of a range", L, [18, 4], [9, 10]],
    ["by index", L, [19, VALUE, 2], 5],
    ["by index, its rank", L, [19, RANK, 0], 2],
    ["by index, its rank from the end", L, [19, REVERSE_RANK, 0], 3],
    ["by value, its index", L, [20, INDEX, 5], 2],
    ["by value that is not there", L, [20, INDEX, 50], -1],
    ["by rank", L, [21, VALUE, 0], 5],
    ["by rank from the end", L, [21, VALUE, -1], 10],
    ["all by value", [1, 2, 1], [22, INDEX, 1], [0, 2]],
    ["all by value, reversed indexes", [1, 2, 1], [22, REVERSE_INDEX, 1], [2, 0]],
    ["by values, ranks in the order asked", L, [23, RANK, [10, 5]], [5, 0]],
    ["by values, none named", L, [23, VALUE, []], []],
    ["by values, none named, inverted", [1, 2], [23, VALUE | INVERTED, []], [1, 2]],
    ["by index range", L, [24, VALUE, 1, 2], [6, 5]],
    ["by index range, inverted", L, [24, VALUE | INVERTED, 1, 2], [7, 8, 9, 10]],
    ["by index range, the range itself", L, [24, INDEX_RANGE, 1, 2], [1, 2]],
    ["by index range before the first", L, [24, VALUE, -8, 4], [7, 6]],
    ["by index range beyond the end", L, [24, VALUE, 8, 4], []],
    ["by interval", L, [25, VALUE, 6, 9], [7, 6, 8]],
    ["by interval to the end", L, [25, COUNT, 8], 3],
    ["by interval, inverted", L, [25, VALUE | INVERTED, 6, 9], [5, 9, 10]],
    ["by interval, ranks", L, [25, RANK_RANGE, 6, 9], [1, 3]],
    ["by interval, ranks from the end", L, [25, REVERSE_RANK_RANGE, 6, 9], [2, 3]],
    ["by interval of an ordered list, indexes", ordered(1, 3, 5, 7), [25, INDEX, 3, 7], [1, 2]],
    ["by rank range from the end", L, [26, VALUE, -3], [8, 9, 10]],
    ["by rank range, inverted", L, [26, VALUE | INVERTED, 0, 2], [7, 8, 9, 10]],
    ["by relative rank", [1, 3, 5, 7], [27, VALUE, 4, 0, 1], [5]],
    ["by relative rank, one below", [1, 3, 5, 7], [27, COUNT, 4, -1], 3],
    ["by relative rank, a part below the first", [1, 3, 5, 7], [27, COUNT, 1, -2, 3], 1],
    ["existence", L, [22, EXISTS, 5], true],
    ["an element of a bin's list that is a list", [[1, 2]], [17, 0], [1, 2]],
  ])("%s", (_, list, operation, answer) => {
    expect(read(list, ...operation)).toEqual(answer);
  });

  test.each<[string, Value, [number, ...Value[]], number]>([
    ["one element inverted", L, [19, VALUE | INVERTED, 0], 26],
    ["an index that is not there", L, [19, VALUE, 6], 26],
    ["keys", L, [24, 6, 0, 1], 26],
    ["an index range by value", L, [25, INDEX_RANGE, 0, 9], 26],
    ["an inverted range", L, [24, INDEX_RANGE | INVERTED, 0, 2], 26],
    ["a list of a map", map(0, [1, 2]), [16], 12],
    ["a change sent as a read", L, [1, 5], 4],
  ])("%s is refused", (_, list, operation, code) => {
    expect(() => read(list, ...operation)).toThrow(`refused with ${code}`);
  });
});
