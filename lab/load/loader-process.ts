import { ProgramProcess } from "../program-process";
import type { LoaderEnd, LoaderMessage, LoaderOptions } from "./options";
import { type LoaderProgress, NOTHING_DONE, type RunningLoader } from "./running-loader";

/** A loader in a process of its own. */
export class LoaderProcess implements RunningLoader {
  private readonly program: ProgramProcess<LoaderMessage>;
  progress: LoaderProgress = NOTHING_DONE;
  /** Resolves when its client is connected; rejects where it ended before. */
  readonly ready: Promise<void>;
  /** Resolves with its end; rejects where it died. */
  readonly ended: Promise<LoaderEnd>;

  constructor(
    readonly options: LoaderOptions,
    onProgress: (progress: LoaderProgress) => void = () => {},
  ) {
    let end: LoaderEnd | undefined;
    this.program = new ProgramProcess(
      { folder: __dirname, name: `The loader ${options.client}`, options },
      (message) => {
        if (message.event === "end") end = message.end;
        else if (message.event === "progress") onProgress((this.progress = message));
      },
    );
    this.ready = this.program.ready.catch((error: Error) => {
      if (!end) throw error;
      throw new Error(end.reason === "error" ? end.message : "It was stopped before it was connected.");
    });
    this.ended = this.program.ended.then(
      () => {
        if (end) return end;
        throw new Error(`The loader ${options.client} ended without a word.`);
      },
      (error: Error) => {
        if (end) return end;
        throw error;
      },
    );
    // Whoever waits for neither is not troubled by them.
    this.ready.catch(() => {});
    this.ended.catch(() => {});
  }

  /** Begins nothing until {@link resume}. */
  pause(): void {
    this.program.tell("pause");
  }

  resume(): void {
    this.program.tell("resume");
  }

  /** Operations a second from now on. */
  setRate(rate: number): void {
    this.program.tell(`rate ${rate}`);
  }

  /** Ends it once what is in flight is answered. */
  async stop(): Promise<LoaderEnd> {
    this.program.tell("stop");
    return this.ended;
  }

  /** Ends it at once: what is in flight stays unknown. */
  kill(): void {
    this.program.kill();
  }
}
