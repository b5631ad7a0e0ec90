import type { Block } from "./block";

/**
 * A thing by its id, or the things that it may be where it is not known yet which; empty: it can be anything. An id that
 * no fact is about stands for a thing that is only referenced: what it holds is unknown.
 */
export type OneOf = readonly string[];

/** Ports from the first to the last. */
export interface Ports {
  readonly from: number;
  readonly to: number;
}

export interface Vpc {
  readonly id: string;
  /** AWS region; absent: not known. */
  readonly region?: string;
  /** Its IPv4 blocks, as far as they are known. */
  readonly blocks: readonly Block[];
}

export interface Subnet {
  readonly id: string;
  readonly vpc: OneOf;
  /** Absent: not known yet. */
  readonly block?: Block;
  /** Availability zone; absent: not known. */
  readonly zone?: string;
  /**
   * True where it may be associated with tables or ACLs that no fact tells of, since it was made elsewhere.
   * @default false
   */
  readonly foreign?: boolean;
}

/** A route table all of whose routes the facts hold, beside the local ones. */
export interface RouteTable {
  readonly id: string;
  /**
   * True where a virtual private gateway adds routes of its own.
   * @default false
   */
  readonly propagated?: boolean;
}

/** A way out of a table: what kind of thing it leads to, and which one. */
export interface RouteTarget {
  /** `internet`: a gateway to the internet, by which no private address is reached. `other`: what is behind it is not known. */
  readonly kind: "local" | "peering" | "transit" | "nat" | "internet" | "other";
  readonly to: OneOf;
}

export interface Route {
  /** What it is called in answers: the resource's address. */
  readonly name: string;
  readonly table: OneOf;
  /** Its block, or the prefix list whose blocks it takes; absent: not known yet. */
  readonly destination?: Block | { readonly list: OneOf };
  /** One of these; none: not known. */
  readonly targets: readonly RouteTarget[];
}

/** A subnet's table or ACL; the last one of a subnet counts. */
export interface Association {
  readonly subnet: OneOf;
  readonly with: OneOf;
}

/** A VPC's own: its main route table, its default network ACL or its default security group. */
export interface Default {
  readonly vpc: OneOf;
  readonly is: OneOf;
}

export interface Peering {
  readonly id: string;
  readonly ends: readonly [OneOf, OneOf];
  /** Absent: not known. */
  readonly accepted?: boolean;
}

export interface NatGateway {
  readonly id: string;
  readonly subnet: OneOf;
}

export interface TransitGateway {
  readonly id: string;
  /**
   * Whether attachments are associated with its default table, and propagate to it, where they do not say otherwise.
   * @default true
   */
  readonly defaults?: { readonly association: boolean; readonly propagation: boolean };
  /**
   * Security groups of one VPC may name those of another.
   * @default false
   */
  readonly references?: boolean;
}

/** A VPC at a transit gateway, or another gateway at it. */
export interface Attachment {
  readonly id: string;
  readonly gateway: OneOf;
  readonly vpc?: OneOf;
  /** Subnets of the VPC, one a zone, by which it is attached; empty: not known. */
  readonly subnets?: readonly OneOf[];
  /** The other gateway, of a peering of gateways. */
  readonly peer?: OneOf;
  /** Absent: not known. */
  readonly accepted?: boolean;
  /**
   * As the gateway's, where it is told.
   * @default the gateway's
   */
  readonly defaults?: { readonly association?: boolean; readonly propagation?: boolean };
}

/** A route of a transit gateway's table; without attachments a blackhole. */
export interface TransitRoute {
  readonly name: string;
  readonly table: OneOf;
  readonly destination?: Block;
  readonly attachment?: OneOf;
}

/** An attachment is associated with a table, or propagates its blocks to it. */
export interface TransitLink {
  readonly attachment: OneOf;
  readonly table: OneOf;
}

/** A network ACL all of whose rules the facts hold. */
export interface NetworkAcl {
  readonly id: string;
}

/** A rule of a network ACL that is about IPv4 and TCP, or may be. */
export interface AclRule {
  readonly name: string;
  readonly acl: OneOf;
  readonly egress: boolean;
  /** Rules are taken in the order of their numbers, 1 to 32766. Absent: not known. */
  readonly number?: number;
  /** Absent: not known. */
  readonly allow?: boolean;
  /** Absent: not known. */
  readonly block?: Block;
  /** Absent: not known, whether it is about TCP either. */
  readonly ports?: Ports;
}

/** A security group all of whose rules the facts hold. */
export interface SecurityGroup {
  readonly id: string;
}

/** An allow of a security group that is about IPv4 and TCP, or may be. */
export interface GroupRule {
  readonly name: string;
  readonly group: OneOf;
  readonly egress: boolean;
  /** Absent: not known, whether it is about TCP either. */
  readonly ports?: Ports;
  /** Whom it allows: those of any of these. */
  readonly blocks: readonly Block[];
  readonly groups: readonly OneOf[];
  readonly lists: readonly OneOf[];
  /**
   * True where it allows others too that are not known yet.
   * @default false
   */
  readonly more?: boolean;
}

/** A prefix list all of whose blocks the facts hold. */
export interface PrefixList {
  readonly id: string;
  readonly blocks: readonly Block[];
}

/** An interface of an instance. */
export interface Host {
  /** Address of the resource. */
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Private IPv4 address; absent: not known yet, one of its subnet's. */
  readonly address?: Block;
  readonly subnet: OneOf;
  /** Its security groups; absent: it was given none, and has its VPC's default one. */
  readonly groups?: readonly OneOf[];
  /**
   * Whether it runs.
   * @default "yes"
   */
  readonly runs?: "yes" | "no" | "unknown";
  /** What decides whether it runs. @default the host */
  readonly runsBy?: string;
}

/** What is known of the networks of one or several accounts. */
export interface Facts {
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly hosts: readonly Host[];
  readonly tables: readonly RouteTable[];
  readonly routes: readonly Route[];
  readonly tableAssociations: readonly Association[];
  /** A VPC without one: what its main table holds is not known. */
  readonly mainTables: readonly Default[];
  readonly peerings: readonly Peering[];
  readonly natGateways: readonly NatGateway[];
  readonly transitGateways: readonly TransitGateway[];
  readonly attachments: readonly Attachment[];
  /** Tables of transit gateways all of whose routes the facts hold; a gateway's default one is `GATEWAY#table`. */
  readonly transitTables: readonly { readonly id: string }[];
  readonly transitRoutes: readonly TransitRoute[];
  readonly transitAssociations: readonly TransitLink[];
  readonly transitPropagations: readonly TransitLink[];
  readonly acls: readonly NetworkAcl[];
  readonly aclRules: readonly AclRule[];
  readonly aclAssociations: readonly Association[];
  readonly defaultAcls: readonly Default[];
  readonly groups: readonly SecurityGroup[];
  readonly groupRules: readonly GroupRule[];
  readonly defaultGroups: readonly Default[];
  readonly lists: readonly PrefixList[];
}

/** Nothing at all is known. */
export const NO_FACTS: Facts = {
  vpcs: [],
  subnets: [],
  hosts: [],
  tables: [],
  routes: [],
  tableAssociations: [],
  mainTables: [],
  peerings: [],
  natGateways: [],
  transitGateways: [],
  attachments: [],
  transitTables: [],
  transitRoutes: [],
  transitAssociations: [],
  transitPropagations: [],
  acls: [],
  aclRules: [],
  aclAssociations: [],
  defaultAcls: [],
  groups: [],
  groupRules: [],
  defaultGroups: [],
  lists: [],
};
