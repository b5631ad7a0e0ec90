import { check, type CheckOptions } from "../../../lab/check/check";
import type { FindingClass, KeyClass } from "../../../lab/check/finding";
import type { HistoryOperation } from "../../../lab/history";

type Part = Partial<HistoryOperation>;

/** Operations of one key; each begins after the one before it has ended unless it says otherwise. */
function historyOf(key: string, ...parts: readonly Part[]): HistoryOperation[] {
  return parts.map((part, i) => ({
    client: "London/1",
    key,
    kind: "read",
    outcome: "ok",
    start: 10 * i,
    end: 10 * i + 5,
    ...part,
  }));
}

const put = (value: string, rest: Part = {}): Part => ({ kind: "put", value, ...rest });
const swap = (replaced: string | null, value: string, rest: Part = {}): Part =>
  put(value, { replaced, ...rest });
const append = (value: string, rest: Part = {}): Part => ({ kind: "append", value, ...rest });
const remove: Part = { kind: "delete" };
const read = (seen: HistoryOperation["seen"], rest: Part = {}): Part => ({
  mode: "linearized",
  seen,
  ...rest,
});
const session = (seen: HistoryOperation["seen"], rest: Part = {}): Part =>
  read(seen, { mode: "session", ...rest });
const unknown: Part = { outcome: "unknown", code: 9 };
const refused: Part = { outcome: "refused", code: 11 };
const notSent: Part = { outcome: "not-sent", code: -8 };

/** Histories that no sound cluster gives: class, what happened, operations, which of them prove it, which writes are gone. */
const PLANTED: readonly (readonly [FindingClass, string, readonly Part[], number[], number])[] = [
  ["resurrected", "a deleted record is back", [put("a"), remove, read(null), read("a")], [0, 1, 3], 1],
  [
    "resurrected",
    "the value before a delete stands, with a later put gone as well",
    [put("a"), read("a"), remove, put("b"), read("a")],
    [0, 2, 4],
    2,
  ],
  ["lost", "an acknowledged put is gone", [put("a"), read(null)], [0, 1], 1],
  [
    "lost",
    "two acknowledged puts are gone, an older value stands",
    [put("a"), put("b"), put("c"), read("a")],
    [0, 2, 3],
    2,
  ],
  ["lost", "a put after a delete is gone", [put("a"), remove, put("b"), read(null)], [2, 3], 1],
  [
    "lost",
    "it was acknowledged to another client, and read",
    [put("a"), put("b", { client: "Paris/1" }), read("b"), read("a")],
    [0, 1, 3],
    1,
  ],
  ["lost", "an acknowledged element is gone", [append("a"), append("b"), read(["b"])], [0, 2], 1],
  [
    "overwritten",
    "two conditional puts replaced one value",
    [put("a"), swap("a", "b"), swap("a", "c"), read("c")],
    [0, 1, 2, 3],
    1,
  ],
  [
    "overwritten",
    "all that followed on the losing side is gone",
    [put("a"), swap("a", "b"), swap("b", "c"), swap("a", "d"), read("d")],
    [0, 1, 3, 4],
    2,
  ],
  ["overwritten", "a record was created twice", [swap(null, "a"), swap(null, "b"), read("b")], [0, 1, 2], 1],
  [
    "overwritten",
    "a conditional put passed over an unconditional one",
    [put("a"), put("b"), swap("a", "c"), read("c")],
    [0, 1, 2, 3],
    1,
  ],
  ["duplicate", "an element was applied twice", [append("a"), append("b"), read(["a", "b", "a"])], [0, 2], 0],
  ["dirty", "a refused put is seen", [put("a"), put("b", refused), read("b"), read("a")], [1, 2], 0],
  ["dirty", "a put that was not sent is seen", [put("a", notSent), read("a")], [0, 1], 0],
  ["dirty", "a value that nobody wrote is seen", [put("a"), read("z")], [1], 0],
  ["dirty", "a value is seen before it was written", [read("a"), put("a"), read("a")], [0, 1], 0],
  [
    "dirty",
    "a put in doubt is seen, and later gone",
    [put("a"), put("b", unknown), read("b"), read("a")],
    [0, 1, 2, 3],
    0,
  ],
  [
    "dirty",
    "a session read shows a put in doubt that is later gone",
    [put("a"), put("b", unknown), session("b"), read("a")],
    [0, 1, 2, 3],
    0,
  ],
  [
    "dirty",
    "a conditional put replaced a refused value",
    [put("a", refused), swap("a", "b"), read("b")],
    [0, 1],
    0,
  ],
  ["dirty", "a refused element is seen", [append("a", refused), read(["a"])], [0, 1], 0],
  [
    "dirty",
    "an element in doubt is seen, and later gone",
    [append("a", unknown), read(["a"]), read([])],
    [0, 1, 2],
    0,
  ],
  [
    "dirty",
    "a list changed its order",
    [append("a"), append("b", { start: 1, end: 6 }), read(["a", "b"]), read(["b", "a"])],
    [0, 1, 2, 3],
    0,
  ],
  [
    "stale",
    "a linearized read shows the value before an acknowledged one",
    [put("a"), put("b"), read("a"), read("b")],
    [0, 1, 2, 3],
    0,
  ],
  [
    "stale",
    "two readers disagree on the order of two puts",
    [put("a"), put("b", { start: 0, end: 5 }), read("a"), read("b"), read("a"), put("c"), read("c")],
    [0, 1, 3, 4],
    0,
  ],
  ["stale", "a linearized read misses a record", [put("a"), read(null), read("a")], [0, 1, 2], 0],
  [
    "stale",
    "the session reads of one client go back",
    [put("a"), put("b"), session("b"), session("a"), read("b")],
    [0, 2, 3],
    0,
  ],
  [
    "stale",
    "a linearized read misses an element",
    [append("a"), append("b"), read(["a"]), read(["a", "b"])],
    [1, 2],
    0,
  ],
  [
    "stale",
    "an element stands before one that was there before it",
    [append("a"), append("b"), read(["b", "a"])],
    [0, 1, 2],
    0,
  ],
  [
    "stale",
    "the session reads of one client show fewer elements than before",
    [append("a"), append("b"), session(["a", "b"]), session(["a"]), read(["a", "b"])],
    [2, 3],
    0,
  ],
];

