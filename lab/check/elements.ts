import type { HistoryOperation } from "../history";
import {
  byClient,
  classOf,
  endOf,
  finding,
  type Finding,
  FINDING_CLASSES,
  type KeyResult,
  lastReadBack,
  mayHaveHappened,
  told,
} from "./finding";

/** One element, from when it was surely there. */
interface Element {
  readonly append: HistoryOperation;
  known: number;
  /** The operation that ended then: its append, or a read that saw it. */
  witness?: HistoryOperation;
}

const listOf = ({ seen }: HistoryOperation) => (seen ?? []) as readonly string[];

/**
 * The history of a record to whose list elements are appended, each once: what was known to be there must be in every
 * linearized read that began later (Jepsen's set-full), once, and in the order of real time. Exact.
 *
 * @throws Error where an element is appended twice.
 */
export function checkElements(key: string, operations: readonly HistoryOperation[]): KeyResult {
  const elements = new Map<string, Element>();
  const reads: HistoryOperation[] = [];
  for (const operation of operations) {
    const { kind, value, outcome } = operation;
    if (kind === "read") {
      if (outcome === "ok") reads.push(operation);
    } else {
      if (elements.has(value!))
        throw new Error(
          `Key "${key}": the element "${value}" is appended twice; each is appended once in a run.`,
        );
      elements.set(value!, { append: operation, known: endOf(operation), witness: operation });
    }
  }
  reads.sort((a, b) => a.start - b.start);
  const linearized = reads.filter(({ mode }) => mode === "linearized");
  const appends = [...elements.values()].map(({ append }) => append);
  const lastEnd = appends.reduce(
    (latest, { outcome, end }) => (outcome === "ok" ? Math.max(latest, end!) : latest),
    -Infinity,
  );
  const last = lastReadBack(linearized, lastEnd);

  const found = new Map<Finding["class"], Finding>();
  const report = (type: Finding["class"], why: string, proof: readonly (HistoryOperation | undefined)[]) => {
    if (!found.has(type)) found.set(type, finding(key, type, why, proof));
  };

  for (const read of reads) {
    const once = new Set<string>();
    for (const value of listOf(read)) {
      const element = elements.get(value);
      if (!element || !mayHaveHappened(element.append) || element.append.start > endOf(read)) {
        const outcome = element?.append.outcome;
        const of =
          outcome === undefined
            ? "that nobody appended"
            : outcome === "refused"
              ? "whose append was refused"
              : outcome === "not-sent"
                ? "whose append was not sent"
                : "that was appended only later";
        report("dirty", `${told(read)} saw the element "${value}", ${of}.`, [element?.append, read]);
      } else if (read.mode === "linearized" && endOf(read) < element.known) {
        [element.known, element.witness] = [endOf(read), read];
      }
      if (once.has(value))
        report("duplicate", `${told(read)} has the element "${value}" twice.`, [element?.append, read]);
      once.add(value);
    }
  }

  const lost = new Set<HistoryOperation>();
  if (last) {
    const there = new Set(listOf(last));
    for (const append of appends) if (append.outcome === "ok" && !there.has(append.value!)) lost.add(append);
    const [first] = lost;
    if (first)
      report("lost", `${told(first)} was acknowledged, and ${told(last)} has it not.`, [first, last]);
  }

  // What was seen of an append in doubt, and is gone in the end, should not have been shown.
  const missing = (read: HistoryOperation, { append, witness }: Element) => {
    const gone = last !== undefined && !listOf(last).includes(append.value!);
    const type = append.outcome === "ok" ? (gone ? "lost" : "stale") : gone ? "dirty" : "stale";
    const why = `${told(append)} was known to be there since ${told(witness!)}, and ${told(read)} has it not.`;
    report(type, why, [append, witness, read]);
  };
  const known = [...elements.values()]
    .filter((one) => one.known < Infinity)
    .sort((a, b) => a.known - b.known);
  const rank = new Map(known.map(({ append }, i) => [append.value, i]));
  let before = 0;
  for (const read of linearized) {
    while (before < known.length && known[before].known < read.start) before++;
    const has = new Set<number>();
    for (const value of listOf(read)) {
      const at = rank.get(value);
      if (at !== undefined && at < before) has.add(at);
    }
    if (has.size < before)
      missing(
        read,
        known.find((_, i) => !has.has(i))!,
      );
  }

  orderOf(reads, elements, report);
  for (const one of wentBack(reads)) {
    report(
      "stale",
      `${told(one[1])}, after ${told(one[0])}: the session reads of one client went back.`,
      one,
    );
  }

  const shown = new Set(reads.flatMap((read) => listOf(read)));
  const doubtful = appends.filter(({ outcome }) => outcome === "unknown");
  const applied = doubtful.filter(({ value }) => shown.has(value!)).length;
  const first = FINDING_CLASSES.map((type) => found.get(type)).find((one) => one !== undefined);
  const inDoubt = { applied, notApplied: doubtful.length - applied };
  return { ...classOf(first, last, inDoubt), gone: [...lost], inDoubt };
}

/** Every list is the beginning of the longest, and that has the order of real time. */
function orderOf(
  reads: readonly HistoryOperation[],
  elements: ReadonlyMap<string, Element>,
  report: (type: "dirty" | "stale", why: string, proof: readonly (HistoryOperation | undefined)[]) => void,
): void {
  let longest: HistoryOperation | undefined;
  for (const read of reads) if (!longest || listOf(read).length > listOf(longest).length) longest = read;
  if (!longest) return;
  const whole = listOf(longest);
  for (const read of reads) {
    const at = listOf(read).findIndex((value, i) => value !== whole[i]);
    if (at < 0) continue;
    const appends = [listOf(read)[at], whole[at]].map((value) => elements.get(value)?.append);
    report(
      "dirty",
      `${told(read)} is not the beginning of ${told(longest)}: they differ at element ${at + 1}.`,
      [...appends, read, longest],
    );
    return;
  }
  const there = new Set(whole);
  const inOrder = whole.map((value) => elements.get(value)).filter((one) => one !== undefined);
  const later = [...elements.values()].filter(({ append }) => !there.has(append.value!));
  let latest: Element | undefined;
  for (const element of [...inOrder, ...later]) {
    const { append, known, witness } = element;
    if (latest && known < latest.append.start) {
      const why = `${told(latest.append)} came before ${told(append)}, which was there before it was asked for: ${told(longest)}.`;
      report("stale", why, [append, witness, latest.append, longest]);
      return;
    }
    if (there.has(append.value!) && append.start > (latest?.append.start ?? -Infinity)) latest = element;
  }
}

/** A client's reads of which the later, a session read, shows less. */
function* wentBack(
  reads: readonly HistoryOperation[],
): Generator<readonly [HistoryOperation, HistoryOperation]> {
  for (const own of byClient(reads).values()) {
    const ended = [...own].sort((a, b) => endOf(a) - endOf(b));
    let next = 0;
    let most: HistoryOperation | undefined;
    for (const read of own) {
      for (; next < ended.length && endOf(ended[next]) < read.start; next++) {
        if (!most || listOf(ended[next]).length > listOf(most).length) most = ended[next];
      }
      if (most && read.mode !== "linearized" && listOf(read).length < listOf(most).length) yield [most, read];
    }
  }
}
