import { type Increment, wrongCounts } from "./support/increments";

const one = (kind: Increment["kind"], start: number, value?: number): Increment => ({
  key: "c",
  kind,
  outcome: value === undefined ? "unknown" : "ok",
  value,
  start,
  end: start + 5,
});

describe("the history of a counter", () => {
  it.each([
    ["increments one after the other", [one("increment", 0, 1), one("increment", 10, 2), one("read", 20, 2)]],
    ["one in doubt that happened", [one("increment", 0, 1), one("increment", 10), one("increment", 20, 3)]],
    [
      "one in doubt that did not, or not yet",
      [one("increment", 0, 1), one("increment", 10), one("read", 20, 1)],
    ],
    [
      "increments at once, in either order",
      [one("increment", 0, 2), one("increment", 3, 1), one("read", 3, 2)],
    ],
  ])("is in order with %s", (_, history) => {
    expect(wrongCounts(history)).toEqual([]);
  });

  it.each([
    [
      "an acknowledged increment is gone",
      [one("increment", 0, 1), one("increment", 10, 2), one("read", 20, 1)],
    ],
    ["an increment was applied twice", [one("increment", 0, 1), one("increment", 10, 3)]],
    ["two increments gave one value", [one("increment", 0, 1), one("increment", 3, 1)]],
    ["a value went back", [one("increment", 0), one("read", 10, 1), one("read", 20, 0)]],
    ["a read saw an increment that nobody had begun", [one("read", 0, 1), one("increment", 10, 1)]],
  ])("is not in order where %s", (_, history) => {
    expect(wrongCounts(history)).not.toEqual([]);
  });
});
