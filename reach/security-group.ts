import type { Decided } from "./answer";
import type { GroupRule, OneOf } from "./facts";
import type { Block } from "./block";
import { type Is, isAbout, isThis, type Network } from "./network";

/** The other end of a connection, as a group's rule sees it. */
export interface OtherEnd {
  /** Absent: not known. */
  readonly address?: Block;
  readonly groups: readonly OneOf[];
  /** Whether its groups may be named here: it is in this VPC, or in one that is peered in the same region. */
  readonly nameable: Is;
}

/** What the groups of a host do with a connection: whatever a rule of any of them allows passes. */
export function groupsAnswer(
  network: Network,
  groups: readonly OneOf[],
  egress: boolean,
  port: number,
  other: OtherEnd,
): Decided {
  let maybe: string | undefined;
  for (const one of groups) {
    for (const group of one) {
      for (const rule of network.allows(group)) {
        if (rule.egress !== egress) continue;
        const fits = fitting(network, rule, port, other);
        if (fits === "no") continue;
        if (fits === "yes" && one.length === 1 && isThis(group, rule.group) === "yes") {
          return { answer: "open", by: rule.name };
        }
        maybe ??= rule.name;
      }
      if (!network.holdsAllOf(group)) maybe ??= `${group}, whose rules are not all told`;
    }
    if (one.length === 0) maybe ??= "a security group that is not told of";
  }
  if (maybe !== undefined) return { answer: "unknown", by: maybe };
  const names = groups.flat().join(", ") || "the host, which has no group";
  return { answer: "closed", by: `no ${egress ? "egress" : "ingress"} rule of ${names} allows it` };
}

function fitting(network: Network, rule: GroupRule, port: number, other: OtherEnd): Is {
  const { ports } = rule;
  if (ports !== undefined && (port < ports.from || ports.to < port)) return "no";
  const by: Is[] = [
    ...rule.blocks.map((block) => isAbout(block, other.address)),
    ...rule.lists.map((one) => {
      const each = network
        .listsOf(one)
        .map((list): Is => (list ? any(list.blocks.map((block) => isAbout(block, other.address))) : "maybe"));
      return each.every((is) => is === each[0]) ? each[0] : "maybe";
    }),
    ...rule.groups.map((one) => both(other.nameable, any(other.groups.map((theirs) => same(one, theirs))))),
    ...(rule.more ? (["maybe"] as const) : []),
  ];
  return ports === undefined ? both("maybe", any(by)) : any(by);
}

/** Whether two things that may be several are the same. */
function same(one: OneOf, other: OneOf): Is {
  if (one.length === 1 && other.length === 1) return one[0] === other[0] ? "yes" : "no";
  if (one.length === 0 || other.length === 0) return "maybe";
  return one.some((id) => other.includes(id)) ? "maybe" : "no";
}

function any(each: readonly Is[]): Is {
  if (each.includes("yes")) return "yes";
  return each.includes("maybe") ? "maybe" : "no";
}

function both(one: Is, other: Is): Is {
  if (one === "no" || other === "no") return "no";
  return one === "yes" && other === "yes" ? "yes" : "maybe";
}
