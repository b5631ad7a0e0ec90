import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { REPO } from "./support/environment";
import { node } from "./support/npm";

/** Files of a folder, by their path in it. */
function contents(dir: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(dir, file), readFileSync(file, "utf8")]),
  );
}

describe("docs/api", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "stretch-api-"));
  afterAll(() => rmSync(dir, { recursive: true }));

  it("is what the doc comments say now (if not: npm run docs), of every construct", async () => {
    await node(REPO, "node_modules/typedoc/bin/typedoc", "--out", dir);
    const current = contents(dir);
    const kept = contents(path.join(REPO, "docs/api"));
    const stale = [...new Set([...Object.keys(current), ...Object.keys(kept)])].filter(
      (file) => current[file] !== kept[file],
    );
    expect(stale).toEqual([]);
    expect(Object.keys(kept)).toEqual(
      expect.arrayContaining(["classes/RegionVpc.md", "classes/StretchCluster.md", "README.md"]),
    );
  });
});
