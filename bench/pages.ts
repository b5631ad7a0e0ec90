/**
 * Figures of the pages, in chromium: the explorer's size, first paint, a fault and a change of topology of 100 nodes until they
 * are painted; the report of a million operations.
 *
 *     node --import tsx bench/pages.ts
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium, type Page } from "playwright-core";
import { madeUpRun } from "../__tests__/pages/support/run-folder";
import type { Topology } from "../model";
import { explorerPage } from "../pages/explorer/page";
import { presetOf } from "../pages/explorer/presets";
import { writeReportPage } from "../pages/report/write";

const GOALS = { gzipKB: 80, paintMs: 1000, faultMs: 50, topologyMs: 120, reportSeconds: 10, reportMB: 1 };
const OPERATIONS = 1_000_000;
const ROUNDS = 15;

const scratch = mkdtempSync(join(tmpdir(), "stretch-bench-"));
const regions = ["eu-west-1", "eu-west-2", "eu-west-3"];
const topology: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: Array.from({ length: 100 }, (_, i) => ({
    id: `A${Math.floor(i / 3) + 1}B${(i % 3) + 1}`,
    rack: (i % 3) + 1,
    region: regions[i % 3],
  })),
};

function told(what: string, value: number, goal: number, unit: string): void {
  console.log(`${what}: ${value.toFixed(1)} ${unit}, goal ${goal} ${unit}${value > goal ? " MISSED" : ""}`);
  if (value > goal) process.exitCode = 1;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Milliseconds from doing something in the page until it is painted. */
function painted(page: Page, does: string): Promise<number> {
  return page.evaluate(async (source) => {
    const began = performance.now();
    (0, eval)(source);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - began;
  }, does);
}

async function explorer(): Promise<void> {
  const html = explorerPage({ presets: [presetOf({ name: "hundred", topology, faults: {}, sides: {} })] });
  const file = join(scratch, "explorer.html");
  writeFileSync(file, html);
  told("explorer, compressed", gzipSync(html).length / 1024, GOALS.gzipKB, "KB");
  const executablePath = execFileSync("sh", ["-c", `command -v ${process.env.CHROMIUM ?? "chromium"}`], {
    encoding: "utf8",
  }).trim();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await (await browser.newContext({ bypassCSP: true })).newPage();
    await page.goto(pathToFileURL(file).href);
    await page.locator(".outcome").waitFor();
    const paint = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0].startTime,
    );
    told("first paint", paint, GOALS.paintMs, "ms");
    const faults: number[] = [];
    const changes: number[] = [];
    await page.locator("details summary").click();
    for (let i = 0; i < ROUNDS; i++) {
      faults.push(
        await painted(
          page,
          'document.querySelector(\'[aria-label^="link between"]\').dispatchEvent(new MouseEvent("click", { bubbles: true }))',
        ),
      );
    }
    await page
      .getByRole("button", { name: "Heal all" })
      .click({ timeout: 2000 })
      .catch(() => {});
    for (let i = 0; i < ROUNDS; i++) {
      changes.push(
        await painted(
          page,
          `{ const one = document.querySelector('[aria-label="nodes of rack 1"]'); one.value = ${33 + (i % 2)}; one.dispatchEvent(new Event("change", { bubbles: true })); }`,
        ),
      );
    }
    told("a fault until it is painted, 100 nodes, median", median(faults), GOALS.faultMs, "ms");
    told("a change of topology, 100 nodes, median", median(changes), GOALS.topologyMs, "ms");
  } finally {
    await browser.close();
  }
}

async function report(): Promise<void> {
  const folder = join(scratch, "run");
  const summary = await madeUpRun(folder, "pass");
  const [ledger] = readdirSync(folder).filter((name) => name.startsWith("ledger-"));
  const { from } = summary.phases[0];
  for (let done = 4 * 3; done < OPERATIONS;) {
    const lines: string[] = [];
    for (let i = 0; i < 50_000 && done < OPERATIONS; i++, done++) {
      const at = from + (done / OPERATIONS) * 20_000_000;
      lines.push(
        JSON.stringify({ a: done, t: at, kind: "put", key: `dummy/${done % 4096}`, value: `x${done}` }),
        JSON.stringify({
          o: done,
          t: at + 900,
          outcome: done % 3 ? "ok" : "refused",
          code: done % 3 ? 0 : 11,
        }),
      );
    }
    appendFileSync(join(folder, ledger), `${lines.join("\n")}\n`);
  }
  const began = performance.now();
  const path = writeReportPage(folder);
  told(`report of ${OPERATIONS} operations`, (performance.now() - began) / 1000, GOALS.reportSeconds, "s");
  told("its size", statSync(path).size / 1_000_000, GOALS.reportMB, "MB");
}

void (async () => {
  try {
    await explorer();
    await report();
  } finally {
    rmSync(scratch, { recursive: true });
  }
})();
