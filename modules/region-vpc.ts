import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Annotations } from "cdktf";
import { Construct } from "constructs";
import { subnetCidr, type SubnetTier } from "./address-plan";
import { isPrivate, parseVpcCidr } from "./cidr";
import { InputError } from "./errors";
import type { IControlCidr, IRegionVpc, IRouteTable, ISubnet } from "./i-region-vpc";
import { assertRegion, zoneLetters } from "./region";
import { regionProvider } from "./region-provider";
import { RegionSubnet } from "./region-subnet";

export interface RegionVpcProps {
  /** AWS region (`eu-west-2`). */
  readonly region: string;
  /** IPv4 block of the VPC, /16 to /28; a /20 or larger holds every tier of subnets. */
  readonly cidrBlock: string;
  /**
   * Availability zones for database hosts, by name (`eu-west-2a`) or letter (`a`).
   * @default a, b and c in regions known to open them to every account; elsewhere an error asks for them
   */
  readonly zones?: readonly string[];
  /**
   * Provider of the region, used as it is.
   * @default one alias per region and stack, made and shared; not allowed beside an AWS provider of your own
   */
  readonly provider?: AwsProvider;
}

/**
 * A VPC in one region: DNS on, an internet gateway, one subnet a zone for database hosts (more tiers on demand), a
 * network ACL a subnet, the default security group emptied. Hosts get public addresses to reach out for packages, as
 * in the article; nothing reaches in but what a security group asks for.
 */
export class RegionVpc extends Construct implements IRegionVpc {
  readonly region: string;
  readonly provider: AwsProvider;
  readonly vpc: Vpc;
  readonly vpcId: string;
  readonly ownerId: string;
  readonly cidrBlocks: readonly string[];
  readonly zoneLetters: readonly string[];
  readonly subnets: ISubnet[] = [];
  readonly controlCidrs: IControlCidr[] = [];
  private readonly routeTable: IRouteTable;
  private readonly subnetVisitors: ((subnet: ISubnet) => void)[] = [];

  /** @throws InputError for a region, CIDR block, zone or provider that cannot be. */
  constructor(scope: Construct, id: string, props: RegionVpcProps) {
    super(scope, id);
    assertRegion(props.region);
    parseVpcCidr(props.cidrBlock, "cidrBlock");
    this.region = props.region;
    this.cidrBlocks = [props.cidrBlock];
    this.zoneLetters = zoneLetters(props.region, props.zones);
    this.provider = regionProvider(this, props.region, props.provider);
    const provider = this.provider;
    if (!isPrivate(props.cidrBlock)) {
      Annotations.of(this).addWarning(
        `${props.cidrBlock} is outside RFC 1918: inside this VPC it shadows the public addresses of the same numbers.`,
      );
    }

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

    const gateway = new InternetGateway(this, "internet-gateway", {
      provider,
      vpcId: this.vpcId,
      tags: { Name: id },
    });
    const table = new RouteTable(this, "public", {
      provider,
      vpcId: this.vpcId,
      tags: { Name: `${id}-public` },
    });
    new Route(this, "default-route", {
      provider,
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    this.routeTable = { name: "public", id: table.id };

    for (const letter of this.zoneLetters) this.subnet("node", letter);
  }

  subnet(tier: SubnetTier, zoneLetter: string): ISubnet {
    const made = this.subnets.find((s) => s.tier === tier && s.zoneLetter === zoneLetter);
    if (made !== undefined) return made;
    if (!this.zoneLetters.includes(zoneLetter)) {
      throw new InputError({
        problem: `${this.node.path} has no subnet in the zone`,
        value: zoneLetter,
        expected: `one of its zones ${this.zoneLetters.join(", ")}`,
        mend: "Name one of these, or add the zone to the VPC's `zones`.",
      });
    }
    const subnet = new RegionSubnet(this, `${tier}-${zoneLetter}`, {
      vpc: this,
      cidr: subnetCidr(this.cidrBlocks[0], tier, zoneLetter),
      tier,
      zone: `${this.region}${zoneLetter}`,
      zoneLetter,
      routeTableId: this.routeTable.id,
      publicAddresses: true,
    });
    this.subnets.push(subnet);
    for (const visit of this.subnetVisitors) visit(subnet);
    return subnet;
  }

  forEachSubnet(visit: (subnet: ISubnet) => void): void {
    this.subnets.forEach((subnet) => visit(subnet));
    this.subnetVisitors.push(visit);
  }

  addControlCidr(control: IControlCidr): void {
    this.controlCidrs.push(control);
  }

  forEachRouteTable(visit: (table: IRouteTable) => void): void {
    visit(this.routeTable);
  }
}
