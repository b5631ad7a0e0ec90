/**
 * Figures of the rehearsal cluster: start of six nodes, puts a second through the real client with 64 in flight, and
 * memory per 100,000 records of the article's shape (each held twice).
 *
 *     node --import tsx bench/rehearsal.ts
 */
import Aerospike from "aerospike";
import { Rehearsal, type RehearsalOptions } from "../rehearsal";
import type { Topology } from "../model";

const GOAL = { startMs: 1000, putsPerSecond: 10_000 };
const IN_FLIGHT = 64;
const RECORDS = 100_000;

const topology: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: ["A352", "A600", "A129", "A70", "A882", "A517"].map((id, i) => ({
    id,
    rack: i < 3 ? 32 : 33,
    region: i < 3 ? "eu-west-2" : "eu-west-3",
  })),
};

async function startMs(options: RehearsalOptions): Promise<number> {
  const begin = performance.now();
  const rehearsal = await Rehearsal.start(options);
  const took = performance.now() - begin;
  await rehearsal.stop();
  return took;
}

/** A record as the article's application writes it. */
function bins(key: number) {
  return {
    freq: key % 1000,
    country_code: key % 252,
    logged_by: `user${key}`.padEnd(20, "x"),
    report: { machine: ["ThinkPad"], pixels: 4096, "colour-scheme": ["red", "blue"], date_mfg: "2024-08-14" },
  };
}

async function putAll(client: Awaited<ReturnType<typeof Aerospike.connect>>, from: number, count: number) {
  const begin = performance.now();
  let next = from;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (next < from + count) {
        const key = next++;
        await client.put(new Aerospike.Key("mydata", "dummy", key), bins(key));
      }
    }),
  );
  return (count * 1000) / (performance.now() - begin);
}

async function main(): Promise<void> {
  const starts: number[] = [];
  for (let i = 0; i < 5; i++) starts.push(await startMs({ topology }));
  const start = Math.min(...starts);
  console.log(
    `start of six nodes: ${start.toFixed(0)} ms at best of 5, ${Math.max(...starts).toFixed(0)} ms at worst; goal ${GOAL.startMs} ms (${(start / GOAL.startMs).toFixed(2)} of it)`,
  );

  const rehearsal = await Rehearsal.start({ topology, execArgv: ["--expose-gc"] });
  const client = await Aerospike.connect({
    hosts: rehearsal.seeds["eu-west-2"],
    log: { level: Aerospike.log.OFF },
  });
  await putAll(client, 0, 10_000);
  const before = await rehearsal.memory();
  const rates: number[] = [];
  for (let from = 10_000; from < 10_000 + RECORDS; from += RECORDS / 5) {
    rates.push(await putAll(client, from, RECORDS / 5));
  }
  const after = await rehearsal.memory();
  const best = Math.max(...rates);
  console.log(
    `puts through the real client, ${IN_FLIGHT} in flight: ${best.toFixed(0)} a second at best, ${Math.min(...rates).toFixed(0)} at worst of 5; goal ${GOAL.putsPerSecond} (${(best / GOAL.putsPerSecond).toFixed(1)} times)`,
  );
  const held = after.heapUsed + after.external - before.heapUsed - before.external;
  console.log(
    `memory per ${RECORDS} records, each held by two nodes: ${(held / 2 ** 20).toFixed(0)} MiB (${(held / RECORDS).toFixed(0)} bytes a record); process ${(after.rss / 2 ** 20).toFixed(0)} MiB`,
  );
  client.close();
  await rehearsal.stop();
  if (start > GOAL.startMs || best < GOAL.putsPerSecond) process.exitCode = 1;
}

void main();
