import { Cdktf } from "./support/cdktf";
import { Cloud } from "./support/cloud";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";

describeWith(["terraform", "moto"], "the cdktf command", () => {
  let moto: Moto;
  let cdktf: Cdktf;
  let cloud: Cloud;

  beforeAll(async () => {
    moto = await Moto.start();
    cloud = new Cloud(moto);
    cdktf = new Cdktf(moto);
  });
  afterAll(async () => {
    cdktf?.remove();
    await moto?.stop();
  });

  it("synthesises every stack", async () => {
    expect(await cdktf.synth()).toContain("even-split");
  });

  it("shows what even-split would build", async () => {
    expect(await cdktf.diff("even-split")).toMatch(/Plan: \d+ to add, 0 to change, 0 to destroy/);
  });

  it("deploys even-split", async () => {
    await cdktf.deploy("even-split");
    expect(await cloud.peerings("eu-west-2")).toEqual(["active"]);
  });

  it("previews the partition: the cut, its end, and what it does", async () => {
    const diff = await cdktf.diff("even-split", "--var", "fault=split");
    expect(diff).toContain("Plan: 34 to add, 0 to change, 2 to destroy");
    expect(diff).toMatch(
      /~ london = "6 of 6 nodes, 4096 of 4096 partitions served" -> "3 of 6 nodes, 2048 of 4096 served, the others unavailable until healed"/,
    );
  });

  it("cuts and heals", async () => {
    await cdktf.deploy("even-split", "--var", "fault=split");
    expect(Object.values(await cloud.denies("eu-west-2")).flat()).toHaveLength(8);
    await cdktf.deploy("even-split", "--var", "fault=none");
    expect(Object.values(await cloud.denies("eu-west-2")).flat()).toHaveLength(0);
  });

  it("destroys even-split whole", async () => {
    await cdktf.destroy("even-split");
    expect(await cloud.leftovers(["eu-west-2", "eu-west-3"])).toEqual([]);
  });
});
