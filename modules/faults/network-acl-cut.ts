import { NetworkAclRule } from "@cdktf/provider-aws/lib/network-acl-rule";
import { dependable, Lazy } from "cdktf";
import type { Construct } from "constructs";
import { StretchCluster } from "../cluster/stretch-cluster";
import { type PortRange, portsOf, ranges, rangesText } from "../hosts/aerospike-ports";
import { type Cut, type CutEffect, type CutMethod, refusal } from "./cut-method";
import { FaultRecord } from "./fault-record";
import type { FaultSwitch } from "./fault-switch";
import { HealTimer } from "./heal-timer";
import { contains } from "../network/cidr";
import type { ISubnet } from "../network/i-region-vpc";
import { forEachSubnet, type SideParts, subnetsOf } from "./partition-side";

/** A deny to make on a subnet: packets to or from a block of the other side. */
interface Deny {
  readonly egress: boolean;
  readonly cidrBlock: string;
  readonly ports?: PortRange;
}

/**
 * Denies on the network ACL of every subnet of both sides, each a resource of its own. ACLs are stateless, so that a
 * deny in either direction breaks established connections at once; a lost packet is not answered. Foreign CIDR blocks
 * have no subnet here: their packets are denied at the other side, in and out.
 *
 * AWS's quota of rules an ACL is held against the largest fault of each switch, all together. A direct change of faults
 * removes one's rules while it makes the other's: where both together pass the quota, heal first.
 */
export const networkAclCut: CutMethod = (scope, cut, faultSwitch) => {
  assertPossible(cut);
  const [a, b] = cut.sides;
  const { direction } = cut;
  const ports = portRanges(scope, cut);
  const denies = { scope, cut, faultSwitch, ports };
  denyOn(denies, a, b, { out: direction !== "to", in: direction !== "from" });
  denyOn(denies, b, a, { out: direction !== "from", in: direction !== "to" });
  return () => {
    assertPorts(scope, cut, ports);
    return effectOf(cut);
  };
};

/** Where denies are made, for what, and what switches them. */
interface Denies {
  readonly scope: Construct;
  readonly cut: Cut;
  readonly faultSwitch: FaultSwitch;
  /** What they deny: a rule a range; undefined = every protocol and port. */
  readonly ports: readonly (PortRange | undefined)[];
}

/** Denies, on every subnet of a side, packets to the other side and from it. */
function denyOn(
  denies: Denies,
  side: SideParts,
  other: SideParts,
  packets: { readonly out: boolean; readonly in: boolean },
): void {
  const seen = new Set<string>();
  forEachSubnet(side, (subnet) => {
    // Subnets of a VPC that was there before may share an ACL: its rules are made once.
    if (seen.has(subnet.acl.id)) return;
    seen.add(subnet.acl.id);
    for (const cidrBlock of other.cidrs) {
      for (const ports of denies.ports) {
        // One number for both directions: they are numbered apart.
        const ruleNumber = subnet.acl.nextRuleNumber(denies.cut.fault, denies.faultSwitch.variableName);
        if (packets.in) deny(denies, subnet, ruleNumber, { egress: false, cidrBlock, ports });
        if (packets.out) deny(denies, subnet, ruleNumber, { egress: true, cidrBlock, ports });
      }
    }
  });
}

function deny(
  { scope, cut: { fault }, faultSwitch }: Denies,
  subnet: ISubnet,
  ruleNumber: number,
  { egress, cidrBlock, ports }: Deny,
): void {
  const { vpc, acl } = subnet;
  const id = [
    `${vpc.node.id}-${subnet.tier}-${subnet.zoneLetter}`,
    egress ? "to" : "from",
    cidrBlock.replace("/", "-"),
    ...(ports ? [ports.from] : []),
  ].join("-");
  HealTimer.of(faultSwitch, vpc).schedule(scope, `heal-${id}`, {
    fault,
    call: "deleteNetworkAclEntry",
    input: { NetworkAclId: acl.id, RuleNumber: ruleNumber, Egress: egress },
    resources: [HealTimer.ec2Arn(vpc, `network-acl/${acl.id}`)],
  });
  const { provider, region } = vpc;
  const rule = new NetworkAclRule(scope, id, {
    provider,
    count: faultSwitch.countIf(fault),
    networkAclId: acl.id,
    egress,
    ruleNumber,
    ruleAction: "deny",
    cidrBlock,
    ...(ports ? { protocol: "tcp", fromPort: ports.from, toPort: ports.to } : { protocol: "-1" }),
  });
  const record = FaultRecord.of(scope, vpc);
  record.add(
    rule.node.path,
    ...["deny", acl.id, ruleNumber, egress ? "out" : "in", cidrBlock],
    ...[ports ? `${ports.from}-${ports.to}` : "all", fault],
  );
  faultSwitch.traces.add({ provider, region, aclId: acl.id, ruleNumber, fault, rule });
  rule.dependsOn = Lazy.listValue({
    produce: () => [
      ...faultSwitch.end.before,
      ...record.resources.map((resource) => dependable(resource)),
      ...faultSwitch.traces.readBefore(provider),
    ],
  });
}

