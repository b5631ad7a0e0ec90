import fc from "fast-check";
import {
  byIdDescending,
  type CannotHear,
  type Clusters,
  clusterTimes,
  halves,
  healthyCluster,
  type Heartbeats,
  isolate,
  membership,
  ModelError,
  networkOf,
  nextRound,
  NO_FAULT,
  predict,
} from "../../model";
import { recordedFaults, type Stage, stagesOf } from "./support/recorded-faults";
import { evenSplit } from "./support/topologies";

const six = ["A1", "A2", "A3", "B1", "B2", "B3"];
const sorted = (clusters: Clusters) => clusters.map((cluster) => [...cluster].sort()).sort();

/** The clusters that a node is in, round after round: what it would say of itself, without the times. */
function predictedStages(ids: readonly string[], cannotHear: CannotHear, id: string): Omit<Stage, "at">[] {
  const network = networkOf(ids, cannotHear);
  const stages: { size: number; principal: string; members: string }[] = [];
  for (let clusters: Clusters = [ids], rounds = 0; rounds < 10; rounds++) {
    const own = clusters.find((cluster) => cluster.includes(id));
    if (own && own.join() !== stages[stages.length - 1]?.members) {
      stages.push({
        size: own.length,
        principal: [...own].sort(byIdDescending)[0],
        members: own.join(),
      });
    }
    clusters = nextRound(network, clusters).clusters;
  }
  return stages.map(({ size, principal }) => ({ size, principal }));
}

