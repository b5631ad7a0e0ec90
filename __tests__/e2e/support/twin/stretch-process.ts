import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Summary } from "../../../../lab/run/summary";
import { REPO, refuseRealAws } from "../environment";

/** Milliseconds that a command may take. */
const LIMIT = 840_000;

/** A command `stretch` in a process of its own, that can be watched and signalled. */
export class StretchProcess {
  /** All that it printed so far. */
  text = "";
  /** Its exit code, and all that it printed. */
  readonly ended: Promise<{ code: number | null; text: string }>;
  private readonly child: ChildProcess;
  private over = false;

  /** @param cwd folder in which it runs. @default the repository, whose app has the scenarios */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>, cwd = REPO) {
    refuseRealAws(env);
    const how = ["--import", pathToFileURL(require.resolve("tsx")).href, join(REPO, "cli/cli.ts")];
    // A group of its own, as a terminal gives it.
    this.child = spawn(process.execPath, [...how, ...args], {
      cwd,
      env: {
        ...env,
        // Its JSX is compiled by the settings of the repository, wherever it runs.
        TSX_TSCONFIG_PATH: join(REPO, "tsconfig.json"),
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const timer = setTimeout(() => this.signal("SIGKILL"), LIMIT);
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => (this.text += text));
    }
    this.ended = new Promise((resolve) => {
      this.child.once("close", (code) => {
        clearTimeout(timer);
        this.over = true;
        resolve({ code, text: this.text });
      });
    });
  }

  /** Waits until it has printed something; what it printed is the error where it ended before. */
  says(what: RegExp): Promise<void> {
    return this.until(() => what.test(this.text), `saying ${what}`);
  }

  /** Waits until something holds, as long as it runs. */
  async until(holds: () => boolean, what: string): Promise<void> {
    while (!holds()) {
      if (this.over) throw new Error(`It ended without ${what}:\n${this.text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** To it and all that is in its group, as a terminal's Ctrl-C is; what it put into groups of their own hears nothing. */
  signal(name: NodeJS.Signals): void {
    try {
      process.kill(-this.child.pid!, name);
    } catch {
      // It has ended.
    }
  }
}

/** What the latest run below a folder (`--out`) wrote. */
export function lastSummary(out: string): Summary {
  const last = readdirSync(out).sort().at(-1)!;
  return JSON.parse(readFileSync(join(out, last, "summary.json"), "utf8")) as Summary;
}
