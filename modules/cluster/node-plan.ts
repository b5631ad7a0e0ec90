import { addressAt, sizeOf } from "../network/cidr";
import { InputError } from "../stack/errors";

/** Zones of a rack's nodes where only a count is given: a, b, c, a, ... by ordinal. */
const ZONE_CYCLE = "abc";
/** A rack has a block of addresses of its own in a subnet that is large enough. */
const RACK_BLOCK = 256;
/** AWS keeps a subnet's first four addresses: the first node of a rack takes offset 4. */
const FIRST_OFFSET = 3;

/**
 * A node's own id, from its ordinal in the rack (1 and up) and its rack alone: `A1B32` is the first of rack 32. A and B
 * keep the decimal numbers apart. The ordinal stands first so that racks alternate in the order of ids, by which the
 * server deals out what 4096 leaves over: racks of one size then master the same number of partitions.
 */
export function plannedNodeId(rackId: number, ordinal: number): string {
  return `A${ordinal}B${rackId}`;
}

/** Zone letter of a rack's node where only a count of nodes is given. */
export function plannedZone(ordinal: number): string {
  return ZONE_CYCLE[(ordinal - 1) % ZONE_CYCLE.length];
}

/**
 * Private address of a rack's node in its subnet, from rack id and ordinal alone. Subnets of 256 addresses and more are
 * divided into blocks of 256, and the rack's is `rackId mod blocks`; racks that meet in one block are an error that
 * asks for other rack ids or given addresses.
 */
export function plannedAddress(subnetCidr: string, rackId: number, ordinal: number): string {
  const size = sizeOf(subnetCidr);
  const blocks = Math.max(1, Math.floor(size / RACK_BLOCK));
  const block = rackId % blocks;
  const offset = FIRST_OFFSET + ordinal;
  if (offset >= Math.min(size, RACK_BLOCK) - 1) {
    throw new InputError({
      problem: `node ${ordinal} of rack ${rackId} does not fit into ${subnetCidr}`,
      value: ordinal,
      expected: `at most ${Math.min(size, RACK_BLOCK) - FIRST_OFFSET - 2} nodes a rack in this subnet`,
      mend: "Use a larger cidrBlock or more racks, or give privateIp.",
    });
  }
  return addressAt(subnetCidr, block * RACK_BLOCK + offset);
}
