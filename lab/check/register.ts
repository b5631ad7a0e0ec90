import type { HistoryOperation } from "../history";
import {
  byClient,
  classOf,
  endOf,
  finding,
  FINDING_CLASSES,
  type Finding,
  type KeyResult,
  told,
} from "./finding";
import { type RegisterHistory, registerHistory } from "./register-history";
import { chain, type Conflict, conflictOf, followed, observe, type Version, version } from "./zones";

/**
 * The history of a record that is put, deleted and read. Exact for linearized reads and conditional puts where the key is
 * deleted at most once; with more deletes a read of nothing proves nothing.
 *
 * @throws Error where a value is put twice.
 */
export function checkRegister(key: string, operations: readonly HistoryOperation[]): KeyResult {
  const history = registerHistory(key, operations);
  const { doubtful, deletes, applied, last } = history;
  const { found, gone } = wrong(history);
  const shown = doubtful.filter((one) => one.applied || one.glimpse).length;
  const doubtfulDeletes = deletes.filter(({ outcome }) => outcome === "unknown").length;
  // The absence of a record that was there is what shows its delete.
  const deleted = last?.seen === null && applied.length > 0 && deletes.length === doubtfulDeletes ? 1 : 0;
  const inDoubt = {
    applied: shown + Math.min(deleted, doubtfulDeletes),
    notApplied: doubtful.length - shown + Math.max(0, doubtfulDeletes - deleted),
  };
  return { ...classOf(found, last, inDoubt), gone, inDoubt };
}

interface Wrong {
  readonly found?: Finding;
  readonly gone: readonly HistoryOperation[];
}

/** The first of what is wrong, by class; all writes that are gone. */
function wrong(history: RegisterHistory): Wrong {
  const forked = fork(history);
  const conflict = forked ? undefined : conflictIn(history);
  const all = [
    wrongState(history),
    forked,
    conflict && judged(history.key, conflict),
    history.dirty && { found: history.dirty, gone: [] },
    { found: wentBack(history), gone: [] },
  ].filter((one) => one !== undefined);
  const byClass = FINDING_CLASSES.map((type) => all.find(({ found }) => found?.class === type)?.found);
  return {
    found: byClass.find((found) => found !== undefined),
    gone: [...new Set(all.flatMap(({ gone }) => gone))],
  };
}

/** What is wrong with the state that the last read found. */
function wrongState(history: RegisterHistory): Wrong | undefined {
  const { key, versions, deletes, last, doubtful, lastStart } = history;
  if (last === undefined) return undefined;
  /** Acknowledged writes that were asked for after a time. */
  const acknowledgedAfter = (time: number) =>
    time >= lastStart
      ? []
      : [...[...versions.values()].map(({ write }) => write!), ...deletes].filter(
          ({ outcome, start }) => outcome === "ok" && start > time,
        );
  if (typeof last.seen !== "string") {
    if (deletes.some(({ outcome }) => outcome === "unknown")) return undefined;
    const deleted = deletes.reduce((latest, { end }) => Math.max(latest, end!), -Infinity);
    const gone = acknowledgedAfter(deleted);
    if (gone.length === 0) return undefined;
    const why = `${told(gone.at(-1)!)} was acknowledged, and nothing deleted it; ${told(last)}.`;
    return { found: finding(key, "lost", why, [gone.at(-1), last]), gone };
  }
  const shown = versions.get(last.seen);
  if (!shown?.applied) return undefined;
  const gone = acknowledgedAfter(shown.firstEnd);
  const proof = [shown.write, shown.ended, last];
  const deleted = gone.find(({ kind }) => kind === "delete");
  if (deleted) {
    const why = `${told(deleted)} was acknowledged, and the value from before it is back: ${told(last)}.`;
    return { found: finding(key, "resurrected", why, [...proof, deleted]), gone };
  }
  const lost = gone.at(-1);
  if (lost) {
    const why = `${told(lost)} was acknowledged, and a value that precedes it stands: ${told(last)}.`;
    return { found: finding(key, "lost", why, [...proof, lost]), gone };
  }
  const vanished = doubtful.find(
    ({ write, firstEnd, glimpse }) =>
      write!.start > shown.firstEnd &&
      (firstEnd < last.start || (glimpse !== undefined && endOf(glimpse) < last.start)),
  );
  if (!vanished) return undefined;
  const why = `The value of ${told(vanished.write!)} was seen, and is gone: ${told(last)}.`;
  const witness = vanished.firstEnd < Infinity ? vanished.ended : vanished.glimpse;
  return { found: finding(key, "dirty", why, [...proof, vanished.write, witness]), gone };
}

/** Puts of the record's first value, on condition that there is none. */
function creations({ applied }: RegisterHistory): Version[] {
  return applied.filter(({ write }) => write!.replaced === null);
}

