import type { Connected, Fault, PartitionMap, Prediction, Topology } from "../../model";
import { listed, nameOf } from "./sides";

/** Where clients stand in a fault. */
export interface Place {
  /** In words: "London". */
  readonly name: string;
  /** The sub-cluster beside them. */
  readonly map: PartitionMap;
  /** Ids of its nodes that they reach, by when they connected. */
  readonly reach: Readonly<Record<Connected, readonly string[]>>;
}

/** A place beside each sub-cluster; where connections are refused, beside each region of it; none where all is well. */
export function placesOf(
  { subClusters, down }: Prediction,
  topology: Topology,
  { refuses }: Fault,
  sides: ReadonlyMap<string, readonly string[]>,
): Place[] {
  const refused = Object.keys(refuses).length > 0;
  if (subClusters.length === 1 && down.length === 0 && !refused) return [];
  return subClusters.flatMap((map) => {
    const { members } = map;
    if (!refused) {
      return [
        { name: nameOf(map, sides), map, reach: { "before the cut": members, "after the cut": members } },
      ];
    }
    const nodes = topology.nodes.filter(({ id }) => members.includes(id));
    return [...new Set(nodes.map(({ region }) => region))].map((region) => ({
      name: nameOf({ members: nodes.filter((node) => node.region === region).map(({ id }) => id) }, sides),
      map,
      reach: {
        "before the cut": members,
        "after the cut": members.filter((id) => !refuses[region ?? ""]?.includes(id)),
      },
    }));
  });
}

/** "new connections from London to A1B33 and A2B33 are refused", a line a region. */
export function refusalsInWords(
  { nodes }: Topology,
  { refuses }: Fault,
  sides: ReadonlyMap<string, readonly string[]>,
): string[] {
  return Object.entries(refuses).map(([region, refusing]) => {
    const members = nodes.filter((node) => node.region === region).map(({ id }) => id);
    return `new connections from ${nameOf({ members }, sides)} to ${listed(refusing)} are refused`;
  });
}
