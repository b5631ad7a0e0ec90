import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { gzipSync } from "node:zlib";
import type { BuildOptions } from "esbuild";
import { type ArchiveFile, tar } from "./tar";

/** What a client host is, as far as programs depend on it. */
export interface HostPlatform {
  /** As `uname -m` says: `x86_64`. */
  readonly machine: string;
  /** ABI of its Node.js: `process.versions.modules`. */
  readonly abi: string;
}

/** The programs of a client host with all that they need, as one archive. */
export interface Bundle {
  /** A tar archive, gzipped. */
  readonly archive: Buffer;
  /** SHA-256 of the archive, hexadecimal. */
  readonly sha256: string;
}

/** Programs by name in the bundle, with their sources. */
export const PROGRAMS = {
  "host.js": join(__dirname, "host", "program"),
  "program.js": join(__dirname, "..", "load", "program"),
} as const;

/** Where the package holds the programs bundled. */
const MADE = join(__dirname, "host", "bundled");
/** The database client, and what it asks for when it runs: its other dependencies are for its installation. */
const CLIENT = "aerospike";
const NEEDED = ["bindings", "minimatch"];
/** Files of packages that no program reads. */
const UNREAD = /\.(d\.[cm]?ts|[cm]?ts|map|md|markdown)$/;

/**
 * Bundles the loaders for client hosts of a platform: no npm and no registry is needed there.
 *
 * @throws Error where the database client has nothing for the platform
 */
export function bundleFor({ machine, abi }: HostPlatform): Bundle {
  const client = packageFolder(CLIENT, __dirname);
  const binding = `lib/binding/node-v${abi}-linux-x64/aerospike.node`;
  if (machine !== "x86_64" || !existsSync(join(client, binding))) {
    throw new Error(
      `The database client (npm package aerospike) has nothing here for the client hosts: ${machine}, Node.js with ABI ${abi}. ` +
        `Expected x86_64, and the file ${binding} in the package: its install script removes those of other versions ` +
        `(npm install --ignore-scripts aerospike keeps them).`,
    );
  }
  const files: ArchiveFile[] = Object.keys(PROGRAMS).map((path) => ({
    path,
    content: programText(path as keyof typeof PROGRAMS),
  }));
  for (const [name, folder] of packages(CLIENT, client)) {
    const only =
      name === CLIENT ? new RegExp(`^(package\\.json|LICENSE|lib/(?!binding/).*|${binding})$`) : /./;
    for (const file of filesOf(folder)) {
      if (!only.test(file) || UNREAD.test(file)) continue;
      files.push({ path: `node_modules/${name}/${file}`, content: readFileSync(join(folder, file)) });
    }
  }
  const archive = gzipSync(tar(files), { level: 6 });
  return { archive, sha256: createHash("sha256").update(archive).digest("hex") };
}

/** A program as one text. The package holds it made; in a checkout esbuild makes it, which is there for development. */
function programText(name: keyof typeof PROGRAMS): Buffer {
  const made = join(MADE, name);
  if (existsSync(made)) return readFileSync(made);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package has no esbuild, and needs none
  const { buildSync } = require("esbuild") as typeof import("esbuild");
  const { outputFiles } = buildSync(bundling(PROGRAMS[name]));
  return Buffer.from(outputFiles[0].contents);
}

/** How esbuild bundles a program. */
export function bundling(program: string): BuildOptions & { readonly write: false } {
  return {
    entryPoints: [program],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    external: [CLIENT, "tsx"],
    write: false,
  };
}

/** The database client and what it needs, each with its folder. */
function packages(name: string, folder: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(name)) return found;
  found.set(name, folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  for (const wanted of Object.keys(dependencies)) {
    if (name === CLIENT && !NEEDED.includes(wanted)) continue;
    packages(wanted, packageFolder(wanted, folder), found);
  }
  return found;
}

/** The folder of a package, as Node looks for it from another folder; some tell no one their package.json. */
function packageFolder(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", name);
    if (existsSync(join(found, "package.json"))) return found;
    if (dirname(folder) === folder) {
      throw new Error(`The package ${name} is not installed, which client hosts need: npm install ${name}`);
    }
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.split(sep).join("/"))
    .filter((path) => !/^(node_modules|test|tests)\//.test(path));
}
