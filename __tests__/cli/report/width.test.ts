import { join } from "node:path";
import type { Experiment } from "../../../cli/experiment/experiment";
import { loadTopologyFile } from "../../../cli/experiment/topology-file";
import { partitionPicture } from "../../../cli/report/partition-picture";
import { placesOf } from "../../../lab/foretell/places";
import { previewText } from "../../../cli/report/preview";
import { scenarioList } from "../../../cli/report/scenario-list";
import { timesOf } from "../../../lab/foretell/times";
import { recordPlaces, whereText } from "../../../cli/report/where";
import { experimentOf } from "../../../cli/scenario/experiment";
import { loadStacks, type Stack } from "../../../cli/scenario/stack";
import { sidesOf } from "../../../lab/run/sides";
import { healthyCluster, NO_FAULT, predict } from "../../../model";
import { scenarios } from "../../../scenarios";
import { fixtures, stretch } from "../support";

const WIDTHS = [80, 100];

function expectFit(what: string, text: string, columns: number): void {
  const tooLong = text.split("\n").filter((line) => line.length > columns);
  expect({ what, columns, tooLong }).toEqual({ what, columns, tooLong: [] });
}

/** All that the model foretells of an experiment, in every fault. */
function expectForetoldFits({ name, topology, faults, roundTrips, sideOf }: Experiment): void {
  const healthy = healthyCluster(topology);
  const sides = sidesOf(topology, sideOf);
  const keys = [1n, "user-7", "x".repeat(120)].map((key) => ({ text: String(key), key }));
  for (const [faultName, fault] of Object.entries({ none: NO_FAULT, ...faults })) {
    const prediction = predict(healthy, fault);
    const times = timesOf(healthy, prediction, roundTrips, fault);
    const foretold = { name, faultName, fault, healthy, prediction, times, roundTrips, full: true, sideOf };
    const records = recordPlaces(
      keys,
      "dummy",
      healthy,
      prediction,
      placesOf(prediction, topology, fault, sides),
    );
    for (const columns of WIDTHS) {
      const terminal = { colour: false, columns };
      expectFit(`preview --full ${faultName}`, previewText(foretold, terminal), columns);
      expectFit(`where ${faultName}`, whereText(records, "dummy", terminal), columns);
      for (const map of prediction.subClusters) {
        expectFit(`map ${faultName}`, partitionPicture(map, terminal), columns);
      }
    }
  }
}

describe("on terminals of 80 and 100 columns", () => {
  let stacks: Stack[];
  beforeAll(async () => (stacks = await loadStacks()));

  it.each(scenarios.map(({ name }) => name))(
    "preview, where and map of %s fit, in every fault",
    async (name) => {
      expectForetoldFits(experimentOf(stacks.find((stack) => stack.name === name)!));
    },
  );

  it.each(["even-split.yaml", "three-sites.yaml", "flapping.yaml", "half-healed.yaml", "odd-split.json"])(
    "they fit of the topology %s",
    // By its own name: how long the path before it is, depends on the machine.
    (file) => expectForetoldFits({ ...loadTopologyFile(join(fixtures, file)), name: file }),
  );

  it.each([
    ["preview", "subnet-split", "--fault", "subnet"],
    ["where", "42", "tie-breaker", "--fault", "split"],
    ["scenarios", "subnet-split"],
    ["scenarios", "tie-breaker", "--addresses"],
    ["price", "three-regions", "--writes", "1000"],
  ])("stretch %s %s fits as a whole", async (...args) => {
    const { code, out } = await stretch(args);
    expect(code).toBe(0);
    expectFit(args.join(" "), out, 80);
  });

  it("the list of scenarios fits, in 40 lines", () => {
    const listed = stacks.map((stack) => ({
      name: stack.name,
      summary: stack.metadata.summary,
      experiments: [experimentOf(stack)],
    }));
    for (const columns of WIDTHS) {
      const text = scenarioList(listed, { colour: false, columns });
      expectFit("scenarios", text, columns);
      expect(text.split("\n").length).toBeLessThanOrEqual(40);
    }
  });
});
