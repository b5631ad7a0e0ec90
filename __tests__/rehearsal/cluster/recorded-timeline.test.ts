import { EVEN_AP, LONDON, PARIS, Run, split } from "../support/clusters";
import { gzippedFixture } from "../../support/fixture-files";

/** Six real nodes in two networks, 4,096 records; each asked every 250 ms. */
const recorded = gzippedFixture<{
  cutAt: number;
  healAt: number;
  changes: {
    t: number;
    node: string;
    cluster_size: number;
    partitionGeneration: number;
    cluster_integrity: string;
    migrate_tx_partitions_remaining: number;
    migrate_rx_partitions_remaining: number;
  }[];
}>("recordings/split-timeline");

const nodes = [...new Set(recorded.changes.map(({ node }) => node))];

/** Seconds from `since` until the last node of the recording had nothing more to migrate, and the first. */
function recordedEnds(since: number, until: number): number[] {
  return nodes.map((node) => {
    const own = recorded.changes.filter(
      (change) => change.node === node && change.t > since && change.t < until,
    );
    const moving = own.filter(
      (change) => change.migrate_tx_partitions_remaining + change.migrate_rx_partitions_remaining > 0,
    );
    const last = own.indexOf(moving[moving.length - 1]);
    return own[last + 1].t - since;
  });
}

describe("the recorded split and its rehearsal", () => {
  // The recorded nodes had no racks.
  const topology = { ...EVEN_AP, nodes: EVEN_AP.nodes.map((node) => ({ ...node, rack: 0 })) };
  const run = new Run(topology, { migrateRecordsPerSecond: 1000 });
  const { cluster, clock } = run;
  const secondsUntil = (holds: () => boolean, since: number) => {
    clock.advanceUntil(holds, 20_000);
    return (clock.now() - since) / 1000;
  };
  let cutAt = 0;
  let healAt = 0;

  beforeAll(() => {
    const client = run.client(LONDON);
    for (let key = 0; key < 4096; key++) client.put("test", key, { v: key });
    clock.advance(3000);
    cutAt = clock.now();
    cluster.setFault(split(topology));
  });

  it("announces new owners to clients some 0.25 to 0.5 s after the new cluster", () => {
    const node = cluster.node("A352");
    const before = node.rebalanceGeneration;
    const size = secondsUntil(() => node.view?.members.length === 3, cutAt);
    const told = secondsUntil(() => node.rebalanceGeneration > before, cutAt);
    const delays = nodes.map((id) => {
      const own = recorded.changes.filter((change) => change.node === id && change.t > recorded.cutAt);
      const formed = own.find((change) => change.cluster_size === 3)!.t;
      return own.find((change) => change.partitionGeneration > 0)!.t - formed;
    });
    // Samples are 250 ms apart.
    expect(told - size).toBeGreaterThanOrEqual(Math.min(...delays) - 0.25);
    expect(told - size).toBeLessThanOrEqual(Math.max(...delays) + 0.25);
  });

  it("loses integrity in London only, which is without the principal", () => {
    const deaf = new Set(
      recorded.changes
        .filter(({ t, cluster_integrity }) => t < recorded.healAt && cluster_integrity === "false")
        .map(({ node }) => node[0]),
    );
    expect([...deaf]).toEqual(["A"]);
  });

  it("ends its migrations as long after the cut, and after the heal, as the nodes did", () => {
    const cut = secondsUntil(() => cluster.settled && cluster.migrating === 0, cutAt);
    const afterCut = recordedEnds(recorded.cutAt, recorded.healAt);
    expect(cut).toBeGreaterThan(Math.min(...afterCut) - 0.5);
    expect(cut).toBeLessThan(Math.max(...afterCut) + 0.5);
    for (const [region, from] of [
      [LONDON, 10_000],
      [PARIS, 20_000],
    ] as const) {
      const client = run.client(region);
      for (let key = from; key < from + 200; key++) client.put("test", key, { v: key });
    }
    clock.advance(3000);
    healAt = clock.now();
    cluster.heal();
    clock.advance(1000);
    const heal = secondsUntil(() => cluster.settled && cluster.migrating === 0, healAt);
    const afterHeal = recordedEnds(recorded.healAt, Infinity);
    expect(heal).toBeGreaterThan(Math.min(...afterHeal) - 0.7);
    expect(heal).toBeLessThan(Math.max(...afterHeal) + 0.7);
  });
});
