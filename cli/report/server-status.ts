import { PARTITIONS, rosterText } from "../../model";
import type { NodeState } from "../../lab/observe/node-state";
import type { NodesByAddress } from "../../lab/observe/nodes-of";
import type { Sample } from "../../lab/observe/samples";
import { clustersOf } from "../../lab/recover/situation";
import { table } from "./table";
import type { Terminal } from "./terminal";
import { wrapped } from "./text";

/** What `stretch status --hosts` prints: each node as it sees itself and its cluster. */
export function serverStatusText(
  namespace: string,
  addresses: NodesByAddress,
  samples: readonly Sample[],
  terminal: Terminal,
): string {
  const nodes = samples.flatMap(({ state }) => (state ? [state] : []));
  const orphans = nodes.filter(({ clusterSize }) => clusterSize === 0);
  const noRosters = nodes.find((state) => state.noRosters !== undefined)?.noRosters;
  const lines = (text: string) => wrapped(text, terminal.columns);
  return [
    lines(
      `Namespace ${namespace}, ${nodes.length} of ${samples.length} nodes have answered: observed, each from its own side.`,
    ),
    "",
    table(
      "Sub-clusters",
      ["Cluster Key", "Principal", "Size", "Asked", "Available", "Unavailable", "Dead"],
      clustersOf({ nodes }).map((members) => {
        const [first] = members;
        return [
          first.clusterKey,
          first.principal,
          first.clusterSize,
          members.map(({ id }) => id).join(", "),
          PARTITIONS - first.unavailable - first.dead,
          first.unavailable,
          first.dead,
        ];
      }),
      terminal,
    ),
    ...orphans.map(({ id }) => `${id} is in no cluster.`),
    ...(noRosters === undefined
      ? clustersOf({ nodes }).map(([first]) => lines(`Roster of ${first.principal}: ${rosterOf(first)}`))
      : [
          lines(
            `No rosters are shown: the server answers "${noRosters}". Only Enterprise servers have them.`,
          ),
        ]),
    "",
    table(
      "Nodes",
      ["Node ID", "Address", "Rack", "Cluster Key", "Master", "Prole", "Non-\nReplica", "Migrates"],
      samples.map(({ node, state }) => {
        const address = addresses.get(node) ?? node;
        return state
          ? [
              state.quiesced ? `${state.id} (quiesced)` : state.id,
              address,
              state.rack,
              state.clusterKey,
              state.masterObjects,
              state.proleObjects,
              state.nonReplicaObjects,
              state.migrating,
            ]
          : [node === address ? "~~" : node, address, "~~", "~~", "~~", "~~", "~~", "~~"];
      }),
      terminal,
    ),
    ...samples.flatMap(({ node, gap }) => (gap === undefined ? [] : [lines(`${node}: ${gap}`)])),
  ].join("\n");
}

function rosterOf({ roster }: NodeState): string {
  return roster.nodes.length > 0 ? rosterText(roster.nodes, roster.activeRack) : "none";
}
