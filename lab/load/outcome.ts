import type { OperationOutcome } from "../history";

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
