import type AerospikeModule from "aerospike";
import type { Client } from "aerospike";
import { Rehearsal, type RehearsalOptions } from "../../../rehearsal";

/** The real client, as the test environment loaded it: see __tests__/support/real-client-environment.js. */
export const Aerospike = (globalThis as unknown as { aerospike: typeof AerospikeModule }).aerospike;

/** Heartbeats five times as fast as the article's, so that a split forms in half a second. */
export const FAST = { interval: 30, timeout: 10 } as const;

/**
 * The client's circuit breaker as wide as it goes: 10,000 errors in 100 tends. Client 6.7.1 takes no `maxErrorRate` of 0
 * (it resets it to the default, with a warning): errors a tend must be 1 to 100.
 */
export const NO_BREAKER = { maxErrorRate: 10_000, errorRateWindow: 100 } as const;

/** Policies that outlast a busy machine, for tests that are about other things than time. */
export function patient(): { policies: Record<string, unknown> } {
  const totalTimeout = 20_000;
  return {
    policies: {
      write: new Aerospike.WritePolicy({ totalTimeout }),
      read: new Aerospike.ReadPolicy({ totalTimeout }),
      operate: new Aerospike.OperatePolicy({ totalTimeout }),
      remove: new Aerospike.RemovePolicy({ totalTimeout }),
      batch: new Aerospike.BatchPolicy({ totalTimeout }),
      info: new Aerospike.InfoPolicy({ totalTimeout }),
    },
  };
}

/** What is open in a test file, so that nothing outlives it. */
const open: { clients: Client[]; rehearsals: Rehearsal[] } = { clients: [], rehearsals: [] };

/** A rehearsal cluster on free ports, ended after the test file. */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const rehearsal = await Rehearsal.start({ heartbeat: FAST, migrateRecordsPerSecond: 20_000, ...options });
  open.rehearsals.push(rehearsal);
  return rehearsal;
}

/** The real client, connected by a seed: of a rehearsal, the one of the region that it stands in. */
export async function connect(hosts: string, config: Record<string, unknown> = {}): Promise<Client> {
  const client = await Aerospike.connect({
    hosts,
    log: { level: Aerospike.log.OFF },
    ...config,
  });
  open.clients.push(client);
  return client;
}

/** Ends everything that the test file opened. */
export async function endAll(): Promise<void> {
  // The event loop of the client is not released: other files of the same process go on with it.
  for (const client of open.clients) client.close(false);
  for (const rehearsal of open.rehearsals) await rehearsal.stop();
}

/** A key of the article's set. */
export function key(userKey: number | string): InstanceType<typeof Aerospike.Key> {
  return new Aerospike.Key("mydata", "dummy", userKey);
}

/** What an operation came to: 0, or the error's code; `9?` = in doubt. */
export async function codeOf(operation: Promise<unknown>): Promise<string> {
  try {
    await operation;
    return "0";
  } catch (error) {
    const { code, inDoubt } = error as { code: number; inDoubt: boolean };
    return inDoubt ? `${code}?` : `${code}`;
  }
}

/** How often each code came. */
export function tally(codes: readonly string[]): Record<string, number> {
  const out: Record<string, number> = {};
  for (const code of codes) out[code] = (out[code] ?? 0) + 1;
  return out;
}

/** Waits until a condition holds; conditions, never times. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (value: T) => boolean,
  limit = 15_000,
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > end)
      throw new Error(`Did not come true within ${limit} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
