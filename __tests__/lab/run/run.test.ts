import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Driver } from "../../../lab/drivers/driver";
import { RehearsalDriver } from "../../../lab/drivers/rehearsal-driver";
import { Run, type StepRecord } from "../../../lab/run/run";
import { sidesOf } from "../../../lab/run/sides";
import { type Summary, summaryOf } from "../../../lab/run/summary";
import { type Fault, halves, NO_FAULT, type Topology } from "../../../model";
import type { Story } from "../../../scenarios";
import { describeWith } from "../../support/requirements";
import { historyIn } from "./support/history-in";

jest.setTimeout(120_000);

const LONDON = ["A1", "A2"];
const PARIS = ["B1", "B2"];
const IDS = [...LONDON, ...PARIS];

function topology(namespace: Partial<Topology["namespace"]> = {}): Topology {
  return {
    namespace: { name: "test", replicationFactor: 2, strongConsistency: true, ...namespace },
    nodes: [
      ...LONDON.map((id) => ({ id, rack: 32, region: "London" })),
      ...PARIS.map((id) => ({ id, rack: 33, region: "Paris" })),
    ],
  };
}

const FAULTS: Readonly<Record<string, Fault>> = {
  split: halves(LONDON, PARIS),
  // Who does not even hear itself is down.
  "london-down": { ...NO_FAULT, cannotHear: Object.fromEntries(LONDON.map((id) => [id, IDS])) },
};

