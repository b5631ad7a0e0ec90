import fc from "fast-check";
import {
  Decision,
  decide,
  decisionOf,
  halves,
  healthyCluster,
  isServed,
  membership,
  NO_FAULT,
  partitionCounts,
  partitionMap,
  type PartitionMap,
  PARTITIONS,
  partitionsByNode,
  predict,
  replicaIds,
  rosterRows,
  subCluster,
  type Topology,
} from "../../model";
import { seeded } from "../support/seed";
import { topology, topologyWithFault } from "./support/arbitraries";

const idsOf = ({ nodes }: Topology) => nodes.map(({ id }) => id);
const rackOf = ({ nodes }: Topology) => new Map(nodes.map(({ id, rack }) => [id, rack]));
const quiescedOf = ({ nodes }: Topology) =>
  new Set(nodes.filter(({ quiesced }) => quiesced).map(({ id }) => id));

/** Two racks of one size, RF 2, uniform balance, nothing quiesced. */
const twoEvenRacks = fc
  .record({
    size: fc.integer({ min: 2, max: 6 }),
    base: fc.integer({ min: 1, max: 2 ** 40 }),
    step: fc.integer({ min: 1, max: 999 }),
  })
  .map(({ size, base, step }): Topology => ({
    namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
    nodes: Array.from({ length: 2 * size }, (_, i) => ({
      id: (base + i * step).toString(16).toUpperCase(),
      rack: i < size ? 1 : 2,
    })),
  }));

function sum(map: PartitionMap, column: "primary" | "secondary"): number {
  return Object.values(partitionsByNode(map)).reduce((total, node) => total + node[column], 0);
}

describe("SC safety", () => {
  it("serves no partition in two sub-clusters, whatever the links, the copies' state and who is trusted", () => {
    fc.assert(
      fc.property(topologyWithFault, fc.nat(2 ** 12), ({ topology, cannotHear }, trust) => {
        const roster = rosterRows(topology.nodes, topology.namespace);
        const ids = idsOf(topology);
        const clusters = membership(ids, cannotHear).clusters.map((members) =>
          subCluster(roster, {
            members,
            quiesced: quiescedOf(topology),
            isFull: () => true,
            isTrusted: (id, pid) => ((trust >> ids.indexOf(id)) & 1) === 0 || pid % 2 === 0,
          }),
        );
        for (let pid = 0; pid < PARTITIONS; pid++) {
          if (clusters.filter((cluster) => isServed(decide(cluster, pid))).length > 1) {
            throw new Error(`partition ${pid} is served twice`);
          }
        }
      }),
      seeded(200),
    );
  });

  it("holds after a roster change: the rows, the targets and the majority are those of the new roster", () => {
    fc.assert(
      fc.property(topologyWithFault, ({ topology, cannotHear }) => {
        const healthy = healthyCluster(topology);
        for (const members of membership(idsOf(topology), cannotHear).clusters) {
          if (members.length < topology.namespace.replicationFactor) continue;
          const nodes = topology.nodes.filter(({ id }) => members.includes(id));
          const quiesced = quiescedOf(topology);
          const changed = partitionMap(
            subCluster(rosterRows(nodes, topology.namespace), { members, quiesced, isFull: healthy.isFull }),
          );
          const whole = healthyCluster({ ...topology, nodes }).map;
          expect(Buffer.compare(changed.replicas, whole.replicas)).toBe(0);
          for (let pid = 0; pid < PARTITIONS; pid++) {
            // Without any full copy it is dead: the signal of loss.
            const lost = members.every((id) => !healthy.isFull(id, pid));
            const expected = lost ? Decision.Dead : decisionOf(whole, pid);
            if (decisionOf(changed, pid) !== expected)
              throw new Error(`partition ${pid} of ${members.join()}`);
          }
        }
      }),
      seeded(40),
    );
  });
});

describe("rows", () => {
  it("are permutations of the roster, the first min(n, racks, RF) nodes on distinct racks", () => {
    fc.assert(
      fc.property(topology, ({ nodes, namespace }) => {
        const { rows, nodes: sorted } = rosterRows(nodes, namespace);
        const racks = new Set(nodes.map(({ rack }) => rack)).size;
        const distinct = Math.min(nodes.length, racks, namespace.replicationFactor);
        for (let pid = 0; pid < PARTITIONS; pid++) {
          const row = [...rows.subarray(pid * nodes.length, (pid + 1) * nodes.length)];
          const first = row.slice(0, distinct).map((node) => sorted[node].rack);
          if (new Set(row).size !== nodes.length || new Set(first).size !== distinct) {
            throw new Error(`row ${pid} is ${row.join()}, racks ${first.join()}`);
          }
        }
      }),
      seeded(100),
    );
  });

  it("do not depend on the order in which the roster is given", () => {
    fc.assert(
      fc.property(topology, ({ nodes, namespace }) => {
        const [one, other] = [nodes, [...nodes].reverse()].map((order) => rosterRows(order, namespace));
        expect(Buffer.compare(one!.rows, other!.rows)).toBe(0);
      }),
      seeded(30),
    );
  });
});

