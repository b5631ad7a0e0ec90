import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Pages whose script is bundled: `pages/<name>/main.ts` or `main.tsx`. */
export const SCRIPTS = ["report", "explorer", "live"] as const;

/** One of {@link SCRIPTS}. */
export type ScriptName = (typeof SCRIPTS)[number];

const bundled = new Map<ScriptName, string>();

/**
 * A page's script as one text. The package holds it made; in a checkout it is made when it is needed, by esbuild, which is
 * there for development.
 */
export function scriptOf(name: ScriptName): string {
  const made = join(__dirname, "..", name, "script.js");
  if (existsSync(made)) return readFileSync(made, "utf8");
  const script = bundled.get(name) ?? bundle(join(__dirname, "..", name));
  bundled.set(name, script);
  return script;
}

/** Bundles the script in a page's folder. */
export function bundle(folder: string): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package has no esbuild, and needs none
  const { buildSync } = require("esbuild") as typeof import("esbuild");
  const { outputFiles } = buildSync({
    entryPoints: [
      ["main.tsx", "main.ts"].map((name) => join(folder, name)).find((path) => existsSync(path))!,
    ],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "silent",
  });
  // What ends a script element must not stand in it.
  return outputFiles[0].text.replaceAll("</script", "<\\/script");
}
