import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { junitOf } from "./junit";
import type { Summary } from "./summary";
import { summaryText } from "./summary-text";

/** Writes `summary.json`, `summary.md` and `junit.xml` into the run's folder. */
export function writeReport(folder: string, summary: Summary): void {
  writeFileSync(join(folder, "summary.json"), `${JSON.stringify(summary, undefined, 1)}\n`);
  writeFileSync(join(folder, "summary.md"), summaryText(summary));
  writeFileSync(join(folder, "junit.xml"), junitOf(summary));
}
