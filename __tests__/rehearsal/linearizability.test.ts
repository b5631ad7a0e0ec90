import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { check } from "../../lab/check/check";
import type { HistoryOperation } from "../../lab/history";
import { type Fault, halves, isolate, NO_FAULT, type StopKind } from "../../model";
import { Rehearsal } from "../../rehearsal";
import { Random } from "../../rehearsal/cluster/random";
import { describeWith } from "../support/requirements";
import { EVEN, idsIn, LONDON, PARIS, split } from "./support/clusters";
import { type Increment, wrongCounts } from "./support/increments";

/** How long clients are at work, all clusters together: 60 s, or as many as STRETCH_LINEARIZABILITY_SECONDS says. */
const SECONDS = Number(process.env.STRETCH_LINEARIZABILITY_SECONDS ?? 60);
/** At the longest with one cluster; then the next seed has its turn. */
const TURN_SECONDS = 20;
/** Of the first cluster; each further has the next. */
const SEED = Number(process.env.STRETCH_SEED ?? 1);
/** Writes that a crash loses are younger than that: `flush-max-ms`. */
const FLUSH_MS = 1000;
const IDS = EVEN.nodes.map(({ id }) => id);

jest.setTimeout((3 * SECONDS + 180) * 1000);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Handed {
  readonly history: readonly HistoryOperation[];
  readonly increments: readonly Increment[];
}

/** Real clients, two a region, in processes of their own. */
class Clients {
  private readonly processes: readonly ChildProcess[];

