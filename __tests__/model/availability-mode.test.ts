import { healthyCluster, partitionCounts, partitionsByNode, predict } from "../../model";
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

  it("is beyond what was checked against a server", () => {
    expect(predict(healthyCluster(ap)).predictedBecause).toEqual(["availability mode"]);
  });
});
