import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stretch } from "../support";

const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A ledger whose last read shows what it is given; two acknowledged puts came before. */
function run(name: string, seen: string | null): string {
  const path = join(folder, name);
  mkdirSync(path);
  const lines = [
    { ledger: 1, place: "London", client: "London/1", workload: "register", seed: 1, wall: "", monotonic: 0 },
    { a: 0, t: 10, kind: "put", key: "register/1", value: "first" },
    { o: 0, t: 20, outcome: "ok", code: 0 },
    { a: 1, t: 30, kind: "put", key: "register/1", value: "second" },
    { o: 1, t: 40, outcome: "ok", code: 0 },
    { a: 2, t: 50, kind: "read", key: "register/1", mode: "linearized" },
    { o: 2, t: 60, outcome: "ok", code: 0, seen },
  ];
  writeFileSync(
    join(path, "ledger-London-1.jsonl"),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  );
  return path;
}

describe("stretch verify", () => {
  test("passes where every acknowledged write is there", async () => {
    const { code, out } = await stretch(["verify", run("right", "second")]);
    expect(out).toContain("pass: 3 operations on 1 keys; 0 acknowledged writes lost or overwritten");
    expect(code).toBe(0);
  });

  test("fails (1) where one is lost, and names the key", async () => {
    const { code, out } = await stretch(["verify", run("lost", "first")]);
    expect(out).toContain("fail: ");
    expect(out).toContain("lost: register/1: ");
    expect(code).toBe(1);
  });

  test("proves nothing (3) where nothing was written", async () => {
    const path = join(folder, "empty.jsonl");
    writeFileSync(path, '{"ledger":1,"place":"London","client":"London/1"}\n');
    const { code, out } = await stretch(["verify", path]);
    expect(out).toContain("No write was acknowledged.");
    expect(code).toBe(3);
  });

  test("prints the history in Jepsen's form", async () => {
    const { out } = await stretch(["verify", "--jepsen", run("jepsen", "second")]);
    const events = JSON.parse(out) as { type: string }[];
    expect(events.map(({ type }) => type)).toEqual(["invoke", "ok", "invoke", "ok", "invoke", "ok"]);
  });

  test.each([
    ["nowhere", "There is no nowhere: expected a run's folder or a ledger."],
    [folder, "holds no ledger: expected a run's folder."],
  ])("refuses %s", async (path, complaint) => {
    const { code, err } = await stretch(["verify", path]);
    expect(err).toContain(complaint);
    expect(code).toBe(2);
  });
});

describe("stretch compare", () => {
  const summary = (name: string, detected: number | null) => {
    const path = join(folder, name);
    mkdirSync(path);
    const figures = {
      firstFailure: null,
      detected,
      reformed: null,
      serving: null,
      migrated: null,
      full: null,
    };
    writeFileSync(
      join(path, "summary.json"),
      JSON.stringify({
        ...{ schema: 1, experiment: "even-split", verdict: "pass", seed: 1, seconds: 20.5, differences: [] },
        check: { rpo: { writes: 0 } },
        recovery: { "eu-west-2": { write: figures, read: figures } },
        objectives: [{ name: "after.lost", observed: "0", met: "met" }],
      }),
    );
    return path;
  };

  test("puts runs side by side, what no run has left out", async () => {
    const { code, out } = await stretch(["compare", summary("one", 1500), summary("two", 2600)]);
    expect(code).toBe(0);
    expect(out).toMatch(/eu-west-2 write detected, s\s*\|1\.5\s*\|2\.6/);
    expect(out).toMatch(/after\.lost\s*\|0 \(met\)\s*\|0 \(met\)/);
    expect(out).not.toContain("firstFailure");
  });

  test.each([
    [["one"], "expected two or more to compare"],
    [[join(folder, "right"), join(folder, "lost")], "is no run's folder: expected summary.json in it"],
  ])("refuses %j", async (runs, complaint) => {
    const { code, err } = await stretch(["compare", ...runs]);
    expect(err).toContain(complaint);
    expect(code).toBe(2);
  });
});
