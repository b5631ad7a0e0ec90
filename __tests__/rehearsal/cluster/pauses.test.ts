import { partitionOf, digest } from "../../../model";
import { RefusedError } from "../../../rehearsal/errors";
import { statusOf } from "../../../rehearsal/status";
import { EVEN, EVEN_AP, LONDON, PARIS, Run } from "../support/clusters";

const KEYS = Array.from({ length: 300 }, (_, key) => key);

/** Keys whose master a node is. */
const masteredBy = (run: Run, id: string) =>
  KEYS.filter(
    (key) => run.cluster.node("A70").view!.partitions[partitionOf(digest("dummy", key))].master?.id === id,
  );

const members = (run: Run) => statusOf(run.cluster).subClusters.map((one) => [...one.members].sort());
const all = EVEN.nodes.map(({ id }) => id).sort();

describe.each(["A882", "A352"])("a node that is paused (%s, the principal first)", (id) => {
  test("is lost to the others, goes on as a member of its old cluster when it is resumed, and joins theirs again", () => {
    const run = new Run(EVEN);
    const client = run.client(LONDON);
    for (const key of KEYS) client.put("dummy", key, { v: 1 });
    const keys = masteredBy(run, id);
    run.cluster.pauseNode(id);
    const waiting = client.put("dummy", keys[0], { v: 9 });
    run.clock.advance(1100);
    expect([waiting.code, waiting.inDoubt]).toEqual([9, true]);
    run.settle();
    expect(members(run)).toEqual([all.filter((other) => other !== id)]);
    // The others serve all of it.
    run.clock.advance(2000);
    const written = keys.slice(1).map((key) => client.put("dummy", key, { v: 2 }));
    run.clock.advance(2000);
    expect(written.every(({ code }) => code === 0)).toBe(true);

    run.cluster.resumeNode(id);
    expect(run.cluster.node(id).view!.members).toHaveLength(6);
    run.settle();
    run.clock.advance(3000);
    expect(members(run)).toEqual([all]);
    const read = keys.slice(1).map((key) => client.get("dummy", key));
    run.clock.advance(2000);
    expect(read.map(({ bins }) => bins.v)).toEqual(keys.slice(1).map(() => 2));
    expect(statusOf(run.cluster).subClusters[0]).toMatchObject({ available: 4096, dead: 0 });
  });
});

test("a resumed node's reads may be stale, and its writes time out in doubt, until it is in the others' cluster", () => {
  const run = new Run(EVEN);
  const client = run.client(LONDON);
  for (const key of KEYS) client.put("dummy", key, { v: 1 });
  const [stale, doubt] = masteredBy(run, "A352");
  // It knows the owners as they were.
  const old = run.client(LONDON);
  old.close();
  run.cluster.pauseNode("A352");
  run.settle();
  run.clock.advance(2000);
  expect(client.put("dummy", stale, { v: 2 }).code).toBe(0);
  run.cluster.resumeNode("A352");
  expect(old.get("dummy", stale)).toMatchObject({ code: 0, bins: { v: 1 } });
  const write = old.put("dummy", doubt, { v: 3 });
  const linearized = old.get("dummy", stale, "linearize");
  run.clock.advance(1100);
  expect(write).toMatchObject({ code: 9, inDoubt: true });
  expect(linearized.code).toBe(9);
  run.settle();
  run.clock.advance(3000);
  expect(client.get("dummy", stale)).toMatchObject({ code: 0, bins: { v: 2 } });
});

test("a pause that nobody noticed leaves the cluster as it is, and what waited is done", () => {
  const run = new Run(EVEN);
  const client = run.client(LONDON);
  run.clock.advance(2000);
  const { clusterKey } = statusOf(run.cluster).subClusters[0];
  const [key] = masteredBy(run, "A352");
  run.cluster.pauseNode("A352");
  const write = client.put("dummy", key, { v: 5 });
  run.clock.advance(800);
  expect(write.done).toBe(false);
  run.cluster.resumeNode("A352");
  expect(write.code).toBe(0);
  run.clock.advance(10_000);
  expect(statusOf(run.cluster).subClusters).toMatchObject([{ clusterKey }]);
});

