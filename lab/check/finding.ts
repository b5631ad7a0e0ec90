import type { HistoryOperation } from "../history";

/** What may be wrong with a key, worst first. */
export const FINDING_CLASSES = ["resurrected", "lost", "overwritten", "duplicate", "dirty", "stale"] as const;

/**
 * What is wrong with a key:
 *
 * - `resurrected`: the last read shows a value from before an acknowledged delete;
 * - `lost`: the last read shows nothing, or a value that precedes an acknowledged one in real time; an acknowledged element is gone;
 * - `overwritten`: an acknowledged write did not count: a later one replaced the value before it;
 * - `duplicate`: an element stands twice;
 * - `dirty`: a value was seen whose write was refused or not sent (or never asked for, or not yet), or that is later gone;
 * - `stale`: a linearized read, or an append, ignored what was there before it began; a client's session reads went back.
 */
export type FindingClass = (typeof FINDING_CLASSES)[number];

/** What is said of a key that nothing is wrong with. "In doubt, not applied": nothing shows the write. */
export const SOUND_CLASSES = ["in-doubt-applied", "in-doubt-not-applied", "stable", "never-read"] as const;

/** The one class of a key: the first that holds. */
export type KeyClass = FindingClass | (typeof SOUND_CLASSES)[number];

/** What was found at a key. */
export interface Finding {
  readonly key: string;
  readonly class: FindingClass;
  /** A sentence that says what contradicts what. */
  readonly why: string;
  /** The operations of this key that prove it, by start. */
  readonly proof: readonly HistoryOperation[];
  /** From the first start to the last end of the proof, in microseconds of the history's clock. */
  readonly from: number;
  readonly to: number;
}

/** What the history of one key says. */
export interface KeyResult {
  readonly class: KeyClass;
  readonly finding?: Finding;
  /** Acknowledged writes that are lost or overwritten. */
  readonly gone: readonly HistoryOperation[];
  /** Writes in doubt that were seen, and those that nothing shows. */
  readonly inDoubt: { readonly applied: number; readonly notApplied: number };
  /** Whether a linearized read began after every acknowledged write had ended. */
  readonly readBack: boolean;
}

/** A finding with its proof in order, without repetitions. */
export function finding(
  key: string,
  type: FindingClass,
  why: string,
  operations: readonly (HistoryOperation | undefined)[],
): Finding {
  const proof = [...new Set(operations)].filter((one) => one !== undefined).sort((a, b) => a.start - b.start);
  return {
    key,
    class: type,
    why,
    proof,
    from: proof[0].start,
    to: Math.max(...proof.map(({ start, end }) => end ?? start)),
  };
}

/** When an operation had surely ended: a write in doubt may still take effect at any time. */
export function endOf({ outcome, end }: HistoryOperation): number {
  return outcome === "ok" && end !== undefined ? end : Infinity;
}

/** Whether a write may have taken effect. */
export function mayHaveHappened({ outcome }: HistoryOperation): boolean {
  return outcome === "ok" || outcome === "unknown";
}

/** The last to begin of the linearized reads that began after a time: when every acknowledged write had ended. */
export function lastReadBack(
  reads: readonly HistoryOperation[],
  after: number,
): HistoryOperation | undefined {
  let found: HistoryOperation | undefined;
  let latest = after;
  for (const read of reads) {
    if (read.start > latest && read.mode === "linearized") [found, latest] = [read, read.start];
  }
  return found;
}

/** The class of a key, and whether it was read back. */
export function classOf(
  found: Finding | undefined,
  last: HistoryOperation | undefined,
  inDoubt: KeyResult["inDoubt"],
): Pick<KeyResult, "class" | "finding" | "readBack"> {
  const sound =
    inDoubt.applied > 0 ? "in-doubt-applied" : inDoubt.notApplied > 0 ? "in-doubt-not-applied" : "stable";
  return {
    class: found?.class ?? (last === undefined ? "never-read" : sound),
    finding: found,
    readBack: last !== undefined,
  };
}

/** An operation in words: `London/1 put "v7" (1.204 s)`. */
export function told({ client, kind, value, seen, start }: HistoryOperation): string {
  const shown = (one: unknown) => (one === null ? "nothing" : JSON.stringify(one));
  const what =
    kind === "read"
      ? `read that saw ${Array.isArray(seen) ? `${seen.length} elements` : shown(seen)}`
      : value;
  return `${client} ${kind === "read" ? what : kind === "delete" ? "delete" : `${kind} ${shown(what)}`} (${(start / 1e6).toFixed(3)} s)`;
}

/** Operations by who asked. */
export function byClient(operations: readonly HistoryOperation[]): Map<string, HistoryOperation[]> {
  const clients = new Map<string, HistoryOperation[]>();
  for (const operation of operations) {
    const of = clients.get(operation.client);
    if (of) of.push(operation);
    else clients.set(operation.client, [operation]);
  }
  return clients;
}
