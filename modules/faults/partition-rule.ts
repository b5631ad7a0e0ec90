import { Construct } from "constructs";
import * as v from "valibot";
import { checkedId } from "../stack/construct-id";
import { halves } from "../../model";
import { type Fault, NO_FAULT, type NodesByRegion } from "../../model/fault";
import type { CannotHear, Topology } from "../../model/topology";
import { isInternal, overlap, sharesAddress } from "../network/cidr";
import type { StretchCluster } from "../cluster/stretch-cluster";
import type { AerospikePort } from "../hosts/aerospike-ports";
import { type Cut, type CutEffect, type CutMethod, type PartitionMethod, refusal } from "./cut-method";
import { InputError } from "../stack/errors";
import { checkProps, list, object, propsOf, told } from "../stack/props";
import { FAULT_SWITCH, FaultSwitch, type IFaultEffect } from "./fault-switch";
import { networkAclCut } from "./network-acl-cut";
import {
  isPart,
  nodesOn,
  type PartitionPart,
  type PartitionSide,
  partsOf,
  type SideParts,
  subnetsOf,
} from "./partition-side";
import { RegionVpcBase } from "../network/region-vpc-base";
import { routeCut } from "./route-cut";
import { securityGroupCut } from "./security-group-cut";
import { assertDistinctIds, assertOwnStack } from "../network/vpc-checks";

const METHODS: Readonly<Record<PartitionMethod, CutMethod>> = {
  "network-acl": networkAclCut,
  "security-group": securityGroupCut,
  route: routeCut,
};

/** Between whom a cut is, and how it is made. */
export interface PartitionRuleProps {
  /** Name of the fault: the value of the stack's variable that makes this cut. Several rules may share one. */
  readonly fault: string;
  /** The two sides that lose each other. */
  readonly between: readonly [PartitionSide, PartitionSide];
  /**
   * How it is made:
   *
   * - `network-acl`: numbered denies on the subnets of the sides. Stateless: established connections end at once. Per
   *   subnet: never between hosts of one subnet.
   * - `route`: the peering routes between two VPCs are taken away. Established connections end at once, on every port.
   *   VPCs only, in RFC 1918 space.
   * - `security-group`: the cluster's ingress rules for the other side are taken away. A tracked connection goes on, so
   *   only new ones are refused (`connections: "new"`), unless the cluster has `AerospikeAccess.open()`. VPCs only.
   * @default network-acl
   */
  readonly method?: PartitionMethod;
  /**
   * Whose packets are lost: those of both sides, those that come `from` the first side, or those that go `to` it. With
   * the method `security-group`: whose new connections are refused.
   * @default both
   */
  readonly direction?: "both" | "from" | "to";
  /**
   * Connections that are meant to end: `all`, so that the sides really lose each other, or only `new` ones, which are
   * refused while established ones go on.
   * @default all
   */
  readonly connections?: "all" | "new";
  /**
   * Ports of the servers that are cut (TCP, as destination; method `network-acl`), with TLS those of TLS. Only without
   * `heartbeat` does the cluster stay one.
   * @default every protocol and port
   */
  readonly ports?: readonly AerospikePort[];
  /**
   * The one cluster whose groups are edited (method `security-group`).
   * @default every cluster of the stack with nodes in the VPCs
   */
  readonly cluster?: StretchCluster;
  /**
   * Variable that switches it.
   * @default the stack's `fault`
   */
  readonly faultSwitch?: FaultSwitch;
}

const PART = v.custom<PartitionPart>(isPart, "a VPC, a rack, a subnet, or the CIDR block of another network");

const PROPS = propsOf<PartitionRuleProps>({
  fault: v.string(),
  between: list(
    v.lazy((side) => (Array.isArray(side) ? v.array(PART) : PART)),
    2,
    2,
    {
      problem: "is not two sides",
      expected: "two sides",
      mend: "Give [oneSide, otherSide]; a side may be a list.",
    },
  ),
  method: v.optional(v.picklist(["network-acl", "security-group", "route"])),
  direction: v.optional(v.picklist(["both", "from", "to"])),
  connections: v.optional(v.picklist(["all", "new"])),
  ports: v.optional(v.array(v.picklist(["service", "fabric", "heartbeat"]))),
  cluster: v.optional(object<StretchCluster>("a StretchCluster", "vpcs", "ingress")),
  faultSwitch: v.optional(FAULT_SWITCH),
});

