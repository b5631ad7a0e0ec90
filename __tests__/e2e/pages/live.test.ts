import type { Page } from "playwright-core";
import { WebSocket } from "ws";
import { freePort, Up } from "../../cli/up";
import { describeWith } from "../../support/requirements";
import { accessibility, endBrowser, open, startBrowser } from "../support/browser";

jest.setTimeout(180_000);

describeWith(["chromium", "client for Node.js"], "the page of a playground, in a browser", () => {
  let up: Up;
  let url: string;

  beforeAll(async () => {
    await startBrowser();
    up = await Up.start(["even-split", "--port", String(await freePort()), "--page"]);
    [, url] = /The page: (\S+)/.exec(await up.says(/The page: \S+/))!;
  });
  afterAll(async () => {
    await endBrowser();
    await up.stop();
  });

  const clusters = (page: Page) => page.locator("#clusters");
  const WHOLE =
    /A1B32, A2B32, A3B32, A1B33, A2B33, A3B33: 4096 of 4096 served\.$|(A\dB3\d, ){5}A\dB3\d: 4096 of 4096 served\.$/;
  const until = async (page: Page, what: RegExp) => {
    await page.waitForFunction(
      ([source]) => new RegExp(source).test(document.querySelector("#clusters")?.textContent ?? ""),
      [what.source],
      { timeout: 60_000 },
    );
    return clusters(page).innerText();
  };
  const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first().click();

  test("cuts a link by clicking, in all eight tabs alike, and heals it", async () => {
    const tabs = await Promise.all(Array.from({ length: 8 }, () => open(url)));
    const [{ page }] = tabs;
    await Promise.all(tabs.map((tab) => until(tab.page, WHOLE)));
    expect(page.url()).not.toContain("token");
    await press(page, /^link between/);
    for (const tab of tabs)
      expect(await until(tab.page, /2048 of 4096 served; .*2048 of 4096 served/)).toContain("2048");
    await press(tabs[7].page, "Heal all");
    for (const tab of tabs) await until(tab.page, WHOLE);
    expect(tabs.flatMap(({ errors }) => errors)).toEqual([]);
    await Promise.all(tabs.map((tab) => tab.page.context().close()));
  });

  test("shows what its load meets in a split, by place, and the log of it; a page that comes later sees the same", async () => {
    const { page } = await open(url);
    await until(page, WHOLE);
    await press(page, "Load from every place");
    await page.getByRole("img", { name: /Operations of the last 120 s/ }).waitFor();
    await press(page, "fault split");
    await until(page, /2048 of 4096 served; .*2048 of 4096 served/);
    // Orange: refused, which clients of both sides get for the half that is not theirs.
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll("path.refused")].some(
          (path) => (path.getAttribute("d") ?? "").length > 20,
        ),
      undefined,
      { timeout: 60_000 },
    );
    await page.context().close();
    const again = await open(url);
    await until(again.page, /2048 of 4096 served/);
    expect(await again.page.locator(".log").innerText()).toContain("links cut");
    await press(again.page, "Heal all");
    await until(again.page, WHOLE);
    await press(again.page, "Stop the load");
    await again.page.getByRole("button", { name: "Load from every place" }).waitFor();
    await again.page.context().close();
  });

  test("stops a node by keyboard, and starts it again", async () => {
    const { page } = await open(url);
    await until(page, WHOLE);
    await page.getByRole("button", { name: /^node A2B33/ }).press("Enter");
    await page.getByRole("button", { name: /^node A2B33: down/ }).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: /^node A2B33: down/ }).press("Enter");
    await until(page, WHOLE);
    await page.context().close();
  });

  test("is refused without the token, to a foreign Host and to a foreign Origin", async () => {
    const { origin, port } = new URL(url);
    expect((await fetch(origin)).status).toBe(403);
    expect((await fetch(url, { headers: { origin: "http://evil.example" } })).status).toBe(403);
    const socket = (headers: Record<string, string>, where = url) =>
      new Promise<string>((resolve) => {
        const client = new WebSocket(where.replace("http", "ws"), { headers });
        client.on("open", () => resolve("open"));
        client.on("error", (error) => resolve(error.message));
        client.on("open", () => client.close());
      });
    expect(await socket({ host: `evil.example:${port}` })).toContain("403");
    expect(await socket({ origin: "http://evil.example" })).toContain("403");
    expect(await socket({}, `${origin}/?token=wrong`)).toContain("403");
    expect(await socket({ origin })).toBe("open");
  });

  test("has no findings of axe, at 400 and at 1400 px", async () => {
    for (const width of [400, 1400]) {
      expect(await accessibility(url, { viewport: { width, height: 800 } })).toEqual([]);
    }
  });

  test("says so where the playground has ended", async () => {
    const { page } = await open(url);
    await until(page, WHOLE);
    await up.stop();
    await page.waitForFunction(() =>
      document.querySelector("[role=status]")?.textContent?.includes("does not answer"),
    );
    await press(page, /^link between/);
    expect(await page.getByRole("status").innerText()).toContain("Nothing was done");
    await page.context().close();
  });
});
