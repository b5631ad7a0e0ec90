import type { RosterNode } from "./roster-rows";

/**
 * A namespace's roster as a node keeps it: what was last set, when, and how often. It is staged with that, and takes
 * effect at the next recluster.
 */
export interface RosterSet {
  readonly nodes: readonly RosterNode[];
  /** Counts the roster-sets that led to this one. */
  readonly generation: number;
  /** When it was set, in milliseconds of any one clock. */
  readonly setAt: number;
}

/** Of a node that never heard of a roster. */
export const UNSET_ROSTER: RosterSet = { nodes: [], generation: 0, setAt: 0 };

/** Sub-clusters meet: the later `roster-set` wins, then the higher generation. */
export function laterRoster(a: RosterSet, b: RosterSet): RosterSet {
  if (a.setAt !== b.setAt) return a.setAt > b.setAt ? a : b;
  return a.generation >= b.generation ? a : b;
}
