import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { scenarios } from "../../scenarios";
import { Cdktf } from "./support/cdktf";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { stretch } from "./support/stretch";
import { Terraform } from "./support/terraform";

describeWith(["terraform", "moto"], "cdktf synth --hcl", () => {
  let moto: Moto;
  let cdktf: Cdktf;

  beforeAll(async () => {
    moto = await Moto.start();
    cdktf = new Cdktf(moto);
    await cdktf.synth("--hcl");
  });
  afterAll(async () => {
    await moto?.stop();
    cdktf?.remove();
  });

  it.each(scenarios.map(({ name }) => name))("gives plain HCL of %s that is valid", async (name) => {
    const dir = cdktf.stackDir(name);
    expect(existsSync(path.join(dir, "cdk.tf"))).toBe(true);
    expect(existsSync(path.join(dir, "cdk.tf.json"))).toBe(false);
    const terraform = new Terraform(dir, moto);
    await terraform.init();
    await terraform.validate();
    const variables = readFileSync(path.join(dir, "cdk.tf"), "utf8")
      .split(/^variable /m)
      .slice(1);
    // None has to be given: with one command less a fault could not be planned, or healed.
    for (const variable of variables) expect(variable).toMatch(/^ +default += /m);
  });

  it("gives HCL whose faults stretch heal ends without Terraform, by the record that an apply writes", async () => {
    const terraform = new Terraform(cdktf.stackDir("even-split"), moto);
    await terraform.init();
    await terraform.apply({ fault: "split" });
    const { code, stdout } = await stretch(moto, ["heal", "even-split", "--yes"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("Healed, and read back") });
    expect(stdout.match(/removed network ACL entry/g)).toHaveLength(16);
    expect((await stretch(moto, ["heal", "even-split"])).stdout).toContain("Nothing that a fault of");
  });
});
