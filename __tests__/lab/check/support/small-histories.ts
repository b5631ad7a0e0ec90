import type { HistoryOperation, OperationOutcome } from "../../../../lab/history";
import type { Random } from "../../../../rehearsal/cluster/random";

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random.next() * from.length)];

/** When an operation began and ended, of few moments so that many touch. */
function times(random: Random): { start: number; end: number } {
  const start = Math.floor(random.next() * 12);
  return { start, end: start + Math.floor(random.next() * 6) };
}

const outcome = (random: Random): OperationOutcome =>
  pick(random, ["ok", "ok", "ok", "ok", "ok", "unknown", "refused"]);

/** Up to six operations on a register, at random: whether it is linearizable is open. At most one is a delete. */
export function smallRegisterHistory(random: Random): HistoryOperation[] {
  const count = 2 + Math.floor(random.next() * 5);
  const puts = 1 + Math.floor(random.next() * Math.min(3, count - 1));
  const deletes = random.next() < 0.3 && puts < count ? 1 : 0;
  const conditional = random.next() < 0.5;
  const values = Array.from({ length: puts }, (_, i) => `v${i}`);
  const states = [null, ...values];
  return Array.from({ length: count }, (_, i): HistoryOperation => {
    const common = { client: `London/${i}`, key: "k", outcome: outcome(random), ...times(random) };
    if (i < puts) {
      const replaced = conditional && random.next() < 0.8 ? { replaced: pick(random, states) } : {};
      return { ...common, kind: "put", value: values[i], ...replaced };
    }
    if (i < puts + deletes) return { ...common, kind: "delete" };
    return { ...common, kind: "read", mode: "linearized", outcome: "ok", seen: pick(random, states) };
  });
}

/** Up to six appends and reads, at random; most reads see a beginning of one order. */
export function smallListHistory(random: Random): HistoryOperation[] {
  const count = 2 + Math.floor(random.next() * 5);
  const appends = 1 + Math.floor(random.next() * Math.min(3, count - 1));
  const values = Array.from({ length: appends }, (_, i) => `e${i}`);
  const order = values.map((value) => ({ value, at: random.next() })).sort((a, b) => a.at - b.at);
  return Array.from({ length: count }, (_, i): HistoryOperation => {
    const common = { client: `London/${i}`, key: "k", outcome: outcome(random), ...times(random) };
    if (i < appends) return { ...common, kind: "append", value: values[i] };
    let seen = order.slice(0, Math.floor(random.next() * (appends + 1))).map(({ value }) => value);
    if (random.next() < 0.1) seen = [...seen, pick(random, values)];
    if (random.next() < 0.1) seen = seen.slice(1);
    return {
      ...common,
      kind: "read",
      mode: "linearized",
      outcome: "ok",
      seen: seen.length > 0 ? seen : null,
    };
  });
}
