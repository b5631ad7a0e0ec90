import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Summary } from "../../../../lab/run/summary";
import { REPO, refuseRealAws } from "../environment";
import type { LiveRunOptions } from "./live-run";
import type { Twin } from "./twin";

/** Milliseconds that a run may take. */
const LIMIT = 300_000;

/** A run on the twin, in a process of its own. */
export class LiveProcess {
  private readonly scratch = mkdtempSync(join(tmpdir(), "stretch-live-"));
  readonly folder = join(this.scratch, "run");
  /** All that it printed so far. */
  output = "";
  private readonly child: ChildProcess;
  private readonly code: Promise<number | null>;

  /** @param endpoint where it finds AWS; default: the twin's moto */
  constructor(twin: Twin, options: Omit<LiveRunOptions, "folder">, endpoint = twin.moto.endpoint) {
    const env = {
      ...twin.moto.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    };
    refuseRealAws(env);
    // A group of its own, which terraform is in too.
    this.child = spawn(
      process.execPath,
      [
        "--import",
        "tsx",
        join(__dirname, "live-run.ts"),
        JSON.stringify({ ...options, folder: this.folder }),
      ],
      { cwd: REPO, env, detached: true, stdio: ["ignore", "pipe", "pipe"] },
    );
    const timer = setTimeout(() => this.kill(), LIMIT);
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    }
    this.code = new Promise((resolve) => {
      this.child.once("close", (code) => {
        clearTimeout(timer);
        resolve(code);
      });
    });
  }

  /** Waits until it has printed something; what it printed is the error where it ended before. */
  async says(what: RegExp): Promise<void> {
    let over = false;
    void this.code.then(() => (over = true));
    while (!what.test(this.output)) {
      if (over) throw new Error(`It ended without saying ${what}:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Its exit code, and its summary where it wrote one. */
  async ended(): Promise<{ code: number | null; summary?: Summary; output: string }> {
    const code = await this.code;
    const file = join(this.folder, "summary.json");
    const summary = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Summary) : undefined;
    return { code, summary, output: this.output };
  }

  /** As kill -9 does, terraform with it. */
  kill(): void {
    try {
      process.kill(-this.child.pid!, "SIGKILL");
    } catch {
      // It has ended.
    }
  }

  remove(): void {
    this.kill();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
