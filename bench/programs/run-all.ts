// npm run bench [-- NAME...]: runs every benchmark of bench/, or the named ones, one after the other.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import * as path from "node:path";

const BENCH = path.join(__dirname, "..");
const wanted = process.argv.slice(2);
const all = readdirSync(BENCH)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => path.basename(file, ".ts"));
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark is named ${unknown.join(", ")}; there are: ${all.join(", ")}.`);
  process.exit(1);
}
for (const name of wanted.length > 0 ? wanted : all) {
  console.log(`\n== ${name}`);
  const program = path.join(BENCH, `${name}.ts`);
  const { status } = spawnSync(process.execPath, ["--import", "tsx", program], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
