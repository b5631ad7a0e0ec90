import {
  AWS_ROUND_TRIPS,
  digest,
  healthyCluster,
  NO_FAULT,
  type Operation,
  operationTime,
  overRoundTrips,
  partitionOf,
  PARTITIONS,
  type SlowLink,
} from "../../../model";
import { RefusedError } from "../../../rehearsal/errors";
import { statusOf } from "../../../rehearsal/status";
import type { ClusterOptions } from "../../../rehearsal/cluster/cluster";
import type { DrivenClient, Outcome } from "../support/driven-client";
import { EVEN, EVEN_AP, idsIn, LONDON, PARIS, Run, split } from "../support/clusters";

const healthy = healthyCluster(EVEN);

/** A key of each partition. */
const KEYS = (() => {
  const keys = new Map<number, number>();
  for (let key = 0; keys.size < PARTITIONS; key++) {
    const partition = partitionOf(digest("dummy", key));
    if (!keys.has(partition)) keys.set(partition, key);
  }
  return [...keys.values()];
})();

const ASK: Readonly<Record<Operation, (client: DrivenClient, key: number) => Outcome>> = {
  write: (client, key) => client.put("dummy", key, { v: key }),
  "linearized read": (client, key) => client.get("dummy", key, "linearize"),
  "session read": (client, key) => client.get("dummy", key),
};
const operations = Object.keys(ASK) as Operation[];

/** A client that knows the owners, and whose connections are made. */
function clientOf(run: Run, region: string): DrivenClient {
  const client = run.client(region);
  run.clock.advance(2000);
  for (const key of KEYS.slice(0, 64)) client.put("dummy", key, { v: 0 });
  run.clock.advance(2000);
  return client;
}

/** Milliseconds that each of these keys took, one after another. */
function times(run: Run, client: DrivenClient, operation: Operation, keys = KEYS): number[] {
  return keys.map((key) => {
    const began = run.clock.now();
    const outcome = ASK[operation](client, key);
    run.clock.advanceUntil(() => outcome.done, 5000, 0.5);
    // Read before anything was written: not found; 9 where a loss took too long.
    expect([0, 2, 9]).toContain(outcome.code);
    return run.clock.now() - began;
  });
}

const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;

const slow = (...links: SlowLink[]) => ({ ...NO_FAULT, links });
const between = [LONDON, PARIS] as const;

describe("operations over a distance", () => {
  const run = new Run(EVEN, { roundTrips: AWS_ROUND_TRIPS });
  const clients: Readonly<Record<string, DrivenClient>> = {
    [LONDON]: clientOf(run, LONDON),
    [PARIS]: clientOf(run, PARIS),
  };

  test.each(operations.flatMap((operation) => [LONDON, PARIS].map((region) => [operation, region] as const)))(
    "take the predicted time: %s from %s",
    (operation, region) => {
      const predicted = operationTime(EVEN, healthy.map, AWS_ROUND_TRIPS, region, operation)!;
      const measured = times(run, clients[region], operation);
      expect(mean(measured)).toBeCloseTo(predicted.mean, 5);
      expect(Math.max(...measured)).toBeCloseTo(predicted.worst, 5);
    },
  );

  test("take the predicted time while a link is slow, and the old one once it is healed", () => {
    const links: SlowLink[] = [
      { between, delay: 4 },
      { between: ["A352", PARIS], delay: 1.5 },
    ];
    run.cluster.setFault({ ...NO_FAULT, links });
    const client = clientOf(run, LONDON);
    for (const operation of ["write", "session read"] as const) {
      const predicted = operationTime(EVEN, healthy.map, AWS_ROUND_TRIPS, LONDON, operation, links)!;
      const measured = times(run, client, operation);
      expect(mean(measured)).toBeCloseTo(predicted.mean, 5);
      expect(Math.max(...measured)).toBeCloseTo(predicted.worst, 5);
    }
    run.cluster.heal();
    const { mean: healed } = operationTime(EVEN, healthy.map, AWS_ROUND_TRIPS, LONDON, "write")!;
    expect(mean(times(run, client, "write"))).toBeCloseTo(healed, 5);
  });

  test("fail in doubt where the link is cut while the replica is asked, and are whole after the heal", () => {
    const far = new Run(EVEN, {
      roundTrips: overRoundTrips({ source: "test", between: { [LONDON]: { [PARIS]: 400 } } }),
    });
    const client = clientOf(far, LONDON);
    const near = KEYS.slice(0, 200).filter((key) =>
      far.cluster
        .node("A352")
        .view!.partitions[partitionOf(digest("dummy", key))].master!.id.startsWith("A352"),
    );
    const outcomes = near.map((key) => client.put("dummy", key, { v: 7 }));
    far.clock.advance(100);
    far.cluster.setFault(split(EVEN));
    far.clock.advance(2000);
    expect(outcomes.map(({ code, inDoubt }) => [code, inDoubt])).toEqual(near.map(() => [9, true]));
    far.heal();
    far.clock.advance(3000);
    const read = near.map((key) => client.get("dummy", key, "linearize"));
    far.clock.advance(3000);
    expect(read.map(({ code }) => code)).toEqual(near.map(() => 0));
  });
});

