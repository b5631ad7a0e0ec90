import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HistoryOperation } from "../../../lab/history";
import { readLedger } from "../../../lab/load/ledger";
import { LoaderProcess } from "../../../lab/load/loader-process";
import type { LoaderOptions } from "../../../lab/load/options";
import { Random } from "../../../rehearsal/cluster/random";
import { halves, type Topology } from "../../../model";
import { Rehearsal } from "../../../rehearsal";
import { describeWith } from "../../support/requirements";

const LONDON = ["A1", "A2", "A3"];
const PARIS = ["B1", "B2", "B3"];
const TOPOLOGY: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [
    ...LONDON.map((id) => ({ id, rack: 32, region: "eu-west-2" })),
    ...PARIS.map((id) => ({ id, rack: 33, region: "eu-west-3" })),
  ],
};

describeWith(["client for Node.js"], "a loader, in a process of its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
  let cluster: Rehearsal;
  let ledgers = 0;

  beforeAll(async () => {
    cluster = await Rehearsal.start({ topology: TOPOLOGY, heartbeat: { interval: 30, timeout: 10 } });
    await cluster.until(({ settled }) => settled);
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  function load(options: Partial<LoaderOptions>): LoaderProcess {
    const number = ++ledgers;
    return new LoaderProcess({
      hosts: cluster.seeds["eu-west-2"],
      namespace: "mydata",
      strongConsistency: true,
      place: "eu-west-2",
      client: `eu-west-2/${number}`,
      workload: "article",
      ledger: join(folder, `${number}.jsonl`),
      seed: number,
      ...options,
    });
  }

  const operations = ({ options }: LoaderProcess): readonly HistoryOperation[] =>
    readLedger(options.ledger).operations;

  async function until(holds: () => boolean): Promise<void> {
    for (const end = Date.now() + 20_000; !holds();) {
      if (Date.now() > end) throw new Error("It did not come to that in time.");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function readBack(keys: readonly string[]): Promise<Map<string, HistoryOperation>> {
    const reader = load({ workload: "verify", keys, rate: 5000 });
    expect(await reader.ended).toEqual({ reason: "done" });
    return new Map(operations(reader).map((operation) => [operation.key, operation]));
  }

  test("puts the article's records, each told by a logged_by of 20 characters, and reads them back", async () => {
    const loader = load({ keys: [5, 1, 7], rate: 5000 });
    await loader.ready;
    expect(await loader.ended).toEqual({ reason: "done" });
    const puts = operations(loader);
    expect(puts.map(({ kind, key, outcome, code }) => [kind, key, outcome, code])).toEqual(
      ["dummy/5", "dummy/1", "dummy/7"].map((key) => ["put", key, "ok", 0]),
    );
    expect(new Set(puts.map(({ value }) => value)).size).toBe(3);
    for (const { value } of puts) expect(value).toMatch(/^[A-Za-z0-9]{20}$/);
    const reads = await readBack(puts.map(({ key }) => key));
    for (const { key, value } of puts)
      expect(reads.get(key)).toMatchObject({ seen: value, mode: "linearized" });
  });

  test("replaces registers on condition of the generation that it read", async () => {
    const loader = load({ workload: "register", records: 4, count: 400, rate: 5000, inFlight: 16 });
    await loader.ended;
    const all = operations(loader);
    expect(all.filter(({ kind }) => kind === "put" && kind).length).toBeGreaterThan(100);
    // Others were faster: a condition that no longer holds is refused, by 3 (generation) or 5 (it is there).
    const codes = new Set(all.filter(({ outcome }) => outcome !== "ok").map(({ code }) => code));
    for (const code of codes) expect([3, 5, 14]).toContain(code);
    for (const key of new Set(all.map((operation) => operation.key))) {
      const chain = new Map(
        all
          .filter(
            (operation) => operation.key === key && operation.kind === "put" && operation.outcome === "ok",
          )
          .map(({ value, replaced }) => [replaced, value]),
      );
      let value: string | null | undefined = null;
      for (let length = 0; length < chain.size; length++) value = chain.get(value);
      expect((await readBack([key])).get(key)).toMatchObject({ seen: value });
    }
  });

  test("appends elements that are all there, and removes what it put", async () => {
    const appender = load({ workload: "append", records: 2, count: 200, rate: 5000 });
    await appender.ended;
    const appended = operations(appender).filter(
      ({ kind, outcome }) => kind === "append" && outcome === "ok",
    );
    const lists = await readBack([...new Set(appended.map(({ key }) => key))]);
    for (const { key, value } of appended) expect(lists.get(key)!.seen).toContain(value);

    const lifecycle = load({ workload: "lifecycle", count: 90, rate: 5000, inFlight: 8 });
    await lifecycle.ended;
    const removed = operations(lifecycle).filter(({ kind }) => kind === "delete");
    expect(removed.length).toBeGreaterThan(20);
    const gone = await readBack(removed.map(({ key }) => key));
    for (const { key, outcome } of removed) {
      expect(outcome).toBe("ok");
      expect(gone.get(key)!.seen).toBeNull();
    }
  });

  test("waits longer than a second for the answers to puts of given keys: who loads data waits for slow nodes", async () => {
    const one = await Rehearsal.start({
      topology: {
        namespace: { ...TOPOLOGY.namespace, replicationFactor: 1 },
        nodes: [{ id: "A1", rack: 1, region: "eu-west-2" }],
      },
    });
    try {
      await one.until(({ settled }) => settled);
      const keys = Array.from({ length: 500 }, (_, key) => key);
      const loader = load({ hosts: one.seeds["eu-west-2"], keys, rate: 100 });
      await loader.ready;
      await one.pauseNode("A1");
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await one.resumeNode("A1");
      expect(await loader.ended).toEqual({ reason: "done" });
      const puts = operations(loader);
      expect(puts.map(({ outcome }) => outcome)).toEqual(keys.map(() => "ok"));
      // Some met the pause.
      expect(puts.some(({ start, end }) => end! - start > 1_000_000)).toBe(true);
    } finally {
      await one.stop();
    }
  });

  test("ends with the first error, as the article's application does: -8 for a client that connects into a split", async () => {
    await cluster.setFault(halves(LONDON, PARIS));
    await cluster.until(({ settled, subClusters }) => settled && subClusters.length === 2);
    const loader = load({ keys: Array.from({ length: 100 }, (_, key) => key), untilError: true, rate: 5000 });
    expect(await loader.ended).toMatchObject({ reason: "error", code: -8 });
    expect(operations(loader).at(-1)).toMatchObject({ outcome: "not-sent", code: -8 });
    await cluster.heal();
    await cluster.until(({ settled, subClusters }) => settled && subClusters.length === 1);
  });

  test("stops when it is told to, with every operation answered", async () => {
    const loader = load({ workload: "register", rate: 1000 });
    await loader.ready;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await loader.stop()).toEqual({ reason: "stopped" });
    expect(loader.progress.counts.ok).toBeGreaterThan(50);
    for (const { end } of operations(loader)) expect(end).toBeDefined();
  });

  test("pauses, goes on, and takes another rate, without waiting for what the old one would have sent", async () => {
    const loader = load({ workload: "register", rate: 1, count: 600 });
    await loader.ready;
    loader.setRate(200);
    await until(() => loader.progress.counts.ok > 20);
    loader.pause();
    let before = -1;
    await until(() => {
      const still = loader.progress.counts.ok === before && loader.progress.latency === undefined;
      before = loader.progress.counts.ok;
      return still;
    });
    loader.resume();
    loader.setRate(5000);
    expect(await loader.ended).toEqual({ reason: "done" });
    expect(operations(loader)).toHaveLength(600);
  });

  test("asks the server whether to read linearized, and names a namespace that is not there", async () => {
    const loader = load({ workload: "register", strongConsistency: undefined, count: 20, rate: 5000 });
    expect(await loader.ended).toEqual({ reason: "done" });
    const reads = operations(loader).filter(({ kind }) => kind === "read");
    expect(new Set(reads.map(({ mode }) => mode))).toEqual(new Set(["linearized"]));
    const lost = load({ namespace: "elsewhere", strongConsistency: undefined });
    expect(await lost.ended).toMatchObject({
      reason: "error",
      message: expect.stringContaining('namespace "elsewhere"') as string,
    });
  });

  test("reads more keys back than an argument of a process holds", async () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `lifecycle/eu-west-2/1:${i}`);
    expect(JSON.stringify(keys).length).toBeGreaterThan(128 * 1024);
    const reader = load({ workload: "verify", keys, count: 20, rate: 5000 });
    expect(await reader.ended).toEqual({ reason: "done" });
    expect(operations(reader).map(({ key }) => key)).toEqual(keys.slice(0, 20));
  });

  test("refuses lifecycle in availability mode", async () => {
    const loader = load({ workload: "lifecycle", strongConsistency: false });
    expect(await loader.ended).toMatchObject({
      reason: "error",
      message: expect.stringContaining("expected a strongly consistent namespace") as string,
    });
    expect(operations(loader)).toEqual([]);
  });

  test("killed at any moment leaves no value in the cluster that its ledger does not know, 12 times", async () => {
    const seed = Number(process.env.STRETCH_SEED ?? 20261128);
    console.info(`seed ${seed}`);
    const random = new Random(seed);
    for (let time = 0; time < 12; time++) {
      const loader = load({ workload: "append", records: 3, rate: 20_000, client: `killed/${time}` });
      await loader.ready;
      await new Promise((resolve) => setTimeout(resolve, random.below(300)));
      loader.kill();
      await expect(loader.ended).rejects.toThrow("SIGKILL");
      const { operations: all } = readLedger(loader.options.ledger);
      const appends = all.filter(({ kind }) => kind === "append");
      const attempted = new Set(appends.map(({ value }) => value));
      const lists = await readBack([...new Set(appends.map(({ key }) => key))]);
      const there = [...lists.values()]
        .flatMap(({ seen }) => seen as string[])
        .filter((value) => value.startsWith(`killed/${time}:`));
      for (const value of there) expect(attempted).toContain(value);
      for (const { value, outcome } of appends) if (outcome === "ok") expect(there).toContain(value);
    }
  });
});

test("a loader that nobody can start says why", async () => {
  const loader = new LoaderProcess({
    hosts: "127.0.0.1:1",
    namespace: "mydata",
    strongConsistency: true,
    place: "nowhere",
    client: "nowhere/1",
    workload: "article",
    ledger: "/nonexistent/ledger.jsonl",
    seed: 1,
  });
  await expect(loader.ended).rejects.toThrow("/nonexistent/ledger.jsonl");
});
