import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scenario, ScenarioEntry } from "../../scenarios";
import { UsageError } from "../errors";

/** Names of all scenarios. The constructs are loaded only where a scenario is asked for: a topology file needs none. */
export async function scenarioNames(): Promise<string[]> {
  const { scenarios } = await import("../../scenarios");
  return scenarios.map(({ name }) => name);
}

/**
 * What is read from the stack of a scenario, built as the cdktf command would build it.
 *
 * @param name @default the first scenario
 * @throws UsageError where no scenario has the name, or cdktf.json is not valid.
 */
export async function withStack<T>(
  name: string | undefined,
  read: (scenario: Scenario, entry: ScenarioEntry) => T,
): Promise<T> {
  const { scenarios } = await import("../../scenarios");
  const entry = name === undefined ? scenarios[0] : scenarios.find((scenario) => scenario.name === name);
  if (!entry) {
    const names = scenarios.map((scenario) => scenario.name).join(", ");
    throw new UsageError(`There is no scenario "${name}": expected one of ${names}.`);
  }
  const { App } = await import("cdktf");
  // An app makes its output folder at once, synthesised or not.
  const outdir = mkdtempSync(join(tmpdir(), "stretch-"));
  try {
    return read(entry.build(new App({ outdir, context: projectContext() })), entry);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** What the context of the project's cdktf.json says, as the cdktf command hands it to the app. */
function projectContext(): Record<string, unknown> {
  if (!existsSync("cdktf.json")) return {};
  let project: unknown;
  try {
    project = JSON.parse(readFileSync("cdktf.json", "utf8"));
  } catch (error) {
    throw new UsageError(`cdktf.json cannot be read: ${(error as Error).message}.`);
  }
  if (!isObject(project)) throw notAnObject("cdktf.json", project);
  const context = project.context ?? {};
  if (!isObject(context)) throw notAnObject("context in cdktf.json", context);
  return context;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notAnObject(what: string, value: unknown): UsageError {
  return new UsageError(`${what} is ${JSON.stringify(value).slice(0, 80)}: expected an object, in braces.`);
}
