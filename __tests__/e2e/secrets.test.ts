import { readFileSync } from "node:fs";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { TerraformStack } from "cdktf";
import { RegionVpc, StretchCluster } from "../../modules";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { SynthDir } from "./support/synth";
import { Terraform } from "./support/terraform";

const REGION = "eu-west-2";
const MARKER = "c0ffee-marker-7f3a";
const FEATURE_KEY = `feature-key-version 2\nsignature ${MARKER}\n`;
const arn = (name: string) => `arn:aws:ssm:${REGION}:123456789012:parameter/${name}`;

describeWith(["terraform", "moto"], "secrets that exist in the account", () => {
  const folder = new SynthDir();
  let moto: Moto;
  let terraform: Terraform;

  beforeAll(async () => {
    moto = await Moto.start();
    const ssm = new SSMClient(moto.client(REGION));
    for (const [Name, Value] of [
      ["feature-key", FEATURE_KEY],
      ["admin", `${MARKER}-1`],
      ["loader", `${MARKER}-2`],
      ["operator", `${MARKER}-3`],
    ]) {
      await ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString" }));
    }
    terraform = new Terraform(
      folder.synth("secrets", (app) => {
        const stack = new TerraformStack(app, "secrets");
        const vpc = new RegionVpc(stack, "vpc", { region: REGION, cidrBlock: "10.0.0.0/16" });
        new StretchCluster(stack, "cluster", {
          namespace: { name: "mydata", replicationFactor: 1, strongConsistency: true },
          racks: [{ id: 1, vpc, nodes: 1 }],
          settings: {
            featureKeyArn: arn("feature-key"),
            usersSecretArns: { admin: arn("admin"), loader: arn("loader"), operator: arn("operator") },
          },
        });
      }),
      moto,
    );
    await terraform.init();
  });
  afterAll(async () => {
    await moto?.stop();
    folder.remove();
  });

  it("are named by ARN in the user data, and are not in it", () => {
    const stack = JSON.parse(readFileSync(path.join(terraform.dir, "cdk.tf.json"), "utf8"));
    const [host] = Object.values<{ user_data_base64: string }>(stack.resource.aws_instance);
    const userData = gunzipSync(Buffer.from(host.user_data_base64, "base64")).toString("utf8");
    for (const name of ["feature-key", "admin", "loader", "operator"]) expect(userData).toContain(arn(name));
    expect(userData).not.toContain(MARKER);
  });

  it("are neither in the configuration nor in the plan nor in the state", async () => {
    const plan = await terraform.plan();
    const planned = JSON.stringify(await terraform.show(plan));
    await terraform.apply(plan);
    const state = readFileSync(path.join(terraform.dir, "terraform.tfstate"), "utf8");
    expect(state).toContain("aws_instance");
    for (const text of [readFileSync(path.join(terraform.dir, "cdk.tf.json"), "utf8"), planned, state]) {
      expect(text).not.toContain(MARKER);
      expect(text).not.toContain(Buffer.from(MARKER).toString("base64").slice(0, 16));
    }
    await terraform.destroy();
  });
});
