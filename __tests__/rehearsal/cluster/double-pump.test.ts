import { NO_FAULT } from "../../../model";
import { statusOf } from "../../../rehearsal/status";
import { EVEN, EVEN_AP, LONDON, PARIS, Run, split } from "../support/clusters";

const KEYS = Array.from({ length: 300 }, (_, key) => key);

const happened = (run: Run, what: string) => run.cluster.log.events.filter(({ event }) => event === what);
const whole = (run: Run) => {
  const { subClusters } = statusOf(run.cluster);
  expect(subClusters).toHaveLength(1);
  return subClusters[0];
};

/** Four of five heartbeats between London and Paris are lost for a minute: nodes lose and find each other all the time. */
function flapping(run: Run): void {
  run.cluster.setFault({ ...NO_FAULT, links: [{ between: [LONDON, PARIS], loss: 80 }] });
  run.clock.advance(60_000);
  run.cluster.heal();
  run.settle();
}

describe("links that flap", () => {
  test.each([1, 2, 3])(
    "leave partitions dead without any crash where a cluster interrupts the one before it serves, until revive and recluster: nothing is lost then (seed %i)",
    (seed) => {
      const run = new Run(EVEN, { seed });
      const client = run.client(LONDON);
      for (const key of KEYS) expect(client.put("dummy", key, { v: key }).code).toBe(0);
      flapping(run);
      expect(happened(run, "cluster-interrupted").length).toBeGreaterThan(0);
      expect(happened(run, "node-stop")).toEqual([]);
      const { dead, unavailable } = whole(run);
      expect(dead).toBeGreaterThan(0);
      expect(unavailable).toBe(0);

      for (const { id } of run.cluster.nodes) client.info(id, "revive:namespace=mydata");
      run.recluster("A882");
      expect(whole(run)).toMatchObject({ available: 4096, dead: 0 });
      run.clock.advance(2000);
      const read = KEYS.map((key) => client.get("dummy", key));
      run.clock.advance(2000);
      expect(read.map(({ code, bins }) => [code, bins.v])).toEqual(KEYS.map((key) => [0, key]));
    },
  );

  test("leave an interrupted cluster's regime behind: the next one's is 2 higher, 4 above that of what served before", () => {
    const run = new Run(EVEN);
    flapping(run);
    const clusters = run.cluster.log.events.filter(({ event }) => event === "cluster");
    const [{ key, t }] = happened(run, "cluster-interrupted");
    const at = clusters.findIndex((cluster) => cluster.key === key);
    const next = clusters.slice(at + 1).find((cluster) => cluster.t === t)!;
    expect(next.regime as number).toBeGreaterThanOrEqual((clusters[at].regime as number) + 2);
    expect(t - clusters[at].t).toBeLessThan(450);
  });

  test("cost availability mode nothing of the kind", () => {
    const run = new Run(EVEN_AP);
    flapping(run);
    expect(happened(run, "cluster-interrupted")).toEqual([]);
    expect(whole(run)).toMatchObject({ available: 4096, dead: 0 });
  });
});

test("a cut that is healed after whatever time leaves nothing dead: its two clusters serve before they are one again", () => {
  for (const ms of [1500, 1700, 2000, 2500]) {
    const run = new Run(EVEN, { seed: ms });
    run.cluster.setFault(split(EVEN));
    run.clock.advance(ms);
    run.cluster.heal();
    run.clock.advance(5000);
    run.settle();
    expect(whole(run)).toMatchObject({ available: 4096, dead: 0 });
  }
});

test("links cut one shortly after the other may interrupt the cluster of the first cut", () => {
  let interrupted = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const run = new Run(EVEN, { seed });
    run.clock.advance(1000);
    run.cluster.setFault({ ...NO_FAULT, cannotHear: { A352: ["A600", "A129", "A70", "A882", "A517"] } });
    run.clock.advance(600);
    run.cluster.setFault(split(EVEN));
    run.settle();
    const events = happened(run, "cluster-interrupted");
    interrupted += events.length;
    run.heal();
    expect(whole(run).dead > 0).toBe(events.length > 0);
  }
  expect(interrupted).toBeGreaterThan(0);
});
