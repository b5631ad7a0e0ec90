// check.ts KEYS OPERATIONS: checks a valid history of registers, half of it conditional writes; prints milliseconds and the peak of memory in MiB.
import { check } from "../../lab/check/check";
import type { HistoryOperation } from "../../lab/history";
import { Random } from "../../rehearsal/cluster/random";

const CLIENTS = Array.from({ length: 64 }, (_, i) => `${i < 32 ? "London" : "Paris"}/${i}`);

/** Clients at work side by side; each operation takes effect at the moment that it is given, one in fifty puts is in doubt. */
function history(keys: number, count: number): HistoryOperation[] {
  const random = new Random(1);
  const states = new Array<string | null>(keys).fill(null);
  const made: HistoryOperation[] = [];
  // As read from a ledger: no two operations share a string.
  const add = (operation: HistoryOperation) => made.push(JSON.parse(JSON.stringify(operation)));
  for (let i = 0; i < count; i++) {
    const final = i >= count - keys;
    const k = final ? i - count + keys : Math.floor(random.next() * keys);
    const client = CLIENTS[i % CLIENTS.length];
    const key = `k${k}`;
    const start = 10 * i + (final ? 1000 : -Math.floor(random.next() * 300));
    const end = 10 * i + 1000 * Number(final) + Math.floor(random.next() * 300);
    const chance = random.next();
    if (final || chance < 0.4) {
      const mode = !final && chance < 0.1 ? "session" : "linearized";
      add({ client, key, kind: "read", mode, seen: states[k], outcome: "ok", code: 0, start, end });
      continue;
    }
    const value = `London/7:${i.toString(36)}`;
    const replaced = chance < 0.8 ? states[k] : undefined;
    const doubt = random.next() < 0.02;
    if (!doubt || random.next() < 0.5) states[k] = value;
    const outcome = doubt ? "unknown" : "ok";
    add({ client, key, kind: "put", value, replaced, outcome, code: doubt ? 9 : 0, start, end });
  }
  return made;
}

const [keys, count] = process.argv.slice(2).map(Number);
const made = history(keys, count);
const begin = performance.now();
const { verdict, reasons } = check(made);
const took = performance.now() - begin;
if (verdict !== "pass") throw new Error(reasons.join(" "));
console.log(`${took} ${process.resourceUsage().maxRSS / 1024}`);