/** Histories in which nothing is wrong. */
const SOUND: readonly (readonly [KeyClass, string, readonly Part[]])[] = [
  ["stable", "what was acknowledged is there", [put("a"), swap("a", "b"), read("b")]],
  ["stable", "what was deleted is not", [put("a"), remove, read(null)]],
  [
    "stable",
    "of two puts at once either may be the last",
    [put("a", { end: 30 }), put("b"), put("c"), read("a", { start: 31, end: 40 })],
  ],
  ["stable", "a refused put has left nothing", [put("a"), put("b", refused), put("c", notSent), read("a")]],
  [
    "stable",
    "a session read is late, and another client has seen more",
    [put("a"), put("b"), session("b", { client: "Paris/1" }), session("a"), read("b")],
  ],
  [
    "stable",
    "a read during a put shows either",
    [put("a"), put("b", { end: 40 }), read("b"), read("b"), read("b", { start: 50, end: 60 })],
  ],
  ["stable", "a list has its elements", [append("a"), append("b"), read(["a", "b"])]],
  ["in-doubt-applied", "a put in doubt is there", [put("a"), put("b", unknown), read("b")]],
  [
    "in-doubt-applied",
    "a put in doubt takes effect late",
    [put("a"), put("b", unknown), read("a"), read("b")],
  ],
  [
    "in-doubt-applied",
    "a put in doubt was replaced",
    [put("a"), put("b", unknown), swap("b", "c"), read("c")],
  ],
  [
    "in-doubt-applied",
    "a delete in doubt has deleted",
    [put("a"), { kind: "delete", ...unknown }, read(null)],
  ],
  [
    "in-doubt-applied",
    "an append whose loader died is there",
    [append("a", { ...unknown, end: undefined }), read(["a"])],
  ],
  ["in-doubt-not-applied", "a put in doubt is not there: no loss", [put("a"), put("b", unknown), read("a")]],
  [
    "in-doubt-not-applied",
    "an append in doubt is not there: no loss",
    [append("a"), append("b", unknown), read(["a"])],
  ],
  ["never-read", "nobody read it back", [put("a"), read("a"), put("b")]],
  ["never-read", "it was read back by a session only", [put("a"), session("a")]],
];

/** A key beside in which all is well, so that what is wrong is told apart. */
const well = historyOf("well", put("w1"), read("w1"));

