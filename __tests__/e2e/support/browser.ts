import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import AxeSource from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "../../support/requirements";
import { REPO } from "./environment";

let browser: Browser | undefined;

/** Starts the browser of a test file. */
export async function startBrowser(): Promise<void> {
  const executablePath = execFileSync("sh", ["-c", `command -v ${CHROMIUM}`], { encoding: "utf8" }).trim();
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

export async function endBrowser(): Promise<void> {
  await browser?.close();
}

/** A page with what it must not have: errors, and requests to anywhere but where it came from. */
export interface Watched {
  readonly page: Page;
  readonly errors: string[];
  readonly requests: string[];
}

/** Opens an address, or a file. */
export async function open(
  where: string,
  { hash = "", ...options }: BrowserContextOptions & { hash?: string } = {},
): Promise<Watched> {
  const context = await browser!.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  const [errors, requests]: string[][] = [[], []];
  const url = `${where.startsWith("http") ? where : pathToFileURL(where).href}${hash}`;
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== url.split("#")[0]) requests.push(request.url());
  });
  await page.goto(url);
  return { page, errors, requests };
}

/** What axe finds; it gets into the page past its policy. */
export async function accessibility(where: string, options: BrowserContextOptions = {}): Promise<string[]> {
  const { page } = await open(where, { ...options, bypassCSP: true });
  await page.addScriptTag({ content: AxeSource.source });
  const { violations } = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    return axe.run();
  });
  await page.context().close();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
  );
}

/** Keeps a picture of a page that failed: out/screenshots/. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = join(REPO, "out", "screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.replace(/[^\w-]+/g, "-")}.png`), fullPage: true });
}
