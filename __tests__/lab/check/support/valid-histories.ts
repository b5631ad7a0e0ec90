import type { HistoryOperation, OperationOutcome } from "../../../../lab/history";
import type { Random } from "../../../../rehearsal/cluster/random";

type State = string | null | readonly string[];

const CLIENTS = ["London/1", "London/2", "Paris/1", "Paris/2"];
const OPERATIONS = 150;

/**
 * A history of a linearizable store with concurrent clients, operations refused, not sent and in doubt (which take effect
 * then, later or never), and session reads that may lag behind but never go back.
 */
export function validHistory(random: Random): HistoryOperation[] {
  const keys = ["register-1", "register-2", "register-3", "list-1", "list-2", "life-1", "life-2", "life-3"];
  const history: HistoryOperation[] = [];
  const states = new Map<string, State[]>(keys.map((key) => [key, [null]]));
  const lives = new Map<string, number>();
  const events: { time: number; run: () => void }[] = [];
  let now = 0;
  const at = (time: number, run: () => void) => void events.push({ time, run });
  const pass = () => {
    for (let next = earliest(); next; next = earliest()) {
      events.splice(events.indexOf(next), 1);
      now = next.time;
      next.run();
    }
  };
  const earliest = () =>
    events.reduce<(typeof events)[0] | undefined>((a, b) => (a && a.time <= b.time ? a : b), undefined);
  const span = (limit: number) => Math.floor(random.next() * limit);
  let [asked, serial] = [0, 0];

  const perform = (
    operation: HistoryOperation,
    effect: () => Partial<HistoryOperation>,
    then: () => void,
  ) => {
    const { start } = operation;
    const end = start + 2 + span(40);
    const chance = random.next();
    const drawn: OperationOutcome =
      chance < 0.75 ? "ok" : chance < 0.9 ? "unknown" : chance < 0.95 ? "refused" : "not-sent";
    let outcome = drawn;
    let observed: Partial<HistoryOperation> = {};
    const act = () => {
      observed = effect();
      if (observed.outcome) outcome = observed.outcome;
    };
    if (drawn === "ok") at(start + 1 + span(end - start - 1), act);
    else if (drawn === "unknown" && random.next() < 0.6) at(start + 1 + span(300), effect);
    at(end, () => {
      const seen = outcome === "ok" ? observed : {};
      history.push({
        ...operation,
        ...seen,
        outcome,
        ...(random.next() < 0.1 && outcome === "unknown" ? {} : { end }),
      });
      then();
    });
  };

  for (const client of CLIENTS) {
    const shown = new Map<string, number>();
    const known = new Map<string, string | null>();
    const begin = (start: number) => {
      if (asked++ >= OPERATIONS) return;
      const next = () => begin(now + 1 + span(10));
      const key = keys[span(keys.length)];
      const all = states.get(key)!;
      const common = { client, key, start, outcome: "unknown" as const };
      const chance = random.next();
      if (chance < 0.4) {
        const mode = random.next() < 0.5 ? "linearized" : "session";
        const read = () => {
          const oldest = mode === "session" ? (shown.get(key) ?? 0) : all.length - 1;
          const index = oldest + span(all.length - oldest);
          shown.set(key, Math.max(index, shown.get(key) ?? 0));
          const seen = all[index];
          if (!Array.isArray(seen)) known.set(key, seen as string | null);
          return { seen };
        };
        return perform({ ...common, kind: "read", mode }, read, next);
      }
      const value = `v${serial++}`;
      if (key.startsWith("list")) {
        const append = () => {
          all.push([...((all.at(-1) ?? []) as string[]), value]);
          return {};
        };
        return perform({ ...common, kind: "append", value }, append, next);
      }
      if (key.startsWith("life")) {
        const stage = lives.get(key) ?? 0;
        if (stage > 1) return at(start + 1, next);
        lives.set(key, stage + 1);
        const write = () => {
          all.push(stage === 0 ? value : null);
          return {};
        };
        return perform(
          { ...common, ...(stage === 0 ? { kind: "put", value } : { kind: "delete" }) },
          write,
          next,
        );
      }
      const replaced = random.next() < 0.7 ? known.get(key) : undefined;
      const put = (): Partial<HistoryOperation> => {
        if (replaced !== undefined && all.at(-1) !== replaced) return { outcome: "refused" };
        all.push(value);
        return {};
      };
      perform({ ...common, kind: "put", value, ...(replaced === undefined ? {} : { replaced }) }, put, next);
    };
    at(span(20), () => begin(now));
  }
  pass();
  for (const client of ["London/final", "Paris/final"]) {
    for (const key of keys) {
      const start = (now += 2);
      const seen = states.get(key)!.at(-1)!;
      history.push({
        client,
        key,
        kind: "read",
        mode: "linearized",
        outcome: "ok",
        code: 0,
        seen,
        start,
        end: ++now,
      });
    }
  }
  return history;
}
