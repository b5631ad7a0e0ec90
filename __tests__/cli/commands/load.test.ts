import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLedger } from "../../../lab/load/ledger";
import { Rehearsal } from "../../../rehearsal";
import { EVEN, LONDON } from "../../rehearsal/support/clusters";
import { describeWith } from "../../support/requirements";
import { stretch } from "../support";

const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = ["--hosts", "127.0.0.1:3000", "--namespace", "mydata"];

describeWith(["client for Node.js"], "stretch load", () => {
  let cluster: Rehearsal;
  beforeAll(async () => {
    cluster = await Rehearsal.start({ topology: EVEN });
    await cluster.until(({ settled }) => settled);
  });
  afterAll(() => cluster.stop());
  const there = () => ["--hosts", cluster.seeds[LONDON], "--namespace", "mydata"];

  test("puts the keys that it is given, and prints seed, ledger and counts", async () => {
    const ledger = join(folder, "keys.jsonl");
    const { code, out } = await stretch([
      ...["load", ...there(), "--keys", "0-2,7", "--seed", "7", "--place", "London", "--ledger", ledger],
    ]);
    expect(code).toBe(0);
    expect(out).toContain(`Seed 7. Ledger: ${ledger}`);
    expect(out).toMatch(/4 ok, 0 not sent, 0 refused, 0 unknown; last second p50 /);
    const { header, operations } = readLedger(ledger);
    expect(header).toMatchObject({ place: "London", client: "London/1", workload: "article", seed: 7 });
    expect(operations.map(({ key, outcome }) => [key, outcome])).toEqual(
      ["dummy/0", "dummy/1", "dummy/2", "dummy/7"].map((key) => [key, "ok"]),
    );
  });

  test("repeats what is random with the same seed", async () => {
    const values = [];
    for (const name of ["once", "again"]) {
      const ledger = join(folder, `${name}.jsonl`);
      await stretch([
        "load",
        ...there(),
        "--count",
        "20",
        "--seed",
        "11",
        "--in-flight",
        "1",
        "--ledger",
        ledger,
      ]);
      values.push(readLedger(ledger).operations.map(({ key, value }) => `${key} ${value}`));
    }
    expect(values[0]).toHaveLength(20);
    expect(values[1]).toEqual(values[0]);
  });

  test("keeps the article's pace: one at a time", async () => {
    const ledger = join(folder, "pace.jsonl");
    await stretch(["load", ...there(), "--pace", "article", "--count", "3", "--ledger", ledger]);
    const { operations } = readLedger(ledger);
    expect(operations).toHaveLength(3);
    for (const [i, { start }] of operations.slice(1).entries()) {
      expect(start).toBeGreaterThan(operations[i].end!);
      expect(start - operations[i].start).toBeGreaterThan(90_000);
    }
  });

  test("ends on Ctrl-C with every operation answered, exit code 0", async () => {
    const ledger = join(folder, "interrupted.jsonl");
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "cli/cli.ts", "load", ...there(), "--workload", "append", "--ledger", ledger],
      { cwd: join(__dirname, "..", "..", ".."), stdio: ["ignore", "pipe", "inherit"] },
    );
    let told = false;
    child.stdout.on("data", (text: Buffer) => {
      if (!told && /[1-9]\d* ok/.test(text.toString())) told = child.kill("SIGINT");
    });
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
    const { operations } = readLedger(ledger);
    expect(operations.length).toBeGreaterThan(0);
    for (const { end } of operations) expect(end).toBeDefined();
  });

  test("fails where the server has no such namespace, exit code 1", async () => {
    const { code, err } = await stretch([
      ...["load", "--hosts", cluster.seeds[LONDON], "--namespace", "elsewhere"],
      ...["--ledger", join(folder, "elsewhere.jsonl")],
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/^stretch: The loader ended: Node A\d+ answers .* for namespace "elsewhere"/);
  });
});

test.each([
  [["load"], "--hosts <HOST:PORT,...>' not specified"],
  [["load", "--hosts", "127.0.0.1:3000"], "--namespace <NAME>' not specified"],
  [["load", ...at, "--hosts", "nobody:99999"], 'such as 10.0.0.1:3000,10.0.0.2:3000, got "nobody:99999"'],
  [["load", ...at, "--workload", "verify"], "Allowed choices are article, register, append, lifecycle"],
  [["load", ...at, "--keys", "9-1"], 'such as 0-469 or 5,1,7, got "9-1"'],
  [["load", ...at, "--workload", "append", "--keys", "1"], "--keys is for the workload article"],
  [["load", ...at, "--rate", "0"], "Expected operations a second"],
  [["load", ...at, "--rate", "5", "--pace", "article"], "cannot be used with option"],
  [["load", ...at, "--in-flight", "0"], "Expected a whole number, 1 to 10000"],
  [["load", ...at, "--seed", "-1"], "0 to 4294967295"],
  [["load", ...at, "--user", "loader"], "expected it in the environment, as STRETCH_PASSWORD"],
])("%j is wrong use: %s", async (args, text) => {
  const { code, err } = await stretch(args);
  expect(err).toContain(text);
  expect(code).toBe(2);
});

test("a ledger that is there already stays as it is", async () => {
  const ledger = join(folder, "kept.jsonl");
  writeFileSync(ledger, "evidence\n");
  const { code, err } = await stretch(["load", ...at, "--ledger", ledger]);
  expect(code).toBe(2);
  expect(err).toContain(`The ledger ${ledger} is there already`);
  expect(readFileSync(ledger, "utf8")).toBe("evidence\n");
});
