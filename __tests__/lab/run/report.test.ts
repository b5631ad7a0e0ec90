import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HistoryOperation } from "../../../lab/history";
import type { LiveFacts } from "../../../lab/run/live";
import type { Observation } from "../../../lab/run/observation";
import { writeReport } from "../../../lab/run/report";
import type { RunPlan, RunRecord } from "../../../lab/run/run";
import { summaryOf } from "../../../lab/run/summary";
import { halves, type Topology } from "../../../model";
import { junitErrors, summaryErrors } from "./support/report-schemas";

const TOPOLOGY: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [
    { id: "A1", rack: 32, region: "eu-west-2" },
    { id: "B1", rack: 33, region: "eu-west-3" },
  ],
};
const PLAN: RunPlan = {
  experiment: "two <nodes> & a cut",
  topology: TOPOLOGY,
  faults: { split: halves(["A1"], ["B1"]) },
  story: { steps: [{ fault: "split" }, { heal: true }], expect: { recovery: { full: "60s" } } },
  sides: new Map([
    ["London", ["A1"]],
    ["Paris", ["B1"]],
  ]),
  seed: 7,
};

const served = (
  label: string,
  sides: Record<string, string[]>,
  serves: number,
  foretold = serves,
): Observation => {
  const clusters = Object.entries(sides).map(([name, members]) => ({
    ...{ name, members, serves, unavailable: 4096 - serves, dead: 0 },
  }));
  return {
    ...{ label, at: 150, clusters, orphans: [], silent: [], migrating: 0, differences: [] },
    nodes: TOPOLOGY.nodes.map(({ id, rack }) => ({ id, rack, master: 1, prole: 1, nonReplica: 0 })),
    foretold: {
      clusters: clusters.map(({ members, dead }) => ({
        members,
        serves: foretold,
        unavailable: 4096 - foretold,
        dead,
      })),
      orphans: [],
      down: [],
    },
  };
};
const WHOLE = { "London and Paris": ["A1", "B1"] };
const HALVES = { London: ["A1"], Paris: ["B1"] };

/** A put in the fault at each place, and both keys read back. */
function operations(seen: string | null = "1"): HistoryOperation[] {
  return ["eu-west-2", "eu-west-3"].flatMap((place, i): HistoryOperation[] => [
    {
      ...{ client: `${place}/1`, kind: "put", key: `register/${i}`, value: "1", replaced: null },
      ...{ outcome: "ok", code: 0, start: 120, end: 130 },
    },
    {
      ...{ client: `${place}/1`, kind: "put", key: `register/${i}`, value: "2" },
      ...{ outcome: "refused", code: 11, start: 131, end: 132 },
    },
    {
      ...{ client: `${place}/2`, kind: "read", key: `register/${i}`, mode: "linearized" },
      ...{ seen, outcome: "ok", code: seen === null ? 2 : 0, start: 300, end: 310 },
    },
  ]);
}

const RECORD: RunRecord = {
  steps: [
    { step: { fault: "split" }, label: "fault split", from: 100, to: 110, outcome: "foretold: ..." },
    {
      ...{ step: { observe: "split" }, label: "observe: split", from: 150, to: 160 },
      observation: served("split", HALVES, 2048),
    },
  ],
  history: [],
  broken: { from: 100, healed: 200 },
  from: 0,
  to: 400,
  before: served("before", WHOLE, 4096),
  during: served("during", HALVES, 2048),
  after: served("after", WHOLE, 4096),
  healed: true,
  loadedThroughout: true,
};