/** A value that was replaced twice: one of the two, and all that followed it, did not count. */
function fork(history: RegisterHistory): Wrong | undefined {
  const { key, versions, applied, deletes, last } = history;
  const lineage = new Set<Version>();
  for (let at = versions.get(last?.seen as string); at && !lineage.has(at); at = at.precursor)
    lineage.add(at);
  const created = creations(history);
  const forks = applied.map(({ successors }) => successors).filter(({ length }) => length > 1);
  if (created.length > 1 + deletes.length) forks.push(created);
  let found: Finding | undefined;
  const gone = new Set<HistoryOperation>();
  for (const branches of forks) {
    // Where no read tells which branch stands, the one that was begun last is taken for it.
    const stands =
      branches.find((one) => lineage.has(one)) ??
      branches.reduce((a, b) => (b.write!.start > a.write!.start ? b : a));
    const lost = branches.filter((one) => one !== stands);
    const whole = new Set(lost);
    for (const one of whole) for (const next of one.successors) whole.add(next);
    const writes = [...whole].map(({ write }) => write!).filter(({ outcome }) => outcome === "ok");
    for (const write of writes) gone.add(write);
    const type = writes.length > 0 ? "overwritten" : "dirty";
    if (found?.class === "overwritten" || (found && type === "dirty")) continue;
    const before = branches[0].precursor;
    const what = before ? `the value "${before.value}"` : "the absence of the record";
    const why = `${told(stands.write!)} and ${told(lost[0].write!)} both replaced ${what}: the second of them did not count.`;
    found = finding(key, type, why, [
      before?.write,
      stands.write,
      lost[0].write,
      ...writes.slice(0, 1),
      lineage.has(stands) ? last : undefined,
    ]);
  }
  return found && { found, gone: [...gone] };
}

/** A contradiction between real time and every order of the linearized reads and the writes that took effect. */
function conflictIn(history: RegisterHistory): Conflict | undefined {
  const { applied, deletes, absent } = history;
  const created = creations(history);
  const chains = applied
    .filter(({ precursor, write }) => !precursor && write!.replaced !== null)
    .map((head) => chain(followed(head)));
  const starts = [...chains, ...created.map((head) => chain(followed(head)))];
  const placed = starts.reduce((sum, { versions }) => sum + versions.length, 0);
  if (placed < applied.length) {
    const inChains = new Set(starts.flatMap(({ versions }) => versions));
    const circle = applied.filter((one) => !inChains.has(one));
    return { chain: chain(circle), proof: circle.map(({ write }) => write) };
  }
  if (deletes.length > 1) {
    const deleted = deletes
      .filter(({ outcome }) => outcome === "ok")
      .map((one) => chain([version(null, one)]));
    return conflictOf([...starts, ...deleted]);
  }

  /** With the creation before everything, and the one after the delete. */
  const attempt = (first?: Version, second?: Version) => {
    const before = version(null);
    const initial = [before, ...(first ? followed(first) : [])];
    const deleted = deletes.map((one) => version(null, one));
    const afterwards = deleted.map((one) => [one, ...(second ? followed(second) : [])]);
    // Whatever may have been read before everything else was: that constrains nothing more.
    const others = [...chains, chain(initial.slice(1)), ...afterwards.map((one) => chain(one))];
    const limit = others.reduce((least, { firstEnd }) => Math.min(least, firstEnd), Infinity);
    for (const read of absent) observe(read.start <= limit ? before : (deleted[0] ?? before), read);
    const happened = afterwards.filter(([one]) => second || one.firstEnd < Infinity);
    return conflictOf([chain(initial), ...happened.map((one) => chain(one)), ...chains]);
  };

  let conflict: Conflict | undefined;
  const [one, other] = created;
  const choices: (Version | undefined)[][] = other
    ? [
        [one, other],
        [other, one],
      ]
    : [[one]];
  if (one && !other && deletes.length === 1) choices.push([undefined, one]);
  for (const [first, second] of choices) {
    const found = attempt(first, second);
    if (!found) return undefined;
    conflict ??= found;
  }
  return conflict;
}

/** What a contradiction is: an acknowledged write passed over by later ones, or a read of the past. */
function judged(key: string, { chain: around, other, proof }: Conflict): Wrong {
  const writes = (other?.versions ?? []).map(({ write }) => write).filter((write) => write?.outcome === "ok");
  const over = around.versions.slice(1).find(({ write }) => other && write!.start > other.firstEnd);
  if (writes.length > 0 && over) {
    const why = `${told(writes[0]!)} was acknowledged, and ${told(over.write!)} replaced "${over.write!.replaced}", the value before it.`;
    return {
      found: finding(key, "overwritten", why, [...proof, over.write, writes[0]]),
      gone: writes as HistoryOperation[],
    };
  }
  const operations = finding(key, "stale", "", proof).proof;
  const why = `No order of the writes agrees with what was read: ${operations.map(told).join("; ")}.`;
  return { found: finding(key, "stale", why, proof), gone: [] };
}

/** A session read that shows a value from before one that its client had seen. */
function wentBack({ key, versions, deletes, reads }: RegisterHistory): Finding | undefined {
  if (reads.every(({ mode }) => mode === "linearized")) return undefined;
  const written = (read: HistoryOperation) => versions.get(read.seen as string)?.write?.start ?? -Infinity;
  for (const own of byClient(reads).values()) {
    const begun = own.sort((a, b) => a.start - b.start);
    const ended = begun.toSorted((a, b) => endOf(a) - endOf(b));
    let next = 0;
    let newest: HistoryOperation | undefined;
    let latest = -Infinity;
    for (const read of begun) {
      for (; next < ended.length && endOf(ended[next]) < read.start; next++) {
        const at = written(ended[next]);
        if (at > latest) [newest, latest] = [ended[next], at];
      }
      if (!newest || read.mode === "linearized") continue;
      const shown = versions.get(read.seen as string);
      // Nothing may also be what a delete left.
      const since = read.seen === null && deletes.length === 0 ? -Infinity : (shown?.firstEnd ?? Infinity);
      if (since >= latest) continue;
      const why = `${told(read)}, after ${told(newest)}: the session reads of one client went back.`;
      return finding(key, "stale", why, [newest, read, shown?.write]);
    }
  }
  return undefined;
}
