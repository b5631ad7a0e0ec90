import { NetworkAclRule } from "@cdktf/provider-aws/lib/network-acl-rule";
import { Construct } from "constructs";
import type { CannotHear, Topology } from "../model/topology";
import { contains, overlap } from "./cidr";
import { InputError } from "./errors";
import { FaultSwitch, type IFaultEffect } from "./fault-switch";
import type { IRegionVpc, ISubnet } from "./i-region-vpc";

/** One side of a cut: a whole VPC (its later subnets too), or subnets. */
export type PartitionSide = IRegionVpc | readonly ISubnet[];

export interface PartitionRuleProps {
  /** Name of the fault: the value of the stack's variable that makes this cut. Several rules may share one. */
  readonly fault: string;
  /** The two sides that lose each other. */
  readonly between: readonly [PartitionSide, PartitionSide];
  /**
   * Variable that switches it.
   * @default the stack's `fault`
   */
  readonly faultSwitch?: FaultSwitch;
}

/**
 * A cut between two sides, made and healed by the stack's Terraform variable `fault`.
 *
 * By network ACL: stateless, so it breaks established connections at once, for every protocol; per subnet, so it never
 * acts between hosts of one subnet. While the fault lasts every subnet of a side denies, in and out, each CIDR block of
 * the other side: two rules a subnet and block, nothing else changes.
 */
export class PartitionRule extends Construct implements IFaultEffect {
  readonly fault: string;
  readonly between: readonly [PartitionSide, PartitionSide];

  private readonly denied: { subnet: ISubnet; cidrBlock: string }[] = [];

  /** @throws InputError if a side is empty or shares addresses with the other. */
  constructor(scope: Construct, id: string, props: PartitionRuleProps) {
    super(scope, id);
    this.fault = props.fault;
    this.between = props.between;
    const [a, b] = props.between;
    this.assertApart(a, b);
    const faultSwitch = props.faultSwitch ?? FaultSwitch.of(this);
    faultSwitch.register(props.fault, this);
    this.deny(faultSwitch, a, b);
    this.deny(faultSwitch, b, a);
    this.node.addValidation({ validate: () => this.severedControls() });
  }

  cannotHear(topology: Topology): CannotHear {
    const [a, b] = this.between.map((side) => {
      const blocks = cidrsOf(side);
      return topology.nodes
        .filter(({ address }) => address !== undefined && blocks.some((block) => contains(block, address)))
        .map((node) => node.id);
    });
    return Object.fromEntries([...a.map((id) => [id, b]), ...b.map((id) => [id, a])]);
  }

  private deny(faultSwitch: FaultSwitch, side: PartitionSide, other: PartitionSide): void {
    const blocks = cidrsOf(other);
    forEachSubnet(side, (subnet) => {
      for (const cidrBlock of blocks) {
        this.denied.push({ subnet, cidrBlock });
        const ruleNumber = subnet.acl.nextRuleNumber();
        const where = `${subnet.vpc.node.id}-${subnet.tier}-${subnet.zoneLetter}`;
        for (const egress of [false, true]) {
          new NetworkAclRule(this, `${where}-${egress ? "to" : "from"}-${cidrBlock.replace("/", "-")}`, {
            provider: subnet.vpc.provider,
            count: faultSwitch.countIf(this.fault),
            networkAclId: subnet.acl.id,
            egress,
            ruleNumber,
            ruleAction: "deny",
            protocol: "-1",
            cidrBlock,
          });
        }
      }
    });
  }

  private assertApart(a: PartitionSide, b: PartitionSide): void {
    const [blocksA, blocksB] = [cidrsOf(a), cidrsOf(b)];
    const shared = blocksA.filter((x) => blocksB.some((y) => overlap(x, y)));
    if (blocksA.length === 0 || blocksB.length === 0 || shared.length > 0) {
      throw new InputError({
        problem: `the sides of the cut "${this.fault}" are not two`,
        value: [blocksA, blocksB],
        expected: "two sides, each with a subnet or a VPC, that share no address",
        mend: "Put every VPC or subnet on one side only.",
      });
    }
  }

  /** A cut must never sever the way by which it is healed and watched. */
  private severedControls(): string[] {
    return this.denied.flatMap(({ subnet, cidrBlock }) =>
      subnet.vpc.controlCidrs
        .filter((control) => overlap(control.cidr, cidrBlock))
        .map(
          (control) =>
            new InputError({
              problem: `the cut "${this.fault}" would sever ${control.what} (${control.cidr}) from ${subnet.cidr}`,
              value: cidrBlock,
              expected: `a cut block that shares no address with ${control.cidr}`,
              mend: "Cut smaller blocks, or keep that CIDR apart from the sides.",
            }).message,
        ),
    );
  }
}

function isVpc(side: PartitionSide): side is IRegionVpc {
  return !Array.isArray(side);
}

function cidrsOf(side: PartitionSide): readonly string[] {
  return isVpc(side) ? side.cidrBlocks : side.map((subnet) => subnet.cidr);
}

function forEachSubnet(side: PartitionSide, visit: (subnet: ISubnet) => void): void {
  if (isVpc(side)) side.forEachSubnet(visit);
  else side.forEach(visit);
}
