import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Summary } from "../../../lab/run/summary";
import { REPO } from "./environment";

/** Milliseconds for a story: the longest takes 40 s, and several run side by side. */
export const LIMIT = 240_000;

/** What a run left. */
export interface Ran {
  readonly code: number | null;
  readonly output: string;
  readonly folder: string;
  readonly summary: Summary;
}

/** What goes on beside a run. */
interface Beside {
  /** Gets all that it has printed so far, whenever it prints. */
  readonly meanwhile?: (output: string, signal: (name: NodeJS.Signals) => void) => void;
  /** Variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const out = mkdtempSync(join(tmpdir(), "stretch-test-"));
afterAll(() => rmSync(out, { recursive: true }));

/** A folder that goes away with the tests of the file. */
export function scratch(): string {
  return mkdtempSync(join(out, "scratch-"));
}

/** Runs `stretch run` as a user does, with a seed of its own. */
export function stretchRun(
  args: readonly string[],
  { meanwhile = () => {}, env = {} }: Beside = {},
): Promise<Ran> {
  const own = scratch();
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "cli/cli.ts", "run", ...args, "--seed", "7", "--out", own],
    { cwd: REPO, timeout: LIMIT, env: { ...process.env, ...env } },
  );
  let output = "";
  const hear = (data: Buffer) => {
    output += data.toString();
    meanwhile(output, (name) => child.kill(name));
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const [run] = readdirSync(own);
      if (run === undefined) return reject(new Error(output));
      const folder = join(own, run);
      const summary = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8")) as Summary;
      resolve({ code, output, folder, summary });
    });
  });
}
