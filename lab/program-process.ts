import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type LoginOptions, PASSWORD } from "./load/options";

/** Characters of a program's complaints that are kept. */
const MOST_COMPLAINTS = 2000;

/** What is started. */
interface Start {
  /** Folder of its `program`. */
  readonly folder: string;
  /** Its name in what is said of it: `The loader London/1`. */
  readonly name: string;
  readonly options: LoginOptions;
  /** Variables of its environment, beside this process's. @default none */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A program of the lab in a process of its own. Its options are the first line of its standard input, as keys to read back may be
 * more than an argument holds; a line each tells it what to do, and it says what happens, a line of JSON each:
 * `{"event":"ready"}` when it has begun.
 */
export class ProgramProcess<Message extends object> {
  private readonly child: ChildProcess;
  /** Resolves when it has begun; rejects where it ended before. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended, exit code 0; rejects where it died. */
  readonly ended: Promise<void>;

  constructor({ folder, name, options, environment }: Start, hear: (message: Message) => void) {
    const { password, ...rest } = options;
    // From its TypeScript sources it needs the loader that the project's own commands use.
    const extension = extname(__filename);
    const how = extension === ".ts" ? ["--import", pathToFileURL(require.resolve("tsx")).href] : [];
    this.child = spawn(
      process.execPath,
      [...how, join(folder, `program${extension}`)],
      // In a group of its own: Ctrl-C is for whoever started it, who heals first.
      {
        stdio: ["pipe", "pipe", "pipe"],
        detached: true,
        env: { ...process.env, ...(password !== undefined && { [PASSWORD]: password }), ...environment },
      },
    );
    // It may end before it reads them: its end says why.
    this.child.stdin!.on("error", () => {});
    this.tell(JSON.stringify(rest));
    let complaints = "";
    this.child.stderr!.on("data", (data: Buffer) => {
      complaints = (complaints + data.toString()).slice(-MOST_COMPLAINTS);
    });
    let begun: () => void;
    let notBegun: (error: Error) => void;
    this.ready = new Promise((resolve, reject) => ([begun, notBegun] = [resolve, reject]));
    createInterface({ input: this.child.stdout! }).on("line", (line) => {
      const message = JSON.parse(line) as Message | { readonly event: "ready" };
      if ("event" in message && message.event === "ready") begun();
      else hear(message as Message);
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (code, signal) => {
        const error = new Error(
          `${name} ended by itself (${signal ?? `exit code ${code}`}): ${complaints.trim() || "it said nothing"}.`,
        );
        notBegun(error);
        if (code === 0) resolve();
        else reject(error);
      });
    });
    // Whoever waits for neither is not troubled by them.
    this.ready.catch(() => {});
    this.ended.catch(() => {});
  }

  tell(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  /** Ends it at once. */
  kill(): void {
    if (this.child.exitCode === null) this.child.kill("SIGKILL");
  }
}
