import type { HistoryOperation } from "../../../../lab/history";

/**
 * Whether a history of one key is linearizable, by trying every order: for few operations. Session reads are not part of it.
 */
export function isLinearizable(history: readonly HistoryOperation[]): boolean {
  const operations = history.filter(({ kind, outcome, mode }) =>
    kind === "read" ? outcome === "ok" && mode === "linearized" : outcome === "ok" || outcome === "unknown",
  );
  const end = (one: HistoryOperation) => (one.outcome === "ok" ? one.end! : Infinity);
  const seen = new Set<string>();
  const search = (done: number, state: string | null | readonly string[]): boolean => {
    const open = operations.filter((_, i) => !(done & (1 << i)));
    if (open.every(({ outcome }) => outcome === "unknown")) return true;
    const at = `${done} ${JSON.stringify(state)}`;
    if (seen.has(at)) return false;
    seen.add(at);
    const limit = Math.min(...open.map(end));
    return operations.some((one, i) => {
      if (done & (1 << i) || one.start > limit) return false;
      const next = after(one, state);
      return next !== undefined && search(done | (1 << i), next);
    });
  };
  return search(0, null);
}

/** The state after an operation, or nothing where it could not be in that state. */
function after(
  { kind, value, replaced, seen }: HistoryOperation,
  state: string | null | readonly string[],
): string | null | readonly string[] | undefined {
  if (kind === "put") return replaced === undefined || replaced === state ? value! : undefined;
  if (kind === "delete") return null;
  if (kind === "append") return [...(state ?? []), value!];
  return JSON.stringify(seen) === JSON.stringify(state) ? state : undefined;
}
