import fc from "fast-check";
import {
  healthyCluster,
  isServed,
  decisionOf,
  partitionCounts,
  partitionsByNode,
  predict,
  replicaIds,
  type Topology,
} from "../../model";
import { seeded } from "../support/seed";
import { cut, evenSplit, oddSplit, rack, tieBreaker } from "./support/topologies";

function withActiveRack(topology: Topology, activeRack: number): Topology {
  return { ...topology, namespace: { ...topology.namespace, activeRack } };
}

/** Primaries and secondaries of a rack's nodes, sorted. */
function totals(topology: Topology, number: number): string[] {
  const lines = partitionsByNode(healthyCluster(topology).map);
  return rack(topology, number)
    .map((id) => `${lines[id].primary}/${lines[id].secondary}`)
    .sort();
}

function served(topology: Topology, ...sides: (readonly string[])[]): number[] {
  return predict(healthyCluster(topology), cut(topology, ...sides)).subClusters.map(
    (map) => partitionCounts(map).available,
  );
}

describe("an active rack", () => {
  const active = withActiveRack(evenSplit, 32);
  const [london, paris] = [rack(evenSplit, 32), rack(evenSplit, 33)];

  it("has every master: the totals of Aerospike's documents, mirrored when it is the other one", () => {
    expect(totals(active, 32)).toEqual(["1365/0", "1365/0", "1366/0"]);
    expect(totals(active, 33)).toEqual(["0/1365", "0/1365", "0/1366"]);
    expect(totals(withActiveRack(evenSplit, 33), 33)).toEqual(["1365/0", "1365/0", "1366/0"]);
    expect(totals(withActiveRack(evenSplit, 33), 32)).toEqual(["0/1365", "0/1365", "0/1366"]);
  });

  it("moves no copy: each partition is on the same nodes as without one", () => {
    const [with_, without] = [healthyCluster(active).map, healthyCluster(evenSplit).map];
    for (let pid = 0; pid < 4096; pid++) {
      expect(replicaIds(with_, pid).sort()).toEqual(replicaIds(without, pid).sort());
    }
  });

  it("with half of the nodes serves everything in a split, and the other half nothing", () => {
    expect(served(active, london, paris)).toEqual([4096, 0]);
    expect(served(withActiveRack(evenSplit, 33), london, paris)).toEqual([0, 4096]);
  });

  it("lost, leaves the other half with nothing until a re-roster makes that the active one", () => {
    expect(served(active, paris)).toEqual([0]);
    const promoted = withActiveRack(
      { ...evenSplit, nodes: evenSplit.nodes.filter((n) => n.rack === 33) },
      33,
    );
    expect(partitionCounts(healthyCluster(promoted).map).available).toBe(4096);
  });

  it("goes on with full service when the passive rack is lost", () => {
    expect(served(active, london)).toEqual([4096]);
  });

  it("in the minority serves nothing: the majority on the other side does", () => {
    expect(served(withActiveRack(oddSplit, 33), rack(oddSplit, 32), rack(oddSplit, 33))).toEqual([4096, 0]);
    const four = withActiveRack(oddSplit, 32);
    expect(served(four, rack(oddSplit, 32), rack(oddSplit, 33))).toEqual([4096, 0]);
  });

  it("is not in effect with more racks than copies, a quiesced tie-breaker's among them", () => {
    const lines = partitionsByNode(healthyCluster(withActiveRack(tieBreaker, 32)).map);
    expect(rack(tieBreaker, 33).map((id) => lines[id].primary > 0)).toEqual([true, true, true]);
  });

  it.each([0, 99])("is not in effect as %d: off, or a rack that no node is in", (number) => {
    expect(healthyCluster(withActiveRack(evenSplit, number)).map.replicas).toEqual(
      healthyCluster(evenSplit).map.replicas,
    );
  });

  it("has the masters in availability mode too, on the side where it is", () => {
    const namespace = { ...active.namespace, strongConsistency: false };
    const ap = { ...active, namespace };
    expect(totals(ap, 32)).toEqual(["1365/0", "1365/0", "1366/0"]);
    const [, there] = predict(healthyCluster(ap), cut(ap, london, paris)).subClusters;
    expect(paris.every((id) => partitionsByNode(there)[id].primary > 0)).toBe(true);
  });

  it("never lets two sides serve one partition, whatever rack is active and wherever the cut is", () => {
    const cases = fc.record({
      racks: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 8 }),
      side: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      copies: fc.integer({ min: 1, max: 4 }),
      pick: fc.nat(7),
    });
    fc.assert(
      fc.property(cases, ({ racks, side, copies, pick }) => {
        const nodes = racks.map((number, i) => ({ id: `A${i + 1}`, rack: number }));
        const needed = Math.max(new Set(racks).size, copies);
        const namespace = {
          name: "mydata",
          replicationFactor: Math.min(needed, nodes.length),
          strongConsistency: true,
          activeRack: racks[pick % racks.length],
        };
        const healthy = healthyCluster({ namespace, nodes });
        expect(healthy.map.activeRack).toBe(namespace.activeRack);
        const sides = [true, false].map((value) =>
          nodes.flatMap(({ id }, i) => (side[i] === value ? [id] : [])),
        );
        const { subClusters } = predict(
          healthy,
          cut({ namespace, nodes }, ...sides.filter((ids) => ids.length > 0)),
        );
        for (let pid = 0; pid < 4096; pid++) {
          const serving = subClusters.filter((map) => isServed(decisionOf(map, pid)));
          expect(serving.length).toBeLessThanOrEqual(1);
        }
      }),
      seeded(20),
    );
  });

  it("is told to go beyond what was checked against a real server", () => {
    expect(predict(healthyCluster(active)).predictedBecause).toEqual(["an active rack"]);
  });
});
