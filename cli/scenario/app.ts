import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../errors";
import type { StackJson } from "../price/bill";
import { runAppCommand } from "./app-command";

/** A stack as an app has synthesised it. */
export interface AppStack {
  readonly name: string;
  /** What the package's constructs wrote of it, unchecked; undefined where it has none of them. */
  readonly metadata: unknown;
  /** The whole of it; undefined where it is HCL. */
  readonly json?: StackJson;
}

/** What a folder's app synthesises. */
export interface CdktfApp {
  /** Names of its stacks. */
  readonly names: readonly string[];
  /** A stack by name, one of `names`. */
  stack(name: string): Promise<AppStack>;
}

/**
 * The app that commands read stacks of: what is synthesised in a folder; else what the app command of this folder's cdktf.json
 * synthesises now; where there is none, the package's own scenarios.
 *
 * @param output folder that an app has synthesised into (`cdktf.out`)
 * @throws UsageError where cdktf.json, the app or the folder is not as it has to be
 */
export async function openApp(output?: string): Promise<CdktfApp> {
  if (output !== undefined) return asApp(readOutput(output, `--app-output ${output}`));
  const { command, context } = project();
  return command === undefined ? packagesOwn(context) : asApp(await synthesised(command, context));
}

/** Apps that have run: one command of ours asks more than once. */
const ran = new Map<string, Promise<AppStack[]>>();

function synthesised(command: string, context: Readonly<Record<string, unknown>>): Promise<AppStack[]> {
  const key = JSON.stringify([process.cwd(), command, context]);
  const running = ran.get(key) ?? run(command, context);
  ran.set(key, running);
  return running;
}

async function run(command: string, context: Readonly<Record<string, unknown>>): Promise<AppStack[]> {
  const outdir = mkdtempSync(join(tmpdir(), "stretch-"));
  try {
    await runAppCommand(command, {
      CDKTF_OUTDIR: outdir,
      CDKTF_CONTEXT_JSON: JSON.stringify(context),
      SYNTH_HCL_OUTPUT: "false",
    });
    if (!existsSync(join(outdir, "manifest.json"))) {
      throw new UsageError(
        `The app of cdktf.json (${command}) synthesised nothing into the folder that CDKTF_OUTDIR names: expected app.synth(), and no outdir given to App. ` +
          "Or name the folder that it writes to with --app-output.",
      );
    }
    return readOutput(outdir, "the app of cdktf.json");
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function asApp(stacks: readonly AppStack[]): CdktfApp {
  return {
    names: stacks.map(({ name }) => name),
    stack: async (name) => stacks.find((stack) => stack.name === name)!,
  };
}

/** The scenarios, each synthesised when it is asked for. The constructs are loaded only here. */
async function packagesOwn(context: Readonly<Record<string, unknown>>): Promise<CdktfApp> {
  const { scenarios } = await import("../../scenarios");
  return {
    names: scenarios.map(({ name }) => name),
    stack: async (name) => {
      const { App } = await import("cdktf");
      const outdir = mkdtempSync(join(tmpdir(), "stretch-"));
      try {
        const app = new App({ outdir, context });
        scenarios.find((scenario) => scenario.name === name)!.build(app);
        app.synth();
        return readOutput(outdir, "the scenarios")[0];
      } finally {
        rmSync(outdir, { recursive: true, force: true });
      }
    },
  };
}

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly synthesizedStackPath: string; readonly stackMetadataPath?: string }>
  >;
}

/** What an app left in its folder. */
function readOutput(folder: string, what: string): AppStack[] {
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));
  try {
    const { stacks } = read("manifest.json") as Manifest;
    return Object.entries(stacks).map(([name, { synthesizedStackPath, stackMetadataPath = "" }]) => {
      const json = synthesizedStackPath.endsWith(".json") ? read(synthesizedStackPath) : undefined;
      const { metadata } = (json ?? read(stackMetadataPath))["//"];
      return { name, metadata: metadata.stretch, ...(json && { json }) };
    });
  } catch (error) {
    throw new UsageError(
      `${what} is no folder that a CDKTF app has synthesised into: ${(error as Error).message}. Expected manifest.json and the stacks that it names, such as in cdktf.out after cdktf synth.`,
    );
  }
}

/**
 * The stack whose configuration is in a folder, of `cdktf.out/stacks` for instance.
 *
 * @returns undefined where the folder has nothing that CDKTF wrote
 * @throws UsageError where it cannot be read
 */
export function stackInFolder(folder: string): AppStack | undefined {
  const file = ["cdk.tf.json", "metadata.json"].map((name) => join(folder, name)).find(existsSync);
  if (file === undefined) return undefined;
  try {
    const json = JSON.parse(readFileSync(file, "utf8"));
    const { metadata } = json["//"];
    const { stackName: name, stretch } = metadata;
    return { name, metadata: stretch, ...(file.endsWith("cdk.tf.json") && { json }) };
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${(error as Error).message}. Expected what cdktf synth writes: run it again.`,
    );
  }
}

/** The app command and the context of this folder's cdktf.json, as the cdktf command reads them. */
function project(): { readonly command?: string; readonly context: Record<string, unknown> } {
  if (!existsSync("cdktf.json")) return { context: {} };
  let file: unknown;
  try {
    file = JSON.parse(readFileSync("cdktf.json", "utf8"));
  } catch (error) {
    throw new UsageError(`cdktf.json cannot be read: ${(error as Error).message}.`);
  }
  if (!isObject(file)) throw notAnObject("cdktf.json", file);
  const context = file.context ?? {};
  if (!isObject(context)) throw notAnObject("context in cdktf.json", context);
  const { app } = file;
  if (app === undefined) return { context };
  if (typeof app !== "string" || app.trim() === "") {
    throw new UsageError(
      `app in cdktf.json is ${JSON.stringify(app).slice(0, 80)}: expected the command that synthesises, such as "node --import tsx main.ts".`,
    );
  }
  return { command: app, context };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notAnObject(what: string, value: unknown): UsageError {
  return new UsageError(`${what} is ${JSON.stringify(value).slice(0, 80)}: expected an object, in braces.`);
}
