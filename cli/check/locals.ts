import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Locals } from "../../reach";
import { UsageError } from "../errors";

/** A file of a module's sources. */
interface Source {
  /** Name of the module as Terraform keeps it: the calls that lead to it, joined by dots; empty: the root. */
  readonly module: string;
  readonly name: string;
  readonly text: string;
}

/** What Terraform keeps of where modules are. */
interface ModulesFile {
  readonly Modules?: readonly { readonly Key: string; readonly Dir: string }[];
}

/**
 * What the locals of a configuration refer to.
 *
 * @param folder of the root module, after `terraform init`
 * @throws UsageError where the folder has no configuration, or it cannot be read
 */
export async function localsIn(folder: string): Promise<Locals> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UsageError(`--source ${folder} is no folder: expected the one that was planned in.`);
  }
  const kept = join(folder, ".terraform/modules/modules.json");
  const { Modules = [] } = existsSync(kept) ? (JSON.parse(readFileSync(kept, "utf8")) as ModulesFile) : {};
  const folders = [{ Key: "", Dir: "." }, ...Modules.filter(({ Key }) => Key !== "")];
  const sources = folders.flatMap(({ Key, Dir }) => {
    const at = join(folder, Dir);
    if (!existsSync(at)) return [];
    return readdirSync(at)
      .filter(isSource)
      .map((name) => ({ module: Key, name, text: readFileSync(join(at, name), "utf8") }));
  });
  if (sources.length === 0) throw new UsageError(`--source ${folder} has no .tf and no .tf.json file.`);
  return localsOf(sources);
}

/** What the locals refer to of the configuration that a plan's file holds. */
export async function localsOfPlan(bytes: Buffer): Promise<Locals> {
  const files = unzipSync(bytes, { filter: ({ name }) => name.startsWith("tfconfig/m-") && isSource(name) });
  return localsOf(
    Object.entries(files).map(([path, content]) => {
      const [, module, name] = /^tfconfig\/m-([^/]*)\/(?:.*\/)?([^/]+)$/.exec(path) ?? ["", "", path];
      return { module, name, text: Buffer.from(content).toString("utf8") };
    }),
  );
}

function isSource(name: string): boolean {
  return /\.tf(\.json)?$/.test(name);
}

async function localsOf(sources: readonly Source[]): Promise<Locals> {
  const all: Record<string, Record<string, string[]>> = {};
  for (const { module, name, text } of sources) {
    if (!text.includes("locals")) continue;
    for (const [local, value] of Object.entries(await localsWritten(name, text))) {
      (all[module] ??= {})[local] = await referencesIn(name, value);
    }
  }
  return all;
}

async function localsWritten(name: string, text: string): Promise<Record<string, unknown>> {
  const { locals = [] } = name.endsWith(".json")
    ? (JSON.parse(text) as { locals?: object | object[] })
    : await (await hcl()).parse(name, text);
  return Object.assign({}, ...[locals].flat()) as Record<string, unknown>;
}

/** References of all expressions in a value, in the form of Terraform's JSON: `aws_subnet.a["x"].id`. */
async function referencesIn(file: string, value: unknown): Promise<string[]> {
  const texts: string[] = [];
  JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "string" && part.includes("${")) texts.push(part);
    return part;
  });
  const found: string[] = [];
  for (const text of texts) {
    for (const { value: reference, endPosition } of await (
      await hcl()
    ).getReferencesInExpression(file, text)) {
      // The reader leaves out what follows a splat.
      const [, attribute = ""] = /^(?:\[\*\]|\.\*)(\.[\w-]+)/.exec(text.slice(endPosition)) ?? [];
      found.push(reference.replace(/\.("[^"]*"|\d+)(?=\.|$)/g, "[$1]") + attribute);
    }
  }
  return found;
}

/** Reader of HCL: an optional peer, as those who use CDKTF have it and others may not need it. */
async function hcl(): Promise<typeof import("@cdktf/hcl2json")> {
  try {
    return await import("@cdktf/hcl2json");
  } catch {
    throw new UsageError(
      "Locals are read by a package that is not installed: npm install @cdktf/hcl2json, or give the plan as JSON without --source.",
    );
  }
}
