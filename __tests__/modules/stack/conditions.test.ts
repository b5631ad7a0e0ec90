import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { App, TerraformStack } from "cdktf";
import { addPrecondition } from "../../../modules/stack/conditions";

describe("a precondition", () => {
  const outdir = mkdtempSync(join(tmpdir(), "stretch-precondition-"));
  afterEach(() => {
    delete process.env.SYNTH_HCL_OUTPUT;
  });
  afterAll(() => rmSync(outdir, { recursive: true }));

  function synth(file: string): string {
    const app = new App({ outdir, skipValidation: true });
    const stack = new TerraformStack(app, "test");
    const vpc = new Vpc(stack, "vpc", {
      cidrBlock: "10.0.0.0/16",
      lifecycle: { preventDestroy: true, ignoreChanges: ["tags"] },
    });
    for (const name of ["one", "two"])
      addPrecondition(vpc, { condition: true, errorMessage: `Not ${name}.` });
    app.synth();
    return readFileSync(join(outdir, "stacks/test", file), "utf8");
  }

  it("stands beside what the resource's lifecycle says, and beside another", () => {
    const { lifecycle } = JSON.parse(synth("cdk.tf.json")).resource.aws_vpc.vpc;
    expect(lifecycle).toEqual({
      prevent_destroy: true,
      ignore_changes: ["tags"],
      precondition: [
        { condition: true, error_message: "Not one." },
        { condition: true, error_message: "Not two." },
      ],
    });
  });

  it("is a block in HCL", () => {
    process.env.SYNTH_HCL_OUTPUT = "true";
    const hcl = synth("cdk.tf");
    expect(hcl.match(/precondition \{/g)).toHaveLength(2);
    expect(hcl).toMatch(/error_message = "Not two\."/);
    expect(hcl).toMatch(/prevent_destroy = true/);
    expect(hcl).toMatch(/ignore_changes = \[\s*"tags",?\s*\]/);
  });
});
