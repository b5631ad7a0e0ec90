import { healthyCluster, partitionCounts, partitionsByNode, predict, replicaIds } from "../../model";
import { cut, evenSplit, rack } from "./support/topologies";

const ap = { ...evenSplit, namespace: { ...evenSplit.namespace, strongConsistency: false } };
const [london, paris] = [rack(evenSplit, 32), rack(evenSplit, 33)];

describe("without strong consistency", () => {
  it("both sides of a split serve every partition: two masters each", () => {
    const { subClusters } = predict(healthyCluster(ap), cut(ap, london, paris));
    expect(subClusters.map((map) => partitionCounts(map).available)).toEqual([4096, 4096]);
    for (const map of subClusters) {
      const lines = Object.values(partitionsByNode(map));
      expect(lines.reduce((total, { primary }) => total + primary, 0)).toBe(4096);
      expect(lines.reduce((total, { secondary }) => total + secondary, 0)).toBe(4096);
    }
  });

  it("a node that is alone serves every partition, with one copy", () => {
    const { subClusters } = predict(healthyCluster(ap), cut(ap, ["A70"]));
    expect(partitionsByNode(subClusters[0])).toEqual({
      A70: { primary: 4096, secondary: 0, unavailable: 0, dead: 0 },
    });
  });

  it("balances over the nodes that are not quiesced, to a partition, on racks of their own", () => {
    const nodes = ap.nodes.map((node) => ({ ...node, quiesced: node.id === "A352" }));
    const { map } = healthyCluster({ ...ap, nodes });
    const { A352, ...others } = partitionsByNode(map);
    expect(A352).toMatchObject({ primary: 0, secondary: 0 });
    expect(
      Object.values(others)
        .map(({ primary }) => primary)
        .sort(),
    ).toEqual([819, 819, 819, 819, 820]);
    // Rack 32 has two of the five: each of its nodes stands in for half of rack 33's copies.
    const paris33 = new Set(paris);
    for (let partition = 0; partition < 4096; partition++) {
      expect(replicaIds(map, partition).filter((id) => paris33.has(id))).toHaveLength(1);
    }
  });

  it("with all nodes quiesced is served as if none were", () => {
    const nodes = ap.nodes.map((node) => ({ ...node, quiesced: true }));
    expect(healthyCluster({ ...ap, nodes }).map.replicas).toEqual(healthyCluster(ap).map.replicas);
  });

  it("is beyond what was checked against a server", () => {
    expect(predict(healthyCluster(ap)).predictedBecause).toEqual(["availability mode"]);
  });
});
