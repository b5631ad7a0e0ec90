import type { IConstruct } from "constructs";
import { addressAt, isHostAddress, sizeOf } from "./cidr";
import { InputError } from "../stack/errors";

/** Who has which private address of a subnet. */
export class AddressClaims {
  private readonly owners = new Map<string, string>();

  constructor(private readonly cidr: string) {}

  /** @throws InputError if AWS would not give the address to a host of the subnet, or if it is taken. */
  claim(address: string, owner: IConstruct): void {
    if (!isHostAddress(address, this.cidr)) {
      throw new InputError({
        problem: `the private address of ${owner.node.path} does not fit its subnet`,
        value: address,
        expected: `a host's address in ${this.cidr} (AWS keeps the first four and the last)`,
        mend: "Use a larger cidrBlock, fewer nodes in this zone, or give privateIp.",
      });
    }
    const taken = this.owners.get(address);
    if (taken !== undefined) {
      throw new InputError({
        problem: `the private address of ${owner.node.path} is taken by ${taken}`,
        value: address,
        expected: "one host an address",
        mend: `Give one of the two an address that is free (${this.free()}): nodes: [{ zone: "a", privateIp: "..." }] of its rack.`,
      });
    }
    this.owners.set(address, owner.node.path);
  }

  /** The highest free address: planned ones start at the low end of their blocks. */
  private free(): string {
    for (let offset = sizeOf(this.cidr) - 2; offset > 0; offset--) {
      const address = addressAt(this.cidr, offset);
      if (isHostAddress(address, this.cidr) && !this.owners.has(address)) return address;
    }
    return "none is left in this subnet";
  }
}
