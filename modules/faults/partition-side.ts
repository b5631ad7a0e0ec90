import type { Topology } from "../../model/topology";
import { contains, parseCidr } from "../network/cidr";
import { InputError } from "../stack/errors";
import type { IRegionVpc, ISubnet } from "../network/i-region-vpc";
import type { Rack } from "../cluster/stretch-cluster";

/**
 * A part of a side: a whole VPC (its later subnets too); a rack, which is the subnets of its nodes; a subnet; or the
 * CIDR block of a network that the stack does not make (an office, a data centre).
 */
export type PartitionPart = IRegionVpc | Rack | ISubnet | string;

/** One side of a cut. */
export type PartitionSide = PartitionPart | readonly PartitionPart[];

/** The parts of a side, by kind. */
export interface SideParts {
  readonly vpcs: readonly IRegionVpc[];
  /** Subnets given, and those of the racks. */
  readonly subnets: readonly ISubnet[];
  /** CIDR blocks of networks that the stack does not make. */
  readonly foreign: readonly string[];
  /** Every CIDR block of the side. */
  readonly cidrs: readonly string[];
}

/**
 * A side taken apart.
 * @throws InputError for a text that is not a CIDR block, or a rack whose subnets hold other nodes too
 */
export function partsOf(side: PartitionSide): SideParts {
  const parts: readonly PartitionPart[] = Array.isArray(side) ? side : [side as PartitionPart];
  const vpcs = parts.filter(isVpc);
  const subnets = [
    ...new Set(parts.flatMap((part) => (isRack(part) ? subnetsOfRack(part) : part)).filter(isSubnet)),
  ];
  const foreign = parts.filter((part) => typeof part === "string");
  for (const cidr of foreign) parseCidr(cidr, "a side's CIDR block");
  const cidrs = [
    ...vpcs.flatMap((vpc) => vpc.cidrBlocks),
    ...subnets.map((subnet) => subnet.cidr),
    ...foreign,
  ];
  return { vpcs, subnets, foreign, cidrs };
}

/** The subnets of a side, those that its VPCs have so far. */
export function subnetsOf({ vpcs, subnets }: SideParts): ISubnet[] {
  return [...vpcs.flatMap((vpc) => vpc.subnets), ...subnets];
}

/** Calls back for every subnet of a side, those that its VPCs get later too. */
export function forEachSubnet({ vpcs, subnets }: SideParts, visit: (subnet: ISubnet) => void): void {
  for (const vpc of vpcs) vpc.forEachSubnet(visit);
  subnets.forEach(visit);
}

/** Ids of the cluster's nodes on a side, by their addresses. */
export function nodesOn({ cidrs }: SideParts, topology: Topology): string[] {
  return topology.nodes
    .filter(({ address }) => address !== undefined && cidrs.some((cidr) => contains(cidr, address)))
    .map((node) => node.id);
}

function subnetsOfRack(rack: Rack): ISubnet[] {
  const subnets = [...new Set(rack.nodes.map((node) => node.subnet))];
  const guest = rack.cluster.nodes.find((node) => node.rackId !== rack.id && subnets.includes(node.subnet));
  if (guest !== undefined) {
    throw new InputError({
      problem: `rack ${rack.id} cannot be a side: node ${guest.nodeId} of rack ${guest.rackId} is in one of its subnets`,
      value: guest.subnet.cidr,
      expected: "subnets of the rack's own, as a network cut acts on whole subnets",
      mend: "Put the racks into different zones, or name the subnets to cut.",
    });
  }
  return subnets;
}

function isVpc(part: PartitionPart): part is IRegionVpc {
  return typeof part === "object" && "cidrBlocks" in part;
}

function isRack(part: PartitionPart): part is Rack {
  return typeof part === "object" && "cluster" in part;
}

function isSubnet(part: PartitionPart): part is ISubnet {
  return typeof part === "object" && "acl" in part;
}

/** Whether it is something that a side can be made of. */
export function isPart(part: unknown): boolean {
  if (typeof part === "string") return true;
  return (
    part !== null &&
    typeof part === "object" &&
    (isVpc(part as never) || isRack(part as never) || isSubnet(part as never))
  );
}
