import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeReportPage } from "../../../pages/report/write";
import { type MadeUp, madeUpRun } from "../../pages/support/run-folder";
import { describeWith } from "../../support/requirements";
import { accessibility, endBrowser, keepPicture, open, startBrowser } from "../support/browser";

jest.setTimeout(120_000);

describeWith(["chromium"], "the report of a run, in a browser", () => {
  const scratch = mkdtempSync(join(tmpdir(), "stretch-report-"));
  const reports = {} as Record<MadeUp, string>;

  beforeAll(async () => {
    await startBrowser();
    for (const what of ["pass", "lost write", "aborted"] as const) {
      const folder = join(scratch, what.replace(" ", "-"));
      await madeUpRun(folder, what);
      reports[what] = writeReportPage(folder);
    }
  });
  afterAll(async () => {
    await endBrowser();
    rmSync(scratch, { recursive: true });
  });

  test.each([
    ["pass", "pass"],
    ["lost write", "fail"],
    ["aborted", "aborted"],
  ] as const)(
    "of a run that was %s begins with the verdict, without an error or a request",
    async (what, verdict) => {
      const { page, errors, requests } = await open(reports[what]);
      expect(await page.locator(".verdict").innerText()).toBe(verdict);
      expect([errors, requests]).toEqual([[], []]);
      await page.context().close();
    },
  );

  test("tells what each node said at the moment that is pointed at", async () => {
    const { page, errors } = await open(reports.pass);
    const lanes = page.locator("#timeline svg");
    await lanes.scrollIntoViewIfNeeded();
    const box = (await lanes.boundingBox())!;
    const at = async (seconds: number) => {
      await page.mouse.move(
        box.x + box.width * (110 / 900 + (seconds / 20) * (780 / 900)),
        box.y + box.height - 40,
      );
      return page.locator("#moment").innerText();
    };
    expect(await at(3)).toMatch(/At 3\.0 s\s+A1B32\s+cluster AAAA of 6\s+4096 served/);
    expect(await at(10)).toMatch(/A1B32\s+cluster BBBB of 3\s+2048 served, 2048 unavailable/);
    expect(await at(10)).toMatch(/A3B33\s+no answer/);
    await page.locator("#timeline").focus();
    await page.keyboard.press("Home");
    expect(await page.locator("#moment strong").innerText()).toBe("At 0.0 s");
    await page.keyboard.press("ArrowRight");
    expect(await page.locator("#moment strong").innerText()).toBe("At 0.2 s");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("is readable without JavaScript", async () => {
    const { page } = await open(reports["lost write"], { javaScriptEnabled: false });
    expect(await page.locator("h2").allInnerTexts()).toHaveLength(9);
    expect(await page.locator("summary").first().isVisible()).toBe(true);
    expect(await page.locator("#timeline svg").isVisible()).toBe(true);
    await page.context().close();
  });

  test.each([
    [400, "light"],
    [400, "dark"],
    [1400, "light"],
    [1400, "dark"],
  ] as const)("fits %d px, %s, and axe finds nothing", async (width, colorScheme) => {
    const options = { viewport: { width, height: 800 }, colorScheme };
    const { page } = await open(reports.pass, options);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (overflow > 0) await keepPicture(page, `report ${width} ${colorScheme}`);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.context().close();
    expect(await accessibility(reports["lost write"], options)).toEqual([]);
  });

  test("leads to the explorer, with the run's cluster and fault", async () => {
    const { page, errors } = await open(reports.pass);
    await page.getByRole("link", { name: /in the explorer/ }).click();
    expect(await page.locator(".outcome").innerText()).toBe(
      "London: 2048 of 4096 served; Paris: 2048 of 4096 served.",
    );
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
