import { type Decided, decidedByOneOf } from "./answer";
import type { Attachment, OneOf, TransitGateway } from "./facts";
import { isAbout, isThis, type Network } from "./network";
import { type End, idsOf, longest, type Way } from "./way";

/** Gateways that packets may pass: two that are peered. */
const MOST_GATEWAYS = 2;

/** Whether a transit gateway, and those that it is peered with, carry packets from one VPC to another. */
export function transitAnswer(network: Network, name: string, gateway: string, from: End, to: End): Decided {
  const { attachments, transitGateways } = network.facts;
  if (!transitGateways.some(({ id }) => id === gateway)) {
    return { answer: "unknown", by: `${name}, by ${gateway}, which is not told of` };
  }
  const here = attachments.filter(
    ({ gateway: at, vpc }) => vpc && isThis(gateway, at) !== "no" && isThis(from.vpc!, vpc) !== "no",
  );
  if (here.length === 0) {
    return { answer: "closed", by: `${name}, by ${gateway}, to which ${from.vpc} is not attached` };
  }
  return decidedByOneOf(
    here.map((attachment) => {
      const certain =
        isThis(gateway, attachment.gateway) === "yes" && isThis(from.vpc!, attachment.vpc!) === "yes";
      const zone = zoneAnswer(network, attachment, from);
      if (zone.answer === "closed") return zone;
      const onward = fromAttachment(network, attachment, gateway, to, MOST_GATEWAYS);
      if (onward.answer === "closed") return onward;
      if (!certain) return { answer: "unknown", by: attachment.id };
      return zone.answer === "open" ? { ...onward, by: `${name}, ${onward.by}` } : zone;
    }),
  );
}

/** A subnet reaches a gateway only where the attachment has a subnet in its zone. */
function zoneAnswer(network: Network, { id, subnets = [] }: Attachment, { subnet }: End): Decided {
  const zones = subnets.map((one) => network.subnetsNamed(one));
  const own = zones.some((each) => each.length === 1 && each[0]?.id === subnet?.id);
  const zone = subnet?.zone;
  if (own || zones.some((each) => each.length === 1 && zone !== undefined && each[0]?.zone === zone)) {
    return { answer: "open", by: id };
  }
  const known = zone !== undefined && zones.length > 0 && zones.flat().every((each) => each?.zone);
  if (known && zones.flat().every((each) => each?.zone !== zone)) {
    return { answer: "closed", by: `${id}, which has no subnet in ${zone}` };
  }
  return { answer: "unknown", by: `${id}, whose zones are not known yet` };
}

function fromAttachment(
  network: Network,
  attachment: Attachment,
  gateway: string,
  to: End,
  hops: number,
): Decided {
  const taken = acceptance(attachment);
  if (taken) return taken;
  const tables = tablesOf(network, attachment, gateway, "association");
  if (tables.length === 0) {
    return { answer: "closed", by: `${attachment.id}, which is associated with no table` };
  }
  return decidedByOneOf(
    tables.map((table) =>
      table === undefined || !network.holdsAllOf(table)
        ? { answer: "unknown", by: `a table of ${gateway} that is not told of` }
        : tableAnswer(network, table, gateway, to, hops),
    ),
  );
}

function tableAnswer(network: Network, table: string, gateway: string, to: End, hops: number): Decided {
  const { transitRoutes, attachments } = network.facts;
  const ways: Way[] = [];
  for (const route of transitRoutes) {
    const here = isThis(table, route.table);
    const about = isAbout(route.destination, to.address);
    if (here === "no" || about === "no") continue;
    ways.push({
      // Of two equal prefixes the static one counts.
      length: (route.destination?.length ?? 33) + 0.5,
      certain: here === "yes" && about === "yes",
      decided:
        route.attachment === undefined
          ? { answer: "closed", by: `${route.name}, a blackhole` }
          : decidedByOneOf(
              idsOf(route.attachment).map((id) =>
                delivered(
                  network,
                  route.name,
                  attachments.find((each) => each.id === id),
                  gateway,
                  to,
                  hops,
                ),
              ),
            ),
    });
  }
  for (const attachment of attachments) {
    if (attachment.vpc === undefined || isThis(gateway, attachment.gateway) === "no") continue;
    const tables = tablesOf(network, attachment, gateway, "propagation");
    if (!tables.includes(table) && !tables.includes(undefined)) continue;
    const certain = tables.includes(table) && isThis(gateway, attachment.gateway) === "yes";
    for (const vpc of network.vpcsOf(attachment.vpc)) {
      // Without blocks that are known: as good as any.
      for (const block of vpc && vpc.blocks.length > 0 ? vpc.blocks : [undefined]) {
        const about = isAbout(block, to.address);
        if (about === "no") continue;
        ways.push({
          length: block?.length ?? 33,
          certain: certain && about === "yes" && attachment.vpc.length === 1,
          decided: delivered(network, `what ${attachment.id} propagates`, attachment, gateway, to, hops),
        });
      }
    }
  }
  return longest(ways, { answer: "closed", by: `no route of ${table} leads to ${to.vpc}` });
}

