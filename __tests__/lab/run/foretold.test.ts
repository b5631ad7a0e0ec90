import {
  halves,
  healthyCluster,
  NO_FAULT,
  PARTITIONS,
  predict,
  replicaIds,
  type StopKind,
  type Topology,
} from "../../../model";
import { Foretelling } from "../../../lab/run/foretold";

const LONDON = ["A1B32", "A2B32", "A3B32"];
const PARIS = ["A1B33", "A2B33", "A3B33"];
const EVEN: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [
    ...LONDON.map((id) => ({ id, rack: 32, region: "eu-west-2" })),
    ...PARIS.map((id) => ({ id, rack: 33, region: "eu-west-3" })),
  ],
};

function served(foretelling: Foretelling): Record<string, number> {
  return Object.fromEntries(
    foretelling.now().clusters.map(({ members, serves }) => [members.join(" "), serves]),
  );
}

describe("what is foretold along a story", () => {
  test("begins with one cluster that serves everything", () => {
    expect(served(new Foretelling(EVEN))).toEqual({ [[...LONDON, ...PARIS].join(" ")]: 4096 });
  });

  test("parts as the article's even split does, and is whole after it", () => {
    const foretelling = new Foretelling(EVEN);
    foretelling.setFault(halves(LONDON, PARIS));
    expect(served(foretelling)).toEqual({ [LONDON.join(" ")]: 2048, [PARIS.join(" ")]: 2048 });
    foretelling.migrated();
    foretelling.setFault(NO_FAULT);
    expect(Object.values(served(foretelling))).toEqual([4096]);
  });

  test("serves all of it in Paris once rack 32 is off the roster, as on the article's third day", () => {
    const foretelling = new Foretelling({
      ...EVEN,
      nodes: [...EVEN.nodes, { id: "A4B32", rack: 32, region: "eu-west-2" }],
    });
    foretelling.stop([...LONDON, "A4B32"]);
    expect(served(foretelling)).toEqual({ [PARIS.join(" ")]: 0 });
    expect(foretelling.now().down).toEqual([...LONDON, "A4B32"]);
    foretelling.reroster(PARIS);
    expect(served(foretelling)).toEqual({ [PARIS.join(" ")]: 4096 });
    foretelling.migrated();
    foretelling.start([...LONDON, "A4B32"]);
    expect(Object.values(served(foretelling))).toEqual([4096]);
    foretelling.reroster([...LONDON, ...PARIS, "A4B32"]);
    expect(Object.values(served(foretelling))).toEqual([4096]);
  });

  test("has dead partitions where the new roster holds no full copy of them", () => {
    const foretelling = new Foretelling({
      ...EVEN,
      nodes: [
        ...EVEN.nodes,
        { id: "A1B34", rack: 34, region: "eu-west-1" },
        { id: "A2B34", rack: 34, region: "eu-west-1" },
      ],
    });
    foretelling.stop([...LONDON, ...PARIS]);
    foretelling.reroster(["A1B34", "A2B34"]);
    const [{ serves, dead }] = foretelling.now().clusters;
    expect(dead).toBeGreaterThan(500);
    expect(serves + dead).toBe(4096);
  });

  test("goes by what was: two halves to which half of the links have come back stay two, told as a prediction", () => {
    const foretelling = new Foretelling(EVEN);
    const back = { A1B32: PARIS, A2B32: PARIS.slice(0, 2) };
    foretelling.setFault(halves(LONDON, PARIS));
    foretelling.migrated();
    foretelling.setFault({ ...NO_FAULT, cannotHear: back });
    const { subClusters, orphans, predictedBecause } = foretelling.prediction();
    expect([subClusters.map(({ members }) => members), orphans]).toEqual([[LONDON, PARIS], []]);
    expect(predictedBecause).toEqual([]);
    foretelling.setFault(NO_FAULT);
    expect(foretelling.prediction().predictedBecause).toEqual([
      "several changes before migrations have ended",
    ]);
  });

  test("says of orphans when they block by the topology's heartbeats, and what goes beyond the evidence", () => {
    const heartbeats = { interval: 150, timeout: 20, latencyMaxMs: 10 };
    const namespace = { ...EVEN.namespace, strongConsistency: false };
    const topology: Topology = { ...EVEN, namespace, heartbeats };
    const fault = { ...NO_FAULT, cannotHear: { A1B32: ["A3B33"] } };
    const foretelling = new Foretelling(topology);
    foretelling.setFault(fault);
    const { orphans, flapping, mayDiffer, predictedBecause } = foretelling.prediction();
    const expected = predict(healthyCluster(topology), fault);
    expect(orphans).toEqual(expected.orphans);
    expect(orphans[0].blocks[0]).toBeGreaterThan(15_000);
    expect({ flapping, mayDiffer, predictedBecause }).toEqual({
      flapping: [],
      mayDiffer: false,
      predictedBecause: ["availability mode"],
    });
  });

  describe("of nodes that come back", () => {
    const both = ["A1B32", "A1B33"];
    const { map } = healthyCluster(EVEN);
    /** Partitions with both copies on them. */
    const theirs = Array.from({ length: PARTITIONS }, (_, partition) => replicaIds(map, partition)).filter(
      (replicas) => both.every((id) => replicas.includes(id)),
    ).length;
    const back = (kind: StopKind, namespace: Partial<Topology["namespace"]> = {}) => {
      const foretelling = new Foretelling({ ...EVEN, namespace: { ...EVEN.namespace, ...namespace } });
      foretelling.stop(both, kind);
      expect(foretelling.now().clusters[0].serves).toBe(PARTITIONS - theirs);
      foretelling.migrated();
      foretelling.start(both);
      return foretelling;
    };
    const state = (foretelling: Foretelling) => {
      const [{ serves, dead }] = foretelling.now().clusters;
      return { serves, dead };
    };

    test.each<[StopKind, Partial<Topology["namespace"]>, boolean]>([
      ["clean", {}, false],
      ["reboot", {}, false],
      ["unclean", {}, true],
      ["empty", {}, true],
      ["unclean", { commitToDevice: true }, false],
      ["empty", { commitToDevice: true }, true],
      ["unclean", { autoRevive: true }, false],
      ["empty", { autoRevive: true }, true],
    ])(
      "after a stop %s, settings %j, has what both held dead: %s; a revive serves it",
      (kind, namespace, dies) => {
        const foretelling = back(kind, namespace);
        const dead = dies ? theirs : 0;
        expect(state(foretelling)).toEqual({ serves: PARTITIONS - dead, dead });
        foretelling.revive();
        expect(state(foretelling)).toEqual({ serves: PARTITIONS, dead: 0 });
      },
    );

    test("counts them again once migrations have ended: one more may stop", () => {
      const foretelling = new Foretelling(EVEN);
      for (const id of [...LONDON, ...PARIS]) {
        foretelling.stop([id], "empty");
        foretelling.migrated();
        foretelling.start([id]);
        foretelling.migrated();
      }
      foretelling.stop(["A1B32"]);
      expect(state(foretelling)).toEqual({ serves: PARTITIONS, dead: 0 });
    });
  });

  test("serves everything on both sides in availability mode", () => {
    const foretelling = new Foretelling({
      ...EVEN,
      namespace: { ...EVEN.namespace, strongConsistency: false },
    });
    foretelling.setFault(halves(LONDON, PARIS));
    expect(served(foretelling)).toEqual({ [LONDON.join(" ")]: 4096, [PARIS.join(" ")]: 4096 });
  });
});