describe("a healthy cluster", () => {
  it("serves every partition, each with one primary", () => {
    fc.assert(
      fc.property(topology, (value) => {
        const { map } = healthyCluster(value);
        expect(partitionCounts(map)).toEqual({ available: 4096, unavailable: 0, dead: 0 });
        expect(sum(map, "primary")).toBe(4096);
        expect(sum(map, "secondary")).toBe(4096 * (value.namespace.replicationFactor - 1));
      }),
      seeded(60),
    );
  });

  it("gives primaries that differ by at most 1 between nodes, on racks of the same size", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 2 ** 40 }),
        (racks, size, replicationFactor, base) => {
          const nodes = Array.from({ length: racks * size }, (_, i) => ({
            id: (base + i * 7919).toString(16).toUpperCase(),
            rack: i % racks,
          }));
          const namespace = {
            name: "mydata",
            replicationFactor: Math.min(replicationFactor, nodes.length),
            strongConsistency: true,
          };
          const lines = Object.values(partitionsByNode(healthyCluster({ namespace, nodes }).map));
          const primaries = lines.map(({ primary }) => primary);
          expect(Math.max(...primaries) - Math.min(...primaries)).toBeLessThanOrEqual(1);
        },
      ),
      seeded(80),
    );
  });

  it("holds as replicas on one of two racks what it masters on the other, with RF 2", () => {
    fc.assert(
      fc.property(twoEvenRacks, (value) => {
        const { map } = healthyCluster(value);
        const racks = rackOf(value);
        const mastered = { 1: 0, 2: 0 };
        const held = { 1: 0, 2: 0 };
        for (let pid = 0; pid < PARTITIONS; pid++) {
          const [master, prole] = replicaIds(map, pid).map((id) => racks.get(id) as 1 | 2);
          mastered[master!]++;
          held[prole!]++;
        }
        expect(held).toEqual({ 1: mastered[2], 2: mastered[1] });
      }),
      seeded(15),
    );
  });
});

describe("a sub-cluster", () => {
  it("uses replicas of its own, on as many racks as it can, quiesced ones only where no other is left", () => {
    fc.assert(
      fc.property(topologyWithFault, ({ topology, cannotHear }) => {
        const racks = rackOf(topology);
        const quiesced = quiescedOf(topology);
        const { replicationFactor } = topology.namespace;
        for (const map of predict(healthyCluster(topology), { ...NO_FAULT, cannotHear }).subClusters) {
          const active = map.members.filter((id) => !quiesced.has(id));
          const distinct = Math.min(new Set(active.map((id) => racks.get(id))).size, replicationFactor);
          for (let pid = 0; pid < PARTITIONS; pid++) {
            const ids = replicaIds(map, pid);
            const right =
              ids.length === Math.min(map.members.length, replicationFactor) &&
              new Set(ids).size === ids.length &&
              ids.every((id) => map.members.includes(id)) &&
              new Set(ids.slice(0, distinct).map((id) => racks.get(id))).size === distinct &&
              ids.filter((id) => quiesced.has(id)).length === Math.max(0, ids.length - active.length);
            if (!right) throw new Error(`partition ${pid} of ${map.members.join()}: ${ids.join()}`);
          }
        }
      }),
      seeded(60),
    );
  });
});

describe("an even split", () => {
  it("leaves each side as many masters as proles, and as unavailable what the other side masters", () => {
    fc.assert(
      fc.property(twoEvenRacks, (value) => {
        const side = (rack: number) => value.nodes.filter((node) => node.rack === rack).map(({ id }) => id);
        const [one, other] = predict(healthyCluster(value), halves(side(1), side(2))).subClusters as [
          PartitionMap,
          PartitionMap,
        ];
        for (const [map, far] of [
          [one, other],
          [other, one],
        ] as const) {
          expect(sum(map, "primary")).toBe(sum(map, "secondary"));
          expect(partitionCounts(map).unavailable).toBe(sum(far, "primary"));
        }
        expect(
          one.decisions.every((decision, pid) => (decision === 0) !== (other.decisions[pid] === 0)),
        ).toBe(true);
      }),
      seeded(15),
    );
  });
});
