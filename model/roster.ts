import type { RosterNode } from "./roster-rows";

/** One `roster-set`. */
export interface RosterSet {
  readonly nodes: readonly RosterNode[];
  /** Counts the roster-sets that led to this one. */
  readonly generation: number;
  /** When it was set, in milliseconds of any one clock. */
  readonly setAt: number;
}

/**
 * The roster as a sub-cluster knows it: metadata, set through its principal. A change is staged and takes effect at
 * the next recluster.
 */
export interface Roster {
  readonly current: RosterSet;
  readonly pending: RosterSet;
}

/** A roster in effect with nothing staged. */
export function settledRoster(nodes: readonly RosterNode[], generation = 1, setAt = 0): Roster {
  const set = { nodes, generation, setAt };
  return { current: set, pending: set };
}

/** `roster-set`: stages a roster. */
export function stageRoster(roster: Roster, nodes: readonly RosterNode[], setAt: number): Roster {
  return {
    current: roster.current,
    pending: { nodes, generation: roster.pending.generation + 1, setAt },
  };
}

/** A recluster: what was staged takes effect. */
export function applyPending({ pending }: Roster): Roster {
  return { current: pending, pending };
}

/** Sub-clusters meet: the later `roster-set` wins, then the higher generation, and takes effect as they recluster. */
export function mergeRosters(rosters: readonly [Roster, ...Roster[]]): Roster {
  const pending = rosters
    .map((roster) => roster.pending)
    .reduce((a, b) => ((b.setAt - a.setAt || b.generation - a.generation) > 0 ? b : a));
  return applyPending({ current: pending, pending });
}
