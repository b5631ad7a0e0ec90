import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Reads a gzipped JSON file of `__tests__/fixtures` (`recordings/asadm`). */
export function gzippedFixture<T>(name: string): T {
  const file = join(__dirname, "..", "fixtures", `${name}.json.gz`);
  return JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as T;
}
