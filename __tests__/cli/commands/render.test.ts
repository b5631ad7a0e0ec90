import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { Testing } from "cdktf";
import { EvenSplit } from "../../../scenarios";
import { stretch } from "../support";

const root = join(__dirname, "..", "..", "..");

describe("stretch render", () => {
  const dir = mkdtempSync(join(tmpdir(), "stretch-render-"));
  const out = join(dir, "out");
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const text = (...path: string[]) => readFileSync(join(out, ...path), "utf8");

  it("writes a folder for every host of the scenario", async () => {
    const { code, out: said } = await stretch(["render", "even-split", "--out", out]);
    expect(code).toBe(0);
    const hosts = readdirSync(out);
    expect(hosts).toHaveLength(8);
    expect(hosts).toEqual(expect.arrayContaining(["london-client", "paris-client"]));
    expect(said.split("\n").filter(Boolean)).toHaveLength(8);
  });

  it("writes the very text that the stack deploys", () => {
    const instances = JSON.parse(Testing.synth(new EvenSplit(Testing.app(), "even-split"))).resource
      .aws_instance;
    const nodes = Object.values<{ user_data_base64: string; tags: { Name: string } }>(instances).filter(
      ({ user_data_base64 }) => !user_data_base64.startsWith("$"),
    );
    expect(nodes).toHaveLength(6);
    for (const { user_data_base64, tags } of nodes) {
      const deployed = gunzipSync(Buffer.from(user_data_base64, "base64")).toString("utf8");
      expect(text(tags.Name.split("-").at(-1)!, "user-data")).toBe(deployed);
    }
  });

  it("writes every file at its path on the host, scripts executable, the configuration on top", () => {
    const [node] = readdirSync(out).filter((name) => !name.endsWith("-client"));
    expect(text(node, "aerospike.conf")).toContain(`\tnode-id ${node}\n`);
    expect(text(node, "etc/stretch/aerospike.conf")).toBe(text(node, "aerospike.conf"));
    expect(text(node, "etc/systemd/system/stretch-roster.service")).toContain("[Unit]");
    expect(statSync(join(out, node, "opt/stretch/bin/roster")).mode & 0o100).toBe(0o100);
  });

  it("shows what only Terraform knows as its expression", () => {
    expect(text("london-client", "etc/stretch/host.env")).toMatch(
      /^RESULTS_BUCKET='\$\{aws_s3_bucket\..+\}'$/m,
    );
  });

  it("takes the settings of the project's cdktf.json, as the cdktf command does", async () => {
    const project = join(dir, "project");
    mkdirSync(project);
    writeFileSync(
      join(project, "cdktf.json"),
      JSON.stringify({ context: { settings: { defaultTtl: 4711 } } }),
    );
    const ran = await promisify(execFile)(
      process.execPath,
      [
        "--import",
        pathToFileURL(require.resolve("tsx")).href,
        join(root, "cli", "cli.ts"),
        "render",
        "even-split",
        "--out",
        "out",
      ],
      { cwd: project, timeout: 60_000 },
    );
    expect(ran.stderr).toBe("");
    const [node] = readdirSync(join(project, "out")).filter((name) => !name.endsWith("-client"));
    expect(readFileSync(join(project, "out", node, "aerospike.conf"), "utf8")).toContain(
      "default-ttl 4711\n",
    );
  }, 70_000);

  it("writes one host where one is named", async () => {
    const one = join(dir, "one");
    expect((await stretch(["render", "even-split", "--node", "paris-client", "--out", one])).code).toBe(0);
    expect(readdirSync(one)).toEqual(["paris-client"]);
  });

  it("prints the files of one host where no folder is named", async () => {
    const { code, out: said } = await stretch(["render", "even-split", "--node", "a1b32"]);
    expect(code).toBe(0);
    expect(said).toMatch(/^==> \/etc\/stretch\/aerospike\.conf <==\n/);
    expect(said).toContain("\tnode-id A1B32\n");
    expect(said).toContain(`==> user-data <==\n${text("A1B32", "user-data")}`);
  });

  it.each([
    [
      "an unknown scenario",
      ["bogus", "--out", out],
      /There is no stack "bogus": expected one of .*even-split/,
    ],
    [
      "an unknown host",
      ["even-split", "--node", "B1", "--out", out],
      /There is no host "B1": expected one of .*paris-client/,
    ],
    ["neither folder nor host", ["even-split"], /Where to was not said: expected --out DIR.*, or --node ID/],
    [
      "a folder that nobody can make",
      ["even-split", "--out", "/proc/x"],
      /The folder \/proc\/x cannot be made: ENOENT.* Expected one in a folder/,
    ],
    ["no scenario", ["--out", out], /missing required argument 'SCENARIO'/],
  ])("fails for %s with exit code 2", async (_, args, message) => {
    const { code, err } = await stretch(["render", ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it("fails where a file stands in the way, naming it", async () => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    const { code, err } = await stretch(["render", "even-split", "--out", file]);
    expect(code).toBe(2);
    expect(err).toContain(`The folder ${file}/`);
    expect(err).toContain("cannot be made");
  });
});
