import { byIdDescending, type RosterNode } from "../../model";

/**
 * A namespace's roster as a node keeps it: what was last set, when, and how often. Sub-clusters that meet again
 * keep the later set, then the higher generation.
 */
export interface RosterMetadata {
  readonly nodes: readonly RosterNode[];
  /** Milliseconds since 1970 of the `roster-set`; 0 = never set. */
  readonly timestamp: number;
  readonly generation: number;
}

export const UNSET_ROSTER: RosterMetadata = { nodes: [], timestamp: 0, generation: 0 };

/** The roster that wins when sub-clusters meet. */
export function laterRoster(a: RosterMetadata, b: RosterMetadata): RosterMetadata {
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp ? a : b;
  return a.generation >= b.generation ? a : b;
}

/** `A882@33,A600@32`, highest id first; rack 0 without `@`; `null` where empty. */
export function formatRoster(nodes: readonly RosterNode[]): string {
  if (nodes.length === 0) return "null";
  return [...nodes]
    .sort((a, b) => byIdDescending(a.id, b.id))
    .map(({ id, rack }) => (rack === 0 ? id : `${id}@${rack}`))
    .join(",");
}

/** The nodes of `roster-set`'s list, undefined where it is none: a bad id or rack, or a node named twice. */
export function parseRoster(text: string): RosterNode[] | undefined {
  if (text === "null") return [];
  const nodes: RosterNode[] = [];
  for (const entry of text.split(",")) {
    const match = /^([0-9A-Fa-f]{1,16})(?:@([0-9]{1,7}))?$/.exec(entry);
    if (!match) return undefined;
    const id = match[1].toUpperCase().replace(/^0+(?=.)/, "");
    const rack = Number(match[2] ?? 0);
    if (rack > 1_000_000 || nodes.some((node) => node.id === id)) return undefined;
    nodes.push({ id, rack });
  }
  return nodes;
}
