import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Facts, factsBefore, factsOf, type Locals, ReachError } from "../../reach";
import { UsageError } from "../errors";
import { localsIn, localsOfPlan } from "./locals";

/** Size of what `terraform show -json` may print, in bytes. */
const MOST_BYTES = 2 ** 30;
/** Time that it may take, in milliseconds. */
const MOST_MS = 5 * 60_000;

/** The networks that a plan or a state tells of. */
export interface Networks {
  readonly after: Facts;
  /** How they are before the plan, where anything is there. */
  readonly before?: Facts;
}

/**
 * Reads the networks of a plan (its file, or what `terraform show -json` printed of it) or of a state.
 *
 * @param source folder of the configuration, initialised. @default for a plan's file its own folder
 * @throws UsageError where it cannot be read. Nothing of what is in it is told: plans hold secrets.
 */
export async function loadNetworks(path: string, source?: string): Promise<Networks> {
  const bytes = read(path);
  const isPlanFile = bytes.subarray(0, 2).toString() === "PK";
  const shown = isPlanFile ? show(path, source) : parsed(path, bytes);
  const locals: Locals =
    source !== undefined ? await localsIn(source) : isPlanFile ? await localsOfPlan(bytes) : {};
  try {
    return { after: factsOf(shown, locals), before: factsBefore(shown) };
  } catch (error) {
    if (!(error instanceof ReachError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}.`);
  }
}

function parsed(path: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    // The error's own words would show what is in the file.
    throw new UsageError(
      `${path} is no JSON and no plan file: expected what \`terraform show -json\` prints, or what \`terraform plan -out\` writes.`,
    );
  }
}

/** What `terraform show -json` prints of a plan's file, or OpenTofu's `tofu`, whose plans terraform does not read. */
function show(path: string, source = dirname(path)): unknown {
  const failures: string[] = [];
  for (const program of ["terraform", "tofu"]) {
    const { error, status, stdout, stderr } = spawnSync(
      program,
      ["show", "-json", "-no-color", resolve(path)],
      { cwd: source, encoding: "utf8", maxBuffer: MOST_BYTES, timeout: MOST_MS },
    );
    if (error === undefined && status === 0) return JSON.parse(stdout);
    if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") continue;
    failures.push(`${program} cannot show ${path} in ${source}: ${error?.message ?? stderr.trim()}`);
  }
  const why =
    failures.length > 0
      ? failures.join("\n")
      : `${path} is a plan file, and neither terraform nor tofu is there to show it.`;
  throw new UsageError(
    `${why}\nGive --source, the folder that it was planned in, or what \`terraform show -json\` prints of it.`,
  );
}
