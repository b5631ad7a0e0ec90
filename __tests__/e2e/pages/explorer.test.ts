import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Page } from "playwright-core";
import { loadTopologyFile } from "../../../cli/experiment/topology-file";
import { halves, healthyCluster, operations, outcomeCounts, partitionCounts, predict } from "../../../model";
import { explorerPage } from "../../../pages/explorer/page";
import { presetOf } from "../../../pages/explorer/presets";
import { designOf, faultOf, hashOf, topologyOf } from "../../../pages/explorer/state";
import { EvenSplit } from "../../../scenarios";
import { broken, EVEN, LONDON, PARIS } from "../../pages/support/designs";
import { describeWith } from "../../support/requirements";
import { seeded } from "../../support/seed";
import { accessibility, endBrowser, keepPicture, open, startBrowser } from "../support/browser";

jest.setTimeout(240_000);

describeWith(["chromium"], "the explorer, in a browser", () => {
  const scratch = mkdtempSync(join(tmpdir(), "stretch-explorer-"));
  const file = join(scratch, "explorer.html");
  const [london, paris] = [32, 33].map((rack) =>
    EVEN.nodes.filter((node) => node.rack === rack).map(({ id }) => id),
  );
  const sides = { London: london, Paris: paris };

  beforeAll(async () => {
    await startBrowser();
    const faults = { split: halves(london, paris) };
    const story = {
      steps: EvenSplit.story.steps.filter((step) => !("fault" in step) || step.fault === "split"),
    };
    const even = presetOf({
      name: "even-split",
      summary: "Three and three.",
      topology: EVEN,
      faults,
      sides,
      story,
    });
    const odd = { ...EVEN, nodes: [...EVEN.nodes, { id: "A4B32", rack: 32, region: LONDON }] };
    const other = presetOf({
      name: "odd",
      topology: odd,
      faults: {},
      sides: { London: [...london, "A4B32"], Paris: paris },
    });
    writeFileSync(file, explorerPage({ presets: [even, other] }));
  });
  afterAll(async () => {
    await endBrowser();
    rmSync(scratch, { recursive: true });
  });

  const outcome = (page: Page) => page.locator(".outcome").allInnerTexts();
  const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first().click();
  const WHOLE = "Whole. London and Paris: 4096 of 4096 served.";
  const SPLIT = "London: 2048 of 4096 served; Paris: 2048 of 4096 served.";

  test("shows the same numbers as stretch preview, for 200 random designs and faults", async () => {
    const { page, errors, requests } = await open(file);
    const numbers = await page.evaluateHandle(() => ({
      read: () => ({
        outcome: document.querySelector(".outcome")!.textContent,
        clients: [...document.querySelectorAll("table")].find((one) =>
          one.caption?.textContent.includes("What clients get"),
        )!.textContent,
      }),
    }));
    await fc.assert(
      fc.asyncProperty(broken, async (one) => {
        const topology = topologyOf(one.design);
        const hash = hashOf({ designs: [one.design], steps: [{ broken: one.broken }] });
        const shown = await page.evaluate(async (to) => {
          location.hash = to;
          await new Promise((done) => addEventListener("hashchange", done, { once: true }));
          await new Promise((done) => setTimeout(() => requestAnimationFrame(done)));
        }, hash);
        expect(shown).toBeUndefined();
        const { outcome: text, clients } = await numbers.evaluate((of) => of.read());
        const healthy = healthyCluster(topology);
        const prediction = predict(healthy, faultOf(topology, one.broken));
        for (const map of prediction.subClusters) {
          expect(text).toContain(`: ${partitionCounts(map).available} of 4096 served`);
        }
        expect(text!.match(/served/g) ?? []).toHaveLength(prediction.subClusters.length);
        for (const { id } of prediction.orphans) expect(text).toContain(id);
        for (const id of prediction.down) expect(text).toMatch(new RegExp(`down: .*${id}`));
        for (const { members } of prediction.subClusters.length > 1 ? prediction.subClusters : []) {
          for (const operation of operations) {
            const { ok } = outcomeCounts(healthy, prediction, {
              reach: members,
              operation,
              connected: "after the cut",
            });
            if (ok > 0) expect(clients).toContain(ok === 4096 ? "ok all" : `ok ${ok}`);
          }
        }
      }),
      seeded(200),
    );
    expect([errors, requests]).toEqual([[], []]);
    await page.context().close();
  });

  test("cuts a link, then one way, the other way, and heals; undo goes back step by step", async () => {
    const { page, errors } = await open(file);
    const link = /^link between London and Paris/;
    const seen = [await outcome(page)];
    for (let i = 0; i < 4; i++) {
      await press(page, link);
      seen.push(await outcome(page));
    }
    expect(seen[0]).toEqual([WHOLE]);
    expect(seen[1]).toEqual([SPLIT]);
    expect(seen[4]).toEqual([WHOLE]);
    expect(await page.locator(".steps li").allInnerTexts()).toEqual([
      `link ${LONDON} to ${PARIS} cut`,
      `${PARIS} does not hear ${LONDON}`,
      `${LONDON} does not hear ${PARIS}`,
      "all healed",
    ]);
    for (let i = 3; i >= 0; i--) {
      await press(page, "Undo");
      expect(await outcome(page)).toEqual(seen[i]);
    }
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("stops a rack and re-rosters, and follows the story of its preset", async () => {
    const { page } = await open(file);
    await page.getByLabel("Begin with").selectOption("odd");
    await press(page, /^rack 32/);
    expect(await outcome(page)).toEqual(["Paris: 0 of 4096 served; down: A1B32, A2B32, A3B32, A4B32."]);
    await press(page, "Re-roster without what is down");
    expect(await outcome(page)).toEqual(["Paris: 4096 of 4096 served; down: A1B32, A2B32, A3B32, A4B32."]);
    await page.getByLabel("Begin with").selectOption("even-split");
    await press(page, /^Next of its story: fault split/);
    expect(await outcome(page)).toEqual([SPLIT]);
    await press(page, /^Next of its story: let migrations end/);
    await press(page, /^Next of its story: heal/);
    expect(await outcome(page)).toEqual([WHOLE]);
    await page.context().close();
  });

  test("shows two designs under the same fault, and its address shows them again elsewhere", async () => {
    const { page } = await open(file);
    await press(page, /^link between/);
    await press(page, "Compare with a second design");
    await page.locator("details summary").nth(1).click();
    const count = page.getByLabel("nodes of rack 32", { exact: true }).nth(1);
    await count.fill("4");
    await count.press("Enter");
    const both = [SPLIT, "London: 4096 of 4096 served; Paris: 0 of 4096 served."];
    expect(await outcome(page)).toEqual(both);
    const again = await open(file, { hash: new URL(page.url()).hash });
    expect(await outcome(again.page)).toEqual(both);
    await again.page.context().close();
    await page.context().close();
  });

  test("exports a topology file that the command reads", async () => {
    const { page } = await open(file);
    await press(page, /^link between/);
    await page.locator("details summary").click();
    const text = await page.locator("textarea").inputValue();
    const path = join(scratch, "exported.json");
    writeFileSync(path, text);
    const { topology, faults } = loadTopologyFile(path);
    expect(designOf(topology)).toEqual(designOf(EVEN));
    expect(faults.explored.cannotHear).toEqual(halves(london, paris).cannotHear);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByText("Download it").click(),
    ]);
    expect(readFileSync(await download.path(), "utf8")).toBe(text);
    await page.context().close();
  });

  test("can be walked by keyboard alone: a node is stopped with Enter, and started with Space", async () => {
    const { page } = await open(file);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
    for (let i = 0; i < 60 && !(await focused()).startsWith("node A2B33"); i++)
      await page.keyboard.press("Tab");
    expect(await focused()).toBe("node A2B33: up; stop it");
    await page.keyboard.press("Enter");
    expect(await outcome(page)).toEqual([
      "London and Paris (A1B33, A3B33): 4096 of 4096 served; down: A2B33.",
    ]);
    expect(await focused()).toBe("node A2B33: down; start it");
    await page.keyboard.press(" ");
    expect(await outcome(page)).toEqual([WHOLE]);
    await page.context().close();
  });

  test("says so where a link's address is cut off, and shows names of a hostile one as text", async () => {
    const cut = await open(file, { hash: "#eyJkZXNpZ25zIjpb" });
    expect(await cut.page.getByRole("status").innerText()).toContain("may be cut off");
    await cut.page.context().close();
    const region = "</script><img src=x onerror=alert(1)>";
    const nodes = EVEN.nodes.map((node) => ({ ...node, region }));
    const { page, errors, requests } = await open(file, {
      hash: hashOf({ designs: [{ ...designOf(EVEN), nodes }], steps: [], names: { [region]: "<b>x</b>" } }),
    });
    expect(await page.locator(".outcome").innerText()).toContain("<b>x</b>: 4096");
    expect(await page.locator("img").count()).toBe(0);
    expect([errors, requests]).toEqual([[], []]);
    await page.context().close();
  });

  test.each([
    [400, "light"],
    [400, "dark"],
    [1400, "light"],
    [1400, "dark"],
  ] as const)("fits %d px, %s, and axe finds nothing", async (width, colorScheme) => {
    const options = { viewport: { width, height: 800 }, colorScheme, hasTouch: width === 400 };
    const { page } = await open(file, options);
    const link = page.getByRole("button", { name: /^link between/ });
    await (width === 400 ? link.tap() : link.click());
    expect(await outcome(page)).toEqual([SPLIT]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (overflow > 0) await keepPicture(page, `explorer ${width} ${colorScheme}`);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.context().close();
    expect(await accessibility(file, options)).toEqual([]);
  });
});
