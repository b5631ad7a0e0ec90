export { AerospikeAccess } from "./cluster/aerospike-access";
export { AerospikeNode, type AerospikeNodeProps } from "./cluster/aerospike-node";
export type { AerospikeSettings, Distribution } from "./hosts/aerospike-settings";
export { timings, type Timings } from "./hosts/timings";
export type { SubnetTier } from "./network/address-plan";
export { ClientHost, type ClientHostProps } from "./hosts/client-host";
export type { Egress } from "./network/egress";
export { InputError, type InputErrorProps, reportInputErrors } from "./stack/errors";
export {
  type ExistingSubnetProps,
  ExistingRegionVpc,
  type ExistingVpcProps,
} from "./network/existing-region-vpc";
export { FaultSwitch, type IFaultEffect } from "./faults/fault-switch";
export type { HostFile, HostFiles } from "./hosts/host-files";
export { HostRole, type HostRoleProps, type PolicyStatement } from "./hosts/host-role";
export { HostSecurityGroup, type HostSecurityGroupProps, type PortRange } from "./hosts/host-security-group";
export type { IControlCidr, IRegionVpc, IRouteTable, ISubnet, ISubnetAcl } from "./network/i-region-vpc";
export { HealTimer, type HealCall } from "./faults/heal-timer";
export type { AerospikePort, PartitionMethod } from "./faults/cut-method";
export { PartitionRule, type PartitionRuleProps } from "./faults/partition-rule";
export type { PartitionPart, PartitionSide, SideParts } from "./faults/partition-side";
export { Peering, type PeeringProps } from "./network/peering";
export { RackOutage, type RackOutageProps } from "./faults/rack-outage";
export { ReadinessGate, type ReadinessGateProps } from "./cluster/readiness-gate";
export { RegionVpc, type RegionVpcProps } from "./network/region-vpc";
export { RegionVpcBase, type RegionVpcBaseProps } from "./network/region-vpc-base";
export { ResultsBucket, type ResultsBucketProps } from "./hosts/results-bucket";
export {
  type Rack,
  type RackNodeProps,
  type RackProps,
  StretchCluster,
  type StretchClusterProps,
} from "./cluster/stretch-cluster";
export { StretchTags, type StretchTagsProps } from "./stack/stretch-tags";
export { VpcEndpoints, type VpcEndpointsProps } from "./network/vpc-endpoints";
export { bridge, type Fault, halves, isolate, NO_FAULT, type NodesByRegion } from "../model";
export type { CannotHear, Namespace, Topology, TopologyNode } from "../model/topology";
