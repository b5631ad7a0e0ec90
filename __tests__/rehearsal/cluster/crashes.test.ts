import { digest, type Namespace, partitionOf, type StopKind } from "../../../model";
import { statusOf } from "../../../rehearsal/status";
import { EVEN, LONDON, PARIS, Run, split } from "../support/clusters";

/** Two nodes that together are all replicas of some partitions. */
const PAIR = ["A352", "A70"] as const;
const KEYS = Array.from({ length: 400 }, (_, key) => key);

const started = (settings: Partial<Namespace> = {}) =>
  new Run({ ...EVEN, namespace: { ...EVEN.namespace, ...settings } });

function put(run: Run, v: number, keys: readonly number[] = KEYS): void {
  const client = run.client(PARIS);
  for (const key of keys) expect(client.put("dummy", key, { v }).code).toBe(0);
  client.close();
}

/** What each key reads as: undefined where it is not found. */
function values(run: Run, keys: readonly number[] = KEYS): unknown[] {
  run.clock.advance(2000);
  const client = run.client(PARIS);
  const read = keys.map((key) => client.get("dummy", key));
  client.close();
  return read.map(({ code, bins }) => (code === 0 ? bins["v"] : code === 2 ? undefined : `code ${code}`));
}

function ask(run: Run, id: string, command: string): string {
  const client = run.client(LONDON);
  const answer = client.info(id, command)!;
  client.close();
  return answer;
}

const statistic = (run: Run, id: string, name: string) =>
  Number(new RegExp(`(?:^|;)${name}=(\\d+)`).exec(ask(run, id, "namespace/mydata"))![1]);

const set = (run: Run, setting: string) =>
  run.cluster.nodes.map(({ id }) => ask(run, id, `set-config:context=namespace;namespace=mydata;${setting}`));

function stopAndStart(run: Run, ids: readonly string[], kind: StopKind): void {
  for (const id of ids) run.cluster.stopNode(id, kind);
  run.settle();
  for (const id of ids) run.cluster.startNode(id);
  run.settle();
}

/** Keys of which the pair are all replicas. */
const onPair = (run: Run) =>
  KEYS.filter((key) =>
    run.cluster
      .node("A882")
      .view!.partitions[partitionOf(digest("dummy", key))].replicas.every(({ id }) =>
        (PAIR as readonly string[]).includes(id),
      ),
  );

const dead = (run: Run) => statusOf(run.cluster).subClusters[0].dead;

function revive(run: Run): void {
  for (const { id } of run.cluster.nodes) expect(ask(run, id, "revive:namespace=mydata")).toBe("ok");
  run.recluster("A882");
}

describe("crashes of as many nodes as there are copies", () => {
  /** Everything written twice, the second time `ago` milliseconds before the pair crashes. */
  const crashed = (run: Run, ago: number) => {
    put(run, 1);
    run.clock.advance(5000);
    put(run, 2);
    run.clock.advance(ago);
    const both = onPair(run);
    expect(both.length).toBeGreaterThan(10);
    stopAndStart(run, PAIR, "unclean");
    return both;
  };
  const lost = (run: Run) => {
    const read = values(run);
    expect(read.filter((v) => v !== 1 && v !== 2)).toEqual([]);
    return KEYS.filter((key) => read[key] === 1);
  };

  test("lose what was written within flush-max-ms, 1000 by default, and nothing else", () => {
    const run = started();
    const both = crashed(run, 999);
    expect(dead(run)).toBeGreaterThan(100);
    revive(run);
    expect(lost(run)).toEqual(both);
  });

  test("lose nothing that is older", () => {
    const run = started();
    crashed(run, 1000);
    expect(dead(run)).toBeGreaterThan(100);
    revive(run);
    expect(lost(run)).toEqual([]);
  });

  test("lose less where flush-max-ms is shorter, as configured or set until the next restart", () => {
    const configured = started({ flushMaxMs: 100 });
    crashed(configured, 200);
    revive(configured);
    expect(lost(configured)).toEqual([]);

    const run = started();
    expect(set(run, "flush-max-ms=100")).toEqual(Array(6).fill("ok"));
    expect(ask(run, "A352", "get-config:context=namespace;namespace=mydata")).toContain("flush-max-ms=100;");
    crashed(run, 200);
    expect(ask(run, "A352", "get-config:context=namespace;namespace=mydata")).toContain("flush-max-ms=1000;");
    revive(run);
    expect(lost(run)).toEqual([]);
  });

  test("lose nothing and leave nothing dead where writes are committed to the device", () => {
    const run = started({ commitToDevice: true });
    crashed(run, 0);
    expect(dead(run)).toBe(0);
    expect(lost(run)).toEqual([]);
  });

  test("leave nothing dead where nodes revive by themselves: it counts what it revived, and the last writes are lost all the same", () => {
    const run = started({ autoRevive: true });
    const both = crashed(run, 500);
    expect(dead(run)).toBe(0);
    for (const id of PAIR) expect(statistic(run, id, "auto_revived_partitions")).toBe(1365);
    expect(statistic(run, "A882", "auto_revived_partitions")).toBe(0);
    expect(lost(run)).toEqual(both);
  });

  test("revive nothing by themselves that was wiped", () => {
    const run = started({ autoRevive: true });
    put(run, 1);
    stopAndStart(run, PAIR, "empty");
    expect(dead(run)).toBeGreaterThan(100);
    for (const id of PAIR) expect(statistic(run, id, "auto_revived_partitions")).toBe(0);
  });

  test("one after the other lose nothing", () => {
    const run = started();
    put(run, 1);
    for (const id of PAIR) {
      put(run, 2);
      stopAndStart(run, [id], "unclean");
    }
    expect(lost(run)).toEqual([]);
    expect(dead(run)).toBe(0);
  });
});

