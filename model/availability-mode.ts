import { Decision } from "./availability";
import { mapWith, type PartitionMap } from "./partition-map";
import { type RosterNode, rosterRows, type RowSettings } from "./roster-rows";
import { subCluster } from "./sub-cluster";

/**
 * The map of a sub-cluster in availability mode (AP, `strong-consistency false`): there is no roster, the members
 * alone make the rows, and every sub-cluster serves all 4096 partitions (specification, section 3).
 */
export function availabilityModeMap(
  members: readonly RosterNode[],
  settings: RowSettings,
  quiesced: ReadonlySet<string> = new Set(),
): PartitionMap {
  const cluster = subCluster(rosterRows(members, settings), {
    members: members.map(({ id }) => id),
    quiesced,
    isFull: () => true,
  });
  return mapWith(cluster, () => Decision.AvailabilityMode);
}
