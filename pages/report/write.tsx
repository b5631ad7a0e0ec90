import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { render } from "preact-render-to-string";
import { page } from "../build/html";
import { scriptOf } from "../build/bundle";
import { LANES } from "../drawings/lanes";
import { reportData } from "./data";
import { Report } from "./report";

/**
 * Renders `report.html` into the folder of a run, from its files alone.
 *
 * @returns the page's path
 * @throws Error where a file of the run is missing or damaged
 */
export function writeReportPage(folder: string): string {
  const ledgers = readdirSync(folder).filter((name) => /^ledger-.*\.jsonl$/.test(name));
  const data = reportData(folder, ledgers.sort());
  const { experiment, verdict } = data.summary;
  const [before, fault] = data.summary.phases;
  const path = join(folder, "report.html");
  writeFileSync(
    path,
    page({
      title: `${experiment}: ${verdict}`,
      body: render(<Report data={data} />),
      data: {
        moments: data.moments,
        // Where the pointer stands at first: at the fault.
        from: fault ? (fault.from - before.from) / 1e6 : 0,
        left: LANES.left / LANES.width,
        width: (LANES.width - LANES.left - 10) / LANES.width,
      },
      script: scriptOf("report"),
    }),
  );
  return path;
}
