import { spawn } from "node:child_process";
import { ExitError, UsageError } from "../errors";

/** Lines of an app's standard error that are shown where it fails. */
const SHOWN_LINES = 12;
/** Characters of it that are kept. */
const KEPT = 65_536;
const LIMIT_MS = 300_000;

/**
 * Runs the app command of a cdktf.json in this folder, as the cdktf command does.
 *
 * @param env what it finds beside the environment of this process
 * @param limitMs after which it is ended, and all that it started
 * @throws UsageError where it fails or takes too long, with the last lines of its standard error
 */
export async function runAppCommand(
  command: string,
  env: Readonly<Record<string, string>>,
  limitMs = LIMIT_MS,
): Promise<void> {
  // A process group of its own: a shell that is ended leaves what it started.
  const child = spawn(command, {
    shell: true,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  let said = "";
  let interruptedBy: number | undefined;
  let late = false;
  const end = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  };
  const [onInterrupt, onTerminate] = ([130, 143] as const).map((code) => () => {
    interruptedBy = code;
    end("SIGTERM");
  });
  process.on("SIGINT", onInterrupt).on("SIGTERM", onTerminate);
  const timer = setTimeout(() => {
    late = true;
    end("SIGKILL");
  }, limitMs);
  try {
    const ended = await new Promise<string | undefined>((resolve) => {
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-KEPT);
      });
      child.on("error", (error) => resolve(`cannot be started: ${error.message}`));
      child.on("close", (code, signal) => {
        if (code === 0) resolve(undefined);
        else resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
      });
    });
    if (interruptedBy !== undefined) throw new ExitError(interruptedBy);
    if (ended === undefined) return;
    const lines = said.trimEnd().split("\n").slice(-SHOWN_LINES);
    throw new UsageError(
      [
        `The app of cdktf.json (${command}) ${late ? `did not end within ${limitMs / 1000} s` : ended}:`,
        ...(said.trim() === "" ? ["it said nothing."] : lines),
      ].join("\n  "),
    );
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate);
  }
}
