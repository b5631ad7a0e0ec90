import { jepsenHistory } from "../../../lab/check/jepsen-history";
import { Random } from "../../../rehearsal/cluster/random";
import { validHistory } from "./support/valid-histories";

describe("a Jepsen-style history", () => {
  it("has an event for the beginning and one for the end of each operation, in nanoseconds", () => {
    const client = "London/1";
    const events = jepsenHistory([
      { client, key: "k", kind: "put", value: "a", replaced: null, outcome: "ok", code: 0, start: 1, end: 3 },
      {
        client,
        key: "k",
        kind: "put",
        value: "b",
        replaced: "a",
        outcome: "unknown",
        code: 9,
        start: 4,
        end: 9,
      },
      { client, key: "k", kind: "read", mode: "linearized", outcome: "ok", seen: "a", start: 10, end: 12 },
      { client, key: "k", kind: "put", value: "c", outcome: "refused", code: 22, start: 13, end: 14 },
      { client, key: "l", kind: "append", value: "e", outcome: "unknown", start: 15 },
    ]);
    expect(
      events.map(({ type, process, f, value, time, error }) => [type, process, f, value, time, error]),
    ).toEqual([
      ["invoke", 0, "cas", ["k", [null, "a"]], 1000, undefined],
      ["ok", 0, "cas", ["k", [null, "a"]], 3000, undefined],
      ["invoke", 0, "cas", ["k", ["a", "b"]], 4000, undefined],
      ["info", 0, "cas", ["k", ["a", "b"]], 9000, 9],
      ["invoke", 1, "read", ["k", null], 10000, undefined],
      ["ok", 1, "read", ["k", "a"], 12000, undefined],
      ["invoke", 1, "write", ["k", "c"], 13000, undefined],
      ["fail", 1, "write", ["k", "c"], 14000, 22],
      ["invoke", 1, "append", ["l", "e"], 15000, undefined],
    ]);
  });

  it("gives each process one operation at a time, and none after one in doubt", () => {
    const open = new Set<number>();
    const ended = new Set<number>();
    const events = jepsenHistory(validHistory(new Random(7)));
    events.forEach(({ index, type, process }, i) => {
      expect(index).toBe(i);
      if (type === "invoke") {
        expect(open.has(process) || ended.has(process)).toBe(false);
        open.add(process);
      } else {
        expect(open.delete(process)).toBe(true);
        if (type === "info") ended.add(process);
      }
    });
    expect(ended.size).toBeGreaterThan(0);
  });
});
