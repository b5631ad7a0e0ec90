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
import type { Terminal } from "./terminal";
import { wrapped } from "./text";

const SERVICE_PORT = 3000;
/** What asadm writes for a node that it does not see. */
const UNSEEN = "~~";

/**
 * asadm's `show pmap`, as the nodes of a sub-cluster see the cluster: `~~` for those that they do not see. Its last line adds
 * up over the nodes, so that an unavailable partition counts as often as nodes see it.
 */
export function showPmap({ namespace, nodes }: Topology, map: PartitionMap, terminal: Terminal): string {
  const lines = partitionsByNode(map);
  const rows = nodes.map((node): Cell[] => {
    const line = lines[node.id];
    return line
      ? [namespace.name, serviceOf(node), node.id, ...cells(line)]
      : [UNSEEN, serviceOf(node), UNSEEN, UNSEEN, UNSEEN, UNSEEN, UNSEEN];
  });
  const totals = Object.values(lines).reduce((total, line) => ({
    primary: total.primary + line.primary,
    secondary: total.secondary + line.secondary,
    unavailable: total.unavailable + line.unavailable,
    dead: total.dead + line.dead,
  }));
  return [
    table(
      "Partition Map Analysis",
      ["Namespace", "Node", "Node ID", "Primary", "Secondary", "Unavailable", "Dead"],
      [...rows, [namespace.name, "", "", ...cells(totals)]],
      terminal,
    ),
    wrapped(
      "The last line adds up over the nodes, as asadm's does: each of them counts the same unavailable and dead partitions.",
      terminal.columns,
    ),
  ].join("\n");
}

/** Each node's partitions as its own sub-cluster has them, `~~` where it is in none. */
export function showNodePartitions(
  { nodes }: Topology,
  maps: readonly PartitionMap[],
  sideOf: (node: TopologyNode) => string,
  terminal: Terminal,
): string {
  const lines = Object.assign({}, ...maps.map(partitionsByNode)) as Record<string, NodePartitions>;
  return table(
    "Of 4096 partitions, as each node sees them (predicted)",
    ["Node ID", "Rack", "Side", "Primary", "Secondary", "Unavailable", "Dead"],
    nodes.map((node) => [
      node.id,
      node.rack,
      sideOf(node),
      ...(lines[node.id] ? cells(lines[node.id]) : [UNSEEN, UNSEEN, UNSEEN, UNSEEN]),
    ]),
    terminal,
  );
}

function cells({ primary, secondary, unavailable, dead }: NodePartitions): number[] {
  return [primary, secondary, unavailable, dead];
}

/** What asadm's `show roster` says, once, as all nodes of a sub-cluster say the same. */
export function rosterLines({ namespace, nodes }: Topology, map: PartitionMap, terminal: Terminal): string {
  const roster = rosterText(nodes, namespace.activeRack);
  const observed = rosterText(
    nodes.filter(({ id }) => map.members.includes(id)),
    namespace.activeRack,
  );
  const principal = [...map.members].sort(byIdDescending)[0];
  return [
    `  Principal       ${principal}`,
    `  Current roster  ${roster}`,
    `  Pending roster  ${roster}`,
    `  Observed nodes  ${observed}`,
  ]
    .map((line) => wrapped(line, terminal.columns, " ".repeat(18)))
    .join("\n");
}

/** asadm's `show racks`. */
export function showRacks({ namespace, nodes }: Topology, terminal: Terminal): string {
  const racks = [...new Set(nodes.map(({ rack }) => rack))].sort((a, b) => a - b);
  return table(
    "Racks",
    ["Namespace", "Rack ID", "Nodes"],
    racks.map((rack) => [
      namespace.name,
      rack,
      sortedIds(nodes.filter((node) => node.rack === rack)).join(", "),
    ]),
    terminal,
  );
}

function sortedIds(nodes: readonly TopologyNode[]): string[] {
  return nodes.map(({ id }) => id).sort(byIdDescending);
}

/** A node as asadm names it: its service address, or its id where it has no address yet. */
function serviceOf({ id, address }: TopologyNode): string {
  return address === undefined ? id : `${address}:${SERVICE_PORT}`;
}
