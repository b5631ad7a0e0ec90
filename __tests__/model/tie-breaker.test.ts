import { halves, healthyCluster, NO_FAULT, partitionCounts, partitionsByNode, predict } from "../../model";
import { cut, rack, tieBreaker } from "./support/topologies";

const [london, paris, third] = [rack(tieBreaker, 32), rack(tieBreaker, 33), rack(tieBreaker, 34)];
const healthy = healthyCluster(tieBreaker);

describe("3 + 3 + 1 quiesced, RF 2", () => {
  it.each([
    ["healthy", NO_FAULT, 0],
    ["a split, the tie-breaker with London", cut(tieBreaker, [...london, ...third], paris), 0],
    ["a split, the tie-breaker with Paris", cut(tieBreaker, london, [...paris, ...third]), 1],
    ["London down", cut(tieBreaker, [...paris, ...third]), 0],
    ["Paris down", cut(tieBreaker, [...london, ...third]), 0],
    ["the tie-breaker down", cut(tieBreaker, [...london, ...paris]), 0],
  ])("serves all 4096 partitions, no copy on the tie-breaker: %s", (_, fault, majority) => {
    const { subClusters, predictedBecause } = predict(healthy, fault);
    expect(subClusters.map((map) => partitionCounts(map).available)).toEqual(
      subClusters.map((__, i) => (i === majority ? 4096 : 0)),
    );
    const lines = partitionsByNode(subClusters[majority]);
    expect(lines.A999 ?? { primary: 0, secondary: 0 }).toMatchObject({ primary: 0, secondary: 0 });
    expect(predictedBecause).toContain("a quiesced node");
  });

  it("is decided by the ids where the tie-breaker hears both sides: the other side's nodes are orphans", () => {
    const { subClusters, orphans } = predict(healthy, halves(london, paris));
    // The tie-breaker itself has the highest id, A999; of two sides that lost each other it drops the lowest id, A70, first.
    expect(subClusters.map((map) => [map.members, partitionCounts(map).available])).toEqual([
      [[...london, ...third], 4096],
    ]);
    expect(orphans.map(({ id }) => id)).toEqual(paris);
  });
});
