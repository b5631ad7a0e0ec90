import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stretch } from "../../cli/support";
import { REPO } from "../../e2e/support/environment";

const scratch = mkdtempSync(join(tmpdir(), "stretch-svg-"));
afterAll(() => rmSync(scratch, { recursive: true }));

describe("drawings as files", () => {
  test("the README's picture is what stretch preview --svg draws today (npm run docs renews it)", async () => {
    const path = join(scratch, "split.svg");
    const { code } = await stretch(["preview", "even-split", "--fault", "split", "--svg", path]);
    expect(code).toBe(0);
    expect(readFileSync(path, "utf8")).toBe(readFileSync(join(REPO, "docs/even-split.svg"), "utf8"));
  });

  test("stretch map --svg draws the masters of a side", async () => {
    const path = join(scratch, "map.svg");
    await stretch(["map", "even-split", "--fault", "split", "--side", "A1B32", "--svg", path]);
    const svg = readFileSync(path, "utf8");
    expect(svg).toContain("A1B32 682");
    expect(svg).toContain("unavailable 2048");
    expect(svg).toContain("<style>");
  });

  test("fails with the path where the file cannot be written", async () => {
    const { code, err } = await stretch(["preview", "even-split", "--svg", join(scratch, "no", "x.svg")]);
    expect(code).toBe(2);
    expect(err).toContain(join(scratch, "no", "x.svg"));
    expect(err).toContain("Name another file with --svg");
  });
});
