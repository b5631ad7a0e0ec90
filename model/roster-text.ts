import { byIdDescending } from "./node-id";
import type { RosterNode } from "./roster-rows";

const MAX_RACK = 1_000_000;

/** A node as the roster writes it: `A352@32`, in rack 0 the bare id. */
export function rosterEntry({ id, rack }: RosterNode): string {
  return rack === 0 ? id : `${id}@${rack}`;
}

/** The entries of a roster, highest id first. */
export function rosterEntries(nodes: readonly RosterNode[]): string[] {
  return [...nodes].sort((a, b) => byIdDescending(a.id, b.id)).map(rosterEntry);
}

/** A roster as the server, asadm and `roster-set` write it: `A882@33,A600@32`, highest id first; `null` where empty. */
export function rosterText(nodes: readonly RosterNode[]): string {
  return nodes.length === 0 ? "null" : rosterEntries(nodes).join(",");
}

/** The nodes of a roster's text, undefined where it is none: a bad id or rack, or a node named twice. */
export function parseRoster(text: string): RosterNode[] | undefined {
  if (text === "null") return [];
  const nodes: RosterNode[] = [];
  for (const entry of text.split(",")) {
    const match = /^([0-9A-Fa-f]{1,16})(?:@([0-9]{1,7}))?$/.exec(entry);
    if (!match) return undefined;
    const id = match[1].toUpperCase().replace(/^0+(?=.)/, "");
    const rack = Number(match[2] ?? 0);
    if (rack > MAX_RACK || nodes.some((node) => node.id === id)) return undefined;
    nodes.push({ id, rack });
  }
  return nodes;
}
