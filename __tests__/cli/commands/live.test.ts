import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { EvenSplit } from "../../../scenarios";
import { TerraformProgram } from "../../lab/deployed/support/program";
import { setEnvironment } from "../../lab/deployed/support/stand-in-aws";
import { stretch } from "../support";

describe("stretch with --live", () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-live-"));
  const dir = join(folder, "stacks", "even-split");
  let program: TerraformProgram;
  let restore: () => void;

  beforeAll(() => {
    const app = new App({ outdir: folder });
    new EvenSplit(app, "even-split");
    app.synth();
    mkdirSync(join(folder, "hcl"));
    writeFileSync(join(folder, "broken.json"), "{");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    program = new TerraformProgram();
    restore = setEnvironment({ TERRAFORM_BINARY_NAME: program.path });
  });
  afterEach(() => {
    restore();
    program.remove();
  });

  it.each([
    ["run", ["--dir", "x"], "--dir is for a deployed stack: expected --live too."],
    ["run", ["--var", "owner=me"], "--var is for a deployed stack"],
    ["run", ["--var-file", "x"], "--var-file is for a deployed stack"],
    ["run", ["--break-lock"], "--break-lock is for a deployed stack"],
    ["run", ["--alarm", "x"], "--alarm is for a deployed stack"],
    ["run", ["--yes"], "--yes is for a deployed stack"],
    ["run", ["--live", "--port", "3000"], "cannot be used with option '--port"],
    ["run", ["--live", "--topology", "x"], "cannot be used with option '--topology"],
    ["run", ["--live", "--var", "owner"], "Expected NAME=VALUE."],
    ["run", ["even-split", "--live"], "expected what npx cdktf deploy even-split leaves"],
    ["run", ["--live", "--dir", "nowhere"], "--dir nowhere is no folder"],
    ["status", ["--dir", "x"], "--dir is for a deployed stack"],
    ["status", ["even-split"], 'The scenario "even-split" was given without --live'],
    ["status", ["--live", "--hosts", "a"], "cannot be used with option '--hosts"],
    ["status", ["--live", "--namespace", "a"], "the stack says its own"],
    ["recover", ["--live", "--hosts", "a"], "cannot be used with option '--hosts"],
    ["recover", ["even-split"], "expected --hosts and --namespace of one, or SCENARIO with --live"],
  ])("fails for %s %j, and says what was expected", async (command, args, message) => {
    const { code, err } = await stretch([command, ...args]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
    expect(program.calls).toEqual([]);
  });

  it.each([
    [["--var", "fault=split"], "which the run sets itself"],
    [["--var", "heal_at=2030-01-01T00:00:00Z"], "which the run sets itself"],
    [["--var-file", "nowhere.tfvars"], "--var-file nowhere.tfvars is not there"],
    [["odd-split"], "has the configuration of even-split, and odd-split was asked for"],
  ])("fails for run --live --dir DIR %j before Terraform is asked", async (args, message) => {
    const { code, err } = await stretch(["run", "--live", "--dir", dir, ...args]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
    expect(program.calls).toEqual([]);
  });

  // Terraform's program answers from its own folder; the configuration is put there.
  const configured = async () => {
    const { copyFileSync } = await import("node:fs");
    copyFileSync(join(dir, "cdk.tf.json"), join(program.folder, "cdk.tf.json"));
    return program.folder;
  };

  it.each(["run", "status", "recover"])("fails for %s of a stack that is not deployed", async (command) => {
    program.answers("output", { text: "{}" });
    const { code, err } = await stretch([command, "--live", "--dir", await configured()]);
    expect(code).toBe(2);
    expect(err).toMatch(/is not deployed|half deployed/);
  });

  it("fails for a stack that another definition was deployed of", async () => {
    const host = { instance_id: "i-1", region: "eu-west-2", private_ip: "10.0.0.1" };
    program.answers("output", { text: JSON.stringify({ nodes: { value: { B1: host } } }) });
    const { code, err } = await stretch(["status", "--live", "--dir", await configured()]);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(
        "What is deployed is another cluster than even-split has: its nodes are B1",
      ),
    });
  });

  it("fails with what Terraform says where it cannot read its state, and nothing was proven", async () => {
    program.answers("output", { text: "Error: Backend initialization required", code: 1 });
    const { code, err } = await stretch(["run", "--live", "--dir", await configured(), "--yes"]);
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("Run terraform init there") });
  });
});
