export { PARTITIONS } from "./partitions";
export { ModelError } from "./errors";
export { byIdDescending, nodeIdValue } from "./node-id";
export { DEFAULT_SERVER_VERSION, isBefore } from "./server-version";
export type { CannotHear, Namespace, Topology, TopologyNode } from "./topology";
export { combined, type Fault, NO_FAULT, type NodesByRegion, NONE } from "./fault";
export { bridge, halves, isolate } from "./shapes";
export { baseRows } from "./base-rows";
export { type RosterNode, type RosterRows, rosterRows, type RowSettings } from "./roster-rows";
export {
  type Clusters,
  type Membership,
  membership,
  type MembershipOptions,
  nextRound,
  type Orphan,
  type Round,
} from "./members";
export { type Network, networkOf } from "./network";
export {
  type Bounds,
  type ClusterTimes,
  clusterTimes,
  DEFAULT_HEARTBEATS,
  type Heartbeats,
  ORPHAN_QUANTA,
  type OrphanReason,
  quantum,
} from "./quantum";
export { AP_STOP_WRITES_SKEW, CLOCK_SKEW_SOURCE, type ClockSkewLimits, clockSkewLimits } from "./clock-skew";
export { type SubCluster, subCluster, type SubClusterState } from "./sub-cluster";
export { currentReplicas } from "./replicas";
export { decide, Decision, isServed } from "./availability";
export {
  decisionOf,
  type NodePartitions,
  type PartitionCounts,
  partitionCounts,
  type PartitionMap,
  partitionMap,
  partitionsByNode,
  replicaIds,
} from "./partition-map";
export { availabilityModeMap } from "./availability-mode";
export { digest, type Key, partitionOf } from "./keys";
export { faultOfLosses, type Harm, type HarmfulSet, type Left, type Loss, Losses, lossesOf } from "./losses";
export { type HealthyCluster, healthyCluster, isWhole, predict, type Prediction } from "./prediction";
export {
  type Client,
  clientOutcome,
  type Connected,
  connections,
  type Operation,
  operations,
  type Outcome,
  outcomeCounts,
} from "./client";
export { agreedActiveRack, laterRoster, type Roster, type RosterSet, UNSET_ROSTER } from "./roster";
export { parseRoster, rosterEntries, rosterEntry, rosterText } from "./roster-text";
export { NodeCopies, type StopKind } from "./node-copies";
export { type Member, Owners } from "./owners";
export {
  interrupt,
  interruptedRecluster,
  recluster,
  type Reclustered,
  type ReclusterInput,
} from "./recluster";
export { linkQuality, type LinkQuality, MOST_LINK, type Place, type SlowLink } from "./slow-link";
export { type OperationTime, operationTime } from "./operation-times";
export {
  AWS_ROUND_TRIPS,
  beyondLatencyMax,
  type Distance,
  type LatencyMax,
  latencyMax,
  MOST_LATENCY_MAX_MS,
  MOST_ROUND_TRIP,
  overRoundTrips,
  type RoundTrips,
  roundTrip,
} from "./round-trips";