/** What becomes of packets that a route sends to an attachment. */
function delivered(
  network: Network,
  name: string,
  attachment: Attachment | undefined,
  gateway: string,
  to: End,
  hops: number,
): Decided {
  if (attachment === undefined) return { answer: "unknown", by: `${name}, to what is not told of` };
  const taken = acceptance(attachment);
  if (taken) return taken;
  if (attachment.vpc !== undefined) {
    const is = isThis(to.vpc!, attachment.vpc);
    if (is === "no") return { answer: "closed", by: `${name}, which leads to another VPC` };
    return { answer: is === "yes" ? "open" : "unknown", by: name };
  }
  const { peer } = attachment;
  if (peer === undefined || hops <= 1)
    return { answer: "unknown", by: `${name}, behind which no fact looks` };
  const others = peer.includes(gateway) ? attachment.gateway : peer;
  return decidedByOneOf(
    idsOf(others).map((other) =>
      other === undefined || !network.facts.transitGateways.some(({ id }) => id === other)
        ? { answer: "unknown", by: `${name}, by a gateway that is not told of` }
        : fromAttachment(network, attachment, other, to, hops - 1),
    ),
  );
}

/** What becomes of packets at an attachment that is not accepted, or may not be. */
function acceptance({ id, accepted }: Attachment): Decided | undefined {
  if (accepted === true) return undefined;
  return accepted === false
    ? { answer: "closed", by: `${id}, which nobody accepts` }
    : { answer: "unknown", by: `${id}, of which it is not known whether it is accepted` };
}

/** Ids of the tables that an attachment is associated with, or propagates to; undefined: one that is not told of. */
function tablesOf(
  network: Network,
  attachment: Attachment,
  gateway: string,
  what: "association" | "propagation",
): (string | undefined)[] {
  const { transitAssociations, transitPropagations, transitGateways } = network.facts;
  const links = what === "association" ? transitAssociations : transitPropagations;
  const own = links.filter((link) => isThis(attachment.id, link.attachment) !== "no");
  const certain = own.some((link) => isThis(attachment.id, link.attachment) === "yes");
  const told = own.flatMap((link) => idsOf(link.table));
  if (what === "association" && certain) return told;
  const { defaults } = transitGateways.find(({ id }) => id === gateway) as TransitGateway;
  // A peering of gateways propagates nothing.
  const byDefault =
    (attachment.defaults?.[what] ?? defaults?.[what] ?? true) &&
    (what === "association" || attachment.vpc !== undefined);
  return [...told, ...(byDefault ? [`${gateway}#table`] : [])];
}

/** Whether groups of one VPC may name those of another by a transit gateway that both are attached to. */
export function areReferable(network: Network, one: string, other: string): "yes" | "no" | "maybe" {
  const gateways = (vpc: string): OneOf[] =>
    network.facts.attachments.flatMap((each) =>
      each.vpc && isThis(vpc, each.vpc) === "yes" ? [each.gateway] : [],
    );
  const shared = network.facts.transitGateways.filter(
    ({ id, references }) =>
      references &&
      [one, other].every((vpc) => gateways(vpc).some((gateway) => isThis(id, gateway) === "yes")),
  );
  return shared.length > 0 ? "yes" : "no";
}
