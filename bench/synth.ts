/**
 * Time of a synth: even-split and the whole app against the floor (node loading cdktf and the same provider classes
 * with the same loader, building nothing), and clusters of 10 to 1,000 nodes. Each run is a process of its own; the runs
 * of the programs that are compared take turns, so that a busy machine slows them alike.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import Table from "cli-table3";

const ROUNDS = 9;
const GROWTH_ROUNDS = 3;
const CLUSTERS = [
  [10, 2],
  [10, 10],
  [100, 2],
  [100, 10],
  [1000, 2],
  [1000, 10],
] as const;

const PLAIN = { head: [], border: [] };

const outdir = mkdtempSync(path.join(tmpdir(), "stretch-bench-"));

/** Runs a program of this repo with the app's loader; gives its wall time in ms and what it printed. */
function timed(program: string, ...args: string[]): { ms: number; stdout: string } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", path.join(__dirname, "..", program), ...args],
    {
      env: { ...process.env, CDKTF_OUTDIR: outdir, CHECKPOINT_DISABLE: "1", DISABLE_VERSION_CHECK: "1" },
      encoding: "utf8",
      timeout: 300_000,
    },
  );
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return { ms: performance.now() - start, stdout };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function againstFloor(): Table.Table {
  const programs = ["bench/programs/floor.ts", "bench/programs/even-split.ts", "main.ts"];
  const times = programs.map((): number[] => []);
  programs.forEach((program) => timed(program)); // fills the loader's cache
  for (let round = 0; round < ROUNDS; round++) {
    programs.forEach((program, i) => times[i].push(timed(program).ms));
  }
  const [floor] = times.map(median);
  const table = new Table({
    head: ["program", "median ms", "least ms", "median / floor's"],
    style: PLAIN,
  });
  programs.forEach((program, i) =>
    table.push([
      program,
      median(times[i]).toFixed(0),
      Math.min(...times[i]).toFixed(0),
      (median(times[i]) / floor).toFixed(2),
    ]),
  );
  return table;
}

function growth(): Table.Table {
  const times = CLUSTERS.map((): number[] => []);
  for (let round = 0; round < GROWTH_ROUNDS; round++) {
    CLUSTERS.forEach((cluster, i) => {
      times[i].push(Number(timed("bench/programs/cluster.ts", ...cluster.map(String)).stdout));
    });
  }
  const table = new Table({ head: ["nodes", "regions", "median ms", "ms a node"], style: PLAIN });
  CLUSTERS.forEach(([nodes, regions], i) => {
    const ms = median(times[i]);
    table.push([nodes, regions, ms.toFixed(0), (ms / nodes).toFixed(1)]);
  });
  return table;
}

try {
  console.log(`Synth, ${ROUNDS} runs each in turn:`);
  console.log(againstFloor().toString());
  console.log(`Building and synthesising one cluster, ${GROWTH_ROUNDS} runs each in turn:`);
  console.log(growth().toString());
} finally {
  rmSync(outdir, { recursive: true });
}