describe("the checker", () => {
  it.each(PLANTED)("finds %s: %s", (type, _, parts, proof, gone) => {
    const own = historyOf("planted", ...parts);
    const result = check([...well, ...own]);
    expect(result.verdict).toBe("fail");
    expect(result.reasons[0]).toBe(`1 key is ${type}: planted.`);
    expect(result.keys).toMatchObject({ [type]: 1, stable: 1 });
    const [{ key, class: found, from, to, proof: shown, why }] = result.findings;
    expect({ key, found }).toEqual({ key: "planted", found: type });
    expect(shown.map((one) => own.indexOf(one))).toEqual(proof);
    expect([from, to]).toEqual([
      Math.min(...shown.map(({ start }) => start)),
      Math.max(...shown.map(({ start, end }) => end ?? start)),
    ]);
    expect(why).toMatch(/\.$/);
    expect(result.rpo.writes).toBe(gone);
    expect(result.rpo.keys).toBe(gone > 0 ? 1 : 0);
  });

  it.each(SOUND)("calls a key %s where %s", (type, _, parts) => {
    const { keys, findings } = check([...well, ...historyOf("sound", ...parts)]);
    expect(findings).toEqual([]);
    expect(keys[type]).toBe(type === "stable" ? 2 : 1);
  });

  it("gives a key the first class that holds", () => {
    const parts = [append("a"), append("b"), append("c", refused), read(["b", "b", "c"])];
    expect(check(historyOf("k", ...parts)).findings.map((one) => one.class)).toEqual(["lost"]);
    expect(
      check(historyOf("k", append("a"), append("b", refused), read(["a", "a", "b"]))).keys.duplicate,
    ).toBe(1);
  });

  it("tells the time from the first to the last write that is gone", () => {
    const history = [
      ...historyOf("k", put("a"), put("b"), put("c"), read("a")),
      ...historyOf("l", swap(null, "d"), swap(null, "e"), read("e")),
    ];
    expect(check(history).rpo).toEqual({ writes: 3, keys: 2, from: 0, to: 25 });
  });

  it("says where nothing is proven: no acknowledged write at all", () => {
    const { verdict, reasons } = check(historyOf("k", put("a", refused), read(null)));
    expect({ verdict, reasons }).toEqual({ verdict: "unproven", reasons: ["No write was acknowledged."] });
  });

  it("says where nothing is proven: a side that serves and acknowledged nothing in its time", () => {
    const history = [...well, ...historyOf("k", put("a", { client: "Paris/1" }), read("a"))];
    const serving = (name: string, from: number): CheckOptions => ({
      serving: [{ name, places: [name], from, to: 100 }],
    });
    expect(check(history, serving("Paris", 0)).verdict).toBe("pass");
    expect(check(history, serving("Paris", 1)).reasons).toEqual([
      "Paris serves, and no write of its clients was acknowledged.",
    ]);
  });

  it("says where nothing is proven: too few keys read back", () => {
    const history = [...well, ...historyOf("k", put("a"))];
    expect(check(history)).toMatchObject({
      verdict: "unproven",
      reasons: ["1 of 2 keys with acknowledged writes were read back; 2 must be."],
    });
    expect(check(history, { readBack: 0.5 }).verdict).toBe("pass");
  });

  it("shows lost updates of an availability-mode namespace, and fails only where an objective says so", () => {
    const history = historyOf("k", put("a"), swap("a", "b"), swap("a", "c"), read("c"));
    const shown = check(history, { failOn: [] });
    expect(shown).toMatchObject({ verdict: "pass", keys: { overwritten: 1 }, rpo: { writes: 1, keys: 1 } });
    expect(shown.findings).toHaveLength(1);
    expect(check(history, { failOn: ["lost"] }).verdict).toBe("pass");
    expect(check(history, { failOn: ["lost", "overwritten"] }).verdict).toBe("fail");
  });

  it("refuses a history whose values are not told apart", () => {
    expect(() => check(historyOf("k", put("a"), put("a")))).toThrow('Key "k": the value "a" is put twice');
    expect(() => check(historyOf("k", append("a"), append("a")))).toThrow(
      'the element "a" is appended twice',
    );
    expect(() => check(historyOf("k", put("a"), append("b")))).toThrow(
      'Key "k" is a list, and has a put of a value',
    );
  });
});
