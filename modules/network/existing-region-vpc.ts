import { DefaultNetworkAcl } from "@cdktf/provider-aws/lib/default-network-acl";
import { DefaultRouteTable } from "@cdktf/provider-aws/lib/default-route-table";
import { NetworkAcl } from "@cdktf/provider-aws/lib/network-acl";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { DefaultTokenResolver, StringConcat, TerraformStack, Token, Tokenization } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import * as v from "valibot";
import { AddressClaims } from "./address-claims";
import { SUBNET_TIERS, subnetCidr, type SubnetTier } from "./address-plan";
import { liesIn, overlap, parseCidr, parseHostCidr, sharesAddress } from "./cidr";
import { EGRESS, type Egress } from "./egress";
import { InputError } from "../stack/errors";
import type { IRegionVpc, ISubnet, ISubnetAcl } from "./i-region-vpc";
import { Peering } from "./peering";
import { zoneLetters } from "./region";
import { RegionSubnet, SubnetAcl } from "./region-subnet";
import { propsOf, told } from "../stack/props";
import { BASE_PROPS, RegionVpcBase, type RegionVpcBaseProps } from "./region-vpc-base";

/** The rules that AWS puts into an ACL start at 100; a deny behind an allow has no effect. */
const LAST_RULE_OF_OTHERS = 99;

/** A subnet that was there before. */
export interface ExistingSubnetProps {
  /** `subnet-0a1b...` */
  readonly subnetId: string;
  /** Its IPv4 block. */
  readonly cidrBlock: string;
  /** Its availability zone, by name (`eu-west-2a`) or letter (`a`). */
  readonly zone: string;
  /**
   * What it is for.
   * @default node (database hosts)
   */
  readonly tier?: SubnetTier;
  /**
   * Route table that it is associated with (`rtb-0a1b...`).
   * @default the VPC's `routeTableId`
   */
  readonly routeTableId?: string;
  /** Network ACL that it is associated with (`acl-0a1b...`). */
  readonly networkAclId: string;
  /**
   * Whether cuts may write into that ACL. DANGER: it is not this stack's.
   *
   * - Every subnet that shares the ACL (as all of a VPC do that were given none of their own) is cut too.
   * - Cuts take its rule numbers 1 to 99 (AWS's own start at 100): a rule of yours with such a number makes the cut fail
   *   half-made, and one that allows with a lower number makes it no cut.
   * - Where its rules are inline in other Terraform code, that code's next apply removes the denies: a cut heals unseen.
   * - AWS's quota of 20 rules a direction counts yours too.
   * @default false: a cut on it is an error at synth
   */
  readonly manageAcl?: boolean;
}

/** A VPC that was there before. */
export interface ExistingVpcProps extends RegionVpcBaseProps {
  /** `vpc-0a1b...`. Its DNS support and DNS hostnames must be on. */
  readonly vpcId: string;
  /** AWS account that owns it, 12 digits. */
  readonly ownerId: string;
  /** Every IPv4 block that it has, and hosts or clients of the cluster live in. */
  readonly cidrBlocks: readonly string[];
  /**
   * Free block inside it for subnets that are added, laid out as that of a `RegionVpc` of this size: /20 or larger for
   * every tier, /24 for database hosts alone.
   * @default none: only the given subnets are used
   */
  readonly subnetBlock?: string;
  /**
   * Route table of the added subnets (`rtb-0a1b...`). It decides how their hosts reach out; `Peering` adds its routes to
   * it, for whatever else uses that table too. DANGER: where its routes are inline (`route {}` in its `aws_route_table`),
   * that code's next apply removes those of the peering, an unplanned partition: write each as an `aws_route`. In the same
   * stack that is an error at synth.
   */
  readonly routeTableId: string;
  /**
   * The way out that the route tables give: `public-ip` where they lead to an internet gateway (hosts in added subnets
   * then get public addresses), `nat` for a NAT gateway, transit gateway or proxy, `none` where only the VPC's own
   * endpoints answer (S3, ssm, ssmmessages, ec2messages, secretsmanager). Tell what hosts depend on by `addControlCidr`,
   * so that no cut severs it.
   * @default nat
   */
  readonly egress?: Egress;
  /**
   * Subnets that are there already and shall hold hosts, one a tier and zone.
   * @default none: subnets are added in `subnetBlock`
   */
  readonly subnets?: readonly ExistingSubnetProps[];
}

