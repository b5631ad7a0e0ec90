import { healthyCluster, partitionsByNode, rosterRows, subCluster } from "../../model";
import { evenSplit } from "./support/topologies";

const settings = { replicationFactor: 2 };

describe("rows of a roster", () => {
  it("carry the left-over partitions from column to column: 4 primaries more, then 4 secondaries", () => {
    const lines = Object.values(partitionsByNode(healthyCluster(evenSplit).map));
    expect(lines.filter(({ primary }) => primary === 683)).toHaveLength(4);
    expect(lines.filter(({ secondary }) => secondary === 683)).toHaveLength(4);
  });

  it("keep the base order, racks apart, where uniform balance is not preferred", () => {
    const namespace = { ...evenSplit.namespace, preferUniformBalance: false };
    const primaries = Object.values(partitionsByNode(healthyCluster({ ...evenSplit, namespace }).map)).map(
      ({ primary }) => primary,
    );
    // The raw hash: no node is within one of its share by design.
    expect(Math.max(...primaries) - Math.min(...primaries)).toBeGreaterThan(1);
  });

  it("take ids as numbers, in either case and of up to 16 digits", () => {
    const nodes = [
      { id: "ffffffffffffffff", rack: 1 },
      { id: "a", rack: 1 },
      { id: "BB9040011AC4202", rack: 1 },
    ];
    expect(rosterRows(nodes, settings).nodes.map(({ id }) => id)).toEqual([
      "ffffffffffffffff",
      "BB9040011AC4202",
      "a",
    ]);
  });

  it.each([
    ["no node", [], 2, /has 0 nodes: expected 1 to 256/],
    ["an id that is not hexadecimal", [{ id: "G1", rack: 1 }], 2, /"G1" is not valid: expected 1 to 16 hex/],
    ["an id of 17 digits", [{ id: "11111111111111111", rack: 1 }], 2, /expected 1 to 16 hexadecimal/],
    [
      "an id twice",
      [
        { id: "A1", rack: 1 },
        { id: "a1", rack: 2 },
      ],
      2,
      /"a1" is on the roster twice/,
    ],
    ["a replication factor of 0", [{ id: "A1", rack: 1 }], 0, /factor 0 is not valid/],
    ["a broken replication factor", [{ id: "A1", rack: 1 }], 1.5, /factor 1.5 is not valid/],
  ])("fails on %s", (_, nodes, replicationFactor, message) => {
    expect(() => rosterRows(nodes, { replicationFactor })).toThrow(message);
  });

  it("fails on more than 256 nodes", () => {
    const nodes = Array.from({ length: 257 }, (_, i) => ({ id: (i + 1).toString(16), rack: 1 }));
    expect(() => rosterRows(nodes, settings)).toThrow(/has 257 nodes/);
  });

  it("fails to make a cluster with fewer nodes than copies", () => {
    const nodes = evenSplit.nodes.slice(0, 1);
    expect(() => healthyCluster({ ...evenSplit, nodes })).toThrow(/needs as many nodes.*has 1/);
  });

  it("fails on a sub-cluster that names a node twice", () => {
    const roster = rosterRows(evenSplit.nodes, settings);
    expect(() => subCluster(roster, { members: ["A70", "A70"], isFull: () => true })).toThrow(/twice/);
  });
});