describeWith(["client for Node.js"], "a run, on a rehearsal cluster through the real client", () => {
  const out = mkdtempSync(join(tmpdir(), "stretch-test-"));
  afterAll(() => rmSync(out, { recursive: true }));
  let driver: RehearsalDriver;
  let folder: string;
  let said: string[];

  afterEach(() => driver.close());

  /** Runs a story; `hears` gets each thing that the run says, as it says it. */
  async function run(
    story: Story,
    {
      hears = () => {},
      of = topology(),
      can = {},
    }: { hears?: (text: string, run: Run) => void; of?: Topology; can?: Partial<Driver> } = {},
  ): Promise<Summary> {
    driver = await RehearsalDriver.start(of, FAULTS, { seed: 7, heartbeat: { interval: 30, timeout: 10 } });
    Object.assign(driver, can);
    folder = join(mkdtempSync(join(out, "run-")), "run");
    said = [];
    const plan = {
      experiment: "test",
      topology: of,
      faults: FAULTS,
      story,
      sides: sidesOf(of, ({ region }) => region!),
      seed: 7,
      rate: 200,
    };
    const running = new Run(driver, plan, folder, {
      says: (text) => {
        said.push(text);
        hears(text, running);
      },
      progress: () => {},
    });
    const record = await running.run();
    return summaryOf(plan, record, folder, {
      command: "stretch run",
      version: "0.0.0",
      driver: driver.name,
      startedAt: "2026-11-28T00:00:00Z",
    });
  }

  /** Whether the network is whole: every node sees all the others. */
  async function isWhole(): Promise<boolean> {
    const sizes = await Promise.all(
      IDS.map(async (id) => /cluster_size=(\d+)/.exec((await driver.ask(id, "statistics")) ?? "")?.[1]),
    );
    return sizes.every((size) => size === String(IDS.length));
  }

  const steps = () =>
    readFileSync(join(folder, "steps.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as StepRecord);

  /** An operator's own hand, past every refusal: the roster of a side is the side. */
  async function reroster(ids: readonly string[], rack: number): Promise<void> {
    const nodes = [...ids].reverse().map((id) => `${id}@${rack}`);
    for (const id of ids) await driver.ask(id, `roster-set:namespace=test;nodes=${nodes.join(",")}`);
    for (const id of ids) await driver.ask(id, "recluster:");
  }

  test("is not run where what it drives has no way to stop nodes as the story does; clocks of hosts are kept", async () => {
    const clocks = [{ host: "i-1", fast: -12, within: 300 }];
    const summary = await run(
      { steps: [{ stop: { nodes: ["A1"], kind: "empty" } }, { start: { nodes: ["A1"] } }] },
      { can: { stopKinds: ["clean", "unclean"], clocks } },
    );
    expect(summary.verdict).toBe("not-run");
    expect(summary.reasons[0]).toMatch(
      /^The step "stop A1" is of the kind empty, .* expected clean or unclean\. Nothing was broken\.$/,
    );
    expect(JSON.parse(readFileSync(join(folder, "clocks.json"), "utf8"))).toEqual(clocks);
  });

  test.each([
    [1.4, "made one by one within 1.4 s"],
    [1.6, "within 1.6 s, longer than the 1.5 s after which a node is missed"],
  ])("says of a cut whose entries came within %d s: %s", async (seconds, text) => {
    const first = 1_000_000;
    const fault = async () => ({ first, last: first + seconds * 1_000_000 });
    await run({ steps: [{ fault: "split" }, { heal: true }] }, { can: { fault } });
    expect(steps()[0].outcome).toContain(text);
    expect(steps()[0].outcome!.includes("left partitions dead")).toBe(seconds > 1.5);
  });

  test("foretells what two nodes leave dead that crash, and that a revive serves it again", async () => {
    const both = { nodes: ["A1", "B1"] };
    const summary = await run({
      steps: [
        { load: { keys: { from: 0, to: 50 } } },
        { wait: 2 },
        { stop: { ...both, kind: "unclean" } },
        { wait: "settled" },
        { observe: "without them" },
        { start: both },
        { wait: "migrated" },
        { observe: "back" },
        { recover: { step: "revive" } },
        { wait: "migrated" },
        { observe: "revived" },
      ],
    });
    const seen = summary.steps.flatMap(({ observation }) => (observation ? [observation] : []));
    expect(seen.flatMap(({ differences }) => differences)).toEqual([]);
    const [, back, revived] = seen.map(({ clusters: [cluster] }) => cluster);
    expect(back.dead).toBeGreaterThan(100);
    expect(back.serves).toBe(4096 - back.dead);
    expect(revived).toMatchObject({ serves: 4096, dead: 0 });
  });

  test("is not run where what it drives has no clients in a place of its loads", async () => {
    const summary = await run(
      { steps: [{ load: { from: "London" } }, { load: { from: "Paris" } }] },
      { can: { places: ["London"] } },
    );
    expect(summary.verdict).toBe("not-run");
    expect(summary.reasons[0]).toMatch(
      /^The step "load from Paris" loads from Paris, where .* has no clients: expected London\. .*Nothing was broken\.$/,
    );
  });

  test("fails where an operator re-rosters both halves of a split that lives, with the keys that lost writes", async () => {
    let done: Promise<unknown> | undefined;
    const summary = await run(
      {
        steps: [
          { load: {} },
          { wait: 1 },
          { fault: "split" },
          { wait: "settled" },
          { observe: "split" },
          { wait: 4 },
          { heal: true },
          { wait: "migrated" },
          { verify: true },
        ],
      },
      {
        hears: (text) => {
          if (text === "wait 4 s") done = Promise.all([reroster(LONDON, 32), reroster(PARIS, 33)]);
        },
      },
    );
    await done;
    expect(summary).toMatchObject({ verdict: "fail", exitCode: 1, healed: true });
    expect(summary.reasons[0]).toMatch(/^after.lost: expected 0, observed [1-9]\d* \(register\/\d+/);
    expect(summary.check.rpo.writes).toBeGreaterThan(0);
    const history = historyIn(folder, [
      "ledger-London-1.jsonl",
      "ledger-London-2.jsonl",
      "ledger-Paris-1.jsonl",
      "ledger-Paris-2.jsonl",
    ]);
    const [{ key, proof }] = summary.check.findings;
    expect(summary.reasons[0]).toContain(key);
    for (const operation of proof) {
      expect(operation.key).toBe(key);
      expect(history).toContainEqual(operation);
    }
    expect(summary.sentence).toContain("the roster was B2@33,B1@33,A2@32,A1@32, and is left as ");
  });

  test("refuses its own step that would re-roster half of a split that lives, and is aborted and healed", async () => {
    const summary = await run({
      steps: [
        { fault: "split" },
        { wait: "settled" },
        { recover: { step: "reroster", confirmedDown: 32 } },
        { verify: true },
      ],
    });
    expect(summary).toMatchObject({ exitCode: 3, healed: true });
    expect(summary.reasons[0]).toMatch(
      /^The nodes that answer are in several clusters .* a split that lives/,
    );
    expect(await isWhole()).toBe(true);
  });

  test("heals at the end of a story that does not, and starts what that stopped", async () => {
    const summary = await run({
      steps: [
        { load: { keys: { from: 0, to: 20 } } },
        { fault: "split" },
        { wait: "settled" },
        { stop: { nodes: ["A1"], kind: "clean" } },
      ],
    });
    expect(summary).toMatchObject({ verdict: "pass", reasons: [], exitCode: 0, healed: true });
    expect(steps().map(({ label }) => label)).toEqual([
      "load 20 keys from every place",
      "fault split",
      "wait until settled",
      "stop A1",
      "heal",
      "verify",
    ]);
    expect(await isWhole()).toBe(true);
  });

  test("heals where a step fails", async () => {
    const summary = await run({
      steps: [
        { stop: { nodes: ["A1"] } },
        { fault: "split" },
        { stop: { nodes: ["B1", "A1"] } },
        { wait: 30 },
      ],
    });
    expect(summary).toMatchObject({ exitCode: 3, healed: true });
    expect(summary.reasons[0]).toBe('Node "A1" is already stopped.');
    expect(said).not.toContain("wait 30 s");
    expect(await isWhole()).toBe(true);
  });

  test("starts nodes again that it was still stopping when it was interrupted", async () => {
    const summary = await run(
      { steps: [{ stop: { rack: 32 } }, { wait: 30 }] },
      {
        hears: (text, running) => {
          if (text === "stop rack 32") setImmediate(() => running.interrupt("Interrupted by a test."));
        },
      },
    );
    expect(summary).toMatchObject({ exitCode: 3, healed: true });
    expect(await isWhole()).toBe(true);
  });

  test("breaks nothing where the cluster is not as it has to be, and is not run", async () => {
    const summary = await run({
      steps: [{ load: {} }, { fault: "split" }, { wait: 30 }],
      expect: { before: { unavailable: 5 } },
    });
    expect(summary).toMatchObject({ exitCode: 3, healed: true, steps: [] });
    expect(summary.reasons[0]).toMatch(/^The cluster is not as .* Nothing was broken\.$/);
    expect(existsSync(join(folder, "ledger-London-1.jsonl"))).toBe(false);
    expect(await isWhole()).toBe(true);
  });

  test("proves nothing where nothing was written, or no client of a side that serves wrote", async () => {
    const silent = await run({
      steps: [{ fault: "split" }, { wait: "settled" }, { heal: true }, { wait: "migrated" }],
    });
    expect(silent).toMatchObject({ exitCode: 3, healed: true });
    expect(silent.reasons[0]).toBe("No write was acknowledged.");
    await driver.close();
    const brief = await run({
      steps: [
        { load: { workload: "register", rate: 1 } },
        { wait: 3 },
        { fault: "split" },
        { heal: true },
        { wait: "migrated" },
        { verify: true },
      ],
    });
    expect(brief.exitCode).toBe(3);
    expect(brief.reasons[0]).toMatch(/serves, and no write of its clients was acknowledged/);
  });

  test("leaves a promoted rack promoted, and says so", async () => {
    const summary = await run(
      {
        steps: [
          { load: { from: "London", keys: { from: 0, to: 20 } } },
          { fault: "london-down" },
          { wait: "settled" },
          { recover: { step: "promote", rack: 33, confirmedDown: 32 } },
          { wait: "migrated" },
          { heal: true },
          { wait: "settled" },
          { recover: { step: "bring-back", rack: 32 } },
          { wait: "migrated" },
          { verify: true },
        ],
      },
      { of: topology({ activeRack: 32 }) },
    );
    expect(summary).toMatchObject({ verdict: "pass", exitCode: 0 });
    expect(summary.sentence).toContain(
      "the roster was M32|B2@33,B1@33,A2@32,A1@32, and is left as M33|B2@33,B1@33,A2@32,A1@32",
    );
    expect(summary.steps.map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(["roster: M33|B2@33, B1@33", "roster: M33|B2@33, B1@33, A2@32, A1@32"]),
    );
  });
});