describe("what a run writes", () => {
  const out = mkdtempSync(join(tmpdir(), "stretch-test-"));
  afterAll(() => rmSync(out, { recursive: true }));
  let runs = 0;

  /** The report of a run, as it stands in its folder. */
  function report(
    record: Partial<RunRecord>,
    history: readonly HistoryOperation[],
    { heal, live }: { heal?: string; live?: LiveFacts } = {},
  ) {
    const folder = join(out, String(++runs));
    mkdirSync(folder);
    writeFileSync(join(folder, "samples.jsonl"), "");
    const summary = summaryOf(PLAN, { ...RECORD, ...record, history }, folder, {
      ...{ command: "stretch run", version: "0.1.0", driver: "the rehearsal cluster" },
      startedAt: "2026-11-28T05:20:00.000Z",
      ...(heal !== undefined && { heal }),
      ...(live && { live }),
    });
    writeReport(folder, summary);
    const text = (name: string) => readFileSync(join(folder, name), "utf8");
    return { summary, json: text("summary.json"), junit: text("junit.xml"), markdown: text("summary.md") };
  }

  const none: Partial<RunRecord> = { steps: [], broken: undefined, during: undefined };
  test.each<[string, string, Partial<RunRecord>, HistoryOperation[]]>([
    ["a pass", "pass", {}, operations()],
    ["a fail, with the operations that prove it", "fail", {}, operations(null)],
    [
      "an aborted run",
      "aborted",
      { notProven: { kind: "aborted", reason: "Interrupted by SIGINT." } },
      operations(),
    ],
    [
      "a run that was not run",
      "not-run",
      { ...none, notProven: { kind: "not-run", reason: "2 partitions are dead." } },
      [],
    ],
    ["a run that proves nothing", "unproven", {}, operations(null).filter(({ kind }) => kind === "read")],
    [
      "a run that is not as predicted",
      "differs",
      { during: served("during", HALVES, 1000, 2048) },
      operations(),
    ],
    [
      "a run that could not be healed",
      "not-healed",
      { healed: false, healReason: "silent: A1" },
      operations(),
    ],
  ])(
    "of %s is valid: summary.json by its schema, junit.xml by Jenkins'",
    async (_, verdict, record, operations) => {
      const { summary, json, junit } = report(record, operations);
      expect(summary.verdict).toBe(verdict);
      expect(summaryErrors(json)).toEqual([]);
      expect(await junitErrors(junit)).toEqual([]);
    },
  );

  test.each<[string, Partial<RunRecord>]>([
    ["The network may still be cut (npx stretch heal x); ", { healed: false, healReason: "silent: A1" }],
    ["The network is whole again; ", { notProven: { kind: "aborted", reason: "Interrupted by SIGINT." } }],
    ["Nothing was broken; ", { ...none, notProven: { kind: "aborted", reason: "Interrupted by SIGINT." } }],
  ])("says first what is known of the network where that is in question: %s", (first, record) => {
    const sentence = report(record, operations(), { heal: "npx stretch heal x" }).summary.sentence;
    expect(sentence.slice(0, first.length)).toBe(first);
  });

  test("says that it was live: of which stack, how well times are known, its cost, and when the network was changed", () => {
    const live: LiveFacts = {
      ...{ stack: "even-split", regions: ["eu-west-2", "eu-west-3"] },
      clocks: { hosts: 8, fast: 12, within: 425, operator: 12_300 },
      cost: { hourly: 0.36, run: 0.014, deployed: { since: "2026-11-28T02:20:00.000Z", cost: 1.08 } },
    };
    const cut = {
      ...RECORD.steps[0],
      changing: { first: 1_200_000, last: 9_400_000 },
      foretold: "London serves 2048; Paris serves 2048",
    };
    const { markdown, json } = report({ steps: [cut] }, operations(), { live });
    expect(summaryErrors(json)).toEqual([]);
    expect(markdown).toContain(
      [
        "## On the deployed stack",
        "",
        "Run live on the stack even-split in AWS (eu-west-2, eu-west-3).",
        "The clocks of 8 hosts were at most 0.1 ms from true time, known within 0.4 ms; this machine knows true time within 12.3 ms.",
        "The stack cost about $0.01 during this run, and about $1.08 since its first host was launched (2026-11-28 02:20 UTC); $0.36 each hour that it stays.",
        "",
        "| step | first change | last change | predicted after the last |",
        "| --- | --- | --- | --- |",
        "| fault split | 1.2 s (05:20:01.200 UTC) | 9.4 s (05:20:09.400 UTC) | London serves 2048; Paris serves 2048 |",
      ].join("\n"),
    );
    expect(report({}, operations()).markdown).not.toContain("deployed stack");
  });

  test("tells the findings, with their proof, and figures that were never reached", () => {
    const { summary, markdown } = report({}, operations(null));
    expect(summary.check.findings.map(({ key, class: name }) => [key, name])).toEqual([
      ["register/0", "lost"],
      ["register/1", "lost"],
    ]);
    expect(summary.recovery["eu-west-2"].write.detected).toBeNull();
    expect(markdown).toContain("register/0");
  });

  test("fails its schemas where a field is missing, unknown or of another kind", async () => {
    const { json, junit } = report({}, operations());
    const change = (changes: object) => JSON.stringify({ ...(JSON.parse(json) as object), ...changes });
    for (const changes of [{ verdict: "fine" }, { healed: undefined }, { more: 1 }, { schema: 2 }]) {
      expect(summaryErrors(change(changes))).not.toEqual([]);
    }
    expect(await junitErrors(junit.replace("<testcase ", "<case "))).not.toEqual([]);
  });
});
