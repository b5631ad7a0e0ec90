import type { Topology, TopologyNode } from "../../model";
import { UsageError } from "../errors";

/** Regions of a design's racks, in order, where none are given: the article's, and the ones its story goes on with. */
export const DESIGN_REGIONS = ["eu-west-2", "eu-west-3", "eu-west-1", "eu-central-1"] as const;

const FORM = /^(\d{1,3}(?::\d{1,3})*)(\+\d{1,2})?(\/active)?$/;

/**
 * A design as it is written in short: nodes of each region's rack with colons between (`3:3`), quiesced nodes that only count in
 * a further region behind a plus (`3:3+1`), and `/active` where the first rack is the active one. Strong consistency; as many
 * copies as racks, two at least and three at most.
 *
 * @param copies @default as above
 * @throws UsageError where it is not written so
 */
export function designTopology(text: string, regions: readonly string[], copies?: number): Topology {
  const [, racks, tie, active] = FORM.exec(text) ?? [];
  if (racks === undefined) {
    throw new UsageError(
      `The design "${text}" is none: expected nodes a region with colons between, such as 3:3, 4:3, 3:3+1 (one quiesced node in a further region), 3:3:3 or 3:3/active.`,
    );
  }
  const counts = racks.split(":").map(Number);
  const quiesced = Number(tie?.slice(1) ?? 0);
  const places = counts.length + (quiesced > 0 ? 1 : 0);
  if (places > regions.length) {
    throw new UsageError(
      `The design "${text}" is in ${places} regions and ${regions.length} are known (${regions.join(", ")}): name more with --regions.`,
    );
  }
  if (counts.some((count) => count === 0)) {
    throw new UsageError(`The design "${text}" has a region without nodes: leave it out.`);
  }
  const rackOf = (place: number, count: number, rest: Partial<TopologyNode> = {}): TopologyNode[] =>
    Array.from({ length: count }, (_, i) => ({
      // As a StretchCluster plans them.
      id: `A${(i + 1).toString(16).toUpperCase()}B${place + 1}`,
      rack: place + 1,
      region: regions[place],
      ...rest,
    }));
  return {
    namespace: {
      name: "mydata",
      replicationFactor: copies ?? Math.min(3, Math.max(2, counts.length)),
      strongConsistency: true,
      ...(active !== undefined && { activeRack: 1 }),
    },
    nodes: [
      ...counts.flatMap((count, place) => rackOf(place, count)),
      ...rackOf(counts.length, quiesced, { quiesced: true }),
    ],
  };
}
