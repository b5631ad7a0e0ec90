import type { RosterNode } from "./roster-rows";

/** Who is on a roster, and which rack is the active one. */
export interface Roster {
  readonly nodes: readonly RosterNode[];
  /** The active rack travels in the roster, so that sub-clusters agree (7.2 and later); 0 = none. */
  readonly activeRack: number;
}

/**
 * A namespace's roster as a node keeps it: what was last set, when, and how often. It is staged with that, and takes
 * effect at the next recluster.
 */
export interface RosterSet extends Roster {
  /** Counts the roster-sets that led to this one. */
  readonly generation: number;
  /** When it was set, in milliseconds of any one clock. */
  readonly setAt: number;
}

/** Of a node that never heard of a roster. */
export const UNSET_ROSTER: RosterSet = { nodes: [], activeRack: 0, generation: 0, setAt: 0 };

/** Sub-clusters meet: the later `roster-set` wins, then the higher generation. */
export function laterRoster(a: RosterSet, b: RosterSet): RosterSet {
  if (a.setAt !== b.setAt) return a.setAt > b.setAt ? a : b;
  return a.generation >= b.generation ? a : b;
}

/** The active rack that all of these nodes are set to; where they disagree it counts as 0 (configuration reference). */
export function agreedActiveRack(nodes: readonly { readonly activeRack: number }[]): number {
  const [first = 0, ...others] = new Set(nodes.map(({ activeRack }) => activeRack));
  return others.length === 0 ? first : 0;
}
