import { type CannotHear, halves, healthyCluster, NO_FAULT, type TopologyNode } from "../../../model";
import { sideSummaries } from "../../../modules/faults/side-summaries";
import { cut, evenSplit, oddSplit, rack, tieBreaker } from "../../model/support/topologies";

const region = (node: TopologyNode) => node.region!;
const [london, paris] = [rack(evenSplit, 32), rack(evenSplit, 33)];

describe("the lines of the output partitions", () => {
  const healthy = healthyCluster(evenSplit);

  it("say that a healthy cluster serves everything on each side", () => {
    expect(sideSummaries(healthy, NO_FAULT, region)).toEqual({
      "eu-west-2": "6 of 6 nodes, 4096 of 4096 partitions served",
      "eu-west-3": "6 of 6 nodes, 4096 of 4096 partitions served",
    });
  });

  it("say what each side of a split serves, under the caller's names of the sides", () => {
    const sideOf = ({ rack }: TopologyNode) => (rack === 32 ? "london" : "paris");
    expect(sideSummaries(healthy, cut(evenSplit, london, paris), sideOf)).toEqual({
      london: "3 of 6 nodes, 2048 of 4096 served, the others unavailable until healed",
      paris: "3 of 6 nodes, 2048 of 4096 served, the others unavailable until healed",
    });
  });

  it("say which side is down and that the other serves nothing", () => {
    expect(sideSummaries(healthyCluster(oddSplit), cut(oddSplit, rack(oddSplit, 33)), region)).toEqual({
      "eu-west-2": "all nodes down",
      "eu-west-3": "3 of 7 nodes, 0 of 4096 served, all unavailable until healed",
    });
  });

  it("list the parts of a side that falls apart, as predicted where the evidence ends", () => {
    const isolated = cut(evenSplit, ["A352"], [...london.slice(1), ...paris]);
    expect(sideSummaries(healthy, isolated, region)["eu-west-2"]).toBe(
      "1 of 6 nodes, 0 of 4096 served, all unavailable until healed; " +
        "5 of 6 nodes, 4096 of 4096 partitions served (predicted)",
    );
  });

  it("say that there are two masters each without strong consistency", () => {
    const ap = { ...evenSplit, namespace: { ...evenSplit.namespace, strongConsistency: false } };
    expect(sideSummaries(healthyCluster(ap), cut(evenSplit, london, paris), region)["eu-west-3"]).toBe(
      "3 of 6 nodes, 4096 of 4096 partitions served, as in every sub-cluster: 2 masters each (predicted)",
    );
  });

  it("say which nodes are in no cluster, and of every line of a cluster with a tie-breaker that it is predicted", () => {
    const [north, south, third] = [32, 33, 34].map((id) => rack(tieBreaker, id));
    const cluster = healthyCluster(tieBreaker);
    expect(sideSummaries(cluster, halves(north, south), region)["eu-west-3"]).toBe(
      "3 of 7 nodes in no cluster, 0 of 4096 served once they block (10.8 to 15.2 s after the cut), all unavailable until healed (predicted)",
    );
    expect(sideSummaries(cluster, cut(tieBreaker, [...north, ...third], south), region)).toEqual({
      "eu-west-2": "4 of 7 nodes, 4096 of 4096 partitions served (predicted)",
      "eu-west-3": "3 of 7 nodes, 0 of 4096 served, all unavailable until healed (predicted)",
      "eu-west-1": "4 of 7 nodes, 4096 of 4096 partitions served (predicted)",
    });
  });

  it("say which cluster comes and goes, and where a real cluster may end otherwise", () => {
    const nodes = ["A1", "A2", "A3", "A4", "A5", "A6"].map((id, i) => ({ id, rack: 1 + Math.floor(i / 3) }));
    const six = healthyCluster({ ...evenSplit, nodes });
    const linesOf = (cannotHear: CannotHear) =>
      sideSummaries(six, { ...NO_FAULT, cannotHear }, ({ rack: id }) => `rack ${id}`);
    const flaps = { A1: ["A2", "A6"], A2: ["A3"], A3: ["A5"], A4: ["A6"], A5: ["A6"] };
    expect(linesOf(flaps)["rack 1"]).toMatch(
      /^2 of 6 nodes, \d+ of 4096 served, .*, a cluster that comes and goes; 2 of 6 nodes in no cluster/,
    );
    const races = { A1: ["A2", "A6"], A2: ["A5", "A6"], A3: ["A4", "A5", "A6"], A4: ["A6"] };
    expect(linesOf(races)["rack 2"]).toMatch(/; may differ \(predicted\)$/);
    expect(linesOf({})["rack 1"]).toBe("6 of 6 nodes, 4096 of 4096 partitions served");
  });
});
