import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTopologyFile } from "../../../cli/experiment/topology-file";
import { story } from "../../../cli/experiment/story-schema";
import { loadExperiment } from "../../../cli/experiment/load";
import { UsageError } from "../../../cli/errors";
import { scenarios } from "../../../scenarios";

const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const TOPOLOGY = `
namespace: { name: mydata, replicationFactor: 2, strongConsistency: true }
nodes:
  - { id: A1, rack: 1, region: eu-west-2 }
  - { id: B2, rack: 2, region: eu-west-3 }
faults: { split: [[A1], [B2]] }
story:
  steps:`;

function withSteps(...steps: string[]): string {
  const path = join(folder, "topology.yaml");
  writeFileSync(path, [TOPOLOGY, ...steps.map((step) => `    - ${step}`)].join("\n"));
  return path;
}

function complaintOf(...steps: string[]): string {
  try {
    loadTopologyFile(withSteps(...steps));
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message.replaceAll(`${folder}/`, "");
  }
  throw new Error("the file was accepted");
}

describe("the story of a topology file", () => {
  test("is read with its numbers, ids and objectives", () => {
    const { story: read } = loadTopologyFile(
      withSteps(
        "load: { from: eu-west-2, keys: [1, 2, 30], rate: 100 }",
        "wait: 1.5",
        "fault: split",
        "stop: { nodes: [a1], kind: unclean }",
        "recover: { step: reroster, confirmedDown: 2 }",
        "heal: true",
        "verify: true",
        "\n  expect:\n    during: { eu-west-2: { serves: 2048 } }\n    stopIf: [{ metric: dead, above: 0 }]".replace(
          /^/,
          "wait: settled",
        ),
      ),
    );
    expect(read).toEqual({
      steps: [
        { load: { from: "eu-west-2", keys: [1, 2, 30], rate: 100 } },
        { wait: 1.5 },
        { fault: "split" },
        { stop: { nodes: ["A1"], kind: "unclean" } },
        { recover: { step: "reroster", confirmedDown: 2 } },
        { heal: true },
        { verify: true },
        { wait: "settled" },
      ],
      expect: { during: { "eu-west-2": { serves: 2048 } }, stopIf: [{ metric: "dead", above: 0 }] },
    });
  });

  test.each<[string[], string]>([
    [["fault: splot"], 'topology.yaml:9: story.steps[0].fault: is "splot"; expected one of none, split.'],
    [
      ["load: { from: eu-west-9 }"],
      'topology.yaml:9: story.steps[0].load.from: is "eu-west-9"; expected one of eu-west-2, eu-west-3.',
    ],
    [["load: { keys: [] }"], "story.steps[0].load.keys: is []; expected at least one key."],
    [["load: { rate: 0 }"], "story.steps[0].load.rate"],
    [["load: { workload: heavy }"], "expected one of article, register, append, lifecycle"],
    [["wait: soon"], 'story.steps[0].wait: is "soon"; expected seconds, at most 900, settled or migrated.'],
    [["heal: false"], "story.steps[0].heal: is false; expected true."],
    [["stop: { nodes: [C3] }"], 'story.steps[0].stop.nodes[0]: is "C3"; expected one of A1, B2.'],
    [["stop: { nodes: [A1], rack: 1 }"], "expected either nodes or a rack"],
    [["start: { rack: 7 }"], "story.steps[0].start.rack: is 7; expected one of 1, 2."],
    [["recover: { step: pray }"], "expected a step: one of reroster, promote, bring-back, revive"],
    [
      ["recover: { step: reroster, confirmedDown: 9 }"],
      "story.steps[0].recover.confirmedDown: is 9; expected one of 1, 2.",
    ],
    [["heal: true\n      verify: true"], "in each step"],
    [["explode: true"], "story.steps[0].explode: there is no such field"],
    [["wait: 1\n  expect: { recovery: { full: soon } }"], "expected a duration such as 500ms, 5s or 2m"],
    [
      ["wait: 1\n  expect: { stopIf: [{ metric: luck, above: 0 }] }"],
      "expected a metric: one of dead, unavailable",
    ],
  ])("fails where it says %j", (steps, complaint) => {
    expect(complaintOf(...steps)).toContain(complaint);
  });
});

test.each(scenarios.map(({ name }) => name))(
  "the story of %s is one that a topology file could hold",
  async (name) => {
    const { story: told, faults } = await loadExperiment(name, {});
    expect(story.parse(told)).toEqual(told);
    for (const step of told!.steps) if ("fault" in step) expect(Object.keys(faults)).toContain(step.fault);
  },
);
