import { Route } from "@cdktf/provider-aws/lib/route";
import { VpcPeeringConnection } from "@cdktf/provider-aws/lib/vpc-peering-connection";
import { VpcPeeringConnectionAccepterA } from "@cdktf/provider-aws/lib/vpc-peering-connection-accepter";
import { VpcPeeringConnectionOptions } from "@cdktf/provider-aws/lib/vpc-peering-connection-options";
import { Construct } from "constructs";
import { checkedId } from "../stack/construct-id";
import { propsOf, checkProps, told, checked } from "../stack/props";
import { overlap } from "./cidr";
import { VPC, VPCS } from "./shapes";
import { InputError } from "../stack/errors";
import { TAGS, tagOwn } from "../stack/tags";
import { StackRegistry } from "../stack/stack-registry";
import type { IRegionVpc } from "./i-region-vpc";
import { partitionOf } from "./region";
import { assertDistinctIds, assertOwnStack } from "./vpc-checks";

/** The two VPCs of a peering. */
export interface PeeringProps {
  /** The VPC that asks. */
  readonly requester: IRegionVpc;
  /** The VPC that accepts; its region's provider does so. */
  readonly accepter: IRegionVpc;
  /**
   * Tags on all that it makes, over those of {@link StretchTags}.
   * @default none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

const PROPS = propsOf<PeeringProps>({ requester: VPC, accepter: VPC, tags: TAGS });

/**
 * Two VPCs joined, in one apply: the request, its acceptance in the other region, DNS resolution both ways (possible
 * only after acceptance), and a route to the peer in every route table of both sides. Peering is not transitive:
 * three VPCs need three (`Peering.mesh`).
 *
 * @example
 * ```ts
 * new Peering(stack, "peering", { requester: london, accepter: paris });
 * ```
 */
export class Peering extends Construct {
  private static readonly made = new StackRegistry<Peering>();

  /** Calls back for every peering in the stack of a construct, those made later too. */
  static forEachInStackOf(scope: Construct, visit: (peering: Peering) => void): void {
    Peering.made.forEachInStackOf(scope, visit);
  }

  /** The peerings made so far in the stack of a construct. @internal */
  static inStackOf(scope: Construct): readonly Peering[] {
    return Peering.made.inStackOf(scope);
  }

  /** One peering for every pair of the VPCs, with ids `A-B`. */
  static mesh(scope: Construct, id: string, vpcs: readonly IRegionVpc[]): Peering[] {
    checkedId(scope, id);
    checked(VPCS, vpcs, "vpcs");
    assertDistinctIds(vpcs);
    const mesh = new Construct(scope, id);
    return vpcs.flatMap((requester, i) =>
      vpcs
        .slice(i + 1)
        .map(
          (accepter) =>
            new Peering(mesh, `${requester.node.id}-${accepter.node.id}`, { requester, accepter }),
        ),
    );
  }

  readonly requester: IRegionVpc;
  readonly accepter: IRegionVpc;
  readonly connection: VpcPeeringConnection;
  readonly acceptance: VpcPeeringConnectionAccepterA;
  private readonly routes: { route: Route; from: IRegionVpc }[] = [];
  private readonly routeVisitors: ((route: Route, from: IRegionVpc) => void)[] = [];

  /** @throws InputError if a VPC is peered with itself, their CIDR blocks overlap, or the pair is peered already. */
  constructor(scope: Construct, id: string, props: PeeringProps) {
    super(scope, checkedId(scope, id));
    checkProps(this, PROPS, props);
    tagOwn(this, props.tags);
    const { requester, accepter } = props;
    this.requester = requester;
    this.accepter = accepter;
    told(this, () => {
      assertOwnStack(this, [requester, accepter]);
      this.assertPeerable();
    });

    // The same tags on both sides: it is one object in the cloud.
    const tags = { Name: `${requester.node.id}-${accepter.node.id}` };
    this.connection = new VpcPeeringConnection(this, "connection", {
      provider: requester.provider,
      vpcId: requester.vpcId,
      peerVpcId: accepter.vpcId,
      peerRegion: accepter.region,
      peerOwnerId: accepter.ownerId,
      tags,
    });
    this.acceptance = new VpcPeeringConnectionAccepterA(this, "acceptance", {
      provider: accepter.provider,
      vpcPeeringConnectionId: this.connection.id,
      autoAccept: true,
      tags,
    });
    for (const [side, provider] of [
      ["requester", requester.provider],
      ["accepter", accepter.provider],
    ] as const) {
      new VpcPeeringConnectionOptions(this, `${side}-options`, {
        provider,
        vpcPeeringConnectionId: this.acceptance.id,
        [side]: { allowRemoteVpcDnsResolution: true },
      });
    }
    this.route(requester, accepter);
    this.route(accepter, requester);
    Peering.made.add(this);
  }

  /** Whether it joins the two VPCs, whichever asked. */
  joins(a: IRegionVpc, b: IRegionVpc): boolean {
    return [this.requester, this.accepter].includes(a) && [this.requester, this.accepter].includes(b);
  }

  /** Calls back for every route to a peer and the VPC whose packets it takes there, those made later too. */
  forEachRoute(visit: (route: Route, from: IRegionVpc) => void): void {
    this.routes.forEach(({ route, from }) => visit(route, from));
    this.routeVisitors.push(visit);
  }

  private route(from: IRegionVpc, to: IRegionVpc): void {
    from.forEachRouteTable((table) => {
      for (const cidr of to.cidrBlocks) {
        const route = new Route(this, `${from.node.id}-${table.name}-to-${cidr.replace("/", "-")}`, {
          provider: from.provider,
          routeTableId: table.id,
          destinationCidrBlock: cidr,
          vpcPeeringConnectionId: this.acceptance.id,
        });
        this.routes.push({ route, from });
        for (const visit of this.routeVisitors) visit(route, from);
      }
    });
  }

  private assertPeerable(): void {
    const { requester, accepter } = this;
    const pair = `${requester.node.path} and ${accepter.node.path}`;
    if (requester === accepter) {
      throw new InputError({
        problem: "a VPC cannot be peered with itself",
        value: requester.node.path,
        expected: "two VPCs",
        mend: "Give another accepter.",
      });
    }
    if (partitionOf(requester.region) !== partitionOf(accepter.region)) {
      throw new InputError({
        problem: `${pair} are in two AWS partitions, which no peering joins`,
        value: [requester.region, accepter.region],
        expected: "two regions of one partition (aws, aws-cn, aws-us-gov)",
        mend: "Choose another region for one of them.",
      });
    }
    for (const a of requester.cidrBlocks) {
      for (const b of accepter.cidrBlocks) {
        if (overlap(a, b)) {
          throw new InputError({
            problem: `CIDR blocks of ${pair} overlap, so no route can tell them apart`,
            value: [a, b],
            expected: "blocks that share no address",
            mend: "Change the cidrBlock of one of them.",
          });
        }
      }
    }
    const twin = Peering.made.inStackOf(this).find((other) => other.joins(requester, accepter));
    if (twin !== undefined) {
      throw new InputError({
        problem: "a pair of VPCs is peered twice",
        value: pair,
        expected: `the one peering ${twin.node.path}`,
        mend: "Remove one of the two.",
      });
    }
  }
}
