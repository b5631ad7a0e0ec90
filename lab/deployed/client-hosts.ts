import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import type { LoaderEnd } from "../load/options";
import { type LoaderProgress, NOTHING_DONE, type RunningLoader } from "../load/running-loader";
import {
  type Control,
  CONTROL,
  type HostState,
  ledgerObject,
  type LoaderState,
  STATE,
  type WantedLoader,
} from "./host/control";
import type { LedgerClock } from "./clocks";
import type { Objects } from "./host/lab-clients";

/** Milliseconds between two looks at a host's state. */
const LOOK = 1000;
/** Milliseconds after which a host is given up that is not heard of, or that does not hear. */
const SILENT = 30_000;

/** A loader on a client host. */
class HostedLoader implements RunningLoader {
  progress: LoaderProgress = NOTHING_DONE;
  readonly ready: Promise<void>;
  readonly ended: Promise<LoaderEnd>;
  connected: () => void = () => {};
  over: (end: LoaderEnd) => void = () => {};
  lost: (error: Error) => void = () => {};
  stopped = false;
  done = false;

  constructor(
    readonly options: WantedLoader["options"],
    private readonly wantStop: () => void,
  ) {
    let notConnected: (error: Error) => void = () => {};
    this.ready = new Promise((resolve, reject) => ([this.connected, notConnected] = [resolve, reject]));
    this.ended = new Promise((resolve, reject) => {
      this.over = (end) => {
        this.done = true;
        notConnected(new Error(end.reason === "error" ? end.message : "It ended before it was connected."));
        resolve(end);
      };
      this.lost = (error) => {
        this.done = true;
        notConnected(error);
        reject(error);
      };
    });
    // Whoever waits for neither is not troubled by them.
    this.ready.catch(() => {});
    this.ended.catch(() => {});
  }

  async stop(): Promise<LoaderEnd> {
    this.stopped = true;
    this.wantStop();
    return this.ended;
  }
}

/** The loaders of one client host, followed and told through the objects below its prefix. */
export class ClientHost {
  private readonly loaders: HostedLoader[] = [];
  private ending = false;
  private closed = false;
  /** Whether it was given up: nothing told its program to end. */
  isLost = false;
  private telling = Promise.resolve();
  private heard = Date.now();
  private last = 0;
  private trouble = "it told nothing";
  private readonly following: Promise<void>;

  /**
   * @param place its region, and where its ledgers are in the end
   * @param objects those below its prefix in this run
   * @param clockOf where a ledger that it began lies on the run's clock
   * @param patience milliseconds after which it is given up when it is not heard of
   */
  constructor(
    private readonly place: { readonly region: string; readonly ledgers: string },
    private readonly objects: Objects,
    private readonly clockOf: (header: { wall: string; monotonic: number }) => LedgerClock,
    private readonly patience = SILENT,
  ) {
    this.following = this.follow();
  }

  /** Starts a loader. */
  load(options: WantedLoader["options"]): RunningLoader {
    const loader = new HostedLoader(options, () => this.tell());
    this.loaders.push(loader);
    if (this.closed) loader.lost(this.notHeard());
    else this.tell();
    return loader;
  }

  /** Ends all, and its program; waits for the ledgers as long as it is heard of. */
  async close(): Promise<void> {
    this.ending = true;
    this.tell();
    await this.telling;
    await this.following;
  }

  /** Puts what is wanted now; one after the other. */
  private tell(): void {
    this.telling = this.telling.then(async () => {
      const control: Control = {
        loaders: this.loaders.map(({ options, stopped }): WantedLoader => {
          return {
            options: { ...options, ledger: basename(options.ledger) },
            ...(stopped && { stop: true }),
          };
        }),
        ...(this.ending && { end: true }),
      };
      try {
        await this.objects.put(CONTROL, JSON.stringify(control));
      } catch (error) {
        // What is wanted next is put again; where nothing gets through the host is given up.
        this.trouble = (error as Error).message;
        if (!this.closed) setTimeout(() => this.tell(), LOOK).unref();
      }
    });
  }

  private async follow(): Promise<void> {
    while (!this.closed) {
      await rest(LOOK);
      try {
        const text = await this.objects.get(STATE);
        const state = text && (JSON.parse(text.toString("utf8")) as HostState);
        if (state !== undefined && state.at !== this.last) {
          this.last = state.at;
          if (state.deaf === undefined) this.heard = Date.now();
          else this.trouble = `it cannot read what it is to do (${state.deaf})`;
          for (const loader of state.loaders) await this.take(loader);
          if (state.ended) this.closed = true;
        }
      } catch (error) {
        this.trouble = (error as Error).message;
      }
      if (Date.now() - this.heard > this.patience) this.closed = this.isLost = true;
    }
    // What it has put so far is brought all the same.
    for (const loader of this.loaders.filter(({ done }) => !done)) {
      await this.bring(loader).catch(() => {});
      loader.lost(this.notHeard());
    }
  }

  private async take({ client, ready, progress, end, error, put }: LoaderState): Promise<void> {
    const loader = this.loaders.find(({ options }) => options.client === client);
    if (loader === undefined || loader.done) return;
    loader.progress = progress;
    if (ready) loader.connected();
    if (!put) return;
    await this.bring(loader);
    if (end !== undefined) loader.over(end);
    else loader.lost(new Error(error ?? `The loader ${client} ended without a word.`));
  }

  /** Brings a ledger, with the clock that its times are of. */
  private async bring({ options: { ledger } }: HostedLoader): Promise<void> {
    const packed = await this.objects.get(ledgerObject(basename(ledger)));
    if (packed === undefined) return;
    const bytes = gunzipSync(packed);
    const end = bytes.indexOf("\n");
    const header = JSON.parse(bytes.subarray(0, end).toString("utf8")) as { wall: string; monotonic: number };
    const placed = JSON.stringify({ ...header, clock: this.clockOf(header) });
    writeFileSync(ledger, Buffer.concat([Buffer.from(placed), bytes.subarray(end)]));
  }

  private notHeard(): Error {
    return new Error(
      `The client host in ${this.place.region} was not heard of, or did not hear, for ${this.patience / 1000} s: ${this.trouble}. On it: journalctl --unit=stretch-lab-clients. Its ledgers come to ${this.place.ledgers} in the end.`,
    );
  }
}
