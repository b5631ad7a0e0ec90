import { TerraformStack } from "cdktf";
import { PartitionRule, RegionVpc } from "../../modules";
import { Cloud } from "./support/cloud";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { SynthDir } from "./support/synth";
import { Terraform } from "./support/terraform";

describeWith(["terraform", "moto"], "switching directly between two faults", () => {
  const folder = new SynthDir();
  let moto: Moto;
  let cloud: Cloud;
  let terraform: Terraform;

  beforeAll(async () => {
    moto = await Moto.start();
    cloud = new Cloud(moto);
    const dir = folder.synth("two-faults", (app) => {
      const stack = new TerraformStack(app, "two-faults");
      const zones = ["a", "b"];
      const london = new RegionVpc(stack, "london", {
        region: "eu-west-2",
        cidrBlock: "10.32.0.0/16",
        zones,
      });
      const paris = new RegionVpc(stack, "paris", { region: "eu-west-3", cidrBlock: "10.33.0.0/16", zones });
      new PartitionRule(stack, "regions", { fault: "split", between: [london, paris] });
      const [a, b] = london.subnets;
      new PartitionRule(stack, "zone", { fault: "zone-a", between: [[a], [b, ...paris.subnets]] });
    });
    terraform = new Terraform(dir, moto);
    await terraform.init();
    await terraform.apply({ fault: "split" });
  });
  afterAll(async () => {
    await moto?.stop();
    folder.remove();
  });

  it("leaves the second fault's rules and none of the first's", async () => {
    await terraform.apply({ fault: "zone-a" });
    expect(await cloud.denies("eu-west-2")).toEqual({
      "10.32.0.0/20": [
        ...["in 10.32.16.0/20", "in 10.33.0.0/20", "in 10.33.16.0/20"],
        ...["out 10.32.16.0/20", "out 10.33.0.0/20", "out 10.33.16.0/20"],
      ],
      "10.32.16.0/20": ["in 10.32.0.0/20", "out 10.32.0.0/20"],
    });
    expect(await cloud.denies("eu-west-3")).toEqual({
      "10.33.0.0/20": ["in 10.32.0.0/20", "out 10.32.0.0/20"],
      "10.33.16.0/20": ["in 10.32.0.0/20", "out 10.32.0.0/20"],
    });
    expect((await terraform.plan({ fault: "zone-a" })).changes).toEqual([]);
  });

  it("and back", async () => {
    await terraform.apply({ fault: "split" });
    const denies = { ...(await cloud.denies("eu-west-2")), ...(await cloud.denies("eu-west-3")) };
    expect(Object.values(denies).map((cuts) => cuts.length)).toEqual([2, 2, 2, 2]);
    expect((await terraform.plan({ fault: "split" })).changes).toEqual([]);
  });
});
