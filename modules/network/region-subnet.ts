import { NetworkAcl } from "@cdktf/provider-aws/lib/network-acl";
import { NetworkAclAssociation } from "@cdktf/provider-aws/lib/network-acl-association";
import { NetworkAclRule } from "@cdktf/provider-aws/lib/network-acl-rule";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Construct, type IConstruct } from "constructs";
import { AddressClaims } from "./address-claims";
import type { SubnetTier } from "./address-plan";
import { InputError } from "../stack/errors";
import { countTowardsQuota, QUOTAS } from "../stack/quotas";
import type { IRegionVpc, ISubnet, ISubnetAcl } from "./i-region-vpc";

/** Numbers 1 to 999 of an ACL belong to cuts; the allow-all baseline stands behind them. */
const LAST_CUT_RULE = 999;
const BASELINE_RULE = 32000;
/** Allow all, and the undeletable deny at an ACL's end: both count. */
const STANDING_RULES = 2;

export interface RegionSubnetProps {
  readonly vpc: IRegionVpc;
  readonly cidr: string;
  readonly tier: SubnetTier;
  /** Availability zone (`eu-west-2a`). */
  readonly zone: string;
  readonly zoneLetter: string;
  readonly routeTableId: string;
  /** Whether hosts get a public address at launch. */
  readonly publicAddresses: boolean;
}

/**
 * A subnet with a network ACL of its own. The ACL's baseline allows all: ACLs are stateless, so a narrower one breaks
 * replies to ephemeral ports; security groups do the restricting. Cuts add numbered denies before it.
 */
export class RegionSubnet extends Construct implements ISubnet {
  readonly vpc: IRegionVpc;
  readonly id: string;
  readonly cidr: string;
  readonly tier: SubnetTier;
  readonly zone: string;
  readonly zoneLetter: string;
  readonly routeTableId: string;
  readonly acl: ISubnetAcl;
  private readonly claims: AddressClaims;

  constructor(scope: Construct, id: string, props: RegionSubnetProps) {
    super(scope, id);
    const { vpc, cidr, tier, zone, zoneLetter, routeTableId, publicAddresses } = props;
    const { provider, vpcId } = vpc;
    this.vpc = vpc;
    this.cidr = cidr;
    this.claims = new AddressClaims(cidr);
    this.tier = tier;
    this.zone = zone;
    this.zoneLetter = zoneLetter;
    this.routeTableId = routeTableId;
    const name = `${vpc.node.id}-${id}`;

    const subnet = new Subnet(this, "subnet", {
      provider,
      vpcId,
      cidrBlock: cidr,
      availabilityZone: zone,
      ...(publicAddresses && { mapPublicIpOnLaunch: true }),
      tags: { Name: name },
    });
    this.id = subnet.id;
    new RouteTableAssociation(this, "routes", { provider, subnetId: subnet.id, routeTableId });

    const acl = new NetworkAcl(this, "acl", { provider, vpcId, tags: { Name: name } });
    new NetworkAclAssociation(this, "acl-association", {
      provider,
      subnetId: subnet.id,
      networkAclId: acl.id,
    });
    for (const egress of [false, true]) {
      new NetworkAclRule(this, egress ? "allow-out" : "allow-in", {
        provider,
        networkAclId: acl.id,
        egress,
        ruleNumber: BASELINE_RULE,
        ruleAction: "allow",
        protocol: "-1",
        cidrBlock: "0.0.0.0/0",
      });
    }
    this.acl = new SubnetAcl(acl.id, name, vpc);
  }

  claimAddress(address: string, owner: IConstruct): void {
    this.claims.claim(address, owner);
  }
}

/** Hands out the numbers of an ACL's cut rules. */
export class SubnetAcl implements ISubnetAcl {
  private last = 0;
  /** Rules by switch and fault. */
  private readonly rules = new Map<string, Map<string, number>>();

  constructor(
    readonly id: string,
    private readonly name: string,
    { provider, region }: IRegionVpc,
    private readonly lastRule = LAST_CUT_RULE,
  ) {
    countTowardsQuota(provider, () => ({
      quota: QUOTAS.aclRules,
      provider,
      region,
      what: `the network ACL of ${name}`,
      count: STANDING_RULES + this.mostAtOnce,
    }));
  }

  nextRuleNumber(fault: string, faultSwitch: string): number {
    if (this.last === this.lastRule) {
      throw new InputError({
        problem: `the network ACL of ${this.name} has no rule number left for a cut`,
        value: this.lastRule + 1,
        expected: `at most ${this.lastRule} cut rules an ACL over all faults of a stack`,
        mend: "Cut fewer CIDR blocks (whole VPCs instead of subnets), or use another stack.",
      });
    }
    const rules = this.rules.get(faultSwitch) ?? new Map<string, number>();
    rules.set(fault, (rules.get(fault) ?? 0) + 1);
    this.rules.set(faultSwitch, rules);
    return ++this.last;
  }

  /** Rules of cuts a direction: each switch makes one fault at a time. */
  private get mostAtOnce(): number {
    return [...this.rules.values()].reduce((sum, faults) => sum + Math.max(...faults.values()), 0);
  }
}
