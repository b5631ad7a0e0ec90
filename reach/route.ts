import { type Decided, decidedByOneOf } from "./answer";
import { type Block, blockText, holds } from "./block";
import type { Peering, Route, RouteTarget } from "./facts";
import { isAbout, isThis, type Network } from "./network";
import { transitAnswer } from "./transit";
import { type End, idsOf, longest, type Way } from "./way";

/** Whether the route tables carry packets from one end to the other. */
export function routeAnswer(network: Network, from: End, to: End): Decided {
  const { subnet, vpc } = from;
  if (subnet === undefined || vpc === undefined || to.vpc === undefined) {
    return { answer: "unknown", by: "a subnet that is not told of" };
  }
  return decidedByOneOf(network.tablesOf(subnet).map((table) => tableAnswer(network, table, from, to)));
}

function tableAnswer(network: Network, table: string | undefined, from: End, to: End): Decided {
  if (table === undefined) {
    return from.vpc === to.vpc
      ? { answer: "open", by: "the local route" }
      : { answer: "unknown", by: "a route table that is not told of" };
  }
  const ways: Way[] = [
    ...localWays(network, from, to),
    ...network.routes(table).flatMap((route) => waysOf(network, table, route, from, to)),
  ];
  if (!network.holdsAllOf(table) && from.vpc !== to.vpc) {
    ways.push({
      length: 33,
      certain: false,
      decided: { answer: "unknown", by: `${table}, whose routes are not all told` },
    });
  }
  const propagated = network.facts.tables.some(({ id, propagated: is }) => id === table && is);
  const none: Decided = propagated
    ? { answer: "unknown", by: `what a virtual private gateway propagates to ${table}` }
    : { answer: "closed", by: `no route of ${table} leads to ${to.vpc}` };
  return longest(ways, none);
}

/** A VPC's own blocks: its local routes. */
function localWays(network: Network, from: End, to: End): Way[] {
  if (from.vpc === to.vpc) {
    const blocks = network.vpcsOf([from.vpc!])[0]?.blocks ?? [];
    const own = blocks.find((block) => to.address && holds(block, to.address) === "all");
    return [{ length: own?.length ?? 0, certain: true, decided: { answer: "open", by: "the local route" } }];
  }
  return (network.vpcsOf([from.vpc!])[0]?.blocks ?? []).flatMap((block): Way[] => {
    if (to.address === undefined) return [];
    const about = isAbout(block, to.address);
    if (about === "no") return [];
    const by = `the local route of ${from.vpc}: ${to.vpc} is in its own block ${blockText(block)}`;
    // A VPC's own block cannot be routed elsewhere but by longer prefixes.
    return [{ length: block.length, certain: about === "yes", decided: { answer: "closed", by } }];
  });
}

function waysOf(network: Network, table: string, route: Route, from: End, to: End): Way[] {
  const decided = targetsAnswer(network, route, from, to);
  const way = (block: Block | undefined, certain: boolean): Way[] => {
    const about = isAbout(block, to.address);
    if (about === "no") return [];
    return [{ length: block?.length ?? 33, certain: certain && about === "yes", decided }];
  };
  const here = isThis(table, route.table) === "yes";
  const { destination } = route;
  if (destination === undefined || "first" in destination) return way(destination, here);
  const lists = network.listsOf(destination.list);
  return lists.flatMap((list) =>
    list ? list.blocks.flatMap((block) => way(block, here && lists.length === 1)) : way(undefined, false),
  );
}

function targetsAnswer(network: Network, route: Route, from: End, to: End): Decided {
  const { name, targets } = route;
  if (targets.length === 0) return { answer: "unknown", by: `${name}, whose target is not known` };
  return decidedByOneOf(targets.map((target) => targetAnswer(network, name, target, from, to)));
}

function targetAnswer(network: Network, name: string, target: RouteTarget, from: End, to: End): Decided {
  switch (target.kind) {
    case "local":
      return from.vpc === to.vpc
        ? { answer: "open", by: name }
        : { answer: "closed", by: `${name}, which stays in its VPC` };
    case "peering":
      return decidedByOneOf(
        idsOf(target.to).map((id) => {
          const peering = network.facts.peerings.find((each) => each.id === id);
          return peering
            ? peeringAnswer(name, peering, from.vpc!, to.vpc!)
            : { answer: "unknown", by: `${name}, by a peering that is not told of` };
        }),
      );
    case "transit":
      return decidedByOneOf(
        idsOf(target.to).map((id) =>
          id === undefined
            ? { answer: "unknown", by: `${name}, by a transit gateway that is not told of` }
            : transitAnswer(network, name, id, from, to),
        ),
      );
    case "nat":
      return decidedByOneOf(idsOf(target.to).map((id) => natAnswer(network, name, id, to)));
    case "internet":
      return { answer: "closed", by: `${name}, which leads to the internet` };
    case "other":
      return { answer: "unknown", by: `${name}, behind whose target is what no fact tells of` };
  }
}

/** A peering carries what goes from one of its VPCs to the other, and nothing further. */
function peeringAnswer(name: string, { id, ends, accepted }: Peering, from: string, to: string): Decided {
  const [a, b] = ends;
  const ways = [
    [isThis(from, a), isThis(to, b)],
    [isThis(from, b), isThis(to, a)],
  ];
  if (ways.every((ends) => ends.includes("no"))) {
    return { answer: "closed", by: `${name}, by ${id}, which does not join ${from} and ${to}` };
  }
  if (accepted === false) return { answer: "closed", by: `${name}, by ${id}, which nobody accepts` };
  const certain = accepted === true && ways.some((ends) => ends.every((end) => end === "yes"));
  return { answer: certain ? "open" : "unknown", by: certain ? name : `${name}, by ${id}` };
}

/** A NAT gateway forwards by its own subnet's table, and gives its own address. */
function natAnswer(network: Network, name: string, id: string | undefined, to: End): Decided {
  const nat = network.facts.natGateways.find((each) => each.id === id);
  const unknown: Decided = { answer: "unknown", by: `${name}, by a NAT gateway` };
  if (nat === undefined) return unknown;
  return decidedByOneOf(
    network.subnetsNamed(nat.subnet).map((subnet) => {
      if (subnet?.vpc.length !== 1) return unknown;
      const tables = network.tablesOf(subnet);
      // A NAT gateway behind another is nobody's plan.
      const again = tables.some(
        (table) =>
          table !== undefined &&
          network.routes(table).some(({ targets }) => targets.some(({ kind }) => kind === "nat")),
      );
      if (again) return unknown;
      const onward = routeAnswer(network, { subnet, vpc: subnet.vpc[0] }, to);
      return onward.answer === "closed"
        ? { answer: "closed", by: `${name}, by ${id}: ${onward.by}` }
        : unknown;
    }),
  );
}

/** Whether two VPCs are joined by a peering that is accepted. */
export function arePeered(network: Network, one: string, other: string): "yes" | "no" | "maybe" {
  const answers = network.facts.peerings.map((peering) => peeringAnswer("", peering, one, other).answer);
  if (answers.includes("open")) return "yes";
  return answers.includes("unknown") ? "maybe" : "no";
}
