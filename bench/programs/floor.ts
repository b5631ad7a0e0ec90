// The floor of any synth: node loads cdktf and the provider classes that the constructs use, and builds nothing.
import "cdktf";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

const load = createRequire(__filename);
const modules = path.join(__dirname, "../../modules");
for (const file of readdirSync(modules, { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".ts")) continue;
  const source = readFileSync(path.join(modules, file), "utf8");
  // `import type` loads nothing.
  for (const [, name] of source.matchAll(/^import (?!type ).*"(@cdktf\/provider-aws\/[^"]+)";$/gm))
    load(name);
}