  constructor(cluster: Rehearsal, seed: number) {
    const program = join(__dirname, "support", "linearizability-client.ts");
    this.processes = ["London/1", "London/2", "Paris/1", "Paris/2"].map((name, i) => {
      const host = cluster.seeds[name.startsWith("London") ? LONDON : PARIS];
      const args = [host, EVEN.namespace.name, name, `${10 * seed + i}`];
      return fork(program, args, {
        execArgv: ["--import", "tsx"],
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
    });
  }

  /** Resolves when all are connected: a connect during a fault is another matter. */
  async connected(): Promise<void> {
    await this.said();
  }

  /** Ends their work; resolves with what they saw, their last reads included. */
  async end(): Promise<Handed> {
    const said = this.said<Handed>();
    for (const process of this.processes) process.send("over");
    const all = await said;
    return {
      history: all.flatMap(({ history }) => history),
      increments: all.flatMap(({ increments }) => increments),
    };
  }

  kill(): void {
    for (const process of this.processes) process.kill("SIGKILL");
  }

  /** What each says next. */
  private said<Message>(): Promise<Message[]> {
    return Promise.all(
      this.processes.map(
        (process) =>
          new Promise<Message>((resolve, reject) => {
            process.once("message", (message) => resolve(message as Message));
            process.once("exit", (code) => reject(new Error(`A client ended with ${code}.`)));
          }),
      ),
    );
  }
}

/** A fault at random: halves, a lost node, links broken here and there, in both directions or in one. */
function faultOf(random: Random): Fault {
  const chance = random.next();
  if (chance < 0.25) return split(EVEN);
  if (chance < 0.35) {
    const some = IDS.filter(() => random.next() < 0.5);
    return halves(
      some,
      IDS.filter((id) => !some.includes(id)),
    );
  }
  if (chance < 0.5) return isolate(IDS, IDS[Math.floor(random.next() * IDS.length)]);
  if (chance < 0.6) {
    // One way: Paris hears nothing of London.
    return {
      ...NO_FAULT,
      cannotHear: Object.fromEntries(idsIn(EVEN, PARIS).map((id) => [id, idsIn(EVEN, LONDON)])),
    };
  }
  const both = random.next() < 0.5;
  const share = random.between(0.05, 0.4);
  const cannotHear: Record<string, string[]> = Object.fromEntries(IDS.map((id) => [id, []]));
  IDS.forEach((a, i) =>
    IDS.slice(i + 1).forEach((b) => {
      if (random.next() >= share) return;
      const [deaf, other] = random.next() < 0.5 ? [a, b] : [b, a];
      cannotHear[deaf].push(other);
      if (both) cannotHear[other].push(deaf);
    }),
  );
  return { ...NO_FAULT, cannotHear };
}

/**
 * Faults, stops and starts until a time, in rounds that end whole, or until partitions are dead: reclusters that interrupt one
 * another and crashes bring that about, as the documents say, and only a revive, which may lose writes, would end it. A round has one crash at most, and the next
 * comes when copies are whole again and buffers flushed: two within flush-max-ms may lose writes too.
 *
 * @returns how many partitions are dead.
 */
async function trouble(cluster: Rehearsal, random: Random, end: number, told: string[]): Promise<number> {
  const began = Date.now();
  const tell = (what: string) => told.push(`${((Date.now() - began) / 1000).toFixed(2)} s ${what}`);
  while (Date.now() < end) {
    const down = new Set<string>();
    let crashed = false;
    for (let steps = 1 + Math.floor(random.next() * 3); steps > 0; steps--) {
      const chance = random.next();
      const node = IDS[Math.floor(random.next() * IDS.length)];
      if (chance < 0.6) {
        const fault = faultOf(random);
        tell(`fault ${JSON.stringify(fault.cannotHear)}`);
        await cluster.setFault(fault);
      } else if (down.has(node)) {
        tell(`start ${node}`);
        down.delete(node);
        await cluster.startNode(node);
      } else if (down.size < 2) {
        const kind: StopKind = !crashed && chance < 0.75 ? "unclean" : "clean";
        crashed ||= kind === "unclean";
        tell(`stop ${node} ${kind}`);
        down.add(node);
        await cluster.stopNode(node, kind);
      }
      await pause(random.between(100, 2000));
    }
    tell("heal");
    await cluster.heal();
    for (const node of down) await cluster.startNode(node);
    const dead = await deadWhenWhole(cluster);
    tell(`whole, ${dead} partitions dead`);
    if (dead > 0) return dead;
    await pause(FLUSH_MS + random.between(0, 500));
  }
  return 0;
}

/** Waits for one cluster of all nodes with every copy whole; gives how many partitions are dead. */
async function deadWhenWhole(cluster: Rehearsal): Promise<number> {
  const { subClusters } = await cluster.until(
    ({ settled, subClusters, nodes }) =>
      settled &&
      subClusters.length === 1 &&
      subClusters[0].members.length === IDS.length &&
      subClusters[0].unavailable === 0 &&
      nodes.every(({ migratesTx, migratesRx }) => migratesTx + migratesRx === 0),
    60_000,
  );
  return subClusters[0].dead;
}

/** One cluster and its clients: what they saw has to be in order. Gives the counts of outcomes. */
async function turn(seed: number, seconds: number): Promise<Record<string, number>> {
  // Every other cluster writes through to its device.
  const commitToDevice = seed % 2 === 0;
  const cluster = await Rehearsal.start({
    topology: { ...EVEN, namespace: { ...EVEN.namespace, commitToDevice } },
    seed,
    heartbeat: { interval: 30, timeout: 10 },
    migrateRecordsPerSecond: 5000,
  });
  const clients = new Clients(cluster, seed);
  const told: string[] = [];
  try {
    await clients.connected();
    const dead = await trouble(cluster, new Random(seed), Date.now() + seconds * 1000, told);
    const { history, increments } = await clients.end();
    // Keys are spread over the partitions, those of dead ones cannot be read back; twice their share, as chance would have it.
    const readBack = Math.max(0, 0.99 - (2 * dead) / 4096);
    const { verdict, reasons, findings, keys, rpo } = check(history, { readBack });
    const counts = wrongCounts(increments);
    const few = findings.slice(0, 3);
    const repeat = verdict === "pass" && counts.length === 0 ? [] : [`STRETCH_SEED=${seed}`, ...told];
    expect({ verdict, reasons, few, rpo, counts, repeat }).toEqual({
      verdict: "pass",
      reasons: [],
      few: [],
      rpo: { writes: 0, keys: 0 },
      counts: [],
      repeat: [],
    });
    const outcomes: Record<string, number> = {
      operations: history.length,
      increments: increments.length,
      dead,
    };
    for (const { outcome } of history) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    process.stdout.write(`seed ${seed}: ${JSON.stringify({ ...outcomes, ...keys })}\n`);
    return outcomes;
  } finally {
    clients.kill();
    await cluster.stop();
  }
}

describeWith(
  ["client for Node.js"],
  "registers, appends and counters through real clients, under random faults",
  () => {
    it("are linearizable", async () => {
      const all: Record<string, number> = {};
      const end = Date.now() + SECONDS * 1000;
      for (let seed = SEED; Date.now() < end; seed++) {
        const seconds = Math.min(TURN_SECONDS, (end - Date.now()) / 1000);
        const outcomes = await turn(seed, seconds);
        for (const [name, count] of Object.entries(outcomes)) all[name] = (all[name] ?? 0) + count;
      }
      // Where nothing was in doubt and nothing was refused, nothing was tried.
      for (const name of ["ok", "unknown", "refused", "increments"]) expect(all[name]).toBeGreaterThan(0);
    });
  },
);
