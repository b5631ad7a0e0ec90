import { cpSync, readdirSync, symlinkSync } from "node:fs";
import * as path from "node:path";
import { REPO } from "./environment";
import { run } from "./run";

const MINUTE = 60_000;

/** npm in the user's own environment, less what an outer `npm test` says of this repo. */
export function npm(cwd: string, args: readonly string[], minutes: number): Promise<{ stdout: string }> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined &&
        !/^(npm_package_|npm_lifecycle_|npm_config_local_prefix|INIT_CWD)/.test(entry[0]),
    ),
  );
  return run("npm", args, { cwd, env, timeoutMs: minutes * MINUTE });
}

/** Runs a file of a consumer's folder, or the repo's compiler in it. */
export function node(cwd: string, ...args: string[]): Promise<{ stdout: string }> {
  const { PATH = "", HOME = "" } = process.env;
  return run(process.execPath, args, {
    cwd,
    env: { PATH, HOME, CHECKPOINT_DISABLE: "1" },
    timeoutMs: 3 * MINUTE,
  });
}

/** What `npm pack` says of a tarball. */
export interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs this package into a folder, from a copy: prepack makes `dist` anew, and suites run side by side. */
export async function pack(destination: string): Promise<Packed> {
  const source = path.join(destination, "source");
  for (const name of readdirSync(REPO).filter(
    (entry) => !/^(\.git|dist|node_modules|cdktf\.out)$/.test(entry),
  )) {
    cpSync(path.join(REPO, name), path.join(source, name), { recursive: true });
  }
  symlinkSync(path.join(REPO, "node_modules"), path.join(source, "node_modules"));
  const { stdout } = await npm(source, ["pack", "--json", "--pack-destination", destination], 3);
  // What prepack prints stands before npm's JSON.
  return JSON.parse(stdout.slice(stdout.search(/^\[/m)))[0];
}

/** Installs what a folder's package.json asks for. */
export async function install(folder: string): Promise<void> {
  await npm(folder, ["install", "--prefer-offline", "--no-audit", "--no-fund"], 8);
}
