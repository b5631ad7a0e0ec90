import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { stretch } from "./support";

const root = join(__dirname, "..", "..");

describe("stretch", () => {
  it("tells its commands on --help, on standard output, and ends with 0", async () => {
    const { code, out, err } = await stretch(["--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/preview.*map.*where/s);
    expect(err).toBe("");
  });

  it("tells the package's version on --version, and ends with 0", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(await stretch(["--version"])).toEqual({ code: 0, out: version, err: "" });
  });

  it.each([["preview"], ["map"], ["where"]])("tells the options of %s on --help", async (command) => {
    const { code, out } = await stretch([command, "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/--topology <FILE>/);
  });

  it.each([
    ["no command", [], /Usage: stretch/],
    ["an unknown command", ["bogus"], /unknown command 'bogus'/],
    ["an unknown option", ["preview", "--bogus"], /unknown option '--bogus'/],
    ["an unknown scenario", ["preview", "bogus"], /no stack "bogus": expected one of .*even-split/],
    [
      "an unknown fault",
      ["preview", "--fault", "x"],
      /even-split has no fault "x": expected one of none, split/,
    ],
    ["a scenario and a topology", ["preview", "even-split", "--topology", "x"], /expected one of them/],
    [
      "a file that is not there",
      ["preview", "--topology", "/nope.yaml"],
      /\/nope.yaml cannot be read: ENOENT/,
    ],
    [
      "a share that is none",
      ["preview", "--fail-under", "101"],
      /'101' is invalid. Expected a percentage, 0 to 100/,
    ],
    ["no key", ["where"], /missing required argument 'KEY'/],
    ["a scenario in place of a key", ["where", "even-split"], /is a scenario: expected a key before it/],
    [
      "a broken side",
      ["map", "--side", "B1"],
      /--side "B1" is not a node of the cluster: expected one of A1B32/,
    ],
    [
      "no side, where there are two",
      ["map", "--fault", "split"],
      /2 sub-clusters: name a node of one with --side/,
    ],
  ])("fails on %s: exit code 2, said on standard error", async (_, args, message) => {
    const { code, out, err } = await stretch(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it("runs as a program of its own, without colours where there is no terminal", async () => {
    const ran = await promisify(execFile)(
      process.execPath,
      [
        "--import",
        "tsx",
        join(root, "cli", "cli.ts"),
        "where",
        "1",
        "--topology",
        "__tests__/fixtures/even-split.yaml",
      ],
      { cwd: root, env: { ...process.env, CI: "true", FORCE_COLOR: undefined }, timeout: 60_000 },
    );
    expect(ran.stdout).toMatch(
      /^ {2}Digest {4}318c861089d117b9ab4a223b9643066e1933e559\n {2}Replicas {2}A517, A129$/m,
    );
    expect(ran.stdout).not.toContain("\u001b[");
    expect(ran.stderr).toBe("");
  }, 70_000);
});
