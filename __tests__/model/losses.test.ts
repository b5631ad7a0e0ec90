import {
  faultOfLosses,
  healthyCluster,
  type Loss,
  Losses,
  lossesOf,
  PARTITIONS,
  partitionCounts,
  partitionMap,
  predict,
  subCluster,
  type Topology,
} from "../../model";
import { evenSplit, oddSplit } from "./support/topologies";

const ID = ["A1", "B2", "C3", "D4", "E5", "F6", "A7"];
const REGIONS = ["eu-west-2", "eu-west-3", "eu-west-1", "eu-central-1"];

/** All shapes of so many nodes: how many each rack has, no rack more than the one before. */
function shapes(size: number, most = size, racks = REGIONS.length): number[][] {
  if (size === 0) return [[]];
  if (racks === 0) return [];
  return Array.from({ length: Math.min(most, size) }, (_, i) => i + 1).flatMap((first) =>
    shapes(size - first, first, racks - 1).map((rest) => [first, ...rest]),
  );
}

/** What is left by a whole prediction, and by a look at the copies once the lost nodes are back, empty. */
function plainly(topology: Topology, losses: readonly Loss[]): { served: number; dead: number } {
  const healthy = healthyCluster(topology);
  const { subClusters } = predict(healthy, faultOfLosses(topology, losses));
  const lost = new Set(losses.flatMap(({ down }) => down));
  const back = partitionMap(
    subCluster(healthy.roster, {
      members: topology.nodes.map(({ id }) => id),
      isFull: (id, partition) => !lost.has(id) && healthy.isFull(id, partition),
      isTrusted: (id) => !lost.has(id),
    }),
  );
  return {
    served: Math.max(0, ...subClusters.map((map) => partitionCounts(map).available)),
    dead: partitionCounts(back).dead,
  };
}

/** All subsets of up to so many losses, the smallest sets among them that do each harm, by brute force. */
function brute(topology: Topology, upTo: number): Map<string, { served: number; dead: number }> {
  const all = lossesOf(topology);
  const sets: Loss[][] = [[]];
  for (const loss of all)
    sets.push(...sets.filter(({ length }) => length < upTo).map((set) => [...set, loss]));
  const tried = sets
    .filter(({ length }) => length > 0)
    .map((losses) => ({ losses, left: plainly(topology, losses) }));
  const does = {
    "some unavailable": ({ served }: { served: number }) => served < PARTITIONS,
    "all unavailable": ({ served }: { served: number }) => served === 0,
    "some dead": ({ dead }: { dead: number }) => dead > 0,
  };
  const found = new Map<string, { served: number; dead: number }>();
  for (const [harm, test] of Object.entries(does)) {
    const harmful = tried.filter(({ left }) => test(left));
    for (const { losses, left } of harmful) {
      const less = harmful.some(
        (other) => other.losses.length < losses.length && other.losses.every((loss) => losses.includes(loss)),
      );
      if (!less) found.set(`${harm}: ${losses.map(({ name }) => name).join(", ")}`, left);
    }
  }
  return found;
}

function quickly(topology: Topology, upTo: number): Map<string, { served: number; dead: number }> {
  return new Map(
    new Losses(healthyCluster(topology))
      .smallestSets(upTo)
      .map(({ harm, losses, served, dead }) => [
        `${harm}: ${losses.map(({ name }) => name).join(", ")}`,
        { served, dead },
      ]),
  );
}

/** Sets in which a loss adds nothing to the others are told by the others alone. */
function withoutNeedless(topology: Topology, found: Map<string, { served: number; dead: number }>) {
  const sets = new Set(
    [1, 2, 3].flatMap((size) =>
      [...new Losses(healthyCluster(topology)).sets(size)].map((set) =>
        set.map(({ name }) => name).join(", "),
      ),
    ),
  );
  return new Map([...found].filter(([key]) => sets.has(key.slice(key.indexOf(": ") + 2))));
}

describe("the smallest sets of losses", () => {
  // The higher ids in the smaller racks, and in the larger ones.
  const rosters = [1, 2, 3, 4, 5, 6, 7].flatMap((size) =>
    shapes(size).flatMap((shape) => {
      const racks = shape.flatMap((count, rack) => Array<number>(count).fill(rack));
      return shape.length === 1 || size > 5 ? [racks] : [racks, [...racks].reverse()];
    }),
  );

  it.each([2, 3])(
    "are with %i copies those of brute force, on rosters of up to 7 nodes",
    (replicationFactor) => {
      for (const racks of rosters.filter(({ length }) => length >= replicationFactor)) {
        const topology: Topology = {
          namespace: { name: "mydata", replicationFactor, strongConsistency: true },
          nodes: racks.map((rack, i) => ({ id: ID[i], rack: rack + 1, region: REGIONS[rack] })),
        };
        expect([racks, quickly(topology, 2)]).toEqual([racks, withoutNeedless(topology, brute(topology, 2))]);
      }
    },
    300_000,
  );

  const OTHERS: [
    string,
    number,
    Partial<Topology["namespace"]> & { minClusterSize?: number; quiesced?: boolean },
  ][] = [
    ["three losses", 3, {}],
    ["a least size of clusters", 2, { minClusterSize: 3 }],
    ["a quiesced node", 2, { quiesced: true }],
    ["an active rack", 2, { activeRack: 1 }],
    ["availability mode", 2, { strongConsistency: false }],
  ];
  it.each(OTHERS)(
    "are those of brute force with %s",
    (_, upTo, { minClusterSize, quiesced, ...namespace }) => {
      const topology: Topology = {
        namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true, ...namespace },
        nodes: [0, 0, 1, 1, 2].map((rack, i) => ({
          id: ID[i],
          rack: rack + 1,
          region: REGIONS[rack],
          ...(quiesced && i === 4 && { quiesced: true }),
        })),
        ...(minClusterSize !== undefined && { minClusterSize }),
      };
      expect(quickly(topology, upTo)).toEqual(withoutNeedless(topology, brute(topology, upTo)));
    },
    60_000,
  );

  it("say of the article's even split that its link is enough for half, and a region for half; of the odd one that London is for all", () => {
    const placed = (topology: Topology): Topology => ({
      ...topology,
      nodes: topology.nodes.map((node) => ({ ...node, region: node.rack === 32 ? "London" : "Paris" })),
    });
    const even = quickly(placed(evenSplit), 1);
    expect(even.get("some unavailable: link London - Paris")?.served).toBe(2048);
    expect(even.get("some unavailable: London")?.served).toBe(2048);
    const odd = quickly(placed(oddSplit), 1);
    expect(odd.has("some unavailable: link London - Paris")).toBe(false);
    expect(odd.get("all unavailable: London")?.served).toBe(0);
    expect([...odd.keys()].some((key) => key.includes("Paris"))).toBe(false);
  });

  it("name what comes to the same nodes once, by its widest name", () => {
    expect(
      lossesOf({
        ...evenSplit,
        nodes: evenSplit.nodes.map((node) => ({ ...node, region: `r${node.rack}` })),
      }).map(({ name }) => name),
    ).toEqual(["link r32 - r33", "r32", "r33", ...evenSplit.nodes.map(({ id }) => `node ${id}`)]);
  });
});