/**
 * A cut between two sides, made and healed by the stack's Terraform variable `fault`, or healed at a time of its own
 * (`heal_at`, method `network-acl`).
 *
 * It breaks what lies between the two sides and nothing else. To isolate one subnet put all else on the other side; for
 * a bridge, which hears both halves, leave it out of both.
 *
 * @example
 * ```ts
 * new PartitionRule(stack, "cut", { fault: "split", between: [london, paris] });
 * new PartitionRule(stack, "zone", {
 *   fault: "zone-a",
 *   between: [london.subnet("node", "a"), [london.subnet("node", "b"), london.subnet("node", "c"), paris]],
 * });
 * ```
 */
export class PartitionRule extends Construct implements IFaultEffect {
  readonly fault: string;
  private readonly cut: Cut;
  /** What the method does, once the stack is whole. */
  private readonly effect: () => CutEffect;

  /** @throws InputError if the sides are not two, or if the method cannot do what is asked. */
  constructor(scope: Construct, id: string, props: PartitionRuleProps) {
    super(scope, checkedId(scope, id));
    checkProps(this, PROPS, props);
    const { fault, method = "network-acl", direction = "both", connections = "all", ports, cluster } = props;
    this.fault = fault;
    const sides = told(this, () => [partsOf(props.between[0]), partsOf(props.between[1])] as const);
    this.cut = { fault, method, sides, direction, connections, ports, cluster };
    const faultSwitch = props.faultSwitch ?? FaultSwitch.of(this);
    this.effect = told(this, () => {
      for (const side of sides) {
        const vpcs = [...new Set([...side.vpcs, ...side.subnets.map((subnet) => subnet.vpc)])];
        assertOwnStack(this, vpcs);
        assertDistinctIds(vpcs);
      }
      this.assertTwoSides();
      this.assertWhole();
      faultSwitch.register(fault, this);
      return METHODS[method](this, this.cut, faultSwitch);
    });
    this.node.addValidation({
      validate: () => [
        ...this.lacking(),
        ...this.severedControls(),
        ...this.hiddenSubnets(),
        ...this.publicBlocks(),
      ],
    });
  }

  /** What the method really does to a cluster while the fault lasts, established connections and all. */
  effectOn(topology: Topology): Fault {
    const { silences, note, endsOnlyByHand } = this.effect();
    const { cluster } = this.cut;
    if (cluster !== undefined && !isOf(cluster, topology)) return NO_FAULT;
    const [a, b] = this.cut.sides.map((side) => nodesOn(side, topology));
    return {
      cannotHear: cannotHear(silences, a, b),
      refuses: this.refuses(topology, a, b),
      notes: note === undefined ? [] : [note],
      ...(endsOnlyByHand !== undefined && { endsOnlyByHand }),
    };
  }

  /** Only a rule that asks for `new` connections has nodes refuse them. */
  private refuses({ nodes }: Topology, a: readonly string[], b: readonly string[]): NodesByRegion {
    if (this.cut.connections !== "new") return {};
    const regions = (ids: readonly string[]) =>
      new Set(nodes.flatMap(({ id, region }) => (region !== undefined && ids.includes(id) ? [region] : [])));
    const refusedBy = new Map<string, readonly string[]>();
    const refuse = (clients: readonly string[], servers: readonly string[]) =>
      regions(clients).forEach((region) =>
        refusedBy.set(region, [...(refusedBy.get(region) ?? []), ...servers]),
      );
    if (this.cut.direction !== "to") refuse(a, b);
    if (this.cut.direction !== "from") refuse(b, a);
    return Object.fromEntries(refusedBy);
  }

