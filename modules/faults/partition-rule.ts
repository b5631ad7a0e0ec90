import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { halves } from "../../model";
import type { Fault, NodesByRegion } from "../../model/fault";
import type { CannotHear, Topology } from "../../model/topology";
import { assertOneOf } from "../stack/checks";
import { overlap, sharesAddress } from "../network/cidr";
import type { CutEffect, CutMethod } from "./cut-method";
import { InputError } from "../stack/errors";
import { FaultSwitch, type IFaultEffect } from "./fault-switch";
import { networkAclCut } from "./network-acl-cut";
import { nodesOn, type PartitionSide, partsOf, type SideParts, subnetsOf } from "./partition-side";
import { RegionVpcBase } from "../network/region-vpc-base";
import { routeCut } from "./route-cut";
import { securityGroupCut } from "./security-group-cut";
import { assertDistinctIds, assertOwnStack } from "../network/vpc-checks";

/** Ports of an Aerospike server that can be cut by name: clients 3000, replication 3001, heartbeats 3002. */
export type AerospikePort = "service" | "fabric" | "heartbeat";

/** How a cut is made. */
export type PartitionMethod = "network-acl" | "security-group" | "route";

const METHODS: Readonly<Record<PartitionMethod, CutMethod>> = {
  "network-acl": networkAclCut,
  "security-group": securityGroupCut,
  route: routeCut,
};

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
   * Ports of the servers that are cut (TCP, as destination; method `network-acl`). Only without `heartbeat` does the
   * cluster stay one.
   * @default every protocol and port
   */
  readonly ports?: readonly AerospikePort[];
  /**
   * Variable that switches it.
   * @default the stack's `fault`
   */
  readonly faultSwitch?: FaultSwitch;
}

/**
 * A cut between two sides, made and healed by the stack's Terraform variable `fault`, or healed at a time of its own
 * (`heal_at`, method `network-acl`).
 *
 * It breaks what lies between the two sides and nothing else. To isolate one subnet put all else on the other side; for
 * a bridge, which hears both halves, leave it out of both.
 */
export class PartitionRule extends Construct implements IFaultEffect {
  readonly fault: string;
  readonly faultSwitch: FaultSwitch;
  readonly method: PartitionMethod;
  readonly direction: "both" | "from" | "to";
  readonly connections: "all" | "new";
  /** Ports that are cut; undefined = all. */
  readonly ports: readonly AerospikePort[] | undefined;
  /** The first side and the second, taken apart. */
  readonly sides: readonly [SideParts, SideParts];
  private readonly effect: CutEffect;

  /** @throws InputError if the sides are not two, or if the method cannot do what is asked. */
  constructor(scope: Construct, id: string, props: PartitionRuleProps) {
    super(scope, id);
    this.fault = props.fault;
    this.method = props.method ?? "network-acl";
    this.direction = props.direction ?? "both";
    this.connections = props.connections ?? "all";
    this.ports = props.ports;
    assertOneOf("method", this.method, Object.keys(METHODS));
    assertOneOf("direction", this.direction, ["both", "from", "to"]);
    assertOneOf("connections", this.connections, ["all", "new"]);
    for (const port of this.ports ?? []) assertOneOf("ports", port, ["service", "fabric", "heartbeat"]);
    this.sides = [partsOf(props.between[0]), partsOf(props.between[1])];
    for (const side of this.sides) {
      const vpcs = [...new Set([...side.vpcs, ...side.subnets.map((subnet) => subnet.vpc)])];
      assertOwnStack(this, vpcs);
      assertDistinctIds(vpcs);
    }
    this.assertTwoSides();
    this.faultSwitch = props.faultSwitch ?? FaultSwitch.of(this);
    this.faultSwitch.register(props.fault, this);
    this.effect = METHODS[this.method].make(this);
    this.node.addValidation({ validate: () => [...this.severedControls(), ...this.hiddenSubnets()] });
  }

  /** What the method really does to a cluster while the fault lasts, established connections and all. */
  effectOn(topology: Topology): Fault {
    const { note, endsOnlyByHand } = this.effect;
    const [a, b] = this.sides.map((side) => nodesOn(side, topology));
    return {
      cannotHear: this.cannotHear(a, b),
      refuses: this.refuses(topology, a, b),
      notes: note === undefined ? [] : [note],
      ...(endsOnlyByHand !== undefined && { endsOnlyByHand }),
    };
  }

  private cannotHear(a: readonly string[], b: readonly string[]): CannotHear {
    switch (this.effect.silences) {
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

  /** Only a rule that asks for `new` connections has nodes refuse them. */
  private refuses({ nodes }: Topology, a: readonly string[], b: readonly string[]): NodesByRegion {
    if (this.connections !== "new") return {};
    const regions = (ids: readonly string[]) =>
      new Set(nodes.flatMap(({ id, region }) => (region !== undefined && ids.includes(id) ? [region] : [])));
    const refusedBy = new Map<string, readonly string[]>();
    const refuse = (clients: readonly string[], servers: readonly string[]) =>
      regions(clients).forEach((region) =>
        refusedBy.set(region, [...(refusedBy.get(region) ?? []), ...servers]),
      );
    if (this.direction !== "to") refuse(a, b);
    if (this.direction !== "from") refuse(b, a);
    return Object.fromEntries(refusedBy);
  }

  /** The error of a method that cannot do what the rule asks. */
  refusal(value: unknown, why: string, expected: string, mend: string): InputError {
    return new InputError({
      problem: `the method ${this.method} cannot make the fault "${this.fault}": ${why}`,
      value,
      expected,
      mend,
    });
  }

  private assertTwoSides(): void {
    const [a, b] = this.sides.map((side) => side.cidrs);
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

  /** A cut must never sever the way by which it is healed and watched. */
  private severedControls(): string[] {
    const [a, b] = this.sides;
    return [...this.severed(a, b), ...this.severed(b, a)];
  }

  /** Blocks of networks that the stack makes all the same: no deny would stand on their subnets. */
  private hiddenSubnets(): string[] {
    const vpcs = TerraformStack.of(this)
      .node.findAll()
      .filter((c) => c instanceof RegionVpcBase);
    return this.sides.flatMap(({ foreign }) =>
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
