import type { Decided } from "./answer";
import type { Block } from "./block";
import type { Ports } from "./facts";
import { isAbout, isThis, type Network } from "./network";

/** What a packet is to an ACL. */
export interface Packets {
  readonly egress: boolean;
  /** The other end: where it comes from, or where it goes; absent: not known. */
  readonly other?: Block;
  /** Ports that it goes to. */
  readonly ports: Ports;
}

/**
 * What an ACL does with packets: the first rule that fits decides, and without one they are denied.
 *
 * Where rules do different things with a part of the ports, the answer is unknown.
 */
export function aclAnswer(network: Network, acl: string | undefined, packets: Packets): Decided {
  if (acl === undefined) return { answer: "unknown", by: "a network ACL that is not told of" };
  if (!network.holdsAllOf(acl)) return { answer: "unknown", by: `${acl}, whose rules are not told` };
  let left: readonly Ports[] = [packets.ports];
  const decided: Decided[] = [];
  for (const rule of network.rules(acl)) {
    if (rule.egress !== packets.egress) continue;
    const about = isAbout(rule.block, packets.other);
    const ports = rule.ports ?? { from: 0, to: 65535 };
    if (about === "no" || !left.some((range) => range.from <= ports.to && ports.from <= range.to)) continue;
    const { allow, number } = rule;
    if (allow === undefined || number === undefined) return { answer: "unknown", by: rule.name };
    decided.push({ answer: allow ? "open" : "closed", by: rule.name });
    const certain = about === "yes" && rule.ports !== undefined && isThis(acl, rule.acl) === "yes";
    if (certain) left = left.flatMap((range) => without(range, ports));
    if (left.length === 0) break;
  }
  if (left.length > 0) decided.push({ answer: "closed", by: `no rule of ${acl} allows it` });
  const first = decided[0];
  const different = decided.find(({ answer }) => answer !== first.answer);
  if (different === undefined) return first;
  return { answer: "unknown", by: `${first.by}, or ${different.by}` };
}

function without(range: Ports, taken: Ports): Ports[] {
  return [
    { from: range.from, to: Math.min(range.to, taken.from - 1) },
    { from: Math.max(range.from, taken.to + 1), to: range.to },
  ].filter(({ from, to }) => from <= to);
}
