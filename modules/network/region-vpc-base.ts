import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import * as v from "valibot";
import { checkedId } from "../stack/construct-id";
import { SUBNET_TIERS, type SubnetTier } from "./address-plan";
import { parseCidr } from "./cidr";
import type { Egress } from "./egress";
import { InputError } from "../stack/errors";
import { TAGS, tagOwn } from "../stack/tags";
import { StackMetadata } from "../stack/stack-metadata";
import { StackRegistry } from "../stack/stack-registry";
import type { IControlCidr, IRegionVpc, IRouteTable, ISubnet } from "./i-region-vpc";
import { assertRegion, zoneLetters } from "./region";
import { regionProvider } from "./region-provider";
import { PROVIDER } from "./shapes";
import { checked, checkProps, propsOf, told } from "../stack/props";

/** What a VPC that is made here and one that was there before have in common. */
export interface RegionVpcBaseProps {
  /** AWS region (`eu-west-2`). */
  readonly region: string;
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
  /**
   * Tags on all that it makes, over those of {@link StretchTags}.
   * @default none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What both may be given. */
export const BASE_PROPS = {
  region: v.string(),
  zones: v.optional(v.array(v.string())),
  provider: v.optional(PROVIDER),
  tags: TAGS,
};

const CONTROL_CIDR = propsOf<IControlCidr>({ cidr: v.string(), what: v.string() });

/** Lines of the output `partitions` that are no VPC's. */
const LINES = ["fault", "note", "roster"];

/** @throws InputError for an id that is a line of the output `partitions`, which has a line a VPC */
function assertNoLine(id: string): void {
  if (!LINES.includes(id)) return;
  throw new InputError({
    problem: "a VPC has the name of another line of the output partitions, which would be lost",
    value: id,
    expected: `an id that is none of ${LINES.join(", ")}`,
    mend: "Name the VPC for its place, such as london.",
  });
}

/** The bookkeeping of a VPC: its subnets and route tables, and who wants to know of them. */
export abstract class RegionVpcBase extends Construct implements IRegionVpc {
  private static readonly made = new StackRegistry<RegionVpcBase>();

  /** The VPCs made so far in the stack of a construct. @internal */
  static inStackOf(scope: Construct): readonly RegionVpcBase[] {
    return RegionVpcBase.made.inStackOf(scope);
  }

  readonly region: string;
  readonly provider: AwsProvider;
  readonly zoneLetters: readonly string[];
  readonly subnets: ISubnet[] = [];
  readonly controlCidrs: IControlCidr[] = [];
  abstract readonly vpcId: string;
  abstract readonly ownerId: string;
  abstract readonly cidrBlocks: readonly string[];
  abstract readonly egress: Egress;
  private readonly routeTables: IRouteTable[] = [];
  private readonly subnetVisitors: ((subnet: ISubnet) => void)[] = [];
  private readonly routeTableVisitors: ((table: IRouteTable) => void)[] = [];

  constructor(scope: Construct, id: string, props: RegionVpcBaseProps, schema: v.GenericSchema) {
    super(scope, checkedId(scope, id));
    told(this, () => assertNoLine(id));
    checkProps(this, schema, props);
    const { region, zones, provider } = props;
    told(this, () => assertRegion(region));
    this.region = region;
    this.zoneLetters = told(this, () => zoneLetters(region, zones));
    this.provider = told(this, () => regionProvider(this, region, provider));
    tagOwn(this, props.tags);
    RegionVpcBase.made.add(this);
    StackMetadata.of(this).add(() => ({ vpcs: [{ id, region, cidrBlocks: [...this.cidrBlocks] }] }));
  }

  subnet(tier: SubnetTier, zoneLetter: string): ISubnet {
    told(this, () => checked(v.picklist(SUBNET_TIERS), tier, "tier"));
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
    return this.addSubnet(told(this, () => this.makeSubnet(tier, zoneLetter)));
  }

  forEachSubnet(visit: (subnet: ISubnet) => void): void {
    this.subnets.forEach((subnet) => visit(subnet));
    this.subnetVisitors.push(visit);
  }

  addControlCidr(control: IControlCidr): void {
    told(this, () => {
      checked(CONTROL_CIDR, control, "control");
      parseCidr(control.cidr, "control.cidr");
    });
    this.controlCidrs.push(control);
  }

  forEachRouteTable(visit: (table: IRouteTable) => void): void {
    this.routeTables.forEach((table) => visit(table));
    this.routeTableVisitors.push(visit);
  }

  /** Makes the subnet of a tier in one of the VPC's zones. */
  protected abstract makeSubnet(tier: SubnetTier, zoneLetter: string): ISubnet;

  protected addSubnet(subnet: ISubnet): ISubnet {
    this.subnets.push(subnet);
    for (const visit of this.subnetVisitors) visit(subnet);
    return subnet;
  }

  /** The route table of an id, if it is known. */
  protected knownTable(id: string): IRouteTable | undefined {
    return this.routeTables.find((table) => table.id === id);
  }

  /** The route table of a name, made by `make` if it is not there yet. */
  protected routeTable(name: string, make: () => string): IRouteTable {
    const made = this.routeTables.find((table) => table.name === name);
    if (made !== undefined) return made;
    const table = { name, id: make() };
    this.routeTables.push(table);
    for (const visit of this.routeTableVisitors) visit(table);
    return table;
  }
}
