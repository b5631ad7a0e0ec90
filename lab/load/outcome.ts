import type { HistoryOperation, OperationOutcome } from "../history";

/** What the client's error says. */
export interface ClientError {
  readonly code: number;
  readonly inDoubt?: boolean;
}

/** Codes of the client itself with which nothing was sent; others of its own are in doubt, or so it says. */
export function outcomeOf({ code, inDoubt }: ClientError): OperationOutcome {
  if (inDoubt) return "unknown";
  return code < 0 ? "not-sent" : "refused";
}

/** Code of the client's own circuit breaker: more errors than it takes in its window; it tells nothing of the cluster. */
export const BREAKER = -14;

/** Microseconds between two of its errors that belong to one span: shorter pauses are no sign that it has closed. */
const SPAN_GAP = 1_000_000;

/** A time in which the client itself refused operations: it gives no figure of the cluster's availability. */
export interface BreakerSpan {
  /** Microseconds of the host's monotonic clock. */
  readonly from: number;
  readonly to: number;
  readonly operations: number;
}

/** The times in which {@link BREAKER} occurs; errors within a second of each other are one. */
export function breakerSpans(operations: readonly HistoryOperation[]): BreakerSpan[] {
  const spans: BreakerSpan[] = [];
  const refused = operations.filter(({ code }) => code === BREAKER).sort((a, b) => a.start - b.start);
  for (const { start, end = start } of refused) {
    const before = spans.at(-1);
    if (before && start - before.to <= SPAN_GAP) {
      spans[spans.length - 1] = {
        from: before.from,
        to: Math.max(before.to, end),
        operations: before.operations + 1,
      };
    } else spans.push({ from: start, to: end, operations: 1 });
  }
  return spans;
}
