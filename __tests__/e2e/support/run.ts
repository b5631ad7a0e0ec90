import { spawn } from "node:child_process";

export interface RunOptions {
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** After this many milliseconds the command and all that it started are killed. */
  readonly timeoutMs: number;
  /** Exit codes that are no failure. @default [0] */
  readonly okCodes?: readonly number[];
  /** What to add to the error (a server's log). */
  readonly evidence?: () => string;
}

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. Rejects with all that it printed if it fails or takes too long. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Result> {
  const { cwd, env, timeoutMs, okCodes = [0], evidence } = options;
  return new Promise((resolve, reject) => {
    // A process group of its own, so that terraform's provider processes end with it.
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const out = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (out.stderr += text));

    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child.pid);
    }, timeoutMs);

    const fail = (why: string) => {
      const said = [`stdout:\n${tail(out.stdout)}`, `stderr:\n${tail(out.stderr)}`, evidence?.() ?? ""];
      reject(new Error(`${[command, ...args].join(" ")} (in ${cwd}) ${why}\n${said.join("\n")}`));
    };
    child.on("error", (error) => {
      clearTimeout(timer);
      fail(`could not start: ${error.message}`);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (timedOut) return fail(`took longer than ${timeoutMs / 1000} s and was killed`);
      if (code === null || !okCodes.includes(code)) return fail(`ended with ${code ?? signal}`);
      resolve({ code, ...out });
    });
  });
}

/** The last lines of a text. */
export function tail(text: string, lines = 60): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
