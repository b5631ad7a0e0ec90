import { healthyCluster, sideSummaries } from "../../model";
import { cut, evenSplit, oddSplit, rack } from "./support/topologies";

const [london, paris] = [rack(evenSplit, 32), rack(evenSplit, 33)];

describe("the lines of the output partitions", () => {
  const healthy = healthyCluster(evenSplit);

  it("say that a healthy cluster serves everything on each side", () => {
    expect(sideSummaries(healthy)).toEqual({
      "eu-west-2": "6 of 6 nodes, 4096 of 4096 partitions served",
      "eu-west-3": "6 of 6 nodes, 4096 of 4096 partitions served",
    });
  });

  it("say what each side of a split serves, under the caller's names of the sides", () => {
    const sideOf = ({ rack }: { rack: number }) => (rack === 32 ? "london" : "paris");
    expect(sideSummaries(healthy, cut(evenSplit, london, paris), sideOf)).toEqual({
      london: "3 of 6 nodes, 2048 of 4096 served, the others unavailable until healed",
      paris: "3 of 6 nodes, 2048 of 4096 served, the others unavailable until healed",
    });
  });

  it("name the rack where a node has no region", () => {
    const nodes = evenSplit.nodes.map(({ id, rack }) => ({ id, rack }));
    expect(Object.keys(sideSummaries(healthyCluster({ ...evenSplit, nodes })))).toEqual([
      "rack 32",
      "rack 33",
    ]);
  });

  it("say which side is down and that the other serves nothing", () => {
    expect(sideSummaries(healthyCluster(oddSplit), cut(oddSplit, rack(oddSplit, 33)))).toEqual({
      "eu-west-2": "all nodes down",
      "eu-west-3": "3 of 7 nodes, 0 of 4096 served, all unavailable until healed",
    });
  });

  it("list the parts of a side that falls apart, as predicted where the evidence ends", () => {
    const isolated = cut(evenSplit, ["A352"], [...london.slice(1), ...paris]);
    expect(sideSummaries(healthy, isolated)["eu-west-2"]).toBe(
      "1 of 6 nodes, 0 of 4096 served, all unavailable until healed; " +
        "5 of 6 nodes, 4096 of 4096 partitions served (predicted)",
    );
  });

  it("say that there are two masters each without strong consistency", () => {
    const ap = { ...evenSplit, namespace: { ...evenSplit.namespace, strongConsistency: false } };
    expect(sideSummaries(healthyCluster(ap), cut(evenSplit, london, paris))["eu-west-3"]).toBe(
      "3 of 6 nodes, 4096 of 4096 partitions served, as in every sub-cluster: 2 masters each (predicted)",
    );
  });
});
