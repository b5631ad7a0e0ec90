import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import type { Construct } from "constructs";
import * as v from "valibot";
import { subnetCidr, type SubnetTier } from "./address-plan";
import { propsOf, told } from "../stack/props";
import { countTowardsQuota, QUOTAS } from "../stack/quotas";
import { tellAddressSpace } from "./address-space";
import { parseVpcCidr } from "./cidr";
import { EGRESS, type Egress } from "./egress";
import { ExistingRegionVpc, type ExistingVpcProps } from "./existing-region-vpc";
import type { IRegionVpc, IRouteTable, ISubnet } from "./i-region-vpc";
import { RegionSubnet } from "./region-subnet";
import { BASE_PROPS, RegionVpcBase, type RegionVpcBaseProps } from "./region-vpc-base";
import { VpcEndpoints } from "./vpc-endpoints";

const ANYWHERE = "0.0.0.0/0";

/** A VPC to be made. */
export interface RegionVpcProps extends RegionVpcBaseProps {
  /** IPv4 block of the VPC, /16 to /28; a /20 or larger holds every tier of subnets. */
  readonly cidrBlock: string;
  /**
   * How its hosts reach out. NAT gateways and endpoints cost by the hour (`stretch price`); with `none` packages must
   * come from a mirror (`settings.packageUrl` of the cluster, `npmRegistry` of client hosts).
   * @default public-ip
   */
  readonly egress?: Egress;
}

const PROPS = propsOf<RegionVpcProps>({
  ...BASE_PROPS,
  cidrBlock: v.string(),
  egress: v.optional(v.picklist(EGRESS)),
});

/**
 * A VPC in one region: DNS on, one subnet a zone for database hosts (more tiers on demand), a network ACL a subnet, the
 * default security group emptied. Its hosts reach out as `egress` says; nothing reaches in but what a security group
 * asks for.
 *
 * @example
 * ```ts
 * const dublin = new RegionVpc(stack, "dublin", { region: "eu-west-1", cidrBlock: "10.1.0.0/16" });
 * const frankfurt = new RegionVpc(stack, "frankfurt", {
 *   region: "eu-central-1",
 *   cidrBlock: "10.2.0.0/16",
 *   zones: ["a", "b"],
 *   egress: "nat",
 * });
 * ```
 */
export class RegionVpc extends RegionVpcBase {
  /**
   * A VPC that was there before, by its ids and blocks. Subnets with network ACLs of their own are added inside it, when
   * something needs them; nothing that it has is changed, but that `Peering` adds routes to the given route tables.
   *
   * @example
   * ```ts
   * const dublin = RegionVpc.fromExisting(stack, "dublin", {
   *   region: "eu-west-1",
   *   vpcId: "vpc-0a1b2c3d",
   *   ownerId: "123456789012",
   *   cidrBlocks: ["10.50.0.0/16"],
   *   subnetBlock: "10.50.240.0/20",
   *   routeTableId: "rtb-0a1b2c3d",
   * });
   * ```
   * @throws InputError for an id, block or zone that cannot be
   */
  static fromExisting(scope: Construct, id: string, props: ExistingVpcProps): IRegionVpc {
    return new ExistingRegionVpc(scope, id, props);
  }

  readonly vpc: Vpc;
  readonly vpcId: string;
  readonly ownerId: string;
  readonly cidrBlocks: readonly string[];
  readonly egress: Egress;

  /** @throws InputError for a region, CIDR block, zone, egress or provider that cannot be. */
  constructor(scope: Construct, id: string, props: RegionVpcProps) {
    super(scope, id, props, PROPS);
    told(this, () => parseVpcCidr(props.cidrBlock, "cidrBlock"));
    this.cidrBlocks = [props.cidrBlock];
    this.egress = props.egress ?? "public-ip";
    const provider = this.provider;
    tellAddressSpace(this, props.cidrBlock);

    this.vpc = new Vpc(this, "vpc", {
      provider,
      cidrBlock: props.cidrBlock,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: id },
    });
    this.vpcId = this.vpc.id;
    this.ownerId = this.vpc.ownerId;
    new DefaultSecurityGroup(this, "default-security-group", {
      provider,
      vpcId: this.vpcId,
      tags: { Name: `${id}-default-emptied` },
    });

    for (const letter of this.zoneLetters) this.subnet("node", letter);
    if (this.egress === "nat") {
      countTowardsQuota(this, () => ({
        quota: QUOTAS.elasticIps,
        provider,
        region: this.region,
        what: this.node.path,
        count: this.subnets.filter(({ tier }) => tier === "edge").length,
      }));
    }
    if (this.egress === "none") {
      new VpcEndpoints(this, "endpoints", { vpc: this, routeTable: this.isolatedTable() });
    }
  }

  protected makeSubnet(tier: SubnetTier, zoneLetter: string): ISubnet {
    return new RegionSubnet(this, `${tier}-${zoneLetter}`, {
      vpc: this,
      cidr: subnetCidr(this.cidrBlocks[0], tier, zoneLetter),
      tier,
      zone: `${this.region}${zoneLetter}`,
      zoneLetter,
      routeTableId: this.tableOf(tier, zoneLetter).id,
      publicAddresses: this.egress === "public-ip",
    });
  }

  private tableOf(tier: SubnetTier, zoneLetter: string): IRouteTable {
    if (this.egress === "none") return this.isolatedTable();
    if (this.egress === "public-ip" || tier === "edge") return this.publicTable();
    return this.privateTable(zoneLetter);
  }

  private publicTable(): IRouteTable {
    return this.routeTable("public", () => {
      const gateway = new InternetGateway(this, "internet-gateway", {
        provider: this.provider,
        vpcId: this.vpcId,
        tags: { Name: this.node.id },
      });
      const table = this.makeTable("public");
      new Route(this, "default-route", {
        provider: this.provider,
        routeTableId: table.id,
        destinationCidrBlock: ANYWHERE,
        gatewayId: gateway.id,
      });
      return table.id;
    });
  }

  /** One NAT gateway a zone, so that no zone's hosts depend on another zone, and a new zone changes nothing. */
  private privateTable(zoneLetter: string): IRouteTable {
    return this.routeTable(`private-${zoneLetter}`, () => {
      const edge = this.subnet("edge", zoneLetter);
      this.addControlCidr({ cidr: edge.cidr, what: `the NAT gateway in ${edge.zone}` });
      const provider = this.provider;
      const tags = { Name: `${this.node.id}-nat-${zoneLetter}` };
      const address = new Eip(this, `nat-address-${zoneLetter}`, { provider, domain: "vpc", tags });
      const nat = new NatGateway(this, `nat-${zoneLetter}`, {
        provider,
        subnetId: edge.id,
        allocationId: address.id,
        tags,
        // A NAT gateway fails where its VPC has no internet gateway yet.
        dependsOn: [this.node.findChild("default-route") as Route],
      });
      const table = this.makeTable(`private-${zoneLetter}`);
      new Route(this, `nat-route-${zoneLetter}`, {
        provider,
        routeTableId: table.id,
        destinationCidrBlock: ANYWHERE,
        natGatewayId: nat.id,
      });
      return table.id;
    });
  }

  /** A table without a way out. */
  private isolatedTable(): IRouteTable {
    return this.routeTable("isolated", () => this.makeTable("isolated").id);
  }

  private makeTable(name: string): RouteTable {
    return new RouteTable(this, name, {
      provider: this.provider,
      vpcId: this.vpcId,
      tags: { Name: `${this.node.id}-${name}` },
    });
  }
}