const SUBNET_PROPS = propsOf<ExistingSubnetProps>({
  subnetId: v.string(),
  cidrBlock: v.string(),
  zone: v.string(),
  tier: v.optional(v.picklist(SUBNET_TIERS)),
  routeTableId: v.optional(v.string()),
  networkAclId: v.string(),
  manageAcl: v.optional(v.boolean()),
});

const PROPS = propsOf<ExistingVpcProps>({
  ...BASE_PROPS,
  vpcId: v.string(),
  ownerId: v.string(),
  cidrBlocks: v.array(v.string()),
  subnetBlock: v.optional(v.string()),
  routeTableId: v.string(),
  egress: v.optional(v.picklist(EGRESS)),
  subnets: v.optional(v.array(SUBNET_PROPS)),
});

/** A VPC that was there before: what `RegionVpc.fromExisting` makes. */
export class ExistingRegionVpc extends RegionVpcBase {
  readonly vpcId: string;
  readonly ownerId: string;
  readonly cidrBlocks: readonly string[];
  readonly egress: Egress;
  private readonly subnetBlock?: string;
  private readonly routeTableId: string;
  /** By ACL: subnets may share one, and its numbers with it. */
  private readonly acls = new Map<string, SubnetAcl>();

  /** @throws InputError for an id, block or zone that cannot be. */
  constructor(scope: Construct, id: string, props: ExistingVpcProps) {
    super(scope, id, props, PROPS);
    const { subnetBlock, cidrBlocks } = props;
    told(this, () => {
      assertId("vpcId", props.vpcId, "vpc");
      assertAccount(props.ownerId);
      assertId("routeTableId", props.routeTableId, "rtb");
      if (cidrBlocks.length === 0) throw withoutBlocks(this);
      for (const cidr of cidrBlocks) parseHostCidr(cidr, "cidrBlocks");
      assertBlocksApart(cidrBlocks);
      if (subnetBlock !== undefined) assertInside("subnetBlock", subnetBlock, cidrBlocks);
    });
    this.node.addValidation({
      validate: () => [...this.twins(), ...this.inlineRoutes(), ...this.inlineRules()],
    });
    this.vpcId = props.vpcId;
    this.ownerId = props.ownerId;
    this.cidrBlocks = cidrBlocks;
    this.egress = props.egress ?? "nat";
    this.subnetBlock = subnetBlock;
    this.routeTableId = props.routeTableId;
    told(this, () => props.subnets?.forEach((subnet) => this.takeIn(subnet)));
  }

  protected makeSubnet(tier: SubnetTier, zoneLetter: string): ISubnet {
    if (this.subnetBlock === undefined) {
      throw new InputError({
        problem: `${this.node.path} was given no ${tier} subnet in zone ${zoneLetter}, and no block to add one in`,
        value: this.subnets.map((s) => `${s.tier} in ${s.zone}`),
        expected: "one in `subnets`, or a subnetBlock",
        mend: "Give a subnetBlock: a free block inside the VPC.",
      });
    }
    return new RegionSubnet(this, `${tier}-${zoneLetter}`, {
      vpc: this,
      cidr: subnetCidr(this.subnetBlock, tier, zoneLetter, "subnetBlock"),
      tier,
      zone: `${this.region}${zoneLetter}`,
      zoneLetter,
      routeTableId: this.table("given", this.routeTableId),
      publicAddresses: this.egress === "public-ip",
    });
  }

