import type { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { Construct } from "constructs";
import { ANYWHERE } from "../cluster/aerospike-access";
import { type Cut, type CutMethod, refusal } from "./cut-method";
import { nodeRanges, rangesText } from "../hosts/aerospike-ports";
import { FaultRecord } from "./fault-record";
import type { FaultSwitch } from "./fault-switch";
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
export const securityGroupCut: CutMethod = (scope, cut, faultSwitch) => {
  assertSides(cut);
  const [a, b] = cut.sides;
  const edits: Edit[] = [
    { side: b, other: a },
    { side: a, other: b },
  ].filter((_, i) => cut.direction === "both" || cut.direction === ["from", "to"][i]);
  const clusters: StretchCluster[] = [];
  StretchCluster.forEachInStackOf(scope, (cluster) => {
    if (cut.cluster !== undefined && cluster !== cut.cluster) return;
    if (!cluster.vpcs.some((vpc) => a.vpcs.includes(vpc) || b.vpcs.includes(vpc))) return;
    clusters.push(cluster);
    for (const edit of edits) refuseConnections(scope, cluster, edit, cut, faultSwitch);
  });
  return () => {
    assertGroups(cut, edits, clusters);
    assertEffect(cut, clusters);
    if (cut.connections === "all") return { silences: "both", endsOnlyByHand: ONLY_TERRAFORM };
    const ways = edits.map(({ side, other }) => `from ${namesOf(other)} to ${namesOf(side)}`);
    const established = clusters.some(({ access }) => access.isOpen)
      ? `those that ${namesOf(edits[0].side)} accepted end, those that it opened go on`
      : "established ones go on";
    return {
      silences: "none",
      endsOnlyByHand: ONLY_TERRAFORM,
      note: `new connections ${ways.join(" and ")} are refused on ${portsText(clusters)}; ${established}, so the cluster does not split`,
    };
  };
};

/** Takes away, in the groups of a cluster in the VPCs of a side, the rules for the other side's blocks. */
function refuseConnections(
  scope: Construct,
  cluster: StretchCluster,
  { side, other }: Edit,
  cut: Cut,
  faultSwitch: FaultSwitch,
): void {
  for (const vpc of side.vpcs.filter((vpc) => cluster.vpcs.includes(vpc))) {
    const ingressRules = cluster.ingress.get(vpc)!;
    const group = cluster.securityGroups.get(vpc)!;
    const remove = (rule: VpcSecurityGroupIngressRule) => {
      faultSwitch.removeDuring(cut.fault, rule);
      const what = [group.id, `${rule.fromPortInput}-${rule.toPortInput}`, rule.cidrIpv4Input!];
      FaultRecord.of(scope, vpc).add(`${scope.node.path} ${rule.node.path}`, "ingress", ...what, cut.fault);
    };
    faultSwitch.end.refuse(cut.fault, group, ONLY_TERRAFORM);
    for (const cidr of other.cidrs) {
      const ingress = ingressRules.get(cidr);
      if (ingress === undefined) {
        throw refusal(
          cut,
          cidr,
          `the cluster's group in ${vpc.node.path} has no rule of its own for that block`,
          `one of ${[...ingressRules.keys()].join(", ")}`,
          "Give the block as the rule has it, or use the method network-acl.",
        );
      }
      ingress.forEach(remove);
    }
    ingressRules.get(ANYWHERE)?.forEach(remove);
  }
}

function assertGroups(cut: Cut, edits: readonly Edit[], clusters: readonly StretchCluster[]): void {
  if (edits.some(({ side }) => side.vpcs.some((vpc) => clusters.some(({ vpcs }) => vpcs.includes(vpc)))))
    return;
  throw refusal(
    cut,
    cut.sides.map((side) => side.cidrs),
    "no cluster has a security group there",
    "a side with nodes of a StretchCluster",
    "Give VPCs of a cluster, or use the method network-acl.",
  );
}

/** What the rule asks against what security groups do. */
function assertEffect(cut: Cut, clusters: readonly StretchCluster[]): void {
  const bothSides = cut.direction === "both" && cut.sides.every((side) => side.foreign.length === 0);
  if (cut.connections === "new") {
    if (!bothSides || clusters.every(({ access }) => !access.isOpen)) return;
    throw refusal(
      cut,
      cut.connections,
      "with open access no accepted connection is tracked, so that an edit on both sides ends them all",
      'connections: "all", or an edit on one side',
      "Say what is meant.",
    );
  }
  const tracked = clusters.filter(({ access }) => !access.isOpen);
  if (tracked.length > 0) {
    throw refusal(
      cut,
      cut.connections,
      `established connections of ${tracked.map(({ node }) => node.path).join(", ")} are tracked and go on, so that nothing would split`,
      'connections: "new", or a cluster with access: AerospikeAccess.open()',
      "Use the method network-acl for a split.",
    );
  }
  if (!bothSides) {
    throw refusal(
      cut,
      cut.direction,
      "the connections that the edited side opened itself are tracked and go on, so that an edit on one side never splits",
      'direction: "both" between VPCs, or connections: "new"',
      "Use the method network-acl for one-way loss of packets.",
    );
  }
}

function assertSides(cut: Cut): void {
  if (cut.ports !== undefined) {
    throw refusal(
      cut,
      cut.ports,
      "the cluster's group has its rules by block, for all ports of the nodes",
      "no ports",
      "Leave them out, or use the method network-acl.",
    );
  }
  if (cut.sides.some((side) => side.subnets.length > 0)) {
    throw refusal(
      cut,
      cut.sides.map((side) => side.cidrs),
      "the cluster has one group a VPC, with rules by VPC",
      "whole VPCs as sides",
      "Give VPCs, or use the method network-acl for subnets and racks.",
    );
  }
}

function portsText(clusters: readonly StretchCluster[]): string {
  return [...new Set(clusters.map(({ settings }) => rangesText(nodeRanges(settings))))].join(", ");
}

function namesOf({ vpcs, foreign }: SideParts): string {
  return [...vpcs.map((vpc) => vpc.node.id), ...foreign].join(" and ");
}
