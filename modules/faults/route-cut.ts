import { TerraformStack } from "cdktf";
import { isPrivate } from "../network/cidr";
import type { CutEffect, CutMethod } from "./cut-method";
import type { IRegionVpc } from "../network/i-region-vpc";
import type { PartitionRule } from "./partition-rule";
import { Peering } from "../network/peering";

const ONLY_TERRAFORM = "its routes must be made again, which only Terraform can do";

/**
 * Takes the peering's routes away: packets to the other VPC then have no way, on every port, established connections
 * and all. Only whole VPCs have a route to each other: inside a VPC there is one local route that nobody can remove.
 */
export const routeCut: CutMethod = {
  make(rule: PartitionRule): CutEffect {
    assertPossible(rule);
    const [a, b] = rule.sides;
    for (const first of a.vpcs) {
      for (const second of b.vpcs) {
        const peering = peeringOf(rule, first, second);
        rule.faultSwitch.refuseTimer(rule.fault, peering.connection, ONLY_TERRAFORM);
        peering.forEachRoute((route, from) => {
          const packets = from === first ? "from" : "to";
          if (rule.direction === "both" || rule.direction === packets) {
            rule.faultSwitch.removeDuring(rule.fault, route);
          }
        });
      }
    }
    return {
      silences: ({ both: "both", from: "first", to: "second" } as const)[rule.direction],
      endsOnlyByHand: ONLY_TERRAFORM,
    };
  },
};

function peeringOf(rule: PartitionRule, a: IRegionVpc, b: IRegionVpc): Peering {
  const peering = TerraformStack.of(rule)
    .node.findAll()
    .find(
      (c): c is Peering =>
        c instanceof Peering &&
        [c.requester, c.accepter].includes(a) &&
        [c.requester, c.accepter].includes(b),
    );
  if (peering !== undefined) return peering;
  throw rule.refusal(
    [a.node.path, b.node.path],
    "no Peering of these two VPCs has routes to take away",
    "a Peering made before the rule",
    "Make it, or use the method network-acl.",
  );
}

function assertPossible(rule: PartitionRule): void {
  if (rule.sides.some(({ subnets, foreign }) => subnets.length + foreign.length > 0)) {
    throw rule.refusal(
      rule.sides.map((side) => side.cidrs),
      "a route to a peer covers the whole VPC, and inside a VPC the local route cannot be removed",
      "whole VPCs as sides",
      "Give VPCs, or use the method network-acl.",
    );
  }
  if (rule.ports !== undefined) {
    throw rule.refusal(
      rule.ports,
      "a route knows no ports",
      "no ports",
      "Leave them out, or use the method network-acl.",
    );
  }
  if (rule.connections === "new") {
    throw rule.refusal(
      rule.connections,
      "without a route established connections end too",
      'connections: "all"',
      "Use the method security-group to refuse new connections only.",
    );
  }
  const exposed = rule.sides.flatMap((side) => side.cidrs).find((cidr) => !isPrivate(cidr));
  if (exposed !== undefined) {
    throw rule.refusal(
      exposed,
      "these addresses are somebody's on the internet, where the default route would take the packets",
      "VPCs in RFC 1918 space",
      "Use the method network-acl.",
    );
  }
}
