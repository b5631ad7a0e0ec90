import type { HistoryOperation } from "../history";
import { endOf, finding, type Finding, lastReadBack, mayHaveHappened, told } from "./finding";
import { observe, type Version, version } from "./zones";

/** The history of one register, sorted by what its operations are. */
export interface RegisterHistory {
  readonly key: string;
  /** Each value that was asked to be put. */
  readonly versions: ReadonlyMap<string, Version>;
  /** Versions that took effect: acknowledged, seen by a linearized read, or replaced by one that did. */
  readonly applied: readonly Version[];
  /** Versions whose put is in doubt. */
  readonly doubtful: readonly Version[];
  /** Deletes that may have happened. */
  readonly deletes: readonly HistoryOperation[];
  readonly reads: readonly HistoryOperation[];
  /** Linearized reads that saw no record. */
  readonly absent: readonly HistoryOperation[];
  /** The state that is found in the end. */
  readonly last?: HistoryOperation;
  /** When the last of the acknowledged puts and deletes began. */
  readonly lastStart: number;
  /** The first that was seen and could not be. */
  readonly dirty?: Finding;
}

/**
 * Sorts the history of a register.
 *
 * @throws Error where a value is put twice.
 */
export function registerHistory(key: string, operations: readonly HistoryOperation[]): RegisterHistory {
  const versions = new Map<string, Version>();
  const applied: Version[] = [];
  const doubtful: Version[] = [];
  const deletes: HistoryOperation[] = [];
  const reads: HistoryOperation[] = [];
  let [lastStart, lastEnd] = [-Infinity, -Infinity];
  const apply = (one: Version) => {
    if (one.applied) return;
    one.applied = true;
    applied.push(one);
  };
  for (const operation of operations) {
    const { kind, outcome, value } = operation;
    if (kind === "read") {
      if (outcome === "ok") reads.push(operation);
      continue;
    }
    if (outcome === "ok") {
      lastStart = Math.max(lastStart, operation.start);
      lastEnd = Math.max(lastEnd, operation.end!);
    }
    if (kind === "delete") {
      if (mayHaveHappened(operation)) deletes.push(operation);
      continue;
    }
    if (versions.has(value!)) {
      throw new Error(`Key "${key}": the value "${value}" is put twice; each is put once in a run.`);
    }
    const made = version(value!, operation);
    versions.set(value!, made);
    if (outcome === "ok") apply(made);
    if (outcome === "unknown") doubtful.push(made);
  }

  let dirty: Finding | undefined;
  /** The version that an operation saw, where it could be there. */
  const seenBy = (by: HistoryOperation, value: string): Version | undefined => {
    const saw = versions.get(value);
    const write = saw?.write;
    if (write && mayHaveHappened(write) && endOf(by) >= write.start) return saw;
    const why = !write
      ? "that nobody wrote"
      : write.start > endOf(by)
        ? "that was written only later"
        : `whose write was ${write.outcome === "refused" ? "refused" : "not sent"}`;
    dirty ??= finding(key, "dirty", `${told(by)} saw the value "${value}", ${why}.`, [write, by]);
    return undefined;
  };
  const absent: HistoryOperation[] = [];
  for (const read of reads) {
    if (typeof read.seen !== "string") {
      if (read.mode === "linearized") absent.push(read);
      continue;
    }
    const saw = seenBy(read, read.seen);
    if (!saw) continue;
    if (read.mode === "linearized") {
      observe(saw, read);
      apply(saw);
    } else if (!saw.glimpse || endOf(read) < endOf(saw.glimpse)) saw.glimpse = read;
  }
  // Grows while it is gone through.
  for (const one of applied) {
    const { replaced } = one.write!;
    const before = typeof replaced === "string" ? seenBy(one.write!, replaced) : undefined;
    if (!before) continue;
    one.precursor = before;
    before.successors.push(one);
    apply(before);
  }
  const last = lastReadBack(reads, lastEnd);
  return { key, versions, applied, doubtful, deletes, reads, absent, last, lastStart, dirty };
}