describe("members and orphans", () => {
  describe.each(recordedFaults)("of a recorded fault on real nodes: $name", (fault) => {
    const { ids, cannotHear } = fault;
    const result = membership(ids, cannotHear);
    const times = clusterTimes();
    // Each node was asked ten times a second, one after the other.
    const within = (at: number, [from, to]: readonly [number, number]) => {
      expect(at).toBeGreaterThanOrEqual(from - 200);
      expect(at).toBeLessThanOrEqual(to + 200);
    };

    it("are those that formed, and nothing flaps", () => {
      expect(sorted(result.clusters)).toEqual(sorted(fault.clusters));
      expect(result.orphans.map(({ id }) => id).sort()).toEqual([...fault.orphans].sort());
      expect([result.flapping, result.mayDiffer, result.down]).toEqual([[], false, []]);
    });

    it.each(ids)("were seen by %s in this order, and within the bounds of time", (id) => {
      const stages = stagesOf(fault, id);
      const predicted = predictedStages(ids, cannotHear, id);
      const orphan = result.orphans.find((one) => one.id === id);
      expect(stages.map(({ size, principal }) => ({ size, principal }))).toEqual([
        ...predicted,
        ...(orphan ? [{ size: 0, principal: "0" }] : []),
      ]);
      if (orphan) within(stages[stages.length - 1].at, orphan.blocks);
      const later = stages.slice(1).filter(({ size }) => size > 0);
      const moved = (at: number) => at > times.newClusters[1] + 200;
      for (const { at } of later) within(at, moved(at) ? times.afterMove : times.newClusters);
      expect(later.filter(({ at }) => moved(at)).length).toBeLessThanOrEqual(1);
    });

    it("noticed the loss in time where they lost their principal, who itself never did", () => {
      for (const id of ids) {
        const noticed = fault.samples.find(({ nodes }) => {
          const said = nodes.get(id)!;
          return said.size === ids.length && !said.integrity;
        });
        const deaf = cannotHear[id]?.includes("B3") || cannotHear["B3"]?.includes(id);
        if (deaf && id !== "B3") within(noticed!.at, times.lossNoticed);
        if (id === "B3") expect(noticed).toBeUndefined();
      }
    });

    it("were one cluster again in time", () => {
      const { healedOrphans, healedClusters } = times;
      within(fault.healed * 1000, fault.orphans.length > 0 ? healedOrphans : healedClusters);
      expect(membership(ids, {}, { now: fault.clusters }).clusters).toEqual([ids]);
    });
  });

  it("go by what was: two clean halves to which half of the links return stay two clusters (measured)", () => {
    const [a, b] = [six.slice(0, 3), six.slice(3)];
    const half = { A1: ["B1", "B2", "B3"], A2: ["B1", "B2"] };
    expect(membership(six, half, { now: [a, b] }).clusters).toEqual([a, b]);
    expect(membership(six, half).orphans.map(({ id }) => id)).not.toEqual([]);
  });

  it("go by the ids: of regions of 3, 3 and 2 the two of the highest ids stay with the first (measured)", () => {
    const ids = [...six, "C1", "C2"];
    const result = membership(ids, halves(["B1", "B2", "B3"], ["C1", "C2"]).cannotHear);
    expect(result.clusters).toEqual([["A1", "A2", "A3", "C1", "C2"]]);
    expect(result.orphans.map(({ id, reason }) => [id, reason])).toEqual([
      ["B1", "lost its principal"],
      ["B2", "lost its principal"],
      ["B3", "lost its principal"],
    ]);
  });

  it("of fewer nodes than min-cluster-size are orphans: 3, and four and two (measured)", () => {
    const [four, two] = [six.slice(0, 4), six.slice(4)];
    const result = membership(six, halves(four, two).cannotHear, { least: 3 });
    expect(result.clusters).toEqual([four]);
    expect(result.orphans.map(({ id }) => id)).toEqual(two);
    for (const { blocks } of result.orphans) {
      expect(blocks[0]).toBeLessThanOrEqual(11_000);
      expect(blocks[1]).toBeGreaterThanOrEqual(11_000);
    }
  });

  it("may flap: two leave each other for nodes that wait for them, and form again", () => {
    const fault = { A1: ["A2", "A6"], A2: ["A3"], A3: ["A5"], A4: ["A6"], A5: ["A6"] };
    const result = membership(["A1", "A2", "A3", "A4", "A5", "A6"], fault);
    expect([result.clusters, result.flapping]).toEqual([[["A3", "A6"]], [["A3", "A6"]]]);
  });

  it("may differ from a real cluster's where two clusters race to form", () => {
    const fault = { A1: ["A2", "A6"], A2: ["A5", "A6"], A3: ["A4", "A5", "A6"], A4: ["A6"] };
    const result = membership(["A1", "A2", "A3", "A4", "A5", "A6"], fault);
    expect([result.clusters, result.mayDiffer]).toEqual([[["A1", "A4", "A5"]], true]);
  });

  it("leave a node that is down out, and one that is alive but alone in a cluster of its own", () => {
    const ids = evenSplit.nodes.map(({ id }) => id);
    const others = ids.filter((id) => id !== "A70");
    const alone = membership(ids, isolate(ids, "A70").cannotHear);
    expect([alone.clusters, alone.orphans, alone.down, alone.partial]).toEqual([
      [others, ["A70"]],
      [],
      [],
      false,
    ]);
    const down = membership(ids, { A70: ids });
    expect([down.clusters, down.orphans, down.down, down.partial]).toEqual([[others], [], ["A70"], false]);
  });

  it("wait as orphans where they were none before and hear a clustered node only in part", () => {
    const result = membership(six, { A1: ["B3"] }, { now: [six.slice(1)] });
    expect(result.orphans).toEqual([{ id: "A1", reason: "waits", blocks: [0, 0] }]);
  });

  it("compare ids as numbers: 1000 is the principal of FF0, not the other way round", () => {
    expect(membership(["FF0", "1000", "1"], { FF0: ["1000"] }).orphans.map(({ id }) => id)).toEqual(["FF0"]);
  });

  it("fails on a node that is not in the topology, or stands in two clusters of now", () => {
    expect(() => membership(six, { A1: ["A9"] })).toThrow(
      new ModelError(
        'The fault names node "A9", which is not in the topology: expected one of A1, A2, A3, B1, B2, B3.',
      ),
    );
    expect(() => membership(six, {}, { now: [["A1"], ["A1"]] })).toThrow(
      /The clusters of now name node "A1" twice/,
    );
    expect(() => membership(six, {}, { now: [["C1"]] })).toThrow(/"C1" which is not in the topology/);
  });

  describe("of any fault and any clusters before it", () => {
    const nodes = fc.uniqueArray(
      fc.integer({ min: 1, max: 0xffff }).map((value) => value.toString(16).toUpperCase()),
      { minLength: 1, maxLength: 14 },
    );
    const situation = nodes.chain((ids) =>
      fc.record({
        ids: fc.constant(ids),
        density: fc.double({ min: 0, max: 1, noNaN: true }),
        dice: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
          minLength: ids.length ** 2,
          maxLength: ids.length ** 2,
        }),
        homes: fc.array(fc.nat(3), { minLength: ids.length, maxLength: ids.length }),
        least: fc.integer({ min: 1, max: 4 }),
      }),
    );
    type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;
    const faultOf = ({ ids, density, dice }: Situation): CannotHear =>
      Object.fromEntries(
        ids.map((id, i) => [id, ids.filter((_, j) => i !== j && dice[i * ids.length + j] < density / 2)]),
      );
    const nowOf = ({ ids, homes }: Situation) =>
      [0, 1, 2].map((home) => ids.filter((_, i) => homes[i] === home)).filter(({ length }) => length > 0);

    it("are all linked with one another, and everybody who is up is in one cluster or an orphan", () => {
      fc.assert(
        fc.property(situation, (value) => {
          const { ids, least } = value;
          const fault = faultOf(value);
          const network = networkOf(ids, fault);
          const linked = (a: string, b: string) =>
            network.linked(network.numbers.get(a)!, network.numbers.get(b)!);
          const result = membership(ids, fault, { now: nowOf(value), least });
          for (const cluster of result.clusters) {
            expect(cluster.length).toBeGreaterThanOrEqual(least);
            for (const a of cluster) for (const b of cluster) expect(linked(a, b)).toBe(true);
          }
          const all = [...result.clusters.flat(), ...result.orphans.map(({ id }) => id)];
          expect(all.sort()).toEqual([...ids].sort());
        }),
      );
    });

    it("are the same for the same question, in whatever order the nodes and links are told", () => {
      fc.assert(
        fc.property(situation, (value) => {
          const fault = faultOf(value);
          const options = { now: nowOf(value), least: value.least };
          const result = membership(value.ids, fault, options);
          const other = membership([...value.ids].reverse(), fault, {
            ...options,
            now: [...options.now].reverse(),
          });
          expect(sorted(other.clusters)).toEqual(sorted(result.clusters));
          // A link that works one way only does not work: told from either end it is the same.
          const mirrored = Object.fromEntries(
            value.ids.map((id) => [id, value.ids.filter((a) => fault[a].includes(id))]),
          );
          expect(membership(value.ids, mirrored, options).clusters).toEqual(result.clusters);
        }),
      );
    });

    it("are one cluster again once all links are back", () => {
      fc.assert(
        fc.property(situation, (value) => {
          const { clusters } = membership(value.ids, faultOf(value));
          expect(membership(value.ids, {}, { now: clusters }).clusters).toEqual([value.ids]);
        }),
      );
    });

    it("are the sides, whole and without orphans, where the network merely falls apart", () => {
      fc.assert(
        fc.property(situation, ({ ids, homes }) => {
          const cut = Object.fromEntries(
            ids.map((id, i) => [id, ids.filter((_, j) => homes[i] !== homes[j])]),
          );
          const result = membership(ids, cut);
          const sides = [0, 1, 2, 3].map((home) => ids.filter((_, i) => homes[i] === home));
          expect(sorted(result.clusters)).toEqual(sorted(sides.filter(({ length }) => length > 0)));
          expect(result.orphans).toEqual([]);
        }),
      );
    });
  });
});