describe("a link with jitter and losses", () => {
  test("delays by up to the jitter each way, the same with the same seed", () => {
    const measure = (seed: number) => {
      const run = new Run(EVEN, { seed });
      run.cluster.setFault(slow({ between, delay: 10, jitter: 20 }));
      const client = clientOf(run, LONDON);
      const remote = KEYS.slice(0, 200);
      return times(run, client, "session read", remote).filter((ms) => ms > 0);
    };
    const first = measure(1);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...first)).toBeLessThanOrEqual(60.5);
    expect(new Set(first).size).toBeGreaterThan(20);
    expect(measure(1)).toEqual(first);
    expect(measure(2)).not.toEqual(first);
  });

  test("sends again what is lost, after the round trip and 200 ms at least: so many operations as are lost take that longer", () => {
    const run = new Run(EVEN);
    run.cluster.setFault(slow({ between, delay: 5, loss: 10 }));
    const client = clientOf(run, LONDON);
    const remote = times(run, client, "session read", KEYS.slice(0, 1500)).filter((ms) => ms > 0);
    const late = remote.filter((ms) => ms > 10.5);
    // Each way loses a tenth: 19 of 100 operations.
    expect(late.length / remote.length).toBeGreaterThan(0.13);
    expect(late.length / remote.length).toBeLessThan(0.25);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(10 + 210);
  });

  test("loses no node while few heartbeats are lost, and loses nodes where most are", () => {
    const lost = (loss: number) => {
      const run = new Run(EVEN, { seed: 3 });
      run.cluster.setFault(slow({ between, loss }));
      run.clock.advance(60_000);
      return run.cluster.log.events.filter(({ event }) => event === "heartbeat-lost").length;
    };
    expect(lost(10)).toBe(0);
    expect(lost(90)).toBeGreaterThan(0);
  });

  test("does not touch those inside a region, nor their clients", () => {
    const run = new Run(EVEN);
    run.cluster.setFault(slow({ between, delay: 500 }));
    const client = clientOf(run, LONDON);
    const own = KEYS.filter((key) =>
      idsIn(EVEN, LONDON).includes(
        run.cluster.node("A352").view!.partitions[partitionOf(digest("dummy", key))].master!.id,
      ),
    );
    expect(Math.max(...times(run, client, "session read", own.slice(0, 100)))).toBe(0);
  });

  test("forms the two halves of a cut, and one cluster after the heal, also where heartbeats take their time", () => {
    const run = new Run(EVEN, { roundTrips: AWS_ROUND_TRIPS });
    run.cut(EVEN);
    expect(statusOf(run.cluster).subClusters).toHaveLength(2);
    run.heal();
    expect(statusOf(run.cluster).subClusters).toHaveLength(1);
  });
});

test("in availability mode reads ask the master alone", () => {
  const run = new Run(EVEN_AP, { roundTrips: AWS_ROUND_TRIPS });
  const client = clientOf(run, LONDON);
  const { mean: predicted } = operationTime(EVEN_AP, healthy.map, AWS_ROUND_TRIPS, LONDON, "session read")!;
  expect(mean(times(run, client, "session read"))).toBeCloseTo(predicted, 5);
});

describe("distances and links that there are not", () => {
  const start = (options: ClusterOptions) => new Run(EVEN, options);

  test("are refused: a pair of regions without a round trip", () => {
    const roundTrips = { source: "my table", between: {}, within: 1 };
    expect(() => start({ roundTrips })).toThrow(
      new RefusedError(
        "There is no round trip for eu-west-2 - eu-west-3 (my table): give one, in milliseconds.",
      ),
    );
  });

  test.each<[SlowLink, string]>([
    [
      { between: [LONDON, "Rome"], delay: 5 },
      'A link cannot end at "Rome": expected a region or a node, one of',
    ],
    [
      { between, delay: -1 },
      "The delay of the link eu-west-2-eu-west-3 is -1: expected milliseconds, 0 to 10000.",
    ],
    [{ between, jitter: NaN }, "The jitter of the link eu-west-2-eu-west-3 is NaN"],
    [{ between, loss: 100 }, "The loss of the link eu-west-2-eu-west-3 is 100: expected percent, 0 to 99."],
  ])("are refused: %j", (link, text) => {
    const run = start({});
    expect(() => run.cluster.setFault(slow(link))).toThrow(RefusedError);
    expect(() => run.cluster.setFault(slow(link))).toThrow(text);
  });
});
