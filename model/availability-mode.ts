import { Decision } from "./availability";
import { baseRows } from "./base-rows";
import { byIdDescending } from "./node-id";
import { mapWith, type PartitionMap } from "./partition-map";
import {
  effectiveActiveRack,
  type RosterNode,
  type RosterRows,
  rosterRows,
  type RowSettings,
} from "./roster-rows";
import { subCluster } from "./sub-cluster";

/**
 * The map of a sub-cluster in availability mode (AP, `strong-consistency false`): there is no roster, the members
 * alone make the rows, and every sub-cluster serves all 4096 partitions (specification, section 3). Quiesced nodes
 * stand at the end of every row and are left out of uniform balance and of the racks ("Quiesce a node").
 */
export function availabilityModeMap(
  members: readonly RosterNode[],
  settings: RowSettings,
  quiesced: ReadonlySet<string> = new Set(),
): PartitionMap {
  const cluster = subCluster(rowsOf(members, settings, quiesced), {
    members: members.map(({ id }) => id),
    quiesced,
    isFull: () => true,
  });
  return mapWith(cluster, () => Decision.AvailabilityMode);
}

function rowsOf(
  members: readonly RosterNode[],
  settings: RowSettings,
  quiesced: ReadonlySet<string>,
): RosterRows {
  const active = members.filter(({ id }) => !quiesced.has(id));
  if (active.length === members.length || active.length === 0) return rosterRows(members, settings);
  // Racks of quiesced nodes count here as well.
  const activeRack = effectiveActiveRack(members, settings) ?? 0;
  const balanced = rosterRows(active, { ...settings, activeRack });
  const resting = members.filter(({ id }) => quiesced.has(id)).sort((a, b) => byIdDescending(a.id, b.id));
  const last = baseRows(resting.map(({ id }) => id));
  const nodes = [...members].sort((a, b) => byIdDescending(a.id, b.id));
  const [first, behind] = [balanced.nodes, resting].map((part) => part.map((node) => nodes.indexOf(node)));
  const rows = new Uint8Array((balanced.rows.length / first.length) * nodes.length);
  for (let row = 0, at = 0; at < rows.length; row++) {
    for (let r = 0; r < first.length; r++) rows[at++] = first[balanced.rows[row * first.length + r]];
    for (let r = 0; r < behind.length; r++) rows[at++] = behind[last[row * behind.length + r]];
  }
  return { ...balanced, nodes, rows };
}
