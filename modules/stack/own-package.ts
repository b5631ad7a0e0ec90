import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** package.json stands above modules/ in the sources, and one further up above the compiled dist/modules/. */
const CANDIDATES = [
  join(__dirname, "..", "..", "package.json"),
  join(__dirname, "..", "..", "..", "package.json"),
];

/** The Terraform output in which a stack tells which version of this package made it. */
export const VERSION_OUTPUT = "stretch_version";

/** This package's name and version. */
export function ownPackage(): { name: string; version: string } {
  const path = CANDIDATES.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`no package.json above ${__dirname}`);
  return JSON.parse(readFileSync(path, "utf8"));
}
