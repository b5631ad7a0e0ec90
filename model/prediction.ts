import { availabilityModeMap } from "./availability-mode";
import { ModelError } from "./errors";
import { type Fault, NO_FAULT } from "./fault";
import { type Clusters, type Membership, membership, type Orphan } from "./members";
import { partitionMap, type PartitionMap } from "./partition-map";
import { type RosterRows, rosterRows } from "./roster-rows";
import { subCluster } from "./sub-cluster";
import type { Topology } from "./topology";

/** A cluster with all its nodes there and all migrations ended: what every fault starts from. */
export interface HealthyCluster {
  readonly topology: Topology;
  readonly roster: RosterRows;
  readonly map: PartitionMap;
  /** Whether a node holds a full copy of a partition: it is one of its current replicas. */
  isFull(id: string, partition: number): boolean;
}

/** What a fault does to a healthy cluster. */
export interface Prediction {
  /** The partition map of each sub-cluster. */
  readonly subClusters: readonly PartitionMap[];
  /** Nodes that are up and in no sub-cluster: they serve nothing, in availability mode either. */
  readonly orphans: readonly Orphan[];
  /** Ids of the nodes that are down. */
  readonly down: readonly string[];
  /** Members of the sub-clusters that come and go. */
  readonly flapping: Clusters;
  /** True where clusters race to form, so that a real cluster may end otherwise. */
  readonly mayDiffer: boolean;
  /** Why this goes beyond what was checked against a real server; empty = within the evidence. */
  readonly predictedBecause: readonly string[];
}

/**
 * The cluster of a topology, healthy. The dear part of a prediction: keep it when several faults are asked for.
 *
 * @throws ModelError on a topology that no cluster can have.
 */
export function healthyCluster(topology: Topology): HealthyCluster {
  const { namespace, nodes } = topology;
  if (namespace.replicationFactor > nodes.length) {
    throw new ModelError(
      `Replication factor ${namespace.replicationFactor} of namespace "${namespace.name}" needs as many nodes: ` +
        `expected at least ${namespace.replicationFactor}, the topology has ${nodes.length}. Add nodes or lower it.`,
    );
  }
  const roster = rosterRows(nodes, namespace);
  const quiesced = quiescedOf(topology);
  const members = nodes.map(({ id }) => id);
  const map = namespace.strongConsistency
    ? partitionMap(subCluster(roster, { members, quiesced, isFull: () => true }))
    : availabilityModeMap(nodes, namespace, quiesced);
  const numbers = new Map(roster.nodes.map(({ id }, number) => [id, number]));
  const isFull = (id: string, partition: number) => {
    const number = numbers.get(id);
    const start = partition * map.columns;
    for (let r = start; r < start + map.columns; r++) if (map.replicas[r] === number) return true;
    return false;
  };
  return { topology, roster, map, isFull };
}

/**
 * What a fault does to a healthy cluster once its sub-clusters have formed.
 *
 * @param fault @default none: the healthy cluster
 * @param now the clusters of this moment, which the fault finds; their copies are those of the healthy cluster. @default all
 *   nodes in one
 * @throws ModelError where the fault names an unknown node.
 */
export function predict(healthy: HealthyCluster, fault: Fault = NO_FAULT, now?: Clusters): Prediction {
  const { topology, roster } = healthy;
  const { namespace, nodes } = topology;
  const quiesced = quiescedOf(topology);
  const formed = membership(
    nodes.map(({ id }) => id),
    fault.cannotHear,
    {
      ...(now && { now }),
      ...(topology.minClusterSize !== undefined && { least: topology.minClusterSize }),
      ...(topology.heartbeats && { heartbeats: topology.heartbeats }),
    },
  );
  const maps = formed.clusters.map((members) => {
    if (members.length === nodes.length) return healthy.map;
    if (namespace.strongConsistency) {
      return partitionMap(subCluster(roster, { members, quiesced, isFull: healthy.isFull }));
    }
    const here = new Set(members);
    return availabilityModeMap(
      nodes.filter(({ id }) => here.has(id)),
      namespace,
      quiesced,
    );
  });
  return {
    subClusters: maps,
    orphans: formed.orphans,
    down: formed.down,
    flapping: formed.flapping,
    mayDiffer: formed.mayDiffer,
    predictedBecause: beyondEvidence(topology, formed, maps),
  };
}

/** Whether a fault leaves the cluster whole: all its nodes in one. */
export function isWhole({ subClusters, orphans, down }: Prediction): boolean {
  return subClusters.length === 1 && orphans.length === 0 && down.length === 0;
}

function quiescedOf({ nodes }: Topology): Set<string> {
  return new Set(nodes.filter(({ quiesced }) => quiesced).map(({ id }) => id));
}

/** Who forms a cluster where links are one-way or partial was measured on up to so many nodes. */
const MEASURED_NODES = 8;

/**
 * Why a prediction goes beyond what was checked against a real server: the evidence is settled tables of RF 2, two racks,
 * uniform balance (specification, section 6). Empty = within it.
 */
export function beyondEvidence(
  topology: Topology,
  formed: Membership,
  maps: readonly PartitionMap[],
): string[] {
  const { namespace, nodes } = topology;
  const racks = new Set(nodes.map(({ rack }) => rack)).size;
  const none = formed.down.length === nodes.length;
  const alone = maps.some(({ members }) => members.length < namespace.replicationFactor);
  return [
    namespace.replicationFactor !== 2 && `replication factor ${namespace.replicationFactor}`,
    racks > 2 && `${racks} racks`,
    nodes.some(({ quiesced }) => quiesced) && "a quiesced node",
    namespace.preferUniformBalance === false && "prefer-uniform-balance false",
    (namespace.activeRack ?? 0) !== 0 && "an active rack",
    !namespace.strongConsistency && "availability mode",
    formed.partial && nodes.length > MEASURED_NODES && `partial links among ${nodes.length} nodes`,
    formed.mayDiffer && "clusters that race to form",
    formed.flapping.length > 0 && "clusters that come and go",
    none && "every node down",
    alone && "a sub-cluster of fewer nodes than the replication factor",
  ].filter((reason) => reason !== false);
}