  private takeIn(props: ExistingSubnetProps): void {
    const { subnetId, cidrBlock, networkAclId, tier = "node" } = props;
    assertId("subnetId", subnetId, "subnet");
    assertId("networkAclId", networkAclId, "acl");
    assertInside("cidrBlock of a subnet", cidrBlock, this.cidrBlocks);
    const [zoneLetter] = zoneLetters(this.region, [props.zone]);
    const twin = this.subnets.find((s) => overlap(s.cidr, cidrBlock));
    const rival = this.subnets.find((s) => s.tier === tier && s.zoneLetter === zoneLetter);
    if (!this.zoneLetters.includes(zoneLetter)) {
      throw new InputError({
        problem: `the subnet ${subnetId} is in none of the VPC's zones`,
        value: props.zone,
        expected: this.zoneLetters.join(", "),
        mend: "Add its zone to `zones`.",
      });
    }
    const taken = twin?.cidr ?? rival?.cidr ?? this.subnetBlock;
    if (twin !== undefined || rival !== undefined || (taken !== undefined && overlap(taken, cidrBlock))) {
      throw new InputError({
        problem: `the subnet ${subnetId} (${tier}, zone ${zoneLetter}) meets another one`,
        value: cidrBlock,
        expected: `a subnet apart from ${taken}, one a tier and zone`,
        mend: "Correct its cidrBlock, tier or zone, or leave it out.",
      });
    }
    const tableId = props.routeTableId ?? this.routeTableId;
    const name = props.routeTableId === undefined ? "given" : `${tier}-${zoneLetter}`;
    this.addSubnet(
      new ExistingSubnet(this, {
        id: subnetId,
        cidr: cidrBlock,
        tier,
        zoneLetter,
        routeTableId: this.table(name, tableId),
        acl:
          props.manageAcl === true ? this.managedAcl(networkAclId) : new ForeignAcl(networkAclId, subnetId),
      }),
    );
  }

  private managedAcl(id: string): SubnetAcl {
    const acl = this.acls.get(id) ?? new SubnetAcl(id, id, this, LAST_RULE_OF_OTHERS);
    this.acls.set(id, acl);
    return acl;
  }

  /** The same VPC taken in twice: the numbers of its ACLs' rules would collide. */
  private twins(): string[] {
    return RegionVpcBase.inStackOf(this)
      .filter((c) => c instanceof ExistingRegionVpc && c !== this && c.vpcId === this.vpcId)
      .map(
        (twin) =>
          new InputError({
            problem: `${this.node.path} and ${twin.node.path} are the same VPC`,
            value: this.vpcId,
            expected: "a VPC taken in once a stack",
            mend: "Use the one construct for both.",
          }).message,
      );
  }

  /** Tables with inline routes: Terraform would remove those of a peering again. */
  private inlineRoutes(): string[] {
    if (!Peering.inStackOf(this).some(({ requester, accepter }) => requester === this || accepter === this)) {
      return [];
    }
    const ids = [this.routeTableId, ...this.subnets.map(({ routeTableId }) => routeTableId)];
    return this.elsewhere(ids, (c) => {
      if (c instanceof RouteTable && c.routeInput !== undefined) return [c.id];
      if (c instanceof DefaultRouteTable && c.routeInput !== undefined)
        return [c.id, c.defaultRouteTableIdInput!];
      return [];
    }).map(
      (table) =>
        new InputError({
          problem: `the route table ${table.node.path} of ${this.node.path} has its routes inline, so that every apply would remove those of the peering: an unplanned partition`,
          value: table,
          expected: "a table whose routes are resources of their own",
          mend: "Write each of its routes as an aws_route (Route).",
        }).message,
    );
  }

  /** ACLs that cuts may write into with inline rules: Terraform would remove the denies again. */
  private inlineRules(): string[] {
    return this.elsewhere([...this.acls.keys()], (c) => {
      if (c instanceof NetworkAcl && (c.ingressInput ?? c.egressInput) !== undefined) return [c.id];
      return c instanceof DefaultNetworkAcl ? [c.id, c.defaultNetworkAclIdInput!] : [];
    }).map(
      (acl) =>
        new InputError({
          problem: `the network ACL ${acl.node.path} has its rules inline, so that every apply would remove the denies of a cut, which then heals unseen`,
          value: acl,
          expected: "an ACL whose rules are resources of their own",
          mend: "Write each of its rules as an aws_network_acl_rule (NetworkAclRule), or leave manageAcl out.",
        }).message,
    );
  }

