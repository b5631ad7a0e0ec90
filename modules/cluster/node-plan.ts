import { addressAt, sizeOf } from "../network/cidr";
import { InputError } from "../stack/errors";

/** Zones of a rack's nodes where only a count is given: a, b, c, a, ... by ordinal. */
const ZONE_CYCLE = "abc";
/** A subnet is parted into so many blocks of addresses, a rack one of them: 16 of 256 in a /20. */
const RACK_BLOCKS = 16;
/** A block holds the first four addresses, AWS's own, and some nodes; more than 256 hold no more racks. */
const [LEAST_BLOCK, MOST_BLOCK] = [16, 256];
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
 * Private address of a rack's node in its subnet, from rack id and ordinal alone. The subnet is divided into blocks (of
 * 256 addresses in a /20 and larger ones, of 16 in a /24 and smaller ones), and the rack's is `rackId mod blocks`; racks that
 * meet in one block are an error that names a free address.
 */
export function plannedAddress(subnetCidr: string, rackId: number, ordinal: number): string {
  const size = sizeOf(subnetCidr);
  const block = Math.min(MOST_BLOCK, Math.max(LEAST_BLOCK, size / RACK_BLOCKS));
  const offset = FIRST_OFFSET + ordinal;
  if (offset >= block - 1) {
    throw new InputError({
      problem: `node ${ordinal} of rack ${rackId} does not fit into ${subnetCidr}`,
      value: ordinal,
      expected: `at most ${block - FIRST_OFFSET - 2} nodes a rack in this subnet`,
      mend: 'Use a larger cidrBlock or more racks, or give addresses: nodes: [{ zone: "a", privateIp }].',
    });
  }
  return addressAt(subnetCidr, (rackId % (size / block)) * block + offset);
}
