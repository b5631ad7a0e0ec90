import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describeWith } from "../support/requirements";

const TEMPLATES = join(__dirname, "..", "..", "templates");
const TWIN = join(__dirname, "..", "e2e", "support", "twin", "stand-ins");
/** Scripts by name: those of hosts, the stand-in that these tests play them, and those of the twin. */
const SCRIPTS: readonly [string, string][] = [
  ...readdirSync(TEMPLATES)
    .filter((name) => name.endsWith(".sh"))
    .map((name): [string, string] => [name, join(TEMPLATES, name)]),
  ["the stand-in", join(__dirname, "support", "stand-ins", "record")],
  ...readdirSync(TWIN).map((name): [string, string] => [`the twin's ${name}`, join(TWIN, name)]),
];

describeWith(["shellcheck"], "shellcheck", () => {
  // SC1091: the scripts source files by the paths that those have on a host.
  const check = (args: readonly string[], input?: string) =>
    spawnSync("shellcheck", ["--exclude=SC1091", ...args], { encoding: "utf8", timeout: 60_000, input });

  it.each(SCRIPTS)("has nothing to say about %s", (_, script) => {
    expect(check([script])).toMatchObject({ status: 0, stdout: "" });
  });

  it("finds a fault, so that the tests above mean something", () => {
    expect(check(["-"], '#!/bin/bash\nrm -rf "$1"/$2/*\n').status).toBe(1);
  });
});
