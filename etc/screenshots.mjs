// Makes the pictures of docs/images anew: a run of even-split and its report, and the explorer. Needs chromium.
// usage: npm run screenshots
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const scratch = mkdtempSync(join(tmpdir(), "stretch-screenshots-"));
const stretch = (...args) =>
  execFileSync(process.execPath, ["--import", "tsx", "cli/cli.ts", ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    timeout: 180_000,
  });
const executablePath = execFileSync("sh", ["-c", `command -v ${process.env.CHROMIUM ?? "chromium"}`], {
  encoding: "utf8",
}).trim();

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 1500 }, colorScheme: "light" });
  stretch("run", "even-split", "--fault", "split", "--seed", "20240814", "--out", scratch);
  const [run] = readdirSync(scratch);
  await page.goto(pathToFileURL(join(scratch, run, "report.html")).href);
  await page.screenshot({ path: resolve("docs/images/report.png") });

  const explorer = join(scratch, "explorer.html");
  stretch("explore", "even-split", "--out", explorer);
  await page.goto(pathToFileURL(explorer).href);
  await page.getByRole("button", { name: /^link between/ }).click();
  await page.getByRole("button", { name: "Compare with a second design" }).click();
  await page.locator("details summary").nth(1).click();
  const count = page.getByLabel("nodes of rack 32", { exact: true }).nth(1);
  await count.fill("4");
  await count.press("Enter");
  await page.locator("details summary").nth(1).click();
  await page.screenshot({ path: resolve("docs/images/explorer.png") });
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true });
}
