import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as publicNames from "../../modules";
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

describe("the API report", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "stretch-api-report-"));
  afterAll(() => rmSync(dir, { recursive: true }));

  it("shows the public surface as it is now (a change is meant? npm run docs)", async () => {
    await node(REPO, "etc/api-report.mjs", dir);
    const reports = Object.keys(contents(dir));
    expect(reports).toEqual(["model.api.md", "modules.api.md", "rehearsal.api.md", "scenarios.api.md"]);
    for (const report of reports) {
      expect(readFileSync(path.join(REPO, "etc", report), "utf8")).toBe(
        readFileSync(path.join(dir, report), "utf8"),
      );
    }
  });
});

describe("the examples of the constructs", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "stretch-doc-examples-"));
  afterAll(() => rmSync(dir, { recursive: true }));

  it("type-check, of every construct", async () => {
    const modules = path.join(REPO, "modules");
    const blocks = readdirSync(modules, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) =>
        [...readFileSync(path.join(modules, file), "utf8").matchAll(/\* ```ts\n([^]*?) \* ```/g)].map(
          ([, block]) => block.replaceAll(/^ *\* ?/gm, ""),
        ),
      );
    expect(blocks.length).toBeGreaterThanOrEqual(11);
    const packages = realpathSync(path.join(REPO, "node_modules"));
    const file = path.join(dir, "examples.ts");
    const names = Object.keys(publicNames).join(", ");
    const head = `import { TerraformStack } from "${packages}/cdktf";
import { SecurityGroup } from "${packages}/@cdktf/provider-aws/lib/security-group";
import { ${names}, type IRegionVpc } from "${modules}";
declare const stack: TerraformStack;
declare const cluster: StretchCluster;
declare const london: IRegionVpc;
declare const paris: IRegionVpc;
declare const ireland: IRegionVpc;
void [SecurityGroup, cluster, london, paris, ireland, ${names}];
`;
    writeFileSync(file, head + blocks.map((block) => `{\n${block}}\n`).join(""));
    const tsconfig = path.join(dir, "tsconfig.json");
    writeFileSync(
      tsconfig,
      JSON.stringify({
        extends: path.join(REPO, "tsconfig.json"),
        compilerOptions: {
          types: ["node"],
          noUnusedLocals: false,
          typeRoots: [path.join(packages, "@types")],
          rootDir: "/",
        },
        include: [file],
      }),
    );
    await node(REPO, "node_modules/typescript/bin/tsc", "-p", tsconfig);
  });
});

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