/** The ports that a cut names, as those clusters have them that the stack has so far. */
function portRanges(scope: Construct, { ports, sides }: Cut): readonly (PortRange | undefined)[] {
  if (ports === undefined) return [undefined];
  const clusters = StretchCluster.inStackOf(scope).filter(({ nodes }) =>
    nodes.some(({ privateIp }) => sides.some(({ cidrs }) => cidrs.some((cidr) => contains(cidr, privateIp)))),
  );
  const settings = clusters.length === 0 ? [{}] : clusters.map((cluster) => cluster.settings);
  return ranges(settings.flatMap((of) => ports.map((port) => portsOf(of)[port])));
}

/** Rules were made for the clusters before the cut: a later one has the same ports, or is made before it. */
function assertPorts(scope: Construct, cut: Cut, made: readonly (PortRange | undefined)[]): void {
  const [cuts, are] = [made, portRanges(scope, cut)].map((all) =>
    rangesText(all.filter((range) => range !== undefined)),
  );
  if (cuts === are) return;
  throw refusal(
    cut,
    cuts,
    "a cluster that was made after it has other ports (TLS)",
    are,
    "Make the cluster before the PartitionRule.",
  );
}

/** Heartbeats alone decide who is in a cluster. */
function effectOf({ ports, direction }: Cut): CutEffect {
  if (ports !== undefined) {
    const parts = [
      ports.includes("service") && "clients reach only the nodes of their own side",
      ports.includes("fabric") &&
        !ports.includes("heartbeat") &&
        "heartbeats pass, so the nodes stay one cluster, but no write is replicated to the other side: it times out in doubt",
    ].filter((part) => part !== false);
    return {
      silences: ports.includes("heartbeat") ? "both" : "none",
      ...(parts.length > 0 && { note: parts.join("; ") }),
    };
  }
  return { silences: ({ both: "both", from: "first", to: "second" } as const)[direction] };
}

function assertPossible(cut: Cut): void {
  const [a, b] = cut.sides;
  for (const side of cut.sides) {
    const subnets = subnetsOf(side);
    const beside = subnets.flatMap(({ vpc, acl }) =>
      vpc.subnets.filter((other) => other.acl.id === acl.id && !subnets.includes(other)),
    );
    if (beside.length > 0) {
      throw refusal(
        cut,
        beside.map(({ cidr }) => cidr),
        "these subnets share a network ACL with one of a side, so that they would be cut with it",
        "all subnets of an ACL on one side",
        "Put them on that side too, or give them an ACL of their own.",
      );
    }
  }
  if (cut.connections === "new") {
    throw refusal(
      cut,
      cut.connections,
      "an ACL is stateless, so that established connections end too",
      'connections: "all"',
      "Use the method security-group to refuse new connections only.",
    );
  }
  if (cut.ports !== undefined && cut.direction !== "both") {
    throw refusal(
      cut,
      cut.direction,
      "with ports a direction means nothing, as replies go to ephemeral ports",
      'direction: "both"',
      "Leave out the direction, or the ports.",
    );
  }
  if (cut.ports?.length === 0) {
    throw refusal(
      cut,
      cut.ports,
      "it names no port",
      "one or more of service, fabric, heartbeat",
      "Name one, or leave out ports to cut all.",
    );
  }
  if ([a, b].every(({ vpcs, subnets }) => vpcs.length + subnets.length === 0)) {
    throw refusal(
      cut,
      [a.cidrs, b.cidrs],
      "both sides are CIDR blocks only, so that there is no subnet to deny them on",
      "a VPC, a rack or a subnet on one side at least",
      "Give the hosts' own side as such.",
    );
  }
}
