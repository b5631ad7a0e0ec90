import fc from "fast-check";
import {
  clientOutcome,
  connections,
  digest,
  healthyCluster,
  operations,
  outcomeCounts,
  partitionOf,
  predict,
  PARTITIONS,
  replicaIds,
} from "../../model";
import { seeded } from "../support/seed";
import { cut, evenSplit, oddSplit, rack } from "./support/topologies";

const [london, paris] = [rack(evenSplit, 32), rack(evenSplit, 33)];
const healthy = healthyCluster(evenSplit);
const split = predict(healthy, cut(evenSplit, london, paris));

describe("a client in an even split", () => {
  it.each([
    ["write", "before the cut", { ok: 2048, "11": 2048, "-8": 0 }],
    ["linearized read", "before the cut", { ok: 2048, "11": 2048, "-8": 0 }],
    ["session read", "before the cut", { ok: 2048, "11": 0, "-8": 2048 }],
    ["write", "after the cut", { ok: 2048, "11": 0, "-8": 2048 }],
    ["linearized read", "after the cut", { ok: 2048, "11": 0, "-8": 2048 }],
    ["session read", "after the cut", { ok: 2048, "11": 0, "-8": 2048 }],
  ] as const)("gets by partition, on a %s, connected %s: %p", (operation, connected, expected) => {
    expect(outcomeCounts(healthy, split, { reach: london, operation, connected })).toEqual(expected);
  });

  it("in London is told, as in the article, that there is no node for partition 3773", () => {
    const client = { reach: london, operation: "write", connected: "after the cut" } as const;
    expect(clientOutcome(healthy, split, client, 3773)).toBe("-8");
    expect(clientOutcome(healthy, split, { ...client, reach: paris }, 3773)).toBe("ok");
  });

  it("gets everything where it reaches both sides", () => {
    for (const operation of operations) {
      for (const connected of connections) {
        const client = { reach: [...london, ...paris], operation, connected };
        expect(outcomeCounts(healthy, split, client).ok).toBe(4096);
      }
    }
  });
});

describe("a client in Paris, once London is down", () => {
  const odd = healthyCluster(oddSplit);
  const far = rack(oddSplit, 33);
  const down = predict(odd, cut(oddSplit, far));
  const mastered = Array.from({ length: PARTITIONS }, (_, pid) => replicaIds(odd.map, pid)[0]).filter((id) =>
    far.includes(id),
  ).length;

  it("gets 11 on every write, as an old owner is there, and on session reads of what Paris mastered", () => {
    const client = { reach: far, connected: "before the cut" } as const;
    expect(outcomeCounts(odd, down, { ...client, operation: "write" })).toEqual({
      ok: 0,
      "11": 4096,
      "-8": 0,
    });
    expect(outcomeCounts(odd, down, { ...client, operation: "session read" })).toEqual({
      ok: 0,
      "11": mastered,
      "-8": 4096 - mastered,
    });
  });

  it("gets -8 from an owner that it could reach but that is down", () => {
    const client = { reach: rack(oddSplit, 32), operation: "write", connected: "before the cut" } as const;
    expect(clientOutcome(odd, down, client, partitionOf(digest("dummy", 1)))).toBe("-8");
  });
});

describe("the counts of all partitions", () => {
  it("are those of each partition alone, wherever the client stands, in cuts with orphans and nodes down", () => {
    const ids = oddSplit.nodes.map(({ id }) => id);
    const odd = healthyCluster(oddSplit);
    const node = fc.constantFrom(...ids);
    fc.assert(
      fc.property(
        fc.dictionary(node, fc.subarray(ids), { maxKeys: 4 }),
        fc.subarray(ids),
        fc.constantFrom(...operations),
        fc.constantFrom(...connections),
        (cannotHear, reach, operation, connected) => {
          const prediction = predict(odd, { cannotHear, refuses: {}, notes: [] });
          const client = { reach, operation, connected };
          const counts = { ok: 0, "11": 0, "-8": 0 };
          for (let partition = 0; partition < PARTITIONS; partition++) {
            counts[clientOutcome(odd, prediction, client, partition)]++;
          }
          expect(outcomeCounts(odd, prediction, client)).toEqual(counts);
        },
      ),
      seeded(60),
    );
  });
});
