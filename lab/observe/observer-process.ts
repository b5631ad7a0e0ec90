import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { startProgram } from "../load/loader-process";
import type { ConnectOptions } from "../load/options";
import type { Sample } from "./samples";

/** What an observer looks at. */
export interface ObserverOptions extends ConnectOptions {
  /** Every node with an address on its own side. */
  readonly nodes: readonly { readonly id: string; readonly address: string }[];
  readonly namespace: string;
  /** File that the samples are written to, JSON lines. @default none */
  readonly path?: string;
}

/** The observer in a process of its own. */
export class ObserverProcess {
  private readonly child: ChildProcess;
  /** Resolves when it looks; rejects where it ended before. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended; rejects where it died. */
  readonly ended: Promise<void>;
  /** The last sample of each node. */
  readonly last = new Map<string, Sample>();

  constructor(options: ObserverOptions, onSample: (sample: Sample) => void = () => {}) {
    this.child = startProgram(__dirname, "program", options, {
      // Each info call holds a thread of the pool while it waits.
      UV_THREADPOOL_SIZE: String(options.nodes.length + 4),
    });
    let complaints = "";
    this.child.stderr!.on(
      "data",
      (data: Buffer) => (complaints = (complaints + data.toString()).slice(-2000)),
    );
    let isReady: () => void;
    let isNotReady: (error: Error) => void;
    this.ready = new Promise((resolve, reject) => {
      isReady = resolve;
      isNotReady = reject;
    });
    createInterface({ input: this.child.stdout! }).on("line", (line) => {
      const message = JSON.parse(line) as Sample | { readonly ready: true };
      if ("ready" in message) return isReady();
      this.last.set(message.node, message);
      onSample(message);
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (code, signal) => {
        const error = new Error(
          `The observer ended by itself (${signal ?? `exit code ${code}`}): ${complaints.trim() || "it said nothing"}.`,
        );
        isNotReady(error);
        if (code === 0) resolve();
        else reject(error);
      });
    });
    this.ready.catch(() => {});
    this.ended.catch(() => {});
  }

  /** Ten looks a second. */
  fast(): void {
    this.child.stdin!.write("fast\n");
  }

  /** One look a second. */
  slow(): void {
    this.child.stdin!.write("slow\n");
  }

  async stop(): Promise<void> {
    this.child.stdin!.write("stop\n");
    await this.ended;
  }

  /** Ends it at once. */
  kill(): void {
    if (this.child.exitCode === null) this.child.kill("SIGKILL");
  }
}
