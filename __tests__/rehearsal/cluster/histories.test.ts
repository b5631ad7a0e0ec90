import type { DrivenClient, Outcome } from "../support/driven-client";
import { Random } from "../../../rehearsal/cluster/random";
import { NO_FAULT, type Topology } from "../../../model";
import { EVEN, LONDON, ODD, PARIS, Run } from "../support/clusters";

const KEYS = 40;

const THREE_RACKS: Topology = {
  namespace: { ...EVEN.namespace, replicationFactor: 3 },
  nodes: EVEN.nodes.map((node, i) => ({ ...node, rack: 32 + (i % 3) })),
};

/** What is known of a key: values are written in ascending order, one writer at a time. */
interface History {
  acknowledged: number;
  /** Values whose writes are in doubt: they may be seen, however late they happened. */
  readonly inDoubt: Set<number>;
  /** Values whose writes failed for certain: they must never be seen. */
  readonly refused: Set<number>;
  pending: { value: number; outcome: Outcome } | undefined;
}

/** Plays a seeded sequence of cuts, heals, clean stops and starts under a load, then heals all and reads everything. */
function play(topology: Topology, seed: number): void {
  const random = new Random(seed);
  const run = new Run(topology, { seed, migrateRecordsPerSecond: 300 });
  const clients = [run.client(LONDON), run.client(PARIS)];
  const histories: History[] = Array.from({ length: KEYS }, () => ({
    acknowledged: -1,
    inDoubt: new Set<number>(),
    refused: new Set<number>(),
    pending: undefined,
  }));
  const reads: { key: number; least: number; outcome: Outcome }[] = [];
  const events: string[] = [];
  let value = 0;

  const settleWrite = (history: History) => {
    if (!history.pending?.outcome.done) return;
    const { value: written, outcome } = history.pending;
    if (outcome.code === 0) history.acknowledged = written;
    else (outcome.inDoubt ? history.inDoubt : history.refused).add(written);
    history.pending = undefined;
  };
  const look = (key: number, seen: Outcome, least: number) => {
    if (seen.code !== 0 && seen.code !== 2) return;
    const found = seen.code === 2 ? -1 : Number(seen.bins["v"]);
    const { refused, inDoubt } = histories[key];
    const wrong = refused.has(found) || (found < least && !inDoubt.has(found));
    const problem = { seed, key, found, least, refused: refused.has(found), events };
    expect(wrong ? problem : undefined).toBeUndefined();
  };
  const load = (client: DrivenClient) => {
    const key = Math.floor(random.next() * KEYS);
    const history = histories[key];
    settleWrite(history);
    if (history.pending === undefined && random.next() < 0.6) {
      history.pending = { value, outcome: client.put("dummy", key, { v: value++ }) };
    } else {
      reads.push({ key, least: history.acknowledged, outcome: client.get("dummy", key, "linearize") });
    }
  };
  const happen = () => {
    const down = run.cluster.nodes.filter(({ up }) => !up);
    const up = run.cluster.nodes.filter((node) => node.up);
    const kind = Math.floor(random.next() * 6);
    if (kind < 3) {
      // Any partition of the nodes in two or three, and so of their clients.
      const parts = 2 + Math.floor(random.next() * 2);
      const side = new Map(run.cluster.nodes.map(({ id }) => [id, Math.floor(random.next() * parts)]));
      const cannotHear = Object.fromEntries(
        [...side].map(([id, own]) => [
          id,
          [...side].filter(([, other]) => other !== own).map(([other]) => other),
        ]),
      );
      events.push(`cut ${[...side].map(([id, own]) => `${id}:${own}`).join(" ")}`);
      run.cluster.setFault({ ...NO_FAULT, cannotHear, clientsLose: {} });
    } else if (kind === 3) {
      events.push("heal");
      run.cluster.heal();
    } else if (kind === 4 && up.length > 3) {
      const node = up[Math.floor(random.next() * up.length)];
      events.push(`stop ${node.id}`);
      run.cluster.stopNode(node.id);
    } else if (down.length > 0) {
      const node = down[Math.floor(random.next() * down.length)];
      events.push(`start ${node.id}`);
      run.cluster.startNode(node.id);
    }
  };

  for (let step = 0; step < 12; step++) {
    happen();
    // Sometimes the next comes before clusters have formed, or before migrations have ended.
    for (let left = 5 + Math.floor(random.next() * 60); left > 0; left--) {
      for (let i = 0; i < 4; i++) load(clients[Math.floor(random.next() * 2)]);
      run.clock.advance(100);
    }
  }
  run.cluster.heal();
  for (const node of run.cluster.nodes) if (!node.up) run.cluster.startNode(node.id);
  run.settle();
  // Cuts in quick succession interrupt clusters before they serve: what those had is dead until a revive, and none of it lost.
  if (run.cluster.nodes[0].view!.dead > 0) {
    for (const node of run.cluster.nodes) run.cluster.revive(node);
    run.recluster(run.cluster.nodes[0].id);
  }
  run.clock.advance(3000);
  for (const { key, least, outcome } of reads) look(key, outcome, least);
  histories.forEach((history, key) => {
    settleWrite(history);
    const seen = clients[0].get("dummy", key, "linearize");
    expect({ seed, key, done: seen.done, code: seen.code, events }).toMatchObject({
      done: true,
      code: history.acknowledged >= 0 ? 0 : seen.code === 2 ? 2 : 0,
    });
    look(key, seen, history.acknowledged);
  });
  const counted = run.cluster.nodes.flatMap((node) => node.view!.partitions).every(({ master }) => master);
  expect(counted).toBe(true);
}

describe("seeded histories of cuts, heals, clean stops and starts under load, in strong consistency", () => {
  test.each([
    ["six nodes", EVEN, 1],
    ["seven nodes", ODD, 1000],
    ["six nodes on three racks, replication factor 3", THREE_RACKS, 2000],
  ] as const)(
    "lose no acknowledged write, show no refused one, and no read is older than what was acknowledged before it: %s",
    (_, topology, first) => {
      for (let seed = first; seed < first + 8; seed++) play(topology, seed);
    },
    180_000,
  );
});
