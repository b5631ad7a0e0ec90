// linearizability-client.ts HOST NAMESPACE NAME SEED: the real client, says that it is connected, and is at work on shared records
// until its parent says that the time is over; then it reads all of them back and hands its history to the parent.
import Aerospike, { type Client } from "aerospike";
import type { HistoryOperation, OperationOutcome } from "../../../lab/history";
import { Random } from "../../../rehearsal/cluster/random";
import type { Increment } from "./increments";

const WORKERS = 8;
const { policy } = Aerospike;
const write = { maxRetries: 0, totalTimeout: 1000 };
const linearized = new Aerospike.ReadPolicy({ totalTimeout: 1000, readModeSC: policy.readModeSC.LINEARIZE });
const session = new Aerospike.ReadPolicy({ totalTimeout: 1000, readModeSC: policy.readModeSC.SESSION });

const now = () => Number(process.hrtime.bigint() / 1000n);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Answer {
  readonly outcome: OperationOutcome;
  readonly code: number;
  readonly start: number;
  readonly end: number;
  readonly record?: Aerospike.AerospikeRecord;
}

async function timed(act: () => Promise<unknown>): Promise<Answer> {
  const start = now();
  try {
    const record = (await act()) as Aerospike.AerospikeRecord;
    return { outcome: "ok", code: 0, start, end: now(), record };
  } catch (error) {
    const { code, inDoubt } = error as { code: number; inDoubt: boolean };
    return { outcome: inDoubt ? "unknown" : code < 0 ? "not-sent" : "refused", code, start, end: now() };
  }
}

class Worker {
  constructor(
    private readonly database: Client,
    private readonly namespace: string,
    private readonly name: string,
    private readonly random: Random,
    private readonly history: HistoryOperation[],
    private readonly increments: Increment[],
    private readonly touched: Set<string>,
  ) {}

  private static serial = 0;

  private fresh(): string {
    return `${this.name}:${Worker.serial++}`;
  }

  private at(key: string): Aerospike.Key {
    this.touched.add(key);
    return new Aerospike.Key(this.namespace, "linearizability", key);
  }

  private note(
    { outcome, code, start, end }: Answer,
    rest: Pick<HistoryOperation, "key" | "kind"> & Partial<HistoryOperation>,
  ): void {
    this.history.push({ client: this.name, outcome, code, start, end, ...rest });
  }

  /** Reads a record, where nothing is an answer too. */
  async read(
    key: string,
    mode: "linearized" | "session",
  ): Promise<Answer & { readonly seen?: HistoryOperation["seen"] }> {
    const answer = await timed(() =>
      this.database.get(this.at(key), mode === "linearized" ? linearized : session),
    );
    const nothing = answer.code === Aerospike.status.ERR_RECORD_NOT_FOUND;
    const bins = answer.record?.bins as Record<string, unknown> | undefined;
    const seen = nothing ? null : ((bins?.value ?? bins?.list) as HistoryOperation["seen"]);
    const outcome = nothing ? "ok" : answer.outcome;
    if (key.startsWith("counter")) {
      const { start, end } = answer;
      const value = nothing ? 0 : (bins?.count as number);
      this.increments.push({
        key,
        kind: "read",
        outcome,
        start,
        end,
        ...(outcome === "ok" ? { value } : {}),
      });
    } else this.note(answer, { key, kind: "read", mode, outcome, ...(outcome === "ok" ? { seen } : {}) });
    return { ...answer, outcome, seen };
  }

  /** A conditional write: by generation, or on condition that there is no record. */
  private async swap(key: string): Promise<void> {
    const before = await this.read(key, "linearized");
    if (before.outcome !== "ok") return;
    const value = this.fresh();
    const replaced = before.seen as string | null;
    const condition = replaced === null ? { exists: policy.exists.CREATE } : { gen: policy.gen.EQ };
    const meta = replaced === null ? {} : { gen: before.record!.gen };
    const bins = { value, replaced: replaced ?? "" };
    const answer = await timed(() =>
      this.database.put(this.at(key), bins, meta, new Aerospike.WritePolicy({ ...write, ...condition })),
    );
    this.note(answer, { key, kind: "put", value, replaced });
  }

