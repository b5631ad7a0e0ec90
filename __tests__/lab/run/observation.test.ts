import { clustersText, type Observation, observedRows } from "../../../lab/run/observation";

const SEEN: Observation = {
  ...{ label: "split", at: 0, silent: [], migrating: 0, nodes: [], differences: [] },
  clusters: [{ name: "Paris", members: ["B1", "B2"], serves: 2048, unavailable: 2048, dead: 0 }],
  orphans: ["A1", "A2"],
  foretold: {
    clusters: [{ members: ["B2", "B1"], serves: 2048, unavailable: 2048, dead: 0 }],
    orphans: ["A1", "A2"],
    down: [],
  },
};

/** Side, foretold, observed. */
const rows = (seen: Partial<Observation>) =>
  observedRows({ ...SEEN, ...seen }).map(({ side, foretold, observed }) => [side, foretold, observed]);

describe("what was foretold beside what was seen", () => {
  it("is a row a cluster, and one of the nodes that are in none", () => {
    expect(rows({})).toEqual([
      ["Paris", 2048, 2048],
      ["A1 and A2", "in no cluster", "in no cluster"],
    ]);
  });

  it("tells orphans that were not foretold, and foretold ones that are in a cluster", () => {
    expect(rows({ orphans: ["A2", "A3"] })).toEqual([
      ["Paris", 2048, 2048],
      ["A2", "in no cluster", "in no cluster"],
      ["A3", "in a cluster", "in no cluster"],
      ["A1", "in no cluster", "in a cluster"],
    ]);
  });

  it("knows nothing of nodes that are silent, and names clusters that were not foretold", () => {
    expect(rows({ orphans: ["A2"], silent: ["A1"], foretold: { ...SEEN.foretold, clusters: [] } })).toEqual([
      ["Paris", "no such cluster", 2048],
      ["A2", "in no cluster", "in no cluster"],
    ]);
  });
});

describe("the clusters of an observation in words", () => {
  it("are counted; who is in none, and who is silent, is named", () => {
    expect(clustersText({ ...SEEN, orphans: [] })).toBe("1 cluster");
    expect(clustersText({ ...SEEN, clusters: [], silent: ["B1", "B2"] })).toBe(
      "0 clusters, A1 and A2 in no cluster, B1, B2 silent",
    );
  });
});
