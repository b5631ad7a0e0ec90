// The programs of client hosts as the package holds them, with the licences of what is inside them. Run after tsc, on dist/.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { licencesOf } from "./licences.mjs";

const { bundling, PROGRAMS } = createRequire(import.meta.url)("../dist/lab/deployed/bundle.js");

const folder = "dist/lab/deployed/host/bundled";
const inputs = [];
for (const [name, program] of Object.entries(PROGRAMS)) {
  const { metafile } = await build({
    ...bundling(program),
    outfile: `${folder}/${name}`,
    metafile: true,
    write: true,
  });
  inputs.push(...Object.keys(metafile.inputs));
}
writeFileSync(`${folder}/LICENSES.txt`, licencesOf(inputs));
