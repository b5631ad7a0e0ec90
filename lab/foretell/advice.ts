import {
  type HealthyCluster,
  isWhole,
  partitionCounts,
  PARTITIONS,
  partitionMap,
  type Prediction,
  rosterEntries,
  rosterRows,
  rosterText,
  subCluster,
  type Topology,
  type TopologyNode,
} from "../../model";
import { inDoubtText, latencyAdvice, slowLinkAdvice } from "./heartbeats";
import { orphansAdvice } from "./orphans";
import { listed } from "../run/sides";
import type { Situation } from "./situation";

/** What the operator should do in a fault, a line a step. */
export function adviceOf(situation: Situation): string[] {
  return [...faultAdvice(situation), ...settingsAdvice(situation)];
}

function settingsAdvice({ healthy: { topology }, fault, roundTrips }: Situation): string[] {
  return [
    ...sizeAdvice(topology),
    ...slowLinkAdvice(topology, fault, roundTrips),
    ...latencyAdvice(topology, roundTrips),
  ];
}

function sizeAdvice({ namespace, nodes, minClusterSize = 1 }: Topology): string[] {
  if (!namespace.strongConsistency || minClusterSize === 1 || 2 * minClusterSize >= nodes.length) return [];
  return [
    `Reconsider min-cluster-size ${minClusterSize}: Aerospike's documents advise against it in strong consistency below half of the nodes.`,
  ];
}

function faultAdvice(situation: Situation): string[] {
  const { healthy, prediction, refused } = situation;
  const heal = refused.map(
    (what) =>
      `Heal: ${what}, of clients and of nodes; established ones go on. Until then restart no client or node there.`,
  );
  const { namespace } = healthy.topology;
  const { subClusters, orphans, down, flapping } = prediction;
  if (isWhole(prediction)) return heal.length > 0 ? heal : ["Nothing: the cluster is whole."];
  const split = subClusters.length > 1;
  const partial = orphansAdvice(situation);
  if (!namespace.strongConsistency) {
    return [
      ...heal,
      ...(split
        ? [
            "Stop the writers of all sides but one: every sub-cluster accepts writes to every partition.",
            "Heal the network. Of two versions of a record the higher generation wins, the later update time only on a tie: the other write is gone.",
          ]
        : []),
      ...partial,
      ...(down.length > 0 ? [startAgain(down)] : []),
    ];
  }
  const best = Math.max(0, ...subClusters.map((map) => partitionCounts(map).available));
  return [
    ...heal,
    ...partial,
    ...flapping.map(
      (members) =>
        `Heal soon: the cluster of ${listed(members)} comes and goes, and where one interrupts the next what it serves is dead afterwards, without any crash, until revive and recluster.`,
    ),
    ...(split || orphans.length > 0
      ? [
          "Heal the network. Leave the roster alone while more than one side is alive: re-rostering both loses acknowledged writes.",
          ...(healthy.map.activeRack !== undefined
            ? [
                `Promote no other rack while a node of rack ${healthy.map.activeRack} may live: both sides would serve the same partitions.`,
              ]
            : []),
        ]
      : []),
    ...((split || orphans.length > 0) && best === PARTITIONS
      ? [
          "Until then send the clients of the other sides to the one that serves everything, if they can reach it.",
        ]
      : []),
    ...(down.length > 0 ? downAdvice(healthy, prediction, best) : []),
    `Read back writes that timed out in doubt (code 9) in the ${inDoubtText(healthy.topology)} s after the cut${orphans.length > 0 ? ", on orphans until they blocked" : ""}.`,
    ...((subClusters.length > 0 || orphans.length > 0) && (best < PARTITIONS || split || orphans.length > 0)
      ? [
          "Watch for -14 in clients: code 11 counts towards maxErrorRate (100 by default), and then served partitions fail too. The Node.js client takes at most maxErrorRate 10000 with errorRateWindow 100.",
        ]
      : []),
    "Afterwards wait until no migrations remain before the next fault.",
  ];
}

function startAgain(down: readonly string[]): string {
  return `Start ${down.join(", ")} again: after a clean stop they come back with their data.`;
}

function downAdvice(healthy: HealthyCluster, { subClusters, down }: Prediction, best: number): string[] {
  const { nodes, namespace } = healthy.topology;
  const start = startAgain(down);
  if (best === PARTITIONS || subClusters.length !== 1) return [start];
  const alive = nodes.filter(({ id }) => !down.includes(id));
  if (alive.length < namespace.replicationFactor) return [start];
  const gone = rosterEntries(nodes.filter(({ id }) => down.includes(id)));
  const promoted = promotedRack(healthy, alive);
  const activeRack = promoted ?? namespace.activeRack ?? 0;
  const then = partitionMap(
    subCluster(rosterRows(alive, { ...namespace, activeRack }), {
      members: alive.map(({ id }) => id),
      quiesced: new Set(alive.filter(({ quiesced }) => quiesced).map(({ id }) => id)),
      isFull: healthy.isFull,
    }),
  );
  const served = `The nodes left then serve ${partitionCounts(then).available} of ${PARTITIONS}.`;
  if (promoted !== undefined) {
    const { name } = namespace;
    return [
      start,
      `Only if rack ${healthy.map.activeRack} is lost for good, and none of its nodes may live beyond a cut: promote rack ${promoted}, in asadm on the nodes left.`,
      `First manage config namespace ${name} param active-rack to ${promoted}; manage recluster. Nothing is served yet.`,
      `Then manage roster stage observed ns ${name}, which stages ${rosterText(alive, promoted)}; manage recluster. ${served}`,
      `Write active-rack ${promoted} into the files of all nodes before they start again: where nodes disagree there is none.`,
    ];
  }
  // With an active rack asadm does not find a roster's first node, which to it is M32|A882@33.
  const reroster =
    activeRack === 0
      ? `manage roster remove nodes ${gone.join(" ")} ns ${namespace.name}`
      : `manage roster stage observed ns ${namespace.name}`;
  return [
    start,
    `Only if they are lost for good, and cannot come back by themselves: in asadm, ${reroster}; manage recluster. ` +
      served,
  ];
}

/** The rack to make the active one where that is lost with all its nodes: of the racks left the one with the most nodes. */
function promotedRack({ map }: HealthyCluster, alive: readonly TopologyNode[]): number | undefined {
  if (map.activeRack === undefined || alive.some(({ rack }) => rack === map.activeRack)) return undefined;
  const nodesIn = (rack: number) => alive.filter((node) => node.rack === rack).length;
  return alive.map(({ rack }) => rack).reduce((a, b) => (nodesIn(b) > nodesIn(a) ? b : a));
}
