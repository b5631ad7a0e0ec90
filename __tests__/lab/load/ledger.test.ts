import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ledger, readLedger } from "../../../lab/load/ledger";
import type { HistoryOperation } from "../../../lab/history";
import { breakerSpans, outcomeOf } from "../../../lab/load/outcome";

const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = { place: "London", client: "London/1", workload: "register", seed: 7 };

describe("a ledger", () => {
  test("has each attempt on disk before its operation may be sent", async () => {
    const path = join(folder, "before.jsonl");
    const ledger = new Ledger(path, HEADER);
    const first = ledger.attempt({ kind: "put", key: "register/1", value: "a" });
    const second = ledger.attempt({ kind: "read", key: "register/1", mode: "linearized" });
    expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(1);
    await first;
    expect(readLedger(path).operations.map(({ kind, outcome, end }) => [kind, outcome, end])).toEqual([
      ["put", "unknown", undefined],
      ["read", "unknown", undefined],
    ]);
    ledger.answered(await first, { outcome: "ok", code: 0 });
    ledger.answered(await second, { outcome: "ok", code: 0, seen: "a" });
    ledger.close();
    const { header, operations, torn } = readLedger(path);
    expect(header).toMatchObject({ ledger: 1, ...HEADER });
    expect(torn).toBe(false);
    expect(operations).toMatchObject([
      { client: "London/1", kind: "put", key: "register/1", value: "a", outcome: "ok", code: 0 },
      { client: "London/1", kind: "read", mode: "linearized", outcome: "ok", seen: "a" },
    ]);
    for (const { start, end } of operations) expect(end!).toBeGreaterThanOrEqual(start);
  });

  test("writes the outcomes that no attempt follows within a moment", async () => {
    const path = join(folder, "outcomes.jsonl");
    const ledger = new Ledger(path, HEADER);
    ledger.answered(await ledger.attempt({ kind: "append", key: "append/1", value: "x" }), {
      outcome: "refused",
      code: 11,
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(readLedger(path).operations).toMatchObject([{ outcome: "refused", code: 11 }]);
    ledger.close();
  });

  test("is read up to a torn last line, which was never sent", async () => {
    const path = join(folder, "torn.jsonl");
    const ledger = new Ledger(path, HEADER);
    await ledger.attempt({ kind: "put", key: "register/1", value: "a" });
    ledger.close();
    appendFileSync(path, '{"a":1,"t":12,"kind":"pu');
    expect(readLedger(path)).toMatchObject({ torn: true, operations: [{ value: "a" }] });
  });

  test("fails to be begun twice, and to be read where it is none or damaged in the middle", () => {
    const path = join(folder, "none.jsonl");
    writeFileSync(path, '{"a":1}\n');
    expect(() => new Ledger(path, HEADER)).toThrow("EEXIST");
    expect(() => readLedger(path)).toThrow("none.jsonl:1: this is no line of a ledger");
    writeFileSync(path, '{"ledger":1}\nnonsense\n{}\n');
    expect(() => readLedger(path)).toThrow('none.jsonl:2: this is no line of a ledger: got "nonsense"');
  });
});

test.each<[{ code: number; inDoubt?: boolean }, string]>([
  [{ code: 9, inDoubt: true }, "unknown"],
  [{ code: -1, inDoubt: true }, "unknown"],
  [{ code: 11, inDoubt: false }, "refused"],
  [{ code: 22 }, "refused"],
  [{ code: 9, inDoubt: false }, "refused"],
  [{ code: -8, inDoubt: false }, "not-sent"],
  [{ code: -14 }, "not-sent"],
  [{ code: -7 }, "not-sent"],
  [{ code: -6 }, "not-sent"],
  [{ code: -2 }, "not-sent"],
])("an error %j of the client is %s", (error, outcome) => {
  expect(outcomeOf(error)).toBe(outcome);
});

test("times in which the client's own breaker refused are told, what lies within a second as one", () => {
  const refused = (start: number, code: number): HistoryOperation => ({
    client: "London/1",
    kind: "read",
    key: "register/1",
    outcome: "not-sent",
    code,
    start,
    end: start + 10,
  });
  const history = [refused(5_000_000, -14), refused(100, -14), refused(900_000, -14), refused(3_000_000, -8)];
  expect(breakerSpans(history)).toEqual([
    { from: 100, to: 900_010, operations: 2 },
    { from: 5_000_000, to: 5_000_010, operations: 1 },
  ]);
  expect(breakerSpans([refused(1, 11)])).toEqual([]);
});
