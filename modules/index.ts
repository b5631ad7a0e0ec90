// Network
export type { SubnetTier } from "./network/address-plan";
export type { Egress } from "./network/egress";
export type { ExistingSubnetProps, ExistingVpcProps } from "./network/existing-region-vpc";
export type { IControlCidr, IRegionVpc, IRouteTable, ISubnet, ISubnetAcl } from "./network/i-region-vpc";
export { Peering, type PeeringProps } from "./network/peering";
export { RegionVpc, type RegionVpcProps } from "./network/region-vpc";
export type { RegionVpcBaseProps } from "./network/region-vpc-base";

// Hosts
export type { AerospikeSettings, Distribution } from "./hosts/aerospike-settings";
export { ClientHost, type ClientHostProps } from "./hosts/client-host";
export type { HostFile, HostFiles } from "./hosts/host-files";
export type { PolicyStatement } from "./hosts/host-role";
export { ResultsBucket, type ResultsBucketProps } from "./hosts/results-bucket";

// Cluster
export { AerospikeAccess } from "./cluster/aerospike-access";
export { AerospikeNode, type AerospikeNodeProps } from "./cluster/aerospike-node";
export { ReadinessGate, type ReadinessGateProps } from "./cluster/readiness-gate";
export {
  type Rack,
  type RackNodeProps,
  type RackProps,
  StretchCluster,
  type StretchClusterProps,
} from "./cluster/stretch-cluster";
export type { Heartbeats } from "../model/quantum";
export type { RoundTrips } from "../model/round-trips";
export type { Namespace, Topology, TopologyNode } from "../model/topology";

// Faults
export type { AerospikePort } from "./hosts/aerospike-ports";
export type { PartitionMethod } from "./faults/cut-method";
export { FaultSwitch, type IFaultEffect } from "./faults/fault-switch";
export { PartitionRule, type PartitionRuleProps } from "./faults/partition-rule";
export type { PartitionPart, PartitionSide } from "./faults/partition-side";
export { RackOutage, type RackOutageProps } from "./faults/rack-outage";
export type { Fault, NodesByRegion } from "../model/fault";
export type { SlowLink } from "../model/slow-link";
export type { CannotHear } from "../model/topology";

// Stack
export { InputError, type InputErrorProps, reportInputErrors } from "./stack/errors";
export { StretchTags, type StretchTagsProps } from "./stack/stretch-tags";
