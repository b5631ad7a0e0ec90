/**
 * Figures of the lab: the checker's time and the peak of memory, history included, over a million operations; the loader
 * with its ledger and without, in turn; a sample of six nodes beside a load; a rehearsal of even-split whole.
 *
 *     node --import tsx bench/lab.ts
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { promisify } from "node:util";
import { LoaderProcess } from "../lab/load/loader-process";
import { ObserverProcess } from "../lab/observe/observer-process";
import type { Topology } from "../model";
import { Rehearsal } from "../rehearsal";

const OPERATIONS = 1_000_000;
/** The ledger's share: puts a second with it, of those without. */
const GOAL = { ms: 10_000, mib: 512, putsPerSecond: 10_000, ledger: 0.95, sampleMs: 20, runSeconds: 60 };
const PUTS = 20_000;
const PAIRS = 9;
/** The load beside the observer, puts a second, and for how long, in seconds. */
const BESIDE = { rate: 2000, seconds: 15 };

const REGIONS = ["eu-west-2", "eu-west-3"];
const topology: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: ["A352", "A600", "A129", "A70", "A882", "A517"].map((id, i) => ({
    id,
    rack: i < 3 ? 32 : 33,
    region: REGIONS[i < 3 ? 0 : 1],
  })),
};
const folder = mkdtempSync(join(tmpdir(), "stretch-bench-"));

function tell(text: string, reached: boolean): void {
  console.log(`${text}${reached ? "" : ": MISSED"}`);
  if (!reached) process.exitCode = 1;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function checker(): void {
  for (const keys of [4096, 16]) {
    const program = join(__dirname, "programs", "check.ts");
    const args = ["--import", "tsx", program, `${keys}`, `${OPERATIONS}`];
    const { stdout, status } = spawnSync(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [ms, mib] = String(stdout).split(" ").map(Number);
    tell(
      `checker, ${OPERATIONS} operations over ${keys} keys: ${(ms / 1000).toFixed(1)} s, goal ${GOAL.ms / 1000} s; peak of memory ${mib.toFixed(0)} MiB, history included, goal ${GOAL.mib} MiB`,
      status === 0 && ms <= GOAL.ms && mib <= GOAL.mib,
    );
  }
}

async function ledger(cluster: Rehearsal): Promise<void> {
  const program = join(__dirname, "programs", "loader.ts");
  const args = ["--import", "tsx", program, cluster.seeds[REGIONS[0]], folder, `${PAIRS}`, `${PUTS}`];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
  const [on, off] = [0, 1].map((which) =>
    quantile(
      pairs.map((pair) => pair[which]),
      0.5,
    ),
  );
  const share = quantile(
    pairs.map(([withIt, without]) => withIt / without),
    0.5,
  );
  tell(
    `loader, 64 in flight, medians of ${PAIRS} in turn: ${on.toFixed(0)} puts a second with its ledger, goal ${GOAL.putsPerSecond}, ${off.toFixed(0)} without; of a pair ${share.toFixed(3)} of it, goal ${GOAL.ledger}`,
    share >= GOAL.ledger && on >= GOAL.putsPerSecond,
  );
}

async function observer(cluster: Rehearsal): Promise<void> {
  const took = new Map<string, number[]>();
  const loader = new LoaderProcess({
    hosts: cluster.seeds[REGIONS[0]],
    namespace: "mydata",
    strongConsistency: true,
    place: REGIONS[0],
    client: `${REGIONS[0]}/beside`,
    workload: "article",
    ledger: join(folder, "beside.jsonl"),
    seed: 1,
    rate: BESIDE.rate,
  });
  const looking = new ObserverProcess(
    {
      nodes: cluster.nodes.map(({ id, ownAddress }) => ({ id, address: ownAddress })),
      namespace: "mydata",
      path: join(folder, "samples.jsonl"),
    },
    ({ node, took: ms, gap }) =>
      took.set(node, [...(took.get(node) ?? []), gap === undefined ? ms : Infinity]),
  );
  await Promise.all([loader.ready, looking.ready]);
  looking.fast();
  await rest(2000);
  took.clear();
  await rest(BESIDE.seconds * 1000);
  await looking.stop();
  await loader.stop();
  const rounds = Math.min(...[...took.values()].map(({ length }) => length));
  const slowest = Array.from({ length: rounds }, (_, i) =>
    Math.max(...[...took.values()].map((own) => own[i])),
  );
  const p95 = quantile(slowest, 0.95);
  const puts = loader.progress.counts.ok / (BESIDE.seconds + 2);
  tell(
    `observer, the slowest of six nodes in each of ${rounds} samples, ${puts.toFixed(0)} puts a second beside: p50 ${quantile(slowest, 0.5).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, goal ${GOAL.sampleMs} ms`,
    p95 < GOAL.sampleMs,
  );
}

function rehearsal(): void {
  const begun = performance.now();
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(__dirname, "..", "cli", "cli.ts"), "run", "even-split", "--out", folder],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  const seconds = (performance.now() - begun) / 1000;
  if (status !== 0) console.log(stdout);
  tell(
    `stretch run even-split: ${seconds.toFixed(1)} s, goal ${GOAL.runSeconds} s`,
    status === 0 && seconds < GOAL.runSeconds,
  );
}

async function main(): Promise<void> {
  checker();
  const cluster = await Rehearsal.start({ topology });
  await cluster.until(({ settled }) => settled);
  await ledger(cluster);
  await observer(cluster);
  await cluster.stop();
  rehearsal();
  rmSync(folder, { recursive: true });
}

void main();