  /** Constructs of the stack that have one of the ids, as Terraform would know it. */
  private elsewhere(
    ids: readonly string[],
    idsOf: (construct: IConstruct) => readonly string[],
  ): IConstruct[] {
    const stack = TerraformStack.of(this);
    const resolver = new DefaultTokenResolver(new StringConcat());
    const resolved = (id: string) =>
      Tokenization.resolve(id, { scope: stack, resolver, preparing: false }) as unknown as string;
    const own = new Set(ids.filter((id) => Token.isUnresolved(id)).map(resolved));
    if (own.size === 0) return [];
    return stack.node.findAll().filter((c) => idsOf(c).some((id) => own.has(resolved(id))));
  }

  /** Registers a route table once, whatever it is called. */
  private table(name: string, id: string): string {
    assertId("routeTableId", id, "rtb");
    if (this.knownTable(id) === undefined) this.routeTable(name, () => id);
    return id;
  }
}

/** A subnet that was there before, with hosts of ours in it. */
class ExistingSubnet implements ISubnet {
  readonly id: string;
  readonly cidr: string;
  readonly tier: SubnetTier;
  readonly zone: string;
  readonly zoneLetter: string;
  readonly routeTableId: string;
  readonly acl: ISubnetAcl;
  private readonly claims: AddressClaims;

  constructor(
    readonly vpc: IRegionVpc,
    props: Pick<ISubnet, "id" | "cidr" | "tier" | "zoneLetter" | "routeTableId" | "acl">,
  ) {
    this.id = props.id;
    this.cidr = props.cidr;
    this.tier = props.tier;
    this.zone = `${vpc.region}${props.zoneLetter}`;
    this.zoneLetter = props.zoneLetter;
    this.routeTableId = props.routeTableId;
    this.acl = props.acl;
    this.claims = new AddressClaims(props.cidr);
  }

  claimAddress(address: string, owner: IConstruct): void {
    this.claims.claim(address, owner);
  }
}

/** An ACL that cuts must not write into. */
class ForeignAcl implements ISubnetAcl {
  constructor(
    readonly id: string,
    private readonly subnetId: string,
  ) {}

  nextRuleNumber(): never {
    throw new InputError({
      problem: `a cut would write into a network ACL that was not made here, that of ${this.subnetId}`,
      value: this.id,
      expected: "subnets made here, or manageAcl: true",
      mend: "Read what manageAcl puts at risk, then give it with the subnet; or let subnets be added in a subnetBlock.",
    });
  }
}

function assertId(what: string, id: string, prefix: string): void {
  if (Token.isUnresolved(id) || new RegExp(`^${prefix}-[0-9a-f]+$`).test(id)) return;
  throw new InputError({
    problem: `${what} is not an id of AWS's`,
    value: id,
    expected: `${prefix}- and hexadecimal digits`,
    mend: `Correct ${what}.`,
  });
}

function assertAccount(ownerId: string): void {
  if (Token.isUnresolved(ownerId) || /^\d{12}$/.test(ownerId)) return;
  throw new InputError({
    problem: "ownerId is not an AWS account",
    value: ownerId,
    expected: "12 digits",
    mend: "See `aws sts get-caller-identity`.",
  });
}

function assertInside(what: string, cidr: string, blocks: readonly string[]): void {
  parseCidr(cidr, what);
  if (blocks.some((block) => liesIn(cidr, block))) return;
  throw new InputError({
    problem: `${what} is outside the VPC`,
    value: cidr,
    expected: `a block inside ${blocks.join(" or ")}`,
    mend: "Correct it, or add the VPC's block to cidrBlocks.",
  });
}

function withoutBlocks(vpc: IConstruct): InputError {
  return new InputError({
    problem: `${vpc.node.path} has no IPv4 block`,
    value: [],
    expected: "cidrBlocks: every block of the VPC",
    mend: "See `aws ec2 describe-vpcs`.",
  });
}

function assertBlocksApart(blocks: readonly string[]): void {
  if (sharesAddress(blocks, blocks)) {
    throw new InputError({
      problem: "cidrBlocks of a VPC overlap each other",
      value: blocks,
      expected: "each block once",
      mend: "Correct cidrBlocks.",
    });
  }
}