test("fails to pause what is stopped or paused, and to resume what is neither; a stop ends a pause", () => {
  const { cluster } = new Run(EVEN);
  expect(() => cluster.resumeNode("A352")).toThrow(new RefusedError('Node "A352" is not paused.'));
  cluster.pauseNode("A352");
  expect(() => cluster.pauseNode("A352")).toThrow(new RefusedError('Node "A352" is already paused.'));
  cluster.stopNode("A352", "unclean");
  expect(() => cluster.pauseNode("A352")).toThrow("is stopped: only a node that is up can be paused");
  cluster.startNode("A352");
  expect(statusOf(cluster).nodes[0]).toMatchObject({ up: true, paused: false });
});

describe("clocks that differ", () => {
  const statistic = (run: Run, id: string, command: string, name: string) => {
    const client = run.client(run.cluster.node(id).region);
    const answer = client.info(id, command)!;
    client.close();
    return new RegExp(`(?:^|;)${name}=([^;]*)`).exec(answer)![1];
  };
  const skewOf = (run: Run, id: string) => [
    statistic(run, id, "statistics", "cluster_clock_skew_ms"),
    statistic(run, id, "statistics", "cluster_clock_skew_stop_writes_sec"),
    statistic(run, id, "namespace/mydata", "clock_skew_stop_writes"),
  ];
  /** Codes of a write, a removal and a read of each key. */
  const codes = (run: Run, region: string, keys = KEYS) => {
    const client = run.client(region);
    const asked = keys.flatMap((key) => [
      client.put("dummy", key, { v: 1 }),
      client.remove("dummy", key + 1_000_000, true),
      client.get("dummy", key),
    ]);
    run.clock.advance(2000);
    client.close();
    return [...new Set(asked.map(({ code }) => code))].sort();
  };

  test("by more than 17 s stop the writes of every node of the cluster (22) and no reads; by less nothing", () => {
    const run = new Run(EVEN);
    expect(skewOf(run, "A70")).toEqual(["0", "17", "false"]);
    run.cluster.setClock("A352", 10_000);
    run.cluster.setClock("A882", -7000);
    expect(skewOf(run, "A70")).toEqual(["17000", "17", "false"]);
    expect(codes(run, LONDON)).toEqual([0, 2]);
    run.cluster.setClock("A882", -7001);
    expect(skewOf(run, "A70")).toEqual(["17001", "17", "true"]);
    expect(codes(run, LONDON)).toEqual([0, 22]);
    run.cluster.setClock("A882", 0);
    expect(codes(run, PARIS)).toEqual([0, 2]);
  });

  test("count among the nodes of one cluster only: a half whose clocks agree writes", () => {
    const run = new Run(EVEN);
    run.cluster.setClock("A352", 60_000);
    run.cut(EVEN);
    expect(skewOf(run, "A352")).toEqual(["60000", "17", "true"]);
    expect(skewOf(run, "A70")).toEqual(["0", "17", "false"]);
    expect(codes(run, LONDON)).toContain(22);
    expect(codes(run, PARIS)).not.toContain(22);
  });

  test("stop writes later where heartbeats are slower, in proportion to the quantum", () => {
    const run = new Run(EVEN, { heartbeat: { interval: 150, timeout: 20 } });
    // 1.81 s at 150 x 10, 3.31 s at 150 x 20.
    expect(skewOf(run, "A70")[1]).toBe("31");
  });

  test("stop writes above 40 s in availability mode, where records can expire", () => {
    for (const [nsupPeriod, stopped] of [
      [120, true],
      [0, false],
    ] as const) {
      const run = new Run(EVEN_AP, { nsupPeriod });
      run.cluster.setClock("A352", 40_000);
      expect(skewOf(run, "A70")).toEqual(["40000", "0", "false"]);
      run.cluster.setClock("A352", 40_001);
      expect(skewOf(run, "A70")).toEqual(["40001", "0", String(stopped)]);
      expect(codes(run, LONDON).includes(22)).toBe(stopped);
    }
  });

  test("date what a node writes, and its answers", () => {
    const run = new Run(EVEN);
    run.cluster.setClock("A352", 5000);
    const time = (id: string) => Number(statistic(run, id, "namespace/mydata", "current_time"));
    expect(time("A352") - time("A70")).toBe(5);
  });

  test("fails to be more than a day off, or of a node that there is not", () => {
    const { cluster } = new Run(EVEN);
    expect(() => cluster.setClock("A352", 86_400_001)).toThrow(RefusedError);
    expect(() => cluster.setClock("A352", NaN)).toThrow(RefusedError);
    expect(() => cluster.setClock("B9", 0)).toThrow('Node "B9" is not in the cluster');
  });
});
