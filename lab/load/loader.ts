import { setTimeout as rest } from "node:timers/promises";
import type Aerospike from "aerospike";
import type { Client, Key } from "aerospike";
import { answersOf, namespaceOf } from "../observe/node-state";
import { clientConfig } from "./connect";
import { Ledger, type Answer } from "./ledger";
import type { Latency, LoaderEnd, LoaderMessage, LoaderOptions } from "./options";
import { outcomeOf, type ClientError } from "./outcome";
import { Random } from "../../rehearsal/cluster/random";
import { type Command, type Done, type Work, type Worker, workloadOf } from "./workloads";

/** Milliseconds that a worker rests after an error: the client's circuit breaker takes about 100 errors a second a node. */
const REST = 10;
/** Milliseconds between two messages on progress. */
const PROGRESS = 1000;
/** Milliseconds of delay that are made up for; after a pause or a slow time there is no burst. */
const MOST_BEHIND = 100;
/** Milliseconds that an operation may take. */
const TIMEOUT = 1000;
/** The same of a put of given keys, each of them once: who loads data waits for slow nodes. */
const PATIENT_TIMEOUT = 10_000;
/** Milliseconds for which a client tries to connect. */
const CONNECT_LIMIT = 30_000;

/** The client's package, as its import gives it. */
type Package = typeof Aerospike;

/** One loader: a client, its workers and its ledger. */
export class Loader {
  private readonly counts = { ok: 0, "not-sent": 0, refused: 0, unknown: 0 };
  private readonly codes: Record<string, number> = {};
  private ending: LoaderEnd | undefined;
  private done = 0;
  private readonly random: Random;
  private rate: number;
  private paused = false;
  /** When the last operation was due, and whoever waits for the next. */
  private last = 0;
  private queue = Promise.resolve();
  private wake: () => void = () => {};
  /** Milliseconds that the operations since the last message on progress took, those that went well. */
  private took: number[] = [];

  constructor(
    private readonly aerospike: Package,
    private readonly options: LoaderOptions,
    private readonly say: (message: LoaderMessage) => void,
  ) {
    this.random = new Random(options.seed);
    this.rate = options.rate ?? 500;
  }

  /** Connects, loads until its end, and says so. */
  async run(): Promise<void> {
    const { ledger: path, place, client: name, workload, seed, seconds } = this.options;
    const ledger = new Ledger(path, { place, client: name, workload, seed });
    let client: Client | undefined;
    try {
      client = await this.connect();
      const strongConsistency = this.options.strongConsistency ?? (await this.isStrong(client));
      const workers = workloadOf({ ...this.options, strongConsistency }, this.random);
      this.say({ event: "ready" });
      const progress = setInterval(() => this.progress(), PROGRESS);
      const limit = seconds === undefined ? undefined : setTimeout(() => this.stop(), seconds * 1000);
      const inFlight = this.options.untilError ? 1 : (this.options.inFlight ?? 64);
      await Promise.all(Array.from({ length: inFlight }, () => this.work(client!, ledger, workers())));
      clearInterval(progress);
      clearTimeout(limit);
    } catch (error) {
      const { code = 0, message } = error as ClientError & Error;
      this.ending = { reason: "error", code, message };
    } finally {
      client?.close(false);
      ledger.close();
    }
    this.progress();
    this.say({ event: "end", end: this.ending ?? { reason: "done" } });
  }

  /** Ends it once what is in flight is answered. */
  stop(): void {
    this.ending ??= { reason: "stopped" };
    this.wake();
  }

  /** Begins nothing until {@link resume}. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.wake();
  }

  /** Operations a second from now on. */
  setRate(rate: number): void {
    this.rate = rate;
    this.wake();
  }

  private progress(): void {
    const { took } = this;
    this.took = [];
    this.say({
      event: "progress",
      counts: { ...this.counts },
      codes: { ...this.codes },
      ...(took.length > 0 && { latency: latencyOf(took) }),
    });
  }

  private async isStrong(client: Client): Promise<boolean> {
    const { namespace } = this.options;
    const answers = answersOf(await client.infoAny(`node\nnamespace/${namespace}\n`));
    return namespaceOf(namespace, answers).strongConsistency;
  }

