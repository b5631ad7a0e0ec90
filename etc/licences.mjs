import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The licences of the packages that some files are of, in one text. */
export function licencesOf(files) {
  const folders = new Set(
    files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
  );
  const licences = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = ["LICENSE", "LICENSE.md", "LICENCE", "LICENSE.txt"]
      .map((one) => join(folder, one))
      .find(existsSync);
    // Some of the AWS SDK's packages say it in their package.json alone; the text is among the others here.
    if (!file && license === "Apache-2.0") return `${name} ${version}\n\nLicensed under ${license}.\n`;
    if (!file) throw new Error(`${name} has no licence file: it cannot be in what the package holds.`);
    return `${name} ${version}\n\n${readFileSync(file, "utf8").trim()}\n`;
  });
  return licences.join("\n----\n\n");
}
