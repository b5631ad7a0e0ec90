import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { render } from "preact-render-to-string";
import { page } from "../build/html";
import { explorerPage } from "../explorer/page";
import { given, presetOf } from "../explorer/presets";
import { designOf, hashOf } from "../explorer/state";
import { scriptOf } from "../build/bundle";
import { LANES } from "../drawings/lanes";
import { reportData } from "./data";
import { Report } from "./report";

/** Has made what the pages of a run take: in a checkout nothing more can be compiled after Ctrl-C, which ends the compiler. */
export function prepareReportPage(): void {
  scriptOf("report");
  scriptOf("explorer");
}

/**
 * Renders `report.html` into the folder of a run, from its files alone, and beside it `explorer.html` with its cluster.
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
  const { topology, sides, names } = data;
  const faults = Object.fromEntries(data.faults.map(({ name, fault: one }) => [name, one]));
  const last = data.faults.at(-1);
  const start = {
    designs: [designOf(topology)],
    steps: last ? [{ broken: [given(last.name, last.fault)] }] : [],
    names: { ...names },
  };
  const presets = [presetOf({ name: experiment, topology, faults, sides })];
  writeFileSync(join(folder, "explorer.html"), explorerPage({ presets, start }));
  writeFileSync(
    path,
    page({
      title: `${experiment}: ${verdict}`,
      body: render(<Report data={data} explorer={`explorer.html${hashOf(start)}`} />),
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
