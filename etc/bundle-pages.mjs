// Makes of the pages what the package holds: the script of each page, d3 as one file (it is of ES modules only), and the licences
// of what is inside them. Run after tsc, on dist/.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { licencesOf } from "./licences.mjs";

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

writeFileSync("dist/pages/LICENSES.txt", licencesOf(Object.keys(metafile.inputs)));
