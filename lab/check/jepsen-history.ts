import type { HistoryOperation } from "../history";

/**
 * An event of a Jepsen-style history (https://jepsen-io.github.io/jepsen/jepsen.history.html), for checkers made elsewhere.
 */
export interface JepsenEvent {
  readonly index: number;
  /** `fail`: it did not happen; `info`: it may have. */
  readonly type: "invoke" | "ok" | "fail" | "info";
  /** One operation at a time; none follows one that ended with `info`, or did not end. */
  readonly process: number;
  /** `cas` is a conditional write: its value is `[replaced, value]`. A `session-read` may show the past. */
  readonly f: "write" | "cas" | "append" | "delete" | "read" | "session-read";
  /** The key and what was written, or seen; null before a read ended. */
  readonly value: readonly [string, unknown];
  /** Nanoseconds of the history's clock. */
  readonly time: number;
  /** The client's code where it was not 0. */
  readonly error?: number;
}

const TYPES = { ok: "ok", "not-sent": "fail", refused: "fail", unknown: "info" } as const;

/** The events of a history by time; what touches in time overlaps. */
export function jepsenHistory(history: readonly HistoryOperation[]): JepsenEvent[] {
  const moments = history.flatMap((operation) => [
    { operation, time: operation.start, ends: false },
    ...(operation.end === undefined ? [] : [{ operation, time: operation.end, ends: true }]),
  ]);
  moments.sort((a, b) => a.time - b.time || Number(a.ends) - Number(b.ends));
  const free = new Map<string, number[]>();
  const processes = new Map<HistoryOperation, number>();
  let used = 0;
  return moments.map(({ operation, time, ends }, index): JepsenEvent => {
    const { client, key, code, outcome } = operation;
    const f = functionOf(operation);
    const idle = free.get(client) ?? [];
    free.set(client, idle);
    const process = processes.get(operation) ?? idle.pop() ?? used++;
    processes.set(operation, process);
    const common = { index, process, f, time: time * 1000 };
    if (!ends) return { ...common, type: "invoke", value: [key, writtenBy(operation)] };
    if (outcome !== "unknown") idle.push(process);
    const value = operation.kind === "read" && outcome === "ok" ? operation.seen : writtenBy(operation);
    return { ...common, type: TYPES[outcome], value: [key, value], ...(code ? { error: code } : {}) };
  });
}

function functionOf({ kind, mode, replaced }: HistoryOperation): JepsenEvent["f"] {
  if (kind === "read") return mode === "linearized" ? "read" : "session-read";
  if (kind === "put") return replaced === undefined ? "write" : "cas";
  return kind;
}

function writtenBy({ value, replaced }: HistoryOperation): unknown {
  return replaced === undefined ? (value ?? null) : [replaced, value];
}
