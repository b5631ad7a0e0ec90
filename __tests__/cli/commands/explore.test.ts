import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scenarios } from "../../../scenarios";
import { fixtures, stretch } from "../support";

const scratch = mkdtempSync(join(tmpdir(), "stretch-explore-"));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Preset {
  name: string;
  names: Record<string, string>;
  faults: Record<string, unknown>;
  story: { label: string }[];
}

async function presets(...args: string[]): Promise<Preset[]> {
  const out = join(scratch, `${Math.random()}.html`);
  const { code, err } = await stretch(["explore", ...args, "--out", out]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const [, json] = /id="data">(.*)<\/script>/.exec(readFileSync(out, "utf8"))!;
  return (JSON.parse(json) as { presets: Preset[] }).presets;
}

describe("stretch explore", () => {
  test("begins with the scenario that is named, and has the others and the article's two days as presets", async () => {
    const all = await presets("odd-split");
    expect(all[0]).toMatchObject({
      name: "odd-split",
      names: { "eu-west-2": "London" },
      faults: { split: {} },
    });
    expect(all.map(({ name }) => name).sort()).toEqual(
      [...scenarios.map(({ name }) => name), "the article's even split", "the article's rack failure"].sort(),
    );
  });

  test("goes through the article's rack failure step by step", async () => {
    const all = await presets();
    const { story } = all.find(({ name }) => name === "the article's rack failure")!;
    expect(story.map(({ label }) => label)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^fault rack-down|^stop /), "reroster", "bring-back"]),
    );
  });

  test("begins with a topology file", async () => {
    const file = join(fixtures, "even-split.yaml");
    expect((await presets("--topology", file))[0].name).toBe(file);
  });

  test.each([
    ["both --open and --out", ["--open", "--out", "x.html"], /Both --open and --out x\.html were given/],
    [
      "a file that cannot be written",
      ["--out", "/proc/x/y.html"],
      /cannot be written to \/proc\/x\/y\.html: The folder \/proc\/x cannot be made.*--out/,
    ],
    ["a scenario that is not there", ["evn-split"], /There is no stack "evn-split"/],
  ])("fails for %s with exit code 2", async (_, args, message) => {
    const { code, out, err } = await stretch(["explore", ...args]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.replaceAll(/\s+/g, " ")).toMatch(message);
  });
});

describe("stretch report", () => {
  test.each([
    [
      "a folder that is not there",
      join(scratch, "none"),
      /holds no summary\.json: expected the folder of a run/,
    ],
    ["a folder that is no run's", scratch, /holds no summary\.json/],
  ])("fails for %s with exit code 2", async (_, folder, message) => {
    const { code, err } = await stretch(["report", folder]);
    expect(code).toBe(2);
    expect(err.replaceAll(/\s+/g, " ")).toMatch(message);
  });

  test("fails for a damaged summary with what is wrong, and no stack trace", async () => {
    for (const name of ["summary.json", "experiment.json", "samples.jsonl"])
      writeFileSync(join(scratch, name), "{");
    const { code, err } = await stretch(["report", scratch]);
    expect(code).toBeGreaterThan(0);
    expect(err).toContain("summary.json");
    expect(err).not.toMatch(/\n\s+at /);
    expect(existsSync(join(scratch, "report.html"))).toBe(false);
  });
});
