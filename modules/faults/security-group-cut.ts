import { ANYWHERE } from "../cluster/aerospike-access";
import type { CutEffect, CutMethod } from "./cut-method";
import type { HostSecurityGroup } from "../hosts/host-security-group";
import type { IRegionVpc } from "../network/i-region-vpc";
import type { PartitionRule } from "./partition-rule";
import type { SideParts } from "./partition-side";
import { StretchCluster } from "../cluster/stretch-cluster";

const ONLY_TERRAFORM = "its ingress rules must be made again, which only Terraform can do";

/** The groups to edit: those of a side's hosts, which then refuse the other side's blocks. */
interface Edit {
  readonly side: SideParts;
  readonly other: SideParts;
}

/**
 * Takes the cluster's ingress rules for the other side away, as the article did by hand.
 *
 * Security groups are stateful: a tracked connection goes on until it is idle for its limit, and heartbeats keep it
 * busy. So this refuses new connections and splits nothing, unless the cluster has `AerospikeAccess.open()`: a flow that
 * a host accepted from 0.0.0.0/0 is not tracked and ends with the rule. The flows that the host itself opened are
 * tracked even then, so that a split takes the edit on both sides.
 */
export const securityGroupCut: CutMethod = {
  make(rule: PartitionRule): CutEffect {
    const [a, b] = rule.sides;
    const edits: Edit[] = [
      { side: b, other: a },
      { side: a, other: b },
    ].filter((_, i) => rule.direction === "both" || rule.direction === ["from", "to"][i]);
    assertSides(rule, edits);
    assertEffect(rule);
    for (const edit of edits) refuseConnections(rule, edit);
    if (rule.connections === "all") return { silences: "both", endsOnlyByHand: ONLY_TERRAFORM };
    const ways = edits.map(({ side, other }) => `from ${namesOf(other)} to ${namesOf(side)}`);
    const established = clustersOf(rule).some(({ access }) => access.isOpen)
      ? `those that ${namesOf(edits[0].side)} accepted end, those that it opened go on`
      : "established ones go on";
    return {
      silences: "none",
      endsOnlyByHand: ONLY_TERRAFORM,
      note: `new connections ${ways.join(" and ")} are refused on 3000-3003; ${established}, so the cluster does not split`,
    };
  },
};

function refuseConnections(rule: PartitionRule, { side, other }: Edit): void {
  for (const { group, vpc } of groupsOf(rule, side)) {
    rule.faultSwitch.refuseTimer(rule.fault, group.securityGroup, ONLY_TERRAFORM);
    for (const cidr of other.cidrs) {
      const ingress = group.ingress.get(cidr);
      if (ingress === undefined) {
        throw rule.refusal(
          cidr,
          `the cluster's group in ${vpc.node.path} has no rule of its own for that block`,
          `one of ${[...group.ingress.keys()].join(", ")}`,
          "Give the block as the rule has it, or use the method network-acl.",
        );
      }
      rule.faultSwitch.removeDuring(rule.fault, ingress);
    }
    const anywhere = group.ingress.get(ANYWHERE);
    if (anywhere !== undefined) rule.faultSwitch.removeDuring(rule.fault, anywhere);
  }
}

/** The groups of the clusters made so far in the VPCs of a side. */
function groupsOf(rule: PartitionRule, { vpcs }: SideParts): { group: HostSecurityGroup; vpc: IRegionVpc }[] {
  return clustersOf(rule).flatMap((cluster) =>
    vpcs
      .filter((vpc) => cluster.vpcs.includes(vpc))
      .map((vpc) => ({ group: cluster.securityGroups.get(vpc)!, vpc })),
  );
}

function clustersOf(rule: PartitionRule): StretchCluster[] {
  const vpcs = rule.sides.flatMap((side) => side.vpcs);
  return StretchCluster.inStackOf(rule).filter((cluster) => cluster.vpcs.some((vpc) => vpcs.includes(vpc)));
}

/** What the rule asks against what security groups do. */
function assertEffect(rule: PartitionRule): void {
  const clusters = clustersOf(rule);
  const bothSides = rule.direction === "both" && rule.sides.every((side) => side.foreign.length === 0);
  if (rule.connections === "new") {
    if (!bothSides || clusters.every(({ access }) => !access.isOpen)) return;
    throw rule.refusal(
      rule.connections,
      "with open access no accepted connection is tracked, so that an edit on both sides ends them all",
      'connections: "all", or an edit on one side',
      "Say what is meant.",
    );
  }
  const tracked = clusters.filter(({ access }) => !access.isOpen);
  if (tracked.length > 0) {
    throw rule.refusal(
      rule.connections,
      `established connections of ${tracked.map(({ node }) => node.path).join(", ")} are tracked and go on, so that nothing would split`,
      'connections: "new", or a cluster with access: AerospikeAccess.open()',
      "Use the method network-acl for a split.",
    );
  }
  if (!bothSides) {
    throw rule.refusal(
      rule.direction,
      "the connections that the edited side opened itself are tracked and go on, so that an edit on one side never splits",
      'direction: "both" between VPCs, or connections: "new"',
      "Use the method network-acl for one-way loss of packets.",
    );
  }
}

function assertSides(rule: PartitionRule, edits: readonly Edit[]): void {
  if (rule.ports !== undefined) {
    throw rule.refusal(
      rule.ports,
      "the cluster's group has one rule a block, for 3000-3003",
      "no ports",
      "Leave them out, or use the method network-acl.",
    );
  }
  if (rule.sides.some((side) => side.subnets.length > 0)) {
    throw rule.refusal(
      rule.sides.map((side) => side.cidrs),
      "the cluster has one group a VPC, with one rule a VPC",
      "whole VPCs as sides",
      "Give VPCs, or use the method network-acl for subnets and racks.",
    );
  }
  if (edits.every(({ side }) => groupsOf(rule, side).length === 0)) {
    throw rule.refusal(
      rule.sides.map((side) => side.cidrs),
      "no cluster has a security group there",
      "a side with nodes of a StretchCluster that was made before the rule",
      "Make the cluster first, or use the method network-acl.",
    );
  }
}

function namesOf({ vpcs, foreign }: SideParts): string {
  return [...vpcs.map((vpc) => vpc.node.id), ...foreign].join(" and ");
}
