import { MOST_RACK_ID } from "./limits";
import { byIdDescending } from "./node-id";
import type { Roster } from "./roster";
import type { RosterNode } from "./roster-rows";

/** A node as the roster writes it: `A352@32`, in rack 0 the bare id. */
export function rosterEntry({ id, rack }: RosterNode): string {
  return rack === 0 ? id : `${id}@${rack}`;
}

/**
 * The entries of a roster, highest id first; the first begins with the active rack where there is one, as in asadm, which
 * parts rosters at their commas (`M32|A882@33`).
 *
 * @param activeRack @default 0: none
 */
export function rosterEntries(nodes: readonly RosterNode[], activeRack = 0): string[] {
  return [...nodes]
    .sort((a, b) => byIdDescending(a.id, b.id))
    .map((node, i) => (i === 0 && activeRack !== 0 ? `M${activeRack}|` : "") + rosterEntry(node));
}

/**
 * A roster as the server, asadm and `roster-set` write it: `A882@33,A600@32`, highest id first, with an active rack
 * `M32|A882@33,A600@32`; `null` where empty.
 *
 * @param activeRack @default 0: none
 */
export function rosterText(nodes: readonly RosterNode[], activeRack = 0): string {
  return nodes.length === 0 ? "null" : rosterEntries(nodes, activeRack).join(",");
}

/** What a roster's text says, undefined where it is none: a bad id or rack, or a node named twice. */
export function parseRoster(text: string): Roster | undefined {
  if (text === "null") return { nodes: [], activeRack: 0 };
  const prefix = /^M([1-9][0-9]{0,6})\|/.exec(text);
  const activeRack = Number(prefix?.[1] ?? 0);
  if (activeRack > MOST_RACK_ID) return undefined;
  const nodes: RosterNode[] = [];
  for (const entry of text.slice(prefix?.[0].length ?? 0).split(",")) {
    const match = /^([0-9A-Fa-f]{1,16})(?:@([0-9]{1,7}))?$/.exec(entry);
    if (!match) return undefined;
    const id = match[1].toUpperCase().replace(/^0+(?=.)/, "");
    const rack = Number(match[2] ?? 0);
    if (rack > MOST_RACK_ID || nodes.some((node) => node.id === id)) return undefined;
    nodes.push({ id, rack });
  }
  return { nodes, activeRack };
}
