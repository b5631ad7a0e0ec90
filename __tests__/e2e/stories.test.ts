import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSamples } from "../../lab/observe/samples";
import { scenarios } from "../../scenarios";
import { junitErrors, summaryErrors } from "../lab/run/support/report-schemas";
import { describeWith } from "../support/requirements";
import { LIMIT, type Ran, scratch, stretchRun } from "./support/stretch-run";

jest.setTimeout(2 * LIMIT);

describeWith(["client for Node.js"], "stretch run, on rehearsal clusters through the real client", () => {
  /** Objects of all nodes at an observe step: masters, proles, non-replicas. */
  function objectsAt({ summary }: Ran, label: string): number[] {
    const nodes = summary.steps.find(({ observation }) => observation?.label === label)!.observation!.nodes;
    return nodes.reduce(
      ([m, p, n], node) => [m + node.master, p + node.prole, n + node.nonReplica],
      [0, 0, 0],
    );
  }

  let stories: ReadonlyMap<string, Ran>;

  beforeAll(async () => {
    const ran = new Map<string, Ran>();
    const names = scenarios.map(({ name }) => name);
    // They wait more than they work: three at a time.
    const next = async (): Promise<void> => {
      const name = names.shift();
      if (name === undefined) return;
      ran.set(name, await stretchRun([name]));
      return next();
    };
    await Promise.all([next(), next(), next()]);
    stories = ran;
  }, 3 * LIMIT);

  test.each(scenarios.map(({ name }) => name))("the story of %s passes, as predicted", async (name) => {
    const { code, output, summary, folder } = stories.get(name)!;
    expect(summaryErrors(readFileSync(join(folder, "summary.json"), "utf8"))).toEqual([]);
    expect(await junitErrors(readFileSync(join(folder, "junit.xml"), "utf8"))).toEqual([]);
    expect({ code, reasons: summary.reasons, differences: summary.differences, output }).toEqual({
      code: 0,
      reasons: [],
      differences: [],
      output: expect.stringContaining("pass: ") as string,
    });
    expect(summary.check.rpo.writes).toBe(0);
  });

  test("even-split: 470, 940 and 942 records as the article counts them, and -8 ends the load in London", () => {
    const ran = stories.get("even-split")!;
    expect(objectsAt(ran, "470 records")).toEqual([470, 470, 0]);
    expect(objectsAt(ran, "one-way, 940 records")).toEqual([940, 940, 0]);
    expect(objectsAt(ran, "split, 940 records")).toEqual([940, 940, 940]);
    expect(objectsAt(ran, "healed, 942 records")).toEqual([942, 942, 0]);
    expect(ran.output).toContain("2 acknowledged, then: Node not found for partition mydata [-8]");
  });

  test("rack-failure: 271, 517, nothing served, 517 and 778 as the article counts them", () => {
    const ran = stories.get("rack-failure")!;
    expect(objectsAt(ran, "271 records")).toEqual([271, 271, 0]);
    expect(objectsAt(ran, "517 records")).toEqual([517, 517, 0]);
    expect(objectsAt(ran, "London lost")).toEqual([0, 0, 517]);
    expect(objectsAt(ran, "rack 32 off the roster, 517 records")).toEqual([517, 517, 0]);
    expect(objectsAt(ran, "rack 32 off the roster, 778 records")).toEqual([778, 778, 0]);
    expect(objectsAt(ran, "rack 32 back on the roster, 778 records")).toEqual([778, 778, 0]);
  });

  describe("of a topology file", () => {
    const topology = (story: string, strongConsistency = true): string => {
      const path = join(scratch(), "topology.yaml");
      writeFileSync(
        path,
        [
          `namespace: { name: test, replicationFactor: 2, strongConsistency: ${strongConsistency} }`,
          "heartbeats: { interval: 50, timeout: 10 }",
          "nodes:",
          ...["A1", "A2", "A3"].map((id) => `  - { id: ${id}, rack: 1, region: eu-west-2 }`),
          ...["B1", "B2", "B3"].map((id) => `  - { id: ${id}, rack: 2, region: eu-west-3 }`),
          "faults: { split: [[A1, A2, A3], [B1, B2, B3]] }",
          story,
        ].join("\n"),
      );
      return path;
    };
    const STEPS =
      "  steps: [{ load: {} }, { wait: 1 }, { fault: split }, { wait: 4 }, { heal: true }, { wait: migrated }]";

    test("fails (1) where an objective is missed, and names it", async () => {
      const { code, summary } = await stretchRun([
        "--topology",
        topology(`story:\n${STEPS}\n  expect: { during: { eu-west-2: { serves: 4096 } } }`),
      ]);
      expect(code).toBe(1);
      expect(summary.reasons[0]).toMatch(/^during.eu-west-2.serves: expected 4096, observed 20\d\d\.$/);
      expect(summary.healed).toBe(true);
    });

    test("is aborted (3) by a stop condition, healed within a second of it", async () => {
      const { code, summary, output, folder } = await stretchRun([
        "--topology",
        topology(`story:\n${STEPS}\n  expect: { stopIf: [{ metric: unavailable, above: 0 }] }`),
      ]);
      expect(code).toBe(3);
      expect(output).toContain("Stop condition: unavailable is");
      expect(summary.healed).toBe(true);
      expect(summary.reasons[0]).toMatch(/^Stop condition: unavailable is \d+ at node /);
      const stopping = readSamples(join(folder, "samples.jsonl")).find(({ state }) => state?.unavailable)!;
      const heal = summary.steps.find(({ step }) => "heal" in step)!;
      const between = summary.steps.filter(({ from }) => from > stopping.at && from < heal.from);
      expect(between).toEqual([]);
      expect(heal.to - stopping.at).toBeLessThanOrEqual(1_000_000);
      expect(summary.phases[1]).toMatchObject({ name: "fault", to: expect.any(Number) as number });
      expect(summary.phases[1].to).toBeLessThanOrEqual(heal.to);
    });

    test("is aborted (3) by the story's stop condition with a fault in place of its steps too", async () => {
      const file = topology(`story:\n${STEPS}\n  expect: { stopIf: [{ metric: unavailable, above: 0 }] }`);
      const { code, summary } = await stretchRun(["--topology", file, "--fault", "split"]);
      expect(code).toBe(3);
      expect(summary.reasons[0]).toMatch(/^Stop condition: unavailable is \d+ at node /);
    });

    test("is not run (3) where the cluster is not as it has to be, and breaks nothing", async () => {
      const { code, summary, output } = await stretchRun([
        "--topology",
        topology(`story:\n${STEPS}\n  expect: { before: { unavailable: 5 } }`),
      ]);
      expect(code).toBe(3);
      expect(output).toContain("Nothing was broken.");
      expect(summary.phases.map(({ name }) => name)).toEqual(["before"]);
    });

    test("loses updates in availability mode, which fails (1) only where an objective forbids it", async () => {
      const split = `story:\n${STEPS}`;
      const [free, held] = await Promise.all([
        stretchRun(["--topology", topology(split, false)]),
        stretchRun(["--topology", topology(`${split}\n  expect: { after: { lost: 0 } }`, false)]),
      ]);
      expect(free.code).toBe(0);
      expect(free.summary.check.rpo.writes).toBeGreaterThan(0);
      expect(held.code).toBe(1);
      expect(held.summary.reasons[0]).toMatch(/^after.lost: expected 0, observed [1-9]/);
    });

    test.each<[NodeJS.Signals, number]>([
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ])("is healed on %s, and ends with %i", async (signal, expected) => {
      let sent = false;
      const { code, output, summary } = await stretchRun(
        ["--topology", topology(`story:\n${STEPS.replace("wait: 4", "wait: 60")}`)],
        {
          meanwhile: (so, send) => {
            if (sent || !so.includes("wait 60 s")) return;
            sent = true;
            send(signal);
          },
        },
      );
      expect(output).toContain(`Interrupted by ${signal}.`);
      expect(code).toBe(expected);
      expect(summary.healed).toBe(true);
    });
  });
});