  /** Waits for the next operation's time: one waits for it, the others for that one. */
  private turn(): Promise<void> {
    this.queue = this.queue.then(async () => {
      while (!this.ending) {
        const wait = this.last + 1000 / this.rate - performance.now();
        if (!this.paused && wait <= 1) break;
        await new Promise<void>((resolve) => {
          const timer = this.paused ? undefined : setTimeout(resolve, wait);
          this.wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      this.last = Math.max(this.last + 1000 / this.rate, performance.now() - MOST_BEHIND);
    });
    return this.queue;
  }

  private async connect(): Promise<Client> {
    const { hosts, inFlight = 64, keys, untilError = false } = this.options;
    const limit = { maxRetries: 0, totalTimeout: TIMEOUT };
    const patient = keys !== undefined && !untilError;
    const { aerospike } = this;
    const end = Date.now() + CONNECT_LIMIT;
    for (;;) {
      try {
        return await aerospike.connect({
          ...clientConfig(hosts, this.options),
          log: { level: aerospike.log.OFF },
          maxConnsPerNode: Math.max(100, 2 * inFlight),
          // As wide as it goes; it cannot be turned off (client 6.7.1).
          maxErrorRate: 10_000,
          errorRateWindow: 100,
          policies: {
            write: new aerospike.WritePolicy({
              ...limit,
              ...(patient && { totalTimeout: PATIENT_TIMEOUT }),
            }),
            read: new aerospike.ReadPolicy({ ...limit }),
            operate: new aerospike.OperatePolicy({ ...limit }),
            // Only lifecycle removes, and durably: it is for strong consistency.
            remove: new aerospike.RemovePolicy({ ...limit, durableDelete: true }),
          },
        });
      } catch (error) {
        if (this.ending || Date.now() > end) throw error;
        await rest(200);
      }
    }
  }

  private async work(client: Client, ledger: Ledger, next: Worker): Promise<void> {
    const { count = Infinity, untilError } = this.options;
    let last: Done | undefined;
    while (!this.ending) {
      const number = this.done++;
      if (number >= count) return;
      const work = next(last);
      if (!work) return;
      await this.turn();
      if (this.ending) return;
      const serial = await ledger.attempt(work.attempt);
      const sent = performance.now();
      const { answer, done, message } = await this.ask(client, work);
      if (answer.outcome === "ok") this.took.push(performance.now() - sent);
      ledger.answered(serial, answer);
      this.counts[answer.outcome]++;
      this.codes[answer.code] = (this.codes[answer.code] ?? 0) + 1;
      last = done;
      if (done.ok) continue;
      if (untilError) {
        this.ending ??= { reason: "error", code: answer.code, message };
        return;
      }
      await rest(REST);
    }
  }

  private async ask(client: Client, work: Work): Promise<{ answer: Answer; done: Done; message: string }> {
    const key = new this.aerospike.Key(this.options.namespace, work.set, work.id);
    try {
      const done = await this.carryOut(client, key, work.command);
      const { seen } = done;
      return {
        answer: { outcome: "ok", code: done.code, ...(seen !== undefined && { seen }) },
        done,
        message: "",
      };
    } catch (error) {
      const { code, message } = error as ClientError & Error;
      // No record is an answer to a read, and to a removal.
      if (code === this.aerospike.status.ERR_RECORD_NOT_FOUND && work.command.do === "read") {
        return { answer: { outcome: "ok", code, seen: null }, done: { ok: true, code, seen: null }, message };
      }
      return {
        answer: { outcome: outcomeOf(error as ClientError), code },
        done: { ok: false, code },
        message,
      };
    }
  }

  private async carryOut(client: Client, key: Key, command: Command): Promise<Done> {
    const { aerospike } = this;
    switch (command.do) {
      case "put": {
        const { condition } = command;
        if (condition === undefined) {
          await client.put(key, command.bins as never);
        } else if (condition === "absent") {
          const policy = new aerospike.WritePolicy({
            exists: aerospike.policy.exists.CREATE,
            maxRetries: 0,
            totalTimeout: TIMEOUT,
          });
          await client.put(key, command.bins as never, {}, policy);
        } else {
          const policy = new aerospike.WritePolicy({
            gen: aerospike.policy.gen.EQ,
            maxRetries: 0,
            totalTimeout: TIMEOUT,
          });
          await client.put(key, command.bins as never, { gen: condition.generation } as never, policy);
        }
        return { ok: true, code: 0 };
      }
      case "append": {
        const record = await client.operate(key, [aerospike.lists.append("elements", command.value)]);
        return { ok: true, code: 0, length: Number(record.bins.elements) };
      }
      case "remove":
        await client.remove(key);
        return { ok: true, code: 0 };
      case "read": {
        const policy = new aerospike.ReadPolicy({
          maxRetries: 0,
          totalTimeout: TIMEOUT,
          ...(command.linearized && { readModeSC: aerospike.policy.readModeSC.LINEARIZE }),
        });
        const record = await client.get(key, policy);
        const bins = record.bins as Record<string, unknown>;
        const seen =
          command.show === "elements"
            ? ((bins.elements ?? []) as string[])
            : String(command.show === "article" ? bins.logged_by : bins.value);
        return { ok: true, code: 0, seen, generation: record.gen };
      }
    }
  }
}

function latencyOf(took: number[]): Latency {
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))];
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