describe("the time until an orphan blocks", () => {
  it("follows from the heartbeats of the topology", () => {
    const topology = {
      namespace: { name: "n", replicationFactor: 2, strongConsistency: true },
      nodes: ["A1", "A2", "A3"].map((id, rack) => ({ id, rack })),
    };
    const fault = { ...NO_FAULT, cannotHear: { A1: ["A3"] } };
    const blocks = (heartbeats?: Heartbeats) =>
      predict(healthyCluster({ ...topology, ...(heartbeats && { heartbeats }) }), fault).orphans.map(
        (orphan) => orphan.blocks,
      );
    const own = blocks();
    expect(own).toEqual([clusterTimes().blocks["lost its principal"]]);
    // Measured with 150 x 20 and latency-max-ms 10: orphans blocked 19.6 to 23.4 s after the cut.
    const [[from, to]] = blocks({ interval: 150, timeout: 20, latencyMaxMs: 10 });
    expect(from).toBeLessThanOrEqual(19_600);
    expect(to).toBeGreaterThan(19_600);
    expect(from).toBeGreaterThan(own[0][1]);
    // What the clustering waits for grows with the latency alone, five quanta a blocked orphan.
    expect(blocks({ latencyMaxMs: 300 })[0][0] - own[0][0]).toBe(5 * (2400 - 1810));
  });
});