  private async put(key: string): Promise<void> {
    const value = this.fresh();
    const answer = await timed(() =>
      this.database.put(this.at(key), { value }, {}, new Aerospike.WritePolicy(write)),
    );
    this.note(answer, { key, kind: "put", value });
  }

  private async append(key: string): Promise<void> {
    const value = this.fresh();
    const operations = [Aerospike.lists.append("list", value)];
    const answer = await timed(() =>
      this.database.operate(this.at(key), operations, {}, new Aerospike.OperatePolicy(write)),
    );
    this.note(answer, { key, kind: "append", value });
  }

  private async increment(key: string): Promise<void> {
    const operations = [Aerospike.operations.incr("count", 1), Aerospike.operations.read("count")];
    const { record, outcome, start, end } = await timed(() =>
      this.database.operate(this.at(key), operations, {}, new Aerospike.OperatePolicy(write)),
    );
    const value = record?.bins.count as number | undefined;
    this.increments.push({
      key,
      kind: "increment",
      outcome,
      start,
      end,
      ...(outcome === "ok" ? { value } : {}),
    });
  }

  /** A record that is put once and deleted once. */
  private async live(): Promise<void> {
    const key = `life ${this.fresh()}`;
    await this.put(key);
    await pause(this.random.between(0, 300));
    const answer = await timed(() =>
      this.database.remove(this.at(key), new Aerospike.RemovePolicy({ ...write, durableDelete: true })),
    );
    this.note(answer, { key, kind: "delete" });
    await this.read(key, "linearized");
  }

  async run(until: () => boolean): Promise<void> {
    const pick = (count: number) => Math.floor(this.random.next() * count);
    while (!until()) {
      const chance = this.random.next();
      const errors = this.history.length;
      if (chance < 0.25) await this.swap(`swapped ${pick(8)}`);
      else if (chance < 0.4) await this.put(`put ${pick(8)}`);
      // Lists stay short: a new pair each second.
      else if (chance < 0.6) await this.append(`list ${Math.floor(now() / 1e6)} ${pick(2)}`);
      else if (chance < 0.75) await this.increment(`counter ${pick(4)}`);
      else if (chance < 0.8) await this.live();
      else {
        const key = [
          `swapped ${pick(8)}`,
          `put ${pick(8)}`,
          `counter ${pick(4)}`,
          `list ${Math.floor(now() / 1e6)} ${pick(2)}`,
        ][pick(4)];
        await this.read(
          key,
          key.startsWith("counter") || this.random.next() < 0.7 ? "linearized" : "session",
        );
      }
      const failed = this.history.slice(errors).some(({ outcome }) => outcome !== "ok");
      await pause(failed ? 10 : this.random.between(1, 6));
    }
  }
}

async function main([host, namespace, name, seed]: string[]): Promise<void> {
  const database = await Aerospike.connect({
    hosts: host,
    log: { level: Aerospike.log.OFF },
    maxErrorRate: 10_000,
    errorRateWindow: 100,
  });
  const random = new Random(Number(seed));
  const history: HistoryOperation[] = [];
  const increments: Increment[] = [];
  const touched = new Set<string>();
  let over = false;
  process.on("message", () => (over = true));
  process.send!("connected");
  process.on("disconnect", () => process.exit(1));
  const workers = Array.from(
    { length: WORKERS },
    () =>
      new Worker(
        database,
        namespace,
        name,
        new Random(Math.floor(random.next() * 2 ** 32)),
        history,
        increments,
        touched,
      ),
  );
  await Promise.all(workers.map((worker) => worker.run(() => over)));
  // Keys of dead partitions stay unread, the others until the client has heard of the new owners.
  let left = [...touched];
  for (let tries = 0; tries < 6 && left.length > 0; tries++) {
    if (tries > 0) await pause(400);
    const unread: string[] = [];
    const readBack = async () => {
      for (let key = left.pop(); key !== undefined; key = left.pop()) {
        if ((await workers[0].read(key, "linearized")).outcome !== "ok") unread.push(key);
      }
    };
    await Promise.all(workers.map(readBack));
    left = unread;
  }
  process.send!({ history, increments }, () => process.exit(0));
}

void main(process.argv.slice(2));
