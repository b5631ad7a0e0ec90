import { type ChildProcess, spawn } from "node:child_process";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createInterface } from "node:readline";
import {
  type LoaderEnd,
  type LoaderMessage,
  type LoaderOptions,
  type ConnectOptions,
  PASSWORD,
} from "./options";

/** Bytes of a loader's complaints that are kept. */
const MOST_COMPLAINTS = 2000;

/**
 * How a program of the lab is started: from its TypeScript sources it needs the loader that the project's own commands use. Its
 * options are the first line of its standard input, as keys to read back may be more than an argument holds.
 */
export function startProgram(
  folder: string,
  name: string,
  { password, ...options }: ConnectOptions,
  environment: object = {},
): ChildProcess {
  const extension = extname(__filename);
  const how = extension === ".ts" ? ["--import", pathToFileURL(require.resolve("tsx")).href] : [];
  const child = spawn(
    process.execPath,
    [...how, join(folder, `${name}${extension}`)],
    // In a group of its own: Ctrl-C is for whoever started it, who heals first.
    {
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, ...(password !== undefined && { [PASSWORD]: password }), ...environment },
    },
  );
  // It may end before it reads them: its end says why.
  child.stdin.on("error", () => {});
  child.stdin.write(`${JSON.stringify(options)}\n`);
  return child;
}

/** What a loader has done so far. */
export type LoaderProgress = Omit<Extract<LoaderMessage, { event: "progress" }>, "event">;

/** A loader in a process of its own. */
export class LoaderProcess {
  private readonly child: ChildProcess;
  progress: LoaderProgress = { counts: { ok: 0, "not-sent": 0, refused: 0, unknown: 0 }, codes: {} };
  /** Resolves when its client is connected; rejects where it ended before. */
  readonly ready: Promise<void>;
  /** Resolves with its end; rejects where it died. */
  readonly ended: Promise<LoaderEnd>;

  constructor(
    readonly options: LoaderOptions,
    onProgress: (progress: LoaderProgress) => void = () => {},
  ) {
    this.child = startProgram(__dirname, "program", options);
    let complaints = "";
    this.child.stderr!.on("data", (data: Buffer) => {
      complaints = (complaints + data.toString()).slice(-MOST_COMPLAINTS);
    });
    let isReady: () => void;
    let isNotReady: (error: Error) => void;
    this.ready = new Promise((resolve, reject) => {
      isReady = resolve;
      isNotReady = reject;
    });
    this.ended = new Promise((resolve, reject) => {
      let end: LoaderEnd | undefined;
      createInterface({ input: this.child.stdout! }).on("line", (line) => {
        const message = JSON.parse(line) as LoaderMessage;
        if (message.event === "ready") isReady();
        else if (message.event === "end") end = message.end;
        else onProgress((this.progress = message));
      });
      this.child.on("error", reject);
      this.child.on("close", (code, signal) => {
        if (end) {
          isNotReady(
            new Error(end.reason === "error" ? end.message : "It was stopped before it was connected."),
          );
          return resolve(end);
        }
        const error = new Error(
          `The loader ${options.client} ended by itself (${signal ?? `exit code ${code}`}): ${complaints.trim() || "it said nothing"}.`,
        );
        isNotReady(error);
        reject(error);
      });
    });
    // Whoever waits for neither is not troubled by them.
    this.ready.catch(() => {});
    this.ended.catch(() => {});
  }

  /** Begins nothing until {@link resume}. */
  pause(): void {
    this.child.stdin!.write("pause\n");
  }

  resume(): void {
    this.child.stdin!.write("resume\n");
  }

  /** Operations a second from now on. */
  setRate(rate: number): void {
    this.child.stdin!.write(`rate ${rate}\n`);
  }

  /** Ends it once what is in flight is answered. */
  async stop(): Promise<LoaderEnd> {
    this.child.stdin!.write("stop\n");
    return this.ended;
  }

  /** Ends it at once: what is in flight stays unknown. */
  kill(): void {
    if (this.child.exitCode === null) this.child.kill("SIGKILL");
  }
}
