import {
  type HealthyCluster,
  isWhole,
  partitionCounts,
  PARTITIONS,
  partitionMap,
  type Prediction,
  rosterEntries,
  rosterRows,
  subCluster,
  type Topology,
} from "../../model";
import { orphansAdvice } from "./orphans";
import { listed } from "./sides";
import type { Situation } from "./situation";

/** What the operator should do in a fault, a line a step. */
export function adviceOf(situation: Situation): string[] {
  return [...faultAdvice(situation), ...settingsAdvice(situation.healthy.topology)];
}

function settingsAdvice({ namespace, nodes, minClusterSize = 1 }: Topology): string[] {
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
        ]
      : []),
    ...((split || orphans.length > 0) && best === PARTITIONS
      ? [
          "Until then send the clients of the other sides to the one that serves everything, if they can reach it.",
        ]
      : []),
    ...(down.length > 0 ? downAdvice(healthy, prediction, best) : []),
    `Read back writes that timed out in doubt (code 9) in the 1.5 to 4 s after the cut${orphans.length > 0 ? ", on orphans until they blocked" : ""}.`,
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
  const then = partitionMap(
    subCluster(rosterRows(alive, namespace), {
      members: alive.map(({ id }) => id),
      quiesced: new Set(alive.filter(({ quiesced }) => quiesced).map(({ id }) => id)),
      isFull: healthy.isFull,
    }),
  );
  return [
    start,
    `Only if they are lost for good, and cannot come back by themselves: in asadm, manage roster remove nodes ${gone.join(" ")} ns ${namespace.name}; manage recluster. ` +
      `The nodes left then serve ${partitionCounts(then).available} of ${PARTITIONS}.`,
  ];
}
