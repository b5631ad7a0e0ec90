import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { LoaderProcess } from "../../load/loader-process";
import type { ConnectOptions, LoaderEnd } from "../../load/options";
import { type Control, CONTROL, type HostState, ledgerObject, STATE, type WantedLoader } from "./control";

/** Milliseconds between two looks at what is wanted, and between two tellings of how it goes. */
const LOOK = 1000;
const TELL = 2000;
/** The port of servers, and with TLS. */
const PORT = 3000;
const TLS_PORT = 4333;

/** Objects below the prefix of a run. */
export interface Objects {
  get(name: string): Promise<Buffer | undefined>;
  put(name: string, body: string | Uint8Array): Promise<void>;
}

/** What a host has to do. */
export interface HostTask {
  readonly objects: Objects;
  /** Folder of the ledgers. */
  readonly folder: string;
  /** Who logs in, and TLS, as the host knows them. */
  readonly connect: ConnectOptions;
  /** When it ends though nobody tells it, by `Date.now()`. */
  readonly deadline: number;
  /** Is told what went wrong with objects; it is tried again. */
  readonly complain: (text: string) => void;
}

interface Loading {
  readonly process: LoaderProcess;
  readonly name: string;
  ready: boolean;
  end?: LoaderEnd;
  error?: string;
  put?: boolean;
}

/**
 * The loaders of a run on one host: it does what the object `control.json` wants, tells in `state.json` how it goes, and puts
 * each ledger when its loader has ended. It ends when it is told to, or at its deadline: the ledgers are put then too.
 */
export class LabClients {
  private readonly loaders = new Map<string, Loading>();
  private changed = true;
  private over = false;
  private deaf: string | undefined;

  constructor(private readonly task: HostTask) {}

  async run(): Promise<void> {
    const { deadline } = this.task;
    let told = 0;
    let ended = false;
    while (!ended) {
      const control = await this.control();
      for (const wanted of control?.loaders ?? []) this.follow(wanted);
      ended = this.over || control?.end === true || Date.now() > deadline;
      await this.putLedgers();
      if (this.changed || Date.now() - told >= TELL) {
        this.changed = false;
        told = Date.now();
        await this.tell(false);
      }
      if (!ended) await rest(LOOK);
    }
    await Promise.allSettled([...this.loaders.values()].map(({ process }) => process.stop()));
    // Evidence is not given up for a while without the bucket.
    for (let i = 0; i < 30 && !(await this.putLedgers()); i++) await rest(LOOK);
    await this.tell(true);
  }

  /** Ends it as its deadline does. */
  end(): void {
    this.over = true;
  }

  private async control(): Promise<Control | undefined> {
    try {
      const text = await this.task.objects.get(CONTROL);
      this.deaf = undefined;
      return text && (JSON.parse(text.toString("utf8")) as Control);
    } catch (error) {
      this.deaf = (error as Error).message;
      this.task.complain(this.deaf);
      return undefined;
    }
  }

  private follow({ options, stop }: WantedLoader): void {
    const { client } = options;
    const had = this.loaders.get(client);
    if (had !== undefined) {
      if (stop === true && had.end === undefined && had.error === undefined) {
        had.process.stop().catch(() => {});
      }
      return;
    }
    const { connect, folder } = this.task;
    const port = connect.tls === undefined ? PORT : TLS_PORT;
    const process = new LoaderProcess({
      ...options,
      ...connect,
      hosts: options.hosts
        .split(",")
        .map((host) => (host.includes(":") ? host : `${host}:${port}`))
        .join(","),
      ledger: join(folder, options.ledger),
    });
    const loading: Loading = { process, name: options.ledger, ready: false };
    this.loaders.set(client, loading);
    this.changed = true;
    process.ready.then(
      () => (this.changed = loading.ready = true),
      () => {},
    );
    process.ended
      .then(
        (end) => (loading.end = end),
        (error: Error) => (loading.error = error.message),
      )
      .finally(() => (this.changed = true));
  }

  /** Puts the ledgers of loaders that have ended. @returns whether none is left */
  private async putLedgers(): Promise<boolean> {
    for (const loading of this.loaders.values()) {
      if (loading.put || (loading.end === undefined && loading.error === undefined)) continue;
      try {
        const ledger = this.ledger(loading.name);
        if (ledger !== undefined) await this.task.objects.put(ledgerObject(loading.name), gzipSync(ledger));
        this.changed = loading.put = true;
      } catch (error) {
        this.task.complain((error as Error).message);
      }
    }
    return [...this.loaders.values()].every(({ put }) => put);
  }

  /** One that could not begin has none. */
  private ledger(name: string): Buffer | undefined {
    try {
      return readFileSync(join(this.task.folder, name));
    } catch {
      return undefined;
    }
  }

  private async tell(ended: boolean): Promise<void> {
    const state: HostState = {
      at: Date.now(),
      ended,
      deaf: this.deaf,
      loaders: [...this.loaders].map(([client, { process, ready, end, error, put }]) => ({
        ...{ client, ready, progress: process.progress, end, error, put },
      })),
    };
    try {
      await this.task.objects.put(STATE, JSON.stringify(state));
    } catch (error) {
      this.changed = true;
      this.task.complain((error as Error).message);
    }
  }
}
