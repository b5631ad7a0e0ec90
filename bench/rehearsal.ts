/**
 * Figures of the rehearsal cluster: start of six nodes, puts a second through the real client with 64 in flight, and
 * memory per 100,000 records of the article's shape (each held twice).
 *
 *     node --import tsx bench/rehearsal.ts
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Rehearsal } from "../rehearsal";
import { RealClock } from "../rehearsal/cluster/clock";
import { Cluster } from "../rehearsal/cluster/cluster";
import { Services } from "../rehearsal/service/connection";
import { Listeners } from "../rehearsal/socket/listeners";
import type { Topology } from "../model";

const GOAL = { startMs: 1000, putsPerSecond: 20_000 };
const RECORDS = 100_000;
const REGIONS = ["eu-west-2", "eu-west-3"];

const topology: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: ["A352", "A600", "A129", "A70", "A882", "A517"].map((id, i) => ({
    id,
    rack: i < 3 ? 32 : 33,
    region: REGIONS[i < 3 ? 0 : 1],
  })),
};

async function startMs(): Promise<number> {
  const begin = performance.now();
  const rehearsal = await Rehearsal.start({ topology });
  const took = performance.now() - begin;
  await rehearsal.stop();
  return took;
}

/** Puts so many records; gives how many a second. */
async function load(seed: string, from: number, count: number): Promise<number> {
  const program = join(__dirname, "programs", "load.ts");
  const args = ["--import", "tsx", program, seed, `${from}`, `${count}`];
  return Number((await promisify(execFile)(process.execPath, args)).stdout);
}

/** Bytes that so many records take, in nodes that live in this very process; it cannot be the client's, which blocks its own. */
async function heldBytes(count: number): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const cluster = new Cluster(topology, new RealClock());
  const listeners = new Listeners(new Services(cluster), REGIONS, 0);
  await listeners.open();
  cluster.start();
  const seed = listeners.address(cluster.nodes[0], 0);
  await load(seed, 0, 10_000);
  const before = used();
  await load(seed, 10_000, count);
  const held = used() - before;
  cluster.stop();
  await listeners.close();
  return held;
}

async function main(): Promise<void> {
  const starts: number[] = [];
  for (let i = 0; i < 5; i++) starts.push(await startMs());
  const start = Math.min(...starts);
  console.log(
    `start of six nodes: ${start.toFixed(0)} ms at best of 5, ${Math.max(...starts).toFixed(0)} ms at worst; goal ${GOAL.startMs} ms (${(start / GOAL.startMs).toFixed(2)} of it)`,
  );

  const rehearsal = await Rehearsal.start({ topology });
  await load(rehearsal.seeds[REGIONS[0]], 0, 10_000);
  const rates: number[] = [];
  for (let from = 10_000; from < 10_000 + RECORDS; from += RECORDS / 5) {
    rates.push(await load(rehearsal.seeds[REGIONS[0]], from, RECORDS / 5));
  }
  await rehearsal.stop();
  const best = Math.max(...rates);
  console.log(
    `puts through the real client, 64 in flight: ${best.toFixed(0)} a second at best, ${Math.min(...rates).toFixed(0)} at worst of 5; goal ${GOAL.putsPerSecond} (${(best / GOAL.putsPerSecond).toFixed(1)} times)`,
  );

  const held = await heldBytes(RECORDS);
  console.log(
    `memory per ${RECORDS} records, each held by two nodes: ${(held / 2 ** 20).toFixed(0)} MiB (${(held / RECORDS).toFixed(0)} bytes a record)`,
  );
  if (start > GOAL.startMs || best < GOAL.putsPerSecond) process.exitCode = 1;
}

void main();
