import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlaygroundStatus } from "../../../rehearsal/playground/control-socket";
import { describeWith } from "../../support/requirements";
import { stretch } from "../support";
import { freePort, Up } from "../up";

jest.setTimeout(120_000);

const ROOT = join(__dirname, "..", "..", "..");

describeWith(["client for Node.js"], "stretch run on the playground that stretch up started", () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
  const out = join(folder, "out");
  const topology = join(folder, "topology.yaml");
  let port: number;
  let up: Up;
  const at = () => ["--port", String(port)];
  const run = (...args: string[]) => stretch(["run", ...at(), "--seed", "7", "--out", out, ...args]);

  beforeAll(async () => {
    writeFileSync(
      topology,
      [
        "namespace: { name: test, replicationFactor: 2, strongConsistency: true }",
        "heartbeats: { interval: 50, timeout: 10 }",
        "nodes:",
        ...["A1", "A2", "A3"].map((id) => `  - { id: ${id}, rack: 1, region: eu-west-2 }`),
        ...["B1", "B2", "B3"].map((id) => `  - { id: ${id}, rack: 2, region: eu-west-3 }`),
        "faults: { split: [[A1, A2, A3], [B1, B2, B3]] }",
        "story:",
        "  steps: [{ load: {} }, { wait: 1 }, { fault: split }, { wait: migrated }, { wait: 1 }, { heal: true }]",
      ].join("\n"),
    );
    port = await freePort();
    up = await Up.start(["--topology", topology, ...at()]);
    await up.says("Ctrl-C ends it.");
  });
  afterAll(async () => {
    await up.stop();
    rmSync(folder, { recursive: true });
  });

  /** `stretch run` in a process of its own, which can be killed. */
  function start(...args: string[]): ChildProcess {
    return spawn(
      process.execPath,
      ["--import", "tsx", "cli/cli.ts", "run", ...at(), "--seed", "7", "--out", out, ...args],
      { cwd: ROOT, stdio: "ignore" },
    );
  }
  const status = async () =>
    JSON.parse((await stretch(["status", "--json", ...at()])).out) as PlaygroundStatus;
  const until = async (holds: (now: PlaygroundStatus) => boolean) => {
    for (const end = Date.now() + 60_000; ;) {
      const now = await status();
      if (holds(now)) return now;
      if (Date.now() > end) throw new Error(`It did not come to that: ${JSON.stringify(now)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  test("runs its story there, and leaves it whole and free", async () => {
    const { code, out: said } = await run();
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("pass: ") as string });
    await up.says("links cut");
    const { fault, run: driving } = await status();
    expect({ fault, driving }).toEqual({ fault: "none", driving: undefined });
  });

  test("fails (3) on what earlier loads left, breaks nothing, and removes it where it is told to", async () => {
    const { code, out: said } = await run();
    expect(code).toBe(3);
    expect(said).toContain("The cluster holds records of earlier loads (set register)");
    expect(said).not.toContain("fault split");
    expect((await run("--truncate")).code).toBe(0);
  });

  test("refuses a second run and every other change, naming the first; killed, it is finished by stretch heal", async () => {
    const child = start("--truncate");
    try {
      await until(({ fault }) => fault === "split");
      for (const args of [
        ["run", ...at()],
        ["fault", "none", ...at()],
        ["node", "stop", "A1", ...at()],
        ["heal", ...at()],
      ]) {
        const { code, err } = await stretch(args);
        expect({ args, code }).toEqual({ args, code: 2 });
        expect(err).toContain(`A run drives this playground (process ${child.pid}, since 20`);
      }
      expect((await stretch(["status", ...at()])).out).toContain(`A run drives it (process ${child.pid},`);
    } finally {
      child.kill("SIGKILL");
    }
    await until(({ run: driving }) => driving?.killed === true);
    const refused = await run();
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(
      `A run begins with a whole network, and here the fault split is on: "stretch heal --port ${port}" makes it whole.`,
    );

    const healed = await stretch(["heal", ...at()]);
    expect(healed.code).toBe(0);
    expect(healed.out).toContain(`A run was killed (process ${child.pid}, since 20`);
    expect(healed.out).toContain("\n  fault split\n");
    expect(healed.out).toContain("Healed: fault split ended.");
    const { fault, run: driving, cluster } = await status();
    expect({ fault, driving, sizes: cluster.subClusters.map(({ members }) => members.length) }).toEqual({
      fault: "none",
      driving: undefined,
      sizes: [6],
    });
  });

  test("stretch heal makes whole what was broken by hand too, and says where nothing was", async () => {
    await stretch(["node", "stop", "A1", ...at()]);
    await stretch(["node", "pause", "B1", ...at()]);
    await stretch(["fault", "--delay", "eu-west-2-eu-west-3=5", ...at()]);
    const { code, out: said } = await stretch(["heal", ...at()]);
    expect(code).toBe(0);
    expect(said).toContain("Healed: eu-west-2-eu-west-3 fast again, A1 started, B1 resumed.");
    expect((await stretch(["heal", ...at()])).out).toContain("Nothing was broken.");
  });

  test("fails (2) where none runs on the port, where it is of something else, and on options that do not go together", async () => {
    const runs = readdirSync(out).length;
    const free = await freePort();
    for (const [args, text] of [
      [["run", "--port", String(free)], `No playground runs on port ${free}`],
      [["run", "even-split", ...at()], `is of ${topology}, and even-split was asked for`],
      [["run", "--truncate"], "--truncate was given without --port"],
      [["heal", "orders", ...at()], 'Both the stack "orders" and --port'],
      [["heal", "--yes"], "--region, --deployment and --yes are for a stack"],
    ] as const) {
      const { code, err } = await stretch([...args]);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(err).toContain(text);
    }
    expect(readdirSync(out)).toHaveLength(runs);
  });
});
