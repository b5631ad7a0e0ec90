import { InputError } from "../stack/errors";
import { AWS_SMALLEST_PREFIX, parseCidr, subnetOf } from "./cidr";

/**
 * What a subnet is for: `node` (database hosts), `client` (client hosts), `edge` (NAT gateways), `endpoint`
 * (VPC endpoints).
 */
export type SubnetTier = "node" | "client" | "edge" | "endpoint";

export const SUBNET_TIERS: readonly SubnetTier[] = ["node", "client", "edge", "endpoint"];

/**
 * Where a tier's subnets start, in sixteenths of the VPC. Nodes take one sixteenth a zone letter (a /20 of a /16);
 * the other tiers one sixteenth each, split again by zone letter (a /24 of a /16). 11 to 15 are kept free.
 */
const SLOT = { node: 0, client: 8, edge: 9, endpoint: 10 } as const;
/** Zone letters a to h. */
const LETTERS = "abcdefgh";

/**
 * CIDR block of a subnet. It depends on the VPC's block, the tier and the zone letter only, never on which other
 * zones or tiers exist, so growth moves no subnet.
 * @param what name of the block in the caller's props
 * @throws InputError if the subnet would be smaller than AWS's /28.
 */
export function subnetCidr(vpcCidr: string, tier: SubnetTier, letter: string, what = "cidrBlock"): string {
  const vpcPrefix = parseCidr(vpcCidr, what).subnetMask;
  const index = LETTERS.indexOf(letter);
  const slotPrefix = vpcPrefix + 4;
  const prefix = tier === "node" ? slotPrefix : slotPrefix + 4;
  if (prefix > AWS_SMALLEST_PREFIX) {
    throw new InputError({
      problem: `${what} is too small to hold the subnet ${tier}-${letter}`,
      value: vpcCidr,
      expected: `a subnet of /${AWS_SMALLEST_PREFIX} or larger, not the /${prefix} that it leaves`,
      mend: `Give a block of /${AWS_SMALLEST_PREFIX - (prefix - vpcPrefix)} or larger.`,
    });
  }
  const slot = tier === "node" ? index : SLOT[tier];
  const slotCidr = subnetOf(vpcCidr, slotPrefix, slot);
  return tier === "node" ? slotCidr : subnetOf(slotCidr, prefix, index);
}
