import { isPrivate } from "../network/cidr";
import { type Cut, type CutMethod, refusal } from "./cut-method";
import { FaultRecord } from "./fault-record";
import { Peering } from "../network/peering";

const ONLY_TERRAFORM = "its routes must be made again, which only Terraform can do";

/**
 * Takes the peering's routes away: packets to the other VPC then have no way, on every port, established connections
 * and all. Only whole VPCs have a route to each other: inside a VPC there is one local route that nobody can remove.
 */
export const routeCut: CutMethod = (scope, cut, faultSwitch) => {
  assertPossible(cut);
  const [a, b] = cut.sides;
  const pairs = a.vpcs.flatMap((first) => b.vpcs.map((second) => ({ first, second })));
  const peerings: Peering[] = [];
  Peering.forEachInStackOf(scope, (peering) => {
    const pair = pairs.find(({ first, second }) => peering.joins(first, second));
    if (pair === undefined) return;
    peerings.push(peering);
    faultSwitch.end.refuse(cut.fault, peering.connection, ONLY_TERRAFORM);
    peering.forEachRoute((route, from) => {
      const packets = from === pair.first ? "from" : "to";
      if (cut.direction !== "both" && cut.direction !== packets) return;
      faultSwitch.removeDuring(cut.fault, route);
      const way = [route.routeTableIdInput!, route.destinationCidrBlockInput!, peering.connection.id];
      FaultRecord.of(scope, from).add(`${scope.node.path} ${route.node.path}`, "route", ...way, cut.fault);
    });
  });
  return () => {
    const apart = pairs.find(
      ({ first, second }) => !peerings.some((peering) => peering.joins(first, second)),
    );
    if (apart !== undefined) {
      throw refusal(
        cut,
        [apart.first.node.path, apart.second.node.path],
        "no Peering of these two VPCs has routes to take away",
        "a Peering of the two",
        "Make it, or use the method network-acl.",
      );
    }
    return {
      silences: ({ both: "both", from: "first", to: "second" } as const)[cut.direction],
      endsOnlyByHand: ONLY_TERRAFORM,
    };
  };
};

function assertPossible(cut: Cut): void {
  if (cut.sides.some(({ subnets, foreign }) => subnets.length + foreign.length > 0)) {
    throw refusal(
      cut,
      cut.sides.map((side) => side.cidrs),
      "a route to a peer covers the whole VPC, and inside a VPC the local route cannot be removed",
      "whole VPCs as sides",
      "Give VPCs, or use the method network-acl.",
    );
  }
  if (cut.ports !== undefined) {
    throw refusal(
      cut,
      cut.ports,
      "a route knows no ports",
      "no ports",
      "Leave them out, or use the method network-acl.",
    );
  }
  if (cut.connections === "new") {
    throw refusal(
      cut,
      cut.connections,
      "without a route established connections end too",
      'connections: "all"',
      "Use the method security-group to refuse new connections only.",
    );
  }
  const exposed = cut.sides.flatMap((side) => side.cidrs).find((cidr) => !isPrivate(cidr));
  if (exposed !== undefined) {
    throw refusal(
      cut,
      exposed,
      "these addresses are somebody's on the internet, where the default route would take the packets",
      "VPCs in RFC 1918 space",
      "Use the method network-acl.",
    );
  }
}
