import fc from "fast-check";
import { healthyCluster, outcomeCounts, partitionCounts, PARTITIONS, predict } from "../../../model";
import { evidence } from "../../../lab/foretell/evidence";
import { countsOf } from "../../../pages/drawings/owners";
import { designOf, faultOf, topologyOf } from "../../../pages/explorer/state";
import { sentenceOf, viewOf } from "../../../pages/explorer/view";
import { seeded } from "../../support/seed";
import { broken, EVEN, LONDON, PARIS } from "../support/designs";

describe("what the explorer shows", () => {
  test("equals the prediction of stretch preview on random designs and faults", () => {
    fc.assert(
      fc.property(broken, (one) => {
        const topology = topologyOf(one.design);
        const healthy = healthyCluster(topology);
        const prediction = predict(healthy, faultOf(topology, one.broken));
        const view = viewOf(one.design, [{ broken: one.broken }]);
        expect(view.clusters.map(({ members, serves, dead }) => ({ members, serves, dead }))).toEqual(
          prediction.subClusters.map((map) => {
            const { available, dead } = partitionCounts(map);
            return { members: map.members, serves: available, dead };
          }),
        );
        expect(view.orphans).toEqual(prediction.orphans.map(({ id }) => id));
        expect(view.down).toEqual(prediction.down);
        expect(view.evidence).toBe(evidence(prediction));
        prediction.subClusters.forEach((map, i) => {
          const owned = countsOf(view.owners[i]);
          const served = map.members.reduce((sum, id) => sum + (owned[id] ?? 0), 0);
          expect(served).toBe(partitionCounts(map).available);
        });
        for (const { operation, connected, place, counts } of view.clients) {
          const side = view.clusters.find(({ name }) => name === place);
          if (!side || Object.keys(view.fault.refuses).length > 0) continue;
          expect(counts).toEqual(
            outcomeCounts(healthy, prediction, { reach: side.members, operation, connected }),
          );
        }
      }),
      seeded(20),
    );
  });

  const design = designOf(EVEN);
  const cut = {
    broken: [{ kind: "link" as const, between: [LONDON, PARIS] as [string, string], deaf: "both" as const }],
  };
  const names = { [LONDON]: "London", [PARIS]: "Paris" };

  test("says the article's even split in a sentence, with the sides' names", () => {
    expect(sentenceOf(viewOf(design, [cut], names))).toBe(
      "London: 2048 of 4096 served; Paris: 2048 of 4096 served.",
    );
    expect(sentenceOf(viewOf(design, [], names))).toBe("Whole. London and Paris: 4096 of 4096 served.");
  });

  test("tells clients' codes at both places, what to do, and what it costs", () => {
    const view = viewOf(design, [cut], names);
    const write = view.clients.filter(({ operation }) => operation === "write");
    expect(write.map(({ place, connected, counts }) => [place, connected, counts])).toEqual([
      ["London", "before the cut", { ok: 2048, "11": 2048, "-8": 0 }],
      ["Paris", "before the cut", { ok: 2048, "11": 2048, "-8": 0 }],
      ["London", "after the cut", { ok: 2048, "11": 0, "-8": 2048 }],
      ["Paris", "after the cut", { ok: 2048, "11": 0, "-8": 2048 }],
    ]);
    expect(view.advice.join(" ")).toContain("Leave the roster alone");
    const healthy = viewOf(design, [], names);
    expect(healthy.times[LONDON].write!.worst).toBeGreaterThan(view.times[LONDON].write!.worst);
    expect(healthy.clients.every(({ counts }) => counts.ok === PARTITIONS)).toBe(true);
  });

  test("says what orphans answer until they block, by the design's heartbeats, and what comes and goes", () => {
    const given = (cannotHear: Record<string, string[]>) => [
      { broken: [{ kind: "given" as const, name: "f", cannotHear }] },
    ];
    const slow = { ...design, heartbeats: { interval: 150, timeout: 20, latencyMaxMs: 10 } };
    const { remarks } = viewOf(slow, given({ A1B32: ["A3B33"] }), names);
    expect(remarks).toEqual([
      "London (A1B32): in no cluster, serves nothing until healed: -8 or 11 in running clients, -8 in new ones. " +
        "It blocks 18.9 to 20.9 s after the cut; until then it still answers reads that may be stale, and writes in doubt.",
    ]);
    expect(viewOf(design, [cut], names).remarks).toEqual([]);
    const [a, b, c, d, e, f] = design.nodes.map(({ id }) => id).sort();
    const flaps = viewOf(design, given({ [a]: [b, f], [b]: [c], [c]: [e], [d]: [f], [e]: [f] }), names);
    expect(flaps.remarks.at(-1)).toMatch(/^The cluster of .* comes and goes: .*\.$/);
  });

  test("shows every partition served twice in availability mode, and nothing of it at one side alone", () => {
    const ap = { ...design, namespace: { ...design.namespace, strongConsistency: false } };
    const { owners } = viewOf(ap, [cut], names);
    expect(countsOf(owners[2])).toEqual({ several: PARTITIONS });
    expect(Object.keys(countsOf(owners[0]))).toEqual(["A1B32", "A2B32", "A3B32"]);
  });
});
