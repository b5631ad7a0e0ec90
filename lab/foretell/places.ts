import {
  type Bounds,
  type Connected,
  type Fault,
  isWhole,
  type PartitionMap,
  type Prediction,
  type Topology,
} from "../../model";
import { blocksOf } from "../../model/members";
import { listed, nameOf } from "../run/sides";

/** Where clients stand in a fault. */
export interface Place {
  /** In words: "London". */
  readonly name: string;
  /** The sub-cluster beside them; none beside orphans. */
  readonly map?: PartitionMap;
  /** When the orphans there block, in milliseconds after the cut; none beside a sub-cluster. */
  readonly blocks?: Bounds;
  /** Ids of the nodes there that they reach, by when they connected. */
  readonly reach: Readonly<Record<Connected, readonly string[]>>;
}

/**
 * A place beside each sub-cluster, and beside each side's orphans; where connections are refused, beside each region of a
 * sub-cluster; none where all is well.
 */
export function placesOf(
  prediction: Prediction,
  topology: Topology,
  { refuses }: Fault,
  sides: ReadonlyMap<string, readonly string[]>,
): Place[] {
  const refused = Object.keys(refuses).length > 0;
  if (isWhole(prediction) && !refused) return [];
  const besideOrphans = orphansBySide(prediction, sides).map((members) => ({
    name: nameOf({ members }, sides),
    blocks: blocksOf(prediction.orphans.filter(({ id }) => members.includes(id))),
    reach: { "before the cut": members, "after the cut": members },
  }));
  const besideClusters = prediction.subClusters.flatMap((map): Place[] => {
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
  return [...besideClusters, ...besideOrphans];
}

/** Ids of the orphans, those of each side together. */
export function orphansBySide(
  { orphans }: Prediction,
  sides: ReadonlyMap<string, readonly string[]>,
): string[][] {
  return [...sides.values()]
    .map((side) => side.filter((id) => orphans.some((orphan) => orphan.id === id)))
    .filter((ids) => ids.length > 0);
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
