import type { IConstruct } from "constructs";
import { isHostAddress } from "./cidr";
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
        mend: "Use another rack id, or give privateIp.",
      });
    }
    this.owners.set(address, owner.node.path);
  }
}
