import { Address4 } from "ip-address";
import { InputError } from "../stack/errors";

const CIDR = /^\d+\.\d+\.\d+\.\d+\/\d+$/;
/** RFC 1918: the address ranges that are nobody's on the internet. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
/** RFC 6598: carriers' space, which networks of one's own use too. */
const SHARED_RANGE = "100.64.0.0/10";
/** Space that AWS refuses to a VPC (Amazon VPC user guide, "VPC CIDR blocks"), and why. */
const SPECIAL_RANGES: Readonly<Record<string, string>> = {
  "0.0.0.0/8": "this network",
  "127.0.0.0/8": "a host's own",
  "169.254.0.0/16": "link-local",
  "224.0.0.0/4": "multicast",
};
/** AWS: a VPC and a subnet are /16 to /28. */
export const AWS_SMALLEST_PREFIX = 28;
const AWS_LARGEST_PREFIX = 16;
/** AWS keeps the first four addresses and the last one of every subnet. */
const RESERVED_HEAD = 4;

/**
 * An IPv4 CIDR block in its canonical form.
 * @throws InputError if it is not one, or if host bits are set.
 */
export function parseCidr(cidr: string, what: string): Address4 {
  const mend = `Give ${what} as ADDRESS/PREFIX.`;
  if (!CIDR.test(cidr) || !Address4.isValid(cidr)) {
    throw new InputError({
      problem: `${what} is not an IPv4 CIDR block`,
      value: cidr,
      expected: "a block such as 10.1.0.0/16",
      mend,
    });
  }
  const block = new Address4(cidr);
  const canonical = `${block.startAddress().correctForm()}/${block.subnetMask}`;
  if (canonical !== cidr) {
    throw new InputError({
      problem: `${what} has host bits set`,
      value: cidr,
      expected: canonical,
      mend: `Write ${canonical}.`,
    });
  }
  return block;
}

/**
 * A CIDR block that hosts can have.
 * @throws InputError if it is none, or has addresses that no network gives to hosts
 */
export function parseHostCidr(cidr: string, what: string): Address4 {
  const block = parseCidr(cidr, what);
  const special = Object.keys(SPECIAL_RANGES).find((range) => overlap(cidr, range));
  if (special === undefined) return block;
  throw new InputError({
    problem: `${what} has addresses that no host can have: ${special} is ${SPECIAL_RANGES[special]}`,
    value: cidr,
    expected: `a block apart from ${Object.keys(SPECIAL_RANGES).join(", ")}`,
    mend: "Give one in private space, such as 10.1.0.0/16.",
  });
}

/**
 * The CIDR block of a VPC.
 * @throws InputError outside AWS's /16 to /28, or in space that no VPC can have
 */
export function parseVpcCidr(cidr: string, what: string): Address4 {
  const block = parseHostCidr(cidr, what);
  if (block.subnetMask < AWS_LARGEST_PREFIX || block.subnetMask > AWS_SMALLEST_PREFIX) {
    throw new InputError({
      problem: `${what} has a size that AWS does not take`,
      value: cidr,
      expected: `a prefix of /${AWS_LARGEST_PREFIX} to /${AWS_SMALLEST_PREFIX}`,
      mend: `A /16 holds every subnet of the address plan, for example ${block.startAddress().correctForm()}/16.`,
    });
  }
  return block;
}

/** Whether two CIDR blocks share an address. */
export function overlap(a: string, b: string): boolean {
  const [x, y] = [new Address4(a), new Address4(b)];
  return x.isInSubnet(y) || y.isInSubnet(x);
}

/** Whether the CIDR block lies whole in RFC 1918 space. */
export function isPrivate(cidr: string): boolean {
  return PRIVATE_RANGES.some((range) => liesIn(cidr, range));
}

/** Whether a network of one's own may have the CIDR block: RFC 1918 or RFC 6598 space. */
export function isInternal(cidr: string): boolean {
  return isPrivate(cidr) || liesIn(cidr, SHARED_RANGE);
}

/** Whether the first CIDR block lies whole in the second. */
export function liesIn(inner: string, outer: string): boolean {
  return new Address4(inner).isInSubnet(new Address4(outer));
}

/** The `index`-th block of size `/prefix` inside `cidr`, counted from 0. */
export function subnetOf(cidr: string, prefix: number, index: number): string {
  const start = new Address4(cidr).startAddress().bigInt() + BigInt(index) * (1n << BigInt(32 - prefix));
  return `${Address4.fromBigInt(start).correctForm()}/${prefix}`;
}

/** Number of addresses in a CIDR block, AWS's reserved ones included. */
export function sizeOf(cidr: string): number {
  return 2 ** (32 - new Address4(cidr).subnetMask);
}

/** The address at `offset` from the start of a CIDR block. */
export function addressAt(cidr: string, offset: number): string {
  return Address4.fromBigInt(new Address4(cidr).startAddress().bigInt() + BigInt(offset)).correctForm();
}

/** Whether AWS lets a host of the subnet have the address: inside it, not the first four, not the last. */
export function isHostAddress(address: string, subnetCidr: string): boolean {
  if (!Address4.isValid(address) || address.includes("/")) return false;
  const subnet = new Address4(subnetCidr);
  const offset = Number(new Address4(address).bigInt() - subnet.startAddress().bigInt());
  return offset >= RESERVED_HEAD && offset < sizeOf(subnetCidr) - 1;
}

/** Whether the address lies in the CIDR block. */
export function contains(cidr: string, address: string): boolean {
  return new Address4(address).isInSubnet(new Address4(cidr));
}

/** Whether two lists of CIDR blocks, or one list in itself, name an address twice. */
export function sharesAddress(a: readonly string[], b: readonly string[]): boolean {
  return a.some((x, i) => b.some((y, j) => (a !== b || i < j) && overlap(x, y)));
}
