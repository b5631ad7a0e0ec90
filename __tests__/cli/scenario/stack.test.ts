import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stretch } from "../support";

describe("a scenario, in a folder with a cdktf.json", () => {
  const [home, folder] = [process.cwd(), mkdtempSync(join(tmpdir(), "stretch-test-"))];
  beforeAll(() => process.chdir(folder));
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  it.each(["{}", '{ "context": null }', '{ "context": {} }'])(
    "is read where it says %s: no context",
    async (text) => {
      writeFileSync("cdktf.json", text);
      expect((await stretch(["preview", "even-split", "--json"])).err).toBe("");
    },
  );

  it.each([
    ["null", "cdktf.json is null: expected an object, in braces."],
    ["[1]", "cdktf.json is [1]: expected an object, in braces."],
    ['{ "context": "x" }', 'context in cdktf.json is "x": expected an object, in braces.'],
    ["{", /^stretch: cdktf.json cannot be read: .*JSON/],
  ])("fails where it says %s", async (text, message) => {
    writeFileSync("cdktf.json", text);
    const { code, err } = await stretch(["preview", "even-split"]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
