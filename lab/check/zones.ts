import type { HistoryOperation } from "../history";
import { endOf } from "./finding";

/**
 * One value that a record had, with the operations that show it: the write, reads, and the write that replaced it. Its
 * value stood from `firstEnd` at the latest (the first of them to end) to `lastStart` at the earliest (the last to begin).
 */
export interface Version {
  readonly value: string | null;
  /** Absent where it is the absence of the record before everything. */
  readonly write?: HistoryOperation;
  firstEnd: number;
  ended?: HistoryOperation;
  lastStart: number;
  started?: HistoryOperation;
  /** Those that replaced it, on condition that it stood. */
  readonly successors: Version[];
  precursor?: Version;
  /** Whether it took effect. */
  applied: boolean;
  /** The session read of it that ended first. */
  glimpse?: HistoryOperation;
}

export function version(value: string | null, write?: HistoryOperation): Version {
  // All that it will have, at once: histories have a million.
  return {
    value,
    write,
    firstEnd: write ? endOf(write) : -Infinity,
    ended: write,
    lastStart: write ? write.start : -Infinity,
    started: write,
    successors: [],
    precursor: undefined,
    applied: false,
    glimpse: undefined,
  };
}

/** Takes an operation of a version into account. */
export function observe(of: Version, operation: HistoryOperation): void {
  const end = endOf(operation);
  if (end < of.firstEnd) [of.firstEnd, of.ended] = [end, operation];
  if (operation.start > of.lastStart) [of.lastStart, of.started] = [operation.start, operation];
}

/** Versions each of which replaced the one before it, on condition: nothing can stand between them. */
export interface Chain {
  readonly versions: readonly Version[];
  readonly firstEnd: number;
  readonly lastStart: number;
}

/** The version and all that followed it by condition, one successor each. */
export function followed(head: Version): Version[] {
  const versions: Version[] = [];
  for (let at: Version | undefined = head; at; at = at.successors[0]) versions.push(at);
  return versions;
}

export function chain(versions: readonly Version[]): Chain {
  let [firstEnd, lastStart] = [Infinity, -Infinity];
  for (const one of versions) {
    firstEnd = Math.min(firstEnd, one.firstEnd);
    lastStart = Math.max(lastStart, one.lastStart);
  }
  return { versions, firstEnd, lastStart };
}

/** Two things of which each would have to come before the other. */
export interface Conflict {
  readonly chain: Chain;
  /** The chain that stood in the middle of it; absent where the chain contradicts itself. */
  readonly other?: Chain;
  /** What began too late, or was seen too early. */
  readonly proof: readonly (HistoryOperation | undefined)[];
}

/** Within a chain: a later version that had ended before an earlier one was last asked for, or one seen before it was written. */
function disorder(of: Chain): Conflict | undefined {
  let before: Version | undefined;
  for (const after of of.versions) {
    if (before && after.firstEnd < before.lastStart) {
      return { chain: of, proof: [before.write, before.started, after.write, after.ended] };
    }
    if (after.write && after.firstEnd < after.write.start) {
      return { chain: of, proof: [after.write, after.ended] };
    }
    if (!before || after.lastStart > before.lastStart) before = after;
  }
  return undefined;
}

/**
 * Whether some order of the chains agrees with real time, each atomic at a moment of its own: by zones, as P. B. Gibbons
 * and E. Korach, "Testing shared memories", SIAM J. Comput. 26 (1997), in O(n log n). A chain whose first end comes before its last start
 * must stand all that time: no two such zones overlap, and no other chain lies wholly in one. Chains of conditional
 * writes are their clusters here, once each is in order by itself.
 *
 * @returns nothing where there is such an order.
 */
export function conflictOf(chains: readonly Chain[]): Conflict | undefined {
  for (const one of chains) {
    const found = disorder(one);
    if (found) return found;
  }
  const standing = chains.filter(({ firstEnd, lastStart }) => firstEnd < lastStart);
  standing.sort((a, b) => a.firstEnd - b.firstEnd);
  for (let i = 1; i < standing.length; i++) {
    if (standing[i].firstEnd < standing[i - 1].lastStart) return between(standing[i - 1], standing[i]);
  }
  for (const other of chains) {
    if (other.firstEnd < other.lastStart) continue;
    const around = lastBefore(standing, other.lastStart);
    if (around && other.firstEnd < around.lastStart) return between(around, other);
  }
  return undefined;
}

/** The last of the zones, by first end, that begins before a time. */
function lastBefore(zones: readonly Chain[], time: number): Chain | undefined {
  let [low, high] = [0, zones.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (zones[middle].firstEnd < time) low = middle + 1;
    else high = middle;
  }
  return zones[low - 1];
}

function between(of: Chain, other: Chain): Conflict {
  const ends = ({ versions, firstEnd, lastStart }: Chain) => {
    const first = versions.find((one) => one.firstEnd === firstEnd)!;
    const last = versions.find((one) => one.lastStart === lastStart)!;
    return [first.write, first.ended, last.write, last.started];
  };
  return { chain: of, other, proof: [...ends(of), ...ends(other)] };
}
