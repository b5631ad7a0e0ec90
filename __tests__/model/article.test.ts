import {
  healthyCluster,
  partitionCounts,
  partitionMap,
  partitionsByNode,
  predict,
  rosterRows,
  subCluster,
} from "../../model";
import { cut, evenSplit, oddSplit, rack } from "./support/topologies";

/** `show pmap` as in the specification's tables: primary/secondary/unavailable/dead. */
function pmap(map: Parameters<typeof partitionsByNode>[0]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(partitionsByNode(map)).map(([id, n]) => [
      id,
      `${n.primary}/${n.secondary}/${n.unavailable}/${n.dead}`,
    ]),
  );
}

describe("the article's even split", () => {
  const healthy = healthyCluster(evenSplit);

  it("has the article's partition map while healthy", () => {
    expect(pmap(healthy.map)).toEqual({
      A352: "683/682/0/0",
      A600: "683/683/0/0",
      A129: "682/683/0/0",
      A70: "682/683/0/0",
      A882: "683/683/0/0",
      A517: "683/682/0/0",
    });
  });

  it("leaves Paris alone with the article's partition map", () => {
    const { subClusters, predictedBecause } = predict(
      healthy,
      cut(evenSplit, rack(evenSplit, 32), rack(evenSplit, 33)),
    );
    expect(pmap(subClusters[1])).toEqual({
      A70: "682/700/2048/0",
      A882: "683/669/2048/0",
      A517: "683/679/2048/0",
    });
    expect(predictedBecause).toEqual([]);
  });

  it("leaves London the other half: each partition is served on exactly one side", () => {
    const { subClusters } = predict(healthy, cut(evenSplit, rack(evenSplit, 32), rack(evenSplit, 33)));
    const [london, paris] = [subClusters[0], subClusters[1]];
    expect(partitionCounts(london)).toEqual({ available: 2048, unavailable: 2048, dead: 0 });
    expect(london.decisions.every((decision, pid) => decision > 0 === (paris.decisions[pid] === 0))).toBe(
      true,
    );
  });

  it("has no sub-cluster where every node is down, which goes beyond what was checked", () => {
    const { subClusters, down, predictedBecause } = predict(healthy, cut(evenSplit));
    expect(subClusters).toEqual([]);
    expect(down).toHaveLength(6);
    expect(predictedBecause).toEqual(["every node down"]);
  });

  it("does not serve partition 3773 in London, as the article's client found", () => {
    const { subClusters } = predict(healthy, cut(evenSplit, rack(evenSplit, 32), rack(evenSplit, 33)));
    expect(subClusters.map(({ decisions }) => decisions[3773] > 0)).toEqual([false, true]);
  });
});

describe("the article's odd split", () => {
  const healthy = healthyCluster(oddSplit);
  const paris = rack(oddSplit, 33);

  it("serves nothing in Paris once rack 32 is lost", () => {
    const { subClusters, down } = predict(healthy, cut(oddSplit, paris));
    expect(down).toEqual(rack(oddSplit, 32));
    expect(subClusters.map(pmap)).toEqual([{ A829: "0/0/4096/0", A476: "0/0/4096/0", A250: "0/0/4096/0" }]);
  });

  it("serves everything in Paris once the roster is cut to rack 33 and reclustered", () => {
    const nodes = oddSplit.nodes.filter((node) => node.rack === 33);
    const state = { members: paris, isFull: healthy.isFull };
    expect(pmap(partitionMap(subCluster(rosterRows(nodes, oddSplit.namespace), state)))).toEqual({
      A829: "1366/1365/0/0",
      A250: "1365/1365/0/0",
      A476: "1365/1366/0/0",
    });
  });

  it("serves everything in London when the regions are cut", () => {
    const { subClusters } = predict(healthy, cut(oddSplit, rack(oddSplit, 32), paris));
    expect(subClusters.map((map) => partitionCounts(map).available)).toEqual([4096, 0]);
  });
});
