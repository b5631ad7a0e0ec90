import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { healthyCluster, partitionCounts, predict } from "../../model";
import { scenarios } from "../../scenarios";

const outdir = mkdtempSync(join(tmpdir(), "stretch-synth-"));
const built = new Map(scenarios.map(({ name, build }) => [name, build(new App({ outdir }))]));
afterAll(() => rmSync(outdir, { recursive: true }));

/** What a fault leaves: partitions served by sub-cluster, which is named by its nodes a rack, who is in none, and the racks that are down. */
function outcome(name: string, fault: string) {
  const scenario = built.get(name)!;
  const topology = scenario.clusters[0].topology();
  const racks = new Map(topology.nodes.map(({ id, rack }) => [id, rack]));
  const sizes = (ids: readonly string[]) =>
    [...new Set(racks.values())]
      .map((rack) => [ids.filter((id) => racks.get(id) === rack).length, rack])
      .filter(([size]) => size > 0)
      .map(([size, rack]) => `${size}@${rack}`)
      .join(" ");
  const { subClusters, orphans, down } = predict(healthyCluster(topology), scenario.faults()[fault]);
  return {
    served: Object.fromEntries(
      subClusters.map((map) => [sizes(map.members), partitionCounts(map).available]),
    ),
    orphans: sizes(orphans.map(({ id }) => id)),
    down: sizes(down),
  };
}

describe("the heartbeats of every scenario", () => {
  it.each([...built.keys()])("are the article's, and its latency that of its regions: %s", (name) => {
    const { heartbeats, nodes } = built.get(name)!.clusters[0].topology();
    const latencyMaxMs = nodes.some(({ region }) => region === "eu-west-1") ? 15 : 9;
    expect(heartbeats).toEqual({ interval: 150, timeout: 10, latencyMaxMs });
  });
});

describe("the expectations of the article and of each scenario", () => {
  it.each([
    ["even-split", { "3@32 3@33": 4096 }],
    ["odd-split", { "4@32 3@33": 4096 }],
    ["rack-failure", { "4@32 3@33": 4096 }],
    ["subnet-split", { "6@32 6@33": 4096 }],
    ["tie-breaker", { "3@32 3@33 1@31": 4096 }],
    ["three-regions", { "3@32 3@33 3@31": 4096 }],
    ["active-passive", { "3@32 3@33": 4096 }],
  ])("%s serves everything while it is whole", (name, served) => {
    expect(outcome(name, "none")).toEqual({ served, orphans: "", down: "" });
  });

  it("even-split, split: each region serves the half that it owns", () => {
    expect(outcome("even-split", "split").served).toEqual({ "3@32": 2048, "3@33": 2048 });
  });

  it("even-split, one-way: nothing changes, as in the article's tables of the first stage", () => {
    expect(outcome("even-split", "one-way")).toEqual(outcome("even-split", "none"));
  });

  it("odd-split, split: London is the majority and has every partition, Paris none", () => {
    expect(outcome("odd-split", "split").served).toEqual({ "4@32": 4096, "3@33": 0 });
  });

  it("rack-failure, rack-down: Paris has a copy of everything and serves none", () => {
    expect(outcome("rack-failure", "rack-down")).toEqual({
      served: { "3@33": 0 },
      orphans: "",
      down: "4@32",
    });
  });

  it("subnet-split, subnet: the sub-cluster of five subnets serves everything, the single subnet nothing", () => {
    expect(outcome("subnet-split", "subnet").served).toEqual({ "4@32 6@33": 4096, "2@32": 0 });
  });

  it("tie-breaker, split: Paris, whose ids are higher, serves everything with the tie-breaker; London's nodes are orphans", () => {
    expect(outcome("tie-breaker", "split")).toEqual({
      served: { "3@33 1@31": 4096 },
      orphans: "3@32",
      down: "",
    });
  });

  it("tie-breaker, london-down: Paris and the tie-breaker serve everything", () => {
    expect(outcome("tie-breaker", "london-down")).toEqual({
      served: { "3@33 1@31": 4096 },
      orphans: "",
      down: "3@32",
    });
  });

  it.each([
    ["london-down", { "3@33 3@31": 4096 }, 32],
    ["paris-down", { "3@32 3@31": 4096 }, 33],
    ["ireland-down", { "3@32 3@33": 4096 }, 31],
  ])("three-regions, %s: the other two serve everything", (fault, served, rack) => {
    expect(outcome("three-regions", fault)).toEqual({ served, orphans: "", down: `3@${rack}` });
  });

  it("active-passive, split: London, whose rack is the active one, serves everything, Paris nothing", () => {
    expect(outcome("active-passive", "split")).toEqual({
      served: { "3@32": 4096, "3@33": 0 },
      orphans: "",
      down: "",
    });
  });

  it("active-passive, active-lost: Paris has a copy of everything and serves none until it is promoted", () => {
    expect(outcome("active-passive", "active-lost")).toEqual({
      served: { "3@33": 0 },
      orphans: "",
      down: "3@32",
    });
  });

  it("active-passive, passive-lost: London serves everything", () => {
    expect(outcome("active-passive", "passive-lost")).toEqual({
      served: { "3@32": 4096 },
      orphans: "",
      down: "3@33",
    });
  });

  it("every scenario and fault is told of here", () => {
    const faults = [...built].map(([name, scenario]) => [name, Object.keys(scenario.faults())]);
    expect(Object.fromEntries(faults)).toEqual({
      "even-split": ["split", "one-way"],
      "odd-split": ["split"],
      "rack-failure": ["rack-down"],
      "subnet-split": ["subnet"],
      "tie-breaker": ["split", "london-down"],
      "three-regions": ["london-down", "paris-down", "ireland-down"],
      "active-passive": ["split", "active-lost", "passive-lost"],
    });
  });
});
