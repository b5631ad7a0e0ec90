import type { HistoryOperation, OperationKind } from "../history";
import type { Latency } from "../load/options";

/** When the fault came, when it was healed and when the run ended, in microseconds of the run's monotonic clock. */
export interface FaultWindow {
  readonly from: number;
  readonly healed: number;
  readonly end: number;
}

/** What the observer saw of a node at a time. */
export interface NodeSample {
  /** Microseconds of the run's monotonic clock. */
  readonly at: number;
  readonly node: string;
  /** Region of the node. */
  readonly region: string;
  readonly clusterKey: string;
  readonly migrating: number;
}

/** How long things took for the clients of a region, in milliseconds; undefined: never reached. */
export interface RecoveryFigures {
  /** From the fault to the first operation that failed; undefined where none did. */
  readonly firstFailure: number | undefined;
  /** From the fault to the first other cluster key on a node of the region. */
  readonly detected: number | undefined;
  /** From the fault to the last change of a cluster key there before the heal: the new clusters have formed. */
  readonly reformed: number | undefined;
  /** From the fault to the first of {@link CONSECUTIVE} operations in a row that succeed, of the keys that are served at all. */
  readonly serving: number | undefined;
  /** From the fault to the end of the migrations that it caused. */
  readonly migrated: number | undefined;
  /** From the heal to the end of the last operation that failed: full service. */
  readonly full: number | undefined;
}

/** Operations in a row that succeed before a place counts as served. */
export const CONSECUTIVE = 10;

/**
 * The figures of a region and kind of operation.
 *
 * @param history the operations of the clients there, of one kind
 * @param samples of the nodes of the region
 */
export function recoveryFigures(
  history: readonly HistoryOperation[],
  samples: readonly NodeSample[],
  { from, healed, end }: FaultWindow,
): RecoveryFigures {
  const ordered = [...history].sort((a, b) => a.start - b.start);
  const during = ordered.filter(({ start }) => start >= from && start < healed);
  const after = ordered.filter(({ start }) => start >= healed && start <= end);
  const since = (at: number | undefined) => (at === undefined ? undefined : (at - from) / 1000);

  const before = new Map<string, string>();
  for (const { at, node, clusterKey } of samples) if (at < from) before.set(node, clusterKey);
  const changes = samples.filter(
    ({ at, node, clusterKey }) => at >= from && at < healed && before.get(node) !== clusterKey,
  );
  const detected = changes[0]?.at;
  let reformed: number | undefined;
  const keys = new Map(before);
  for (const { at, node, clusterKey } of samples) {
    if (at < from || at >= healed) continue;
    if (keys.get(node) !== clusterKey) reformed = at;
    keys.set(node, clusterKey);
  }
  const formed = reformed ?? from;
  const served = new Set(
    during.filter(({ start, outcome }) => start >= formed && outcome === "ok").map(({ key }) => key),
  );
  const onServed = during.filter(({ key }) => served.has(key));
  const moving = samples.filter(({ at, migrating }) => at >= formed && at < healed && migrating > 0);
  const lastMoving = moving.at(-1)?.at;
  const still = samples.find(({ at }) => at > (lastMoving ?? formed) && at < healed);
  const failed = after.filter(({ outcome }) => outcome !== "ok").at(-1);
  const okAfter = after.findLast(({ outcome }) => outcome === "ok");
  return {
    firstFailure: since(during.find(({ outcome }) => outcome !== "ok")?.start),
    detected: since(detected),
    reformed: since(reformed),
    serving: since(firstOfMany(onServed)),
    migrated: reformed === undefined || still === undefined ? undefined : since(lastMoving ?? reformed),
    full:
      okAfter === undefined || (failed && okAfter.start < failed.start)
        ? undefined
        : failed
          ? ((failed.end ?? failed.start) - healed) / 1000
          : 0,
  };
}

/** When the first of many in a row that succeed began, after which none fails before that many have succeeded. */
function firstOfMany(operations: readonly HistoryOperation[]): number | undefined {
  let row = 0;
  for (const [i, { outcome }] of operations.entries()) {
    row = outcome === "ok" ? row + 1 : 0;
    if (row === CONSECUTIVE) return operations[i - CONSECUTIVE + 1].start;
  }
  return undefined;
}

/** How many operations came to what. */
export interface Counts {
  readonly ok: number;
  readonly notSent: number;
  readonly refused: number;
  readonly unknown: number;
  /** By the client's code. */
  readonly codes: Readonly<Record<string, number>>;
}

/** Counts the outcomes of operations. */
export function countsOf(history: readonly HistoryOperation[]): Counts {
  const counts = { ok: 0, notSent: 0, refused: 0, unknown: 0 };
  const codes: Record<string, number> = {};
  for (const { outcome, code } of history) {
    counts[outcome === "not-sent" ? "notSent" : outcome]++;
    if (code !== undefined) codes[code] = (codes[code] ?? 0) + 1;
  }
  return { ...counts, codes };
}

/** Quantiles of the latencies of what was acknowledged; undefined where nothing was. */
export function latencyOf(history: readonly HistoryOperation[]): Latency | undefined {
  const times = Float64Array.from(
    history.flatMap(({ outcome, start, end }) =>
      outcome === "ok" && end !== undefined ? [(end - start) / 1000] : [],
    ),
  ).sort();
  if (times.length === 0) return undefined;
  const at = (share: number) => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)];
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Reads, and everything that writes. */
export function isWrite(kind: OperationKind): boolean {
  return kind !== "read";
}
