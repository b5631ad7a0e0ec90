import {
  byIdDescending,
  type NodePartitions,
  type PartitionMap,
  partitionsByNode,
  rosterText,
  type Topology,
  type TopologyNode,
} from "../../model";
import { type Cell, table } from "./table";

const SERVICE_PORT = 3000;

/** asadm's `show pmap`, as the nodes of a sub-cluster see the cluster: `~~` for those that they do not see. */
export function showPmap({ namespace, nodes }: Topology, map: PartitionMap): string {
  const lines = partitionsByNode(map);
  const rows = nodes.map((node): Cell[] => {
    const line = lines[node.id];
    return line
      ? [namespace.name, serviceOf(node), node.id, ...cells(line)]
      : ["~~", serviceOf(node), "~~", "~~", "~~", "~~", "~~"];
  });
  const totals = Object.values(lines).reduce((total, line) => ({
    primary: total.primary + line.primary,
    secondary: total.secondary + line.secondary,
    unavailable: total.unavailable + line.unavailable,
    dead: total.dead + line.dead,
  }));
  return table(
    "Partition Map Analysis",
    ["Namespace", "Node", "Node ID", "Primary", "Secondary", "Unavailable", "Dead"],
    [...rows, [namespace.name, "", "", ...cells(totals)]],
  );
}

function cells({ primary, secondary, unavailable, dead }: NodePartitions): number[] {
  return [primary, secondary, unavailable, dead];
}

/** asadm's `show roster`: the roster, and of its nodes those observed. `*` marks the principal. */
export function showRoster({ namespace, nodes }: Topology, map: PartitionMap): string {
  const roster = rosterText(nodes, namespace.activeRack);
  const observed = rosterText(
    nodes.filter(({ id }) => map.members.includes(id)),
    namespace.activeRack,
  );
  const principal = [...map.members].sort(byIdDescending)[0];
  const rows = nodes.map((node) =>
    map.members.includes(node.id)
      ? [
          serviceOf(node),
          `${node.id === principal ? "*" : ""}${node.id}`,
          namespace.name,
          roster,
          roster,
          observed,
        ]
      : [serviceOf(node), "~~", "~~", "~~", "~~", "~~"],
  );
  return table(
    "Roster",
    ["Node", "Node ID", "Namespace", "Current Roster", "Pending Roster", "Observed Nodes"],
    rows,
  );
}

/** asadm's `show racks`. */
export function showRacks({ namespace, nodes }: Topology): string {
  const racks = [...new Set(nodes.map(({ rack }) => rack))].sort((a, b) => a - b);
  return table(
    "Racks",
    ["Namespace", "Rack ID", "Nodes"],
    racks.map((rack) => [
      namespace.name,
      rack,
      sortedIds(nodes.filter((node) => node.rack === rack)).join(", "),
    ]),
  );
}

function sortedIds(nodes: readonly TopologyNode[]): string[] {
  return nodes.map(({ id }) => id).sort(byIdDescending);
}

/** A node as asadm names it: its service address, or its id where it has no address yet. */
function serviceOf({ id, address }: TopologyNode): string {
  return address === undefined ? id : `${address}:${SERVICE_PORT}`;
}
