import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { IConstruct } from "constructs";
import type { SubnetTier } from "./address-plan";
import type { Egress } from "./egress";

/** The network ACL of one subnet, its rules kept as resources of their own. */
export interface ISubnetAcl {
  readonly id: string;
  /**
   * The next free rule number for a cut, 1 to 999, unique over all faults of the stack: two faults with one number
   * collide when switched directly. Ingress and egress are numbered alike.
   *
   * @param faultSwitch name of the switch: one fault of each lasts at a time
   * @throws InputError where there is none left
   */
  nextRuleNumber(fault: string, faultSwitch: string): number;
}

/** A CIDR block that a cut must never take from a VPC's hosts: the way by which cuts are healed and watched. */
export interface IControlCidr {
  readonly cidr: string;
  /** What it is, for the error's text. */
  readonly what: string;
}

/** A subnet that hosts can be put into. */
export interface ISubnet {
  readonly vpc: IRegionVpc;
  readonly id: string;
  readonly cidr: string;
  readonly tier: SubnetTier;
  /** Availability zone (`eu-west-2a`). */
  readonly zone: string;
  /** Letter of the zone (`a`). */
  readonly zoneLetter: string;
  readonly routeTableId: string;
  readonly acl: ISubnetAcl;
  /**
   * Reserves a private address for a host.
   * @throws InputError if AWS would not give it to a host of this subnet, or if it is taken.
   */
  claimAddress(address: string, owner: IConstruct): void;
}

/** A route table of a VPC, by a name that is stable within it. */
export interface IRouteTable {
  readonly name: string;
  readonly id: string;
}

/** A VPC of one region, as the other constructs need it. */
export interface IRegionVpc extends IConstruct {
  /** AWS region (`eu-west-2`). */
  readonly region: string;
  readonly provider: AwsProvider;
  readonly vpcId: string;
  /** AWS account that owns it. */
  readonly ownerId: string;
  readonly cidrBlocks: readonly string[];
  /** How its hosts reach out. */
  readonly egress: Egress;
  /** Letters of the zones that hold database hosts. */
  readonly zoneLetters: readonly string[];
  /** What a cut must leave reachable from this VPC's subnets. */
  readonly controlCidrs: readonly IControlCidr[];
  /** Adds to `controlCidrs`; a cut that overlaps it is an error at synth. */
  addControlCidr(control: IControlCidr): void;
  /** The subnets made so far. */
  readonly subnets: readonly ISubnet[];
  /**
   * The subnet of a tier in a zone, made if it is not there yet.
   * @throws InputError if the VPC has no such zone.
   */
  subnet(tier: SubnetTier, zoneLetter: string): ISubnet;
  /** Calls back for every subnet, those made later too. */
  forEachSubnet(visit: (subnet: ISubnet) => void): void;
  /** Calls back for every route table, those made later too. */
  forEachRouteTable(visit: (table: IRouteTable) => void): void;
}
