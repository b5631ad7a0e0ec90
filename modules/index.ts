export { AerospikeAccess } from "./aerospike-access";
export { AerospikeNode, type AerospikeNodeProps } from "./aerospike-node";
export {
  type AerospikeSettings,
  type DeviceStorage,
  type Distribution,
  type HeartbeatSettings,
  type MemoryStorage,
  type Thresholds,
  timings,
  type Timings,
} from "./aerospike-settings";
export type { SubnetTier } from "./address-plan";
export { ClientHost, type ClientHostProps } from "./client-host";
export type { Egress } from "./egress";
export { InputError, type InputErrorProps, reportInputErrors } from "./errors";
export { type ExistingSubnetProps, ExistingRegionVpc, type ExistingVpcProps } from "./existing-region-vpc";
export { FaultSwitch, type IFaultEffect } from "./fault-switch";
export type { HostFile, HostFiles } from "./host-files";
export { HostRole, type HostRoleProps, type PolicyStatement } from "./host-role";
export { HostSecurityGroup, type HostSecurityGroupProps, type PortRange } from "./host-security-group";
export type { IControlCidr, IRegionVpc, IRouteTable, ISubnet, ISubnetAcl } from "./i-region-vpc";
export { HealTimer, type HealCall } from "./heal-timer";
export {
  type AerospikePort,
  type PartitionMethod,
  PartitionRule,
  type PartitionRuleProps,
} from "./partition-rule";
export type { PartitionPart, PartitionSide, SideParts } from "./partition-side";
export { Peering, type PeeringProps } from "./peering";
export type { Rack } from "./rack";
export { RackOutage, type RackOutageProps } from "./rack-outage";
export { ReadinessGate, type ReadinessGateProps } from "./readiness-gate";
export { RegionVpc, type RegionVpcProps } from "./region-vpc";
export { RegionVpcBase, type RegionVpcBaseProps } from "./region-vpc-base";
export { ResultsBucket, type ResultsBucketProps } from "./results-bucket";
export {
  type RackNodeProps,
  type RackProps,
  StretchCluster,
  type StretchClusterProps,
} from "./stretch-cluster";
export { StretchTags, type StretchTagsProps } from "./stretch-tags";
export { VpcEndpoints, type VpcEndpointsProps } from "./vpc-endpoints";
export { bridge, halves, isolate } from "../model";
export type { CannotHear, Namespace, Topology, TopologyNode } from "../model/topology";