  /** What the stack, whole, lacks for the method. */
  private lacking(): string[] {
    try {
      this.effect();
      return [];
    } catch (error) {
      if (error instanceof InputError) return [error.message];
      throw error;
    }
  }

  private assertTwoSides(): void {
    const [a, b] = this.cut.sides.map((side) => side.cidrs);
    if (
      a.length === 0 ||
      b.length === 0 ||
      [sharesAddress(a, b), sharesAddress(a, a), sharesAddress(b, b)].includes(true)
    ) {
      throw new InputError({
        problem: `the sides of the cut "${this.fault}" are not two`,
        value: [a, b],
        expected: "two sides, none empty, that name every address once",
        mend: "Put every VPC, rack, subnet or CIDR block on one side only, once.",
      });
    }
  }

  /** Only groups are a cluster's own. */
  private assertWhole(): void {
    const { cluster, method } = this.cut;
    if (cluster === undefined || method === "security-group") return;
    throw refusal(
      this.cut,
      cluster,
      "subnets and routes are those of every cluster in them",
      "no cluster",
      "Leave it out, or use the method security-group.",
    );
  }

  /** A cut must never sever the way by which it is healed and watched. */
  private severedControls(): string[] {
    const [a, b] = this.cut.sides;
    return [...this.severed(a, b), ...this.severed(b, a)];
  }

  /** Blocks of networks that the stack makes all the same: no deny would stand on their subnets. */
  private hiddenSubnets(): string[] {
    const vpcs = RegionVpcBase.inStackOf(this);
    return this.cut.sides.flatMap(({ foreign }) =>
      foreign.flatMap((block) =>
        vpcs
          .filter((vpc) => sharesAddress(vpc.cidrBlocks, [block]))
          .map(
            (vpc) =>
              new InputError({
                problem: `a side of the cut "${this.fault}" is a CIDR block inside ${vpc.node.path}`,
                value: block,
                expected:
                  "the VPC, rack or subnet itself; a block only of a network that the stack does not make",
                mend: `Give ${vpc.node.id}, or one of its subnets (vpc.subnet("node", "a")).`,
              }).message,
          ),
      ),
    );
  }

  /** Blocks of the internet: AWS's own endpoints may be in them, by which hosts are reached and cuts healed. */
  private publicBlocks(): string[] {
    const vpcs = RegionVpcBase.inStackOf(this);
    return this.cut.sides.flatMap(({ foreign }) =>
      foreign
        .filter((block) => !isInternal(block) && !vpcs.some((vpc) => sharesAddress(vpc.cidrBlocks, [block])))
        .map(
          (block) =>
            new InputError({
              problem: `a side of the cut "${this.fault}" is a block of the internet, where AWS's own services may be, by which hosts are watched and cuts are healed`,
              value: block,
              expected: "a block in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
              mend: "Give the private addresses of that network.",
            }).message,
        ),
    );
  }

  private severed(side: SideParts, other: SideParts): string[] {
    return subnetsOf(side).flatMap(({ vpc, cidr }) =>
      vpc.controlCidrs.flatMap((control) =>
        other.cidrs
          .filter((cut) => overlap(control.cidr, cut))
          .map(
            (cut) =>
              new InputError({
                problem: `the cut "${this.fault}" would sever ${control.what} (${control.cidr}) from ${cidr}`,
                value: cut,
                expected: `a side that shares no address with ${control.cidr}`,
                mend: "Cut smaller blocks, or keep that CIDR apart from the sides.",
              }).message,
          ),
      ),
    );
  }
}

/** Whether a topology is the cluster's. */
function isOf(cluster: StretchCluster, { nodes }: Topology): boolean {
  return nodes.some(({ address }) => cluster.nodes.some(({ privateIp }) => privateIp === address));
}

function cannotHear(silences: CutEffect["silences"], a: readonly string[], b: readonly string[]): CannotHear {
  switch (silences) {
    case "none":
      return {};
    case "both":
      return halves(a, b).cannotHear;
    case "first":
      return Object.fromEntries(b.map((id) => [id, a]));
    case "second":
      return Object.fromEntries(a.map((id) => [id, b]));
  }
}
