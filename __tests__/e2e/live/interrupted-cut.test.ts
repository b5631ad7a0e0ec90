import { DescribeNetworkAclsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { removeLeftByFaults } from "../../../cli/live/left-by-faults";
import { Terraform as RunsTerraform } from "../../../lab/deployed/terraform";
import { TerraformBreaker } from "../../../lab/deployed/terraform-breaker";
import { eventually } from "../../rehearsal/support/real-client";
import { describeWith } from "../../support/requirements";
import { setEnvironment } from "../../lab/deployed/support/stand-in-aws";
import { Cdktf } from "../support/cdktf";
import { Moto } from "../support/moto";
import { Terraform } from "../support/terraform";

const REGIONS = ["eu-west-2", "eu-west-3"];
const SPLIT = { name: "split", variable: "fault", value: "split", healAt: "heal_at" };

describeWith(["terraform", "moto"], "a cut of plain HCL that is healed while its entries are made", () => {
  let moto: Moto;
  let cdktf: Cdktf;
  let terraform: Terraform;
  let restore: () => void;

  beforeAll(async () => {
    moto = await Moto.start();
    cdktf = new Cdktf(moto);
    await cdktf.synth("--hcl");
    terraform = new Terraform(cdktf.stackDir("even-split"), moto);
    await terraform.init();
    await terraform.apply();
    restore = setEnvironment(moto.env);
  });
  afterAll(async () => {
    restore?.();
    await moto?.stop();
    cdktf?.remove();
  });

  /** Numbers of entries that deny, and are no ACL's last. */
  const denies = async () => {
    const acls = await Promise.all(
      REGIONS.map((region) => new EC2Client(moto.client(region)).send(new DescribeNetworkAclsCommand({}))),
    );
    return acls
      .flatMap(({ NetworkAcls = [] }) => NetworkAcls.flatMap(({ Entries = [] }) => Entries))
      .filter(({ RuleAction, RuleNumber }) => RuleAction === "deny" && RuleNumber! < 32767);
  };

  it("is open, though Terraform does not know of the entries whose answers it did not hear", async () => {
    const said: string[] = [];
    const says = (text: string) => said.push(text);
    const own = new RunsTerraform({
      directory: terraform.dir,
      switches: ["fault"],
      heal: "stretch heal",
      says,
    });
    const breaker = new TerraformBreaker({
      ...{ terraform: own, faults: [SPLIT], regions: REGIONS, runEnds: Date.now(), says },
      removeLeft: () => removeLeftByFaults("even-split", REGIONS),
    });
    const held = moto.hold("CreateNetworkAclEntry", 2);
    const cut = breaker.fault("split").catch((error: Error) => error);
    await eventually(
      async () => held(),
      (count) => count > 0,
      180_000,
    );
    const healing = breaker.heal();
    moto.answerAll();
    await healing;
    expect(await cut).toBeInstanceOf(Error);
    expect(await denies()).toEqual([]);
    expect(said.join("\n")).toMatch(/[1-9]\d* entries of a fault that Terraform did not know were removed/);
    expect((await terraform.plan()).changes).toEqual([]);
    await own.close();
  });
});
