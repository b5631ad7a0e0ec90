import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { TerraformStack } from "cdktf";
import { cluster } from "../support/fixtures";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { SynthDir } from "./support/synth";
import { Terraform } from "./support/terraform";

describeWith(["terraform", "moto", "hashicorp/null"], "the readiness gate", () => {
  const folder = new SynthDir();
  let moto: Moto;
  let bin: string;

  beforeAll(async () => {
    moto = await Moto.start();
    bin = mkdtempSync(path.join(tmpdir(), "stretch-gate-"));
    // moto runs no command on a host, so a stand-in of the aws command answers for the cluster.
    writeFileSync(path.join(bin, "aws"), "#!/bin/bash\necho 86837157EF24\n");
    chmodSync(path.join(bin, "aws"), 0o755);
    moto.env.PATH = `${bin}:${moto.env.PATH}`;
  });
  afterAll(async () => {
    await moto?.stop();
    folder.remove();
    rmSync(bin, { recursive: true, force: true });
  });

  it("holds the apply until the cluster answers", async () => {
    const dir = folder.synth("gate", (app) =>
      cluster(new TerraformStack(app, "gate"), { readinessGate: true }),
    );
    const terraform = new Terraform(dir, moto);
    await terraform.init();
    await terraform.apply();
    expect((await terraform.plan()).changes).toEqual([]);
  });
});
