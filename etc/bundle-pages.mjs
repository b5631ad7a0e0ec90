// Makes of the pages what the package holds: the script of each page, d3 as one file (it is of ES modules only), and the licences
// of what is inside them. Run after tsc, on dist/.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";

const { bundle, SCRIPTS } = createRequire(import.meta.url)("../dist/pages/build/bundle.js");

for (const name of SCRIPTS) writeFileSync(`dist/pages/${name}/script.js`, bundle(`pages/${name}`));

const { metafile } = await build({
  entryPoints: ["pages/drawings/d3.ts", "pages/explorer/main.tsx"],
  outdir: "dist/pages",
  outbase: "pages",
  bundle: true,
  minify: true,
  format: "cjs",
  metafile: true,
  write: false,
  jsx: "automatic",
  jsxImportSource: "preact",
});
await build({
  entryPoints: ["pages/drawings/d3.ts"],
  outfile: "dist/pages/drawings/d3.js",
  allowOverwrite: true,
  bundle: true,
  minify: true,
  format: "cjs",
});

const packages = new Set(
  Object.keys(metafile.inputs).flatMap(
    (input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
  ),
);
const licences = [...packages].sort().map((name) => {
  const folder = join("node_modules", name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = ["LICENSE", "LICENSE.md", "LICENCE"].map((one) => join(folder, one)).find(existsSync);
  if (!file) throw new Error(`${name} has no licence file: it cannot be in the pages.`);
  return `${name} ${version}\n\n${readFileSync(file, "utf8").trim()}\n`;
});
writeFileSync("dist/pages/LICENSES.txt", licences.join("\n----\n\n"));
