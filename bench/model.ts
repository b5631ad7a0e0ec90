/**
 * Figures of the partition model: time of a full prediction of a split (rows, both sides' maps, counts a node) by size,
 * its growth against nodes x log nodes, memory that one prediction holds, and its share of a scenario's synth.
 *
 *     node --import tsx bench/model.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { App } from "cdktf";
import {
  type Fault,
  halves,
  healthyCluster,
  NO_FAULT,
  partitionsByNode,
  predict,
  type Topology,
} from "../model";
import { sideSummaries } from "../modules/faults/side-summaries";
import { scenarios } from "../scenarios";

const SIZES = [6, 7, 100, 256];
const GOAL_MS: Readonly<Record<number, number>> = { 6: 10, 100: 100 };

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function clusterOf(size: number): { topology: Topology; split: Fault } {
  const ids = Array.from({ length: size }, (_, i) => (0xa000 + 7 * i).toString(16).toUpperCase());
  const half = (side: number) => ids.filter((_, i) => i % 2 === side);
  return {
    topology: {
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
      nodes: ids.map((id, i) => ({ id, rack: 32 + (i % 2) })),
    },
    split: halves(half(0), half(1)),
  };
}

function predictSplit({ topology, split }: ReturnType<typeof clusterOf>): unknown {
  const healthy = healthyCluster(topology);
  const prediction = predict(healthy, split);
  return { healthy, prediction, counts: prediction.subClusters.map(partitionsByNode) };
}

/** One link in ten broken, scattered. */
function partialFault({ nodes }: Topology): Fault {
  const cannotHear = Object.fromEntries(
    nodes.map(({ id }, i) => [
      id,
      nodes.slice(i + 1).flatMap(({ id: other }, j) => ((7 * i + 3 * j) % 10 ? [] : [other])),
    ]),
  );
  return { ...NO_FAULT, cannotHear };
}

function milliseconds(work: () => unknown): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

/** The fastest of all runs of a second or more: what else the machine does only ever adds. */
function fastest(work: () => unknown): number {
  const times: number[] = [];
  for (const end = performance.now() + 1000; times.length < 21 || performance.now() < end;) {
    times.push(milliseconds(work));
  }
  return Math.min(...times);
}

function bytesHeld(make: () => unknown, count: number): number {
  const used = () => {
    // Twice: what the first pass frees of array buffers is given back by the second.
    collectGarbage();
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const held = [make()];
  const before = used();
  for (let i = 0; i < count; i++) held.push(make());
  const after = used();
  return (after - before) / count;
}

console.log("Full prediction of a split, RF 2, two racks");
console.log("nodes  first ms    best ms  goal ms  held KiB  growth / (n log n)");
const cost = (size: number) => size * Math.log2(size);
let previous: { size: number; time: number } | undefined;
for (const size of SIZES) {
  const cluster = clusterOf(size);
  const first = milliseconds(() => predictSplit(cluster));
  const held = bytesHeld(() => predictSplit(cluster), 20);
  const time = fastest(() => predictSplit(cluster));
  const growth = previous && time / previous.time / (cost(size) / cost(previous.size));
  const cells = [
    String(size).padStart(5),
    first.toFixed(1).padStart(9),
    time.toFixed(1).padStart(10),
    String(GOAL_MS[size] ?? "").padStart(8),
    (held / 1024).toFixed(0).padStart(9),
    (growth?.toFixed(2) ?? "").padStart(19),
  ];
  console.log(cells.join(" "));
  previous = { size, time };
}

console.log("\nFull prediction of a partial fault, one link in ten broken");
console.log("nodes    best ms  goal ms  members");
for (const size of SIZES) {
  const { topology } = clusterOf(size);
  const fault = partialFault(topology);
  const run = () => predict(healthyCluster(topology), fault);
  const members = run().subClusters.map((map) => map.members.length);
  const cells = [size, fastest(run).toFixed(1), GOAL_MS[size] ?? "", members.join("+") || "none"];
  console.log(cells.map((cell, i) => String(cell).padStart([5, 10, 8, 8][i])).join(" "));
}

console.log("\nThe predictions' share of synth (build and synth of the stack, in one process, loaded)");
for (const { name, build } of scenarios) {
  const synth = () => {
    const outdir = mkdtempSync(join(tmpdir(), "stretch-bench-"));
    const app = new App({ outdir });
    const scenario = build(app);
    app.synth();
    rmSync(outdir, { recursive: true });
    return scenario;
  };
  const scenario = synth();
  const topology = scenario.clusters[0].topology();
  const faults = [NO_FAULT, ...Object.values(scenario.faults())];
  const predictions = () => {
    const healthy = healthyCluster(topology);
    for (const fault of faults) sideSummaries(healthy, fault, ({ region }) => region!);
  };
  predictions();
  const [whole, model] = [fastest(synth), fastest(predictions)];
  console.log(
    `${name}: ${whole.toFixed(0)} ms, of it predictions of ${faults.length} states ${model.toFixed(1)} ms: ` +
      `${(whole / (whole - model)).toFixed(2)}x the synth without them`,
  );
}