describe("a delete that is not durable", () => {
  test("is taken where the setting allows it, and brings back what a node kept that was away", () => {
    const run = started();
    put(run, 1);
    const client = run.client(LONDON);
    expect(client.remove("dummy", 1, false).code).toBe(22);
    run.cluster.stopNode("A352");
    run.settle();
    run.cluster.startNode("A352");
    run.settle();
    expect(set(run, "strong-consistency-allow-expunge=true")).toEqual(Array(6).fill("ok"));
    run.cluster.stopNode("A352");
    run.settle();
    run.clock.advance(2000);
    for (const key of KEYS) expect(client.remove("dummy", key, false).code).toBe(0);
    expect(values(run).every((v) => v === undefined)).toBe(true);
    run.cluster.startNode("A352");
    run.settle();
    const back = values(run).filter((v) => v !== undefined);
    expect(back.length).toBeGreaterThan(50);
    expect(back.length).toBeLessThan(200);
  });
});

describe("fails: settings", () => {
  const run = started();
  test.each([
    "flush-max-ms=0",
    "flush-max-ms=1001",
    "flush-max-ms=",
    "strong-consistency-allow-expunge=yes",
    "commit-to-device=true",
    "auto-revive=true",
  ])("%s cannot be set", (setting) => {
    expect(set(run, setting)).toEqual(Array(6).fill("ERROR:4:invalid set-config parameter"));
  });
});

describe("a cold start after a host's reboot", () => {
  const everybody = EVEN.nodes.map(({ id }) => id);
  const restarted = (kind: StopKind) => {
    const run = started();
    put(run, 1);
    for (const id of everybody) run.cluster.stopNode(id, kind);
    for (const id of everybody) run.cluster.startNode(id);
    run.clock.advanceUntil(() => run.cluster.settled, 60_000);
    return run;
  };
  const sum = (run: Run, name: string) =>
    everybody.reduce((total, id) => total + statistic(run, id, name), 0);

  test("leaves records unreplicated until the appeals have ended", () => {
    const run = restarted("reboot");
    expect(statusOf(run.cluster).subClusters).toMatchObject([{ available: 4096, dead: 0 }]);
    expect(sum(run, "unreplicated_records")).toBe(400);
    const partitions = new Set(KEYS.map((key) => partitionOf(digest("dummy", key)))).size;
    expect(sum(run, "appeals_tx_remaining")).toBe(2 * partitions);
    run.clock.advance(5000);
    expect(sum(run, "appeals_tx_remaining")).toBe(0);
    expect(sum(run, "unreplicated_records")).toBe(0);
    expect(sum(run, "appeals_records_exonerated")).toBe(800);
    expect(values(run).every((v) => v === 1)).toBe(true);
  });

  test("does not follow a clean stop", () => {
    const run = restarted("clean");
    expect(sum(run, "unreplicated_records")).toBe(0);
    expect(sum(run, "appeals_tx_remaining")).toBe(0);
  });

  test.each([
    ["clean", 0],
    ["reboot", 9],
  ] as const)(
    "decides what a session read gets in a cut before that: after a stop that is %s code %i",
    (kind, code) => {
      const run = restarted(kind);
      const client = run.client(LONDON);
      const [key] = KEYS.filter((one) => {
        const [master, replica] =
          run.cluster.node("A882").view!.partitions[partitionOf(digest("dummy", one))].replicas;
        return master.region === LONDON && replica.region === PARIS;
      });
      run.cluster.setFault(split(EVEN));
      const read = client.get("dummy", key);
      run.clock.advance(1001);
      expect(read).toMatchObject({ done: true, code });
    },
  );
});
