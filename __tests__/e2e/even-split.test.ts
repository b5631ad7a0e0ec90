import { EvenSplit } from "../../scenarios";
import { Cloud } from "./support/cloud";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { SynthDir } from "./support/synth";
import { type Plan, Terraform } from "./support/terraform";
import { unheardBy, unheardIn } from "./support/unheard";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];
const AMI_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
const HEALTHY = "6 of 6 nodes, 4096 of 4096 partitions served";
const HALF = "3 of 6 nodes, 2048 of 4096 served, the others unavailable until healed";

describeWith(["terraform", "moto"], "even-split, from nothing to nothing", () => {
  const folder = new SynthDir();
  let stack: EvenSplit;
  const synth = () => folder.synth("even-split", (app) => (stack = new EvenSplit(app, "even-split")));
  /** Whether the networks of a plan part whom the fault's rules part. */
  const expectParted = async (plan: Plan, fault: string) =>
    expect(unheardIn(await terraform.show(plan), stack.clusters[0].topology())).toEqual(
      unheardBy(stack.faults()[fault].cannotHear),
    );
  let moto: Moto;
  let cloud: Cloud;
  let terraform: Terraform;
  let hosts: Awaited<ReturnType<Cloud["instances"]>>;

  beforeAll(async () => {
    moto = await Moto.start();
    cloud = new Cloud(moto);
    terraform = new Terraform(synth(), moto);
  });
  afterAll(async () => {
    await moto?.stop();
    folder.remove();
  });

  it("initialises and validates", async () => {
    await terraform.init();
    await terraform.validate();
  });

  it("fails to plan an unknown fault, naming the known ones", async () => {
    await expect(terraform.plan({ fault: "spilt" })).rejects.toThrow(/fault must be one of: none, split/);
  });

  it("applies", async () => {
    await terraform.apply(await terraform.plan());
    hosts = { ...(await cloud.instances(LONDON)), ...(await cloud.instances(PARIS)) };
    expect(Object.keys(hosts)).toEqual(
      expect.arrayContaining([
        "172.32.0.4",
        "172.32.16.5",
        "172.32.32.6",
        "172.33.1.4",
        "172.33.17.5",
        "172.33.33.6",
      ]),
    );
    expect(Object.keys(hosts)).toHaveLength(8);
  });

  it("peers both regions, with routes both ways", async () => {
    expect(await cloud.peerings(LONDON)).toEqual(["active"]);
    expect(await cloud.peerings(PARIS)).toEqual(["active"]);
    expect(await cloud.peerRoutes(LONDON)).toEqual(["172.33.0.0/16"]);
    expect(await cloud.peerRoutes(PARIS)).toEqual(["172.32.0.0/16"]);
  });

  it("puts out the hosts and what the partitions do", async () => {
    const output = await terraform.output();
    expect(Object.keys(output.cluster_nodes)).toHaveLength(6);
    expect(output.partitions).toMatchObject({ london: HEALTHY, paris: HEALTHY });
  });

  it("has nothing to change when planned again", async () => {
    expect((await terraform.plan()).changes).toEqual([]);
  });

  it("has nothing to change on another day, with a newer image", async () => {
    moto.setPublicParameter(AMI_PARAMETER, "ami-0123456789abcdef0");
    jest.useFakeTimers({
      now: new Date("2031-05-06T07:08:09Z"),
      doNotFake: ["setTimeout", "setInterval", "nextTick"],
    });
    try {
      synth();
    } finally {
      jest.useRealTimers();
    }
    expect((await terraform.plan()).changes).toEqual([]);
  });

  it("plans a cut as deny rules, their ends and what it does to the partitions, and nothing else", async () => {
    const plan = await terraform.plan({ fault: "split" });
    const kinds = plan.changes.map(({ action, address }) => `${action} ${address.split(".")[0]}`);
    expect(kinds.sort()).toEqual([
      ...Array(16).fill("create aws_network_acl_rule"),
      ...Array(16).fill("create aws_scheduler_schedule"),
      ...Array(2).fill("replace terraform_data"),
    ]);
    expect(plan.outputs).toEqual(["partitions"]);
    await expectParted(plan, "split");
  });

  it("makes the cut: every subnet of a side denies the other side, in and out", async () => {
    await terraform.apply({ fault: "split" });
    const london = await cloud.denies(LONDON);
    const paris = await cloud.denies(PARIS);
    expect(Object.keys(london)).toEqual(expect.arrayContaining(await cloud.subnets(LONDON)));
    expect(Object.keys(london)).toHaveLength(4);
    for (const cuts of Object.values(london)) expect(cuts).toEqual(["in 172.33.0.0/16", "out 172.33.0.0/16"]);
    for (const cuts of Object.values(paris)) expect(cuts).toEqual(["in 172.32.0.0/16", "out 172.32.0.0/16"]);
    expect((await terraform.output()).partitions).toMatchObject({
      london: HALF,
      paris: HALF,
      note: expect.stringMatching(/^ends by itself at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  it("has nothing to change while the fault lasts", async () => {
    expect(await terraform.plan({ fault: "split" })).toMatchObject({
      changes: [],
      outputs: [],
      warnings: [],
    });
  });

  it("switches directly to one-way: the rule for London's block in Paris is gone, and the cuts", async () => {
    const plan = await terraform.plan({ fault: "one-way" });
    const kinds = plan.changes.map(({ action, address }) => `${action} ${address.split(".")[0]}`);
    expect(kinds.sort()).toEqual([
      ...Array(16).fill("delete aws_network_acl_rule"),
      ...Array(16).fill("delete aws_scheduler_schedule"),
      "delete aws_vpc_security_group_ingress_rule",
      ...Array(2).fill("replace terraform_data"),
    ]);
    await expectParted(plan, "one-way");
    await terraform.apply(plan);
    expect(await cloud.databaseSources(PARIS)).toEqual(["172.33.0.0/16"]);
    expect(await cloud.databaseSources(LONDON)).toEqual(["172.32.0.0/16", "172.33.0.0/16"]);
    for (const region of [LONDON, PARIS]) {
      expect(Object.values(await cloud.denies(region)).flat()).toEqual([]);
    }
  });

  it("says of one-way that the cluster does not split", async () => {
    expect((await terraform.output()).partitions).toMatchObject({
      london: HEALTHY,
      paris: HEALTHY,
      note: "new connections from london to paris are refused on 3000-3003; established ones go on, so the cluster does not split",
    });
  });

  it("switches directly to split again", async () => {
    await terraform.apply({ fault: "split" });
    expect(await cloud.databaseSources(PARIS)).toEqual(["172.32.0.0/16", "172.33.0.0/16"]);
    expect(Object.values(await cloud.denies(PARIS)).flat()).toHaveLength(8);
  });

  it("heals: the deny rules are gone, the hosts are the same, running", async () => {
    await terraform.apply({ fault: "none" });
    for (const region of [LONDON, PARIS]) {
      expect(Object.values(await cloud.denies(region)).flat()).toEqual([]);
    }
    expect({ ...(await cloud.instances(LONDON)), ...(await cloud.instances(PARIS)) }).toEqual(hosts);
    expect((await terraform.output()).partitions).toMatchObject({ london: HEALTHY, paris: HEALTHY });
    expect(await terraform.plan()).toMatchObject({ changes: [], outputs: [], warnings: [] });
  });

  it("takes a new time of expiry by changing tags only", async () => {
    const { changes } = await terraform.plan({ expires_in_hours: "48" });
    expect(changes.filter(({ action }) => action !== "update")).toEqual([
      { address: expect.stringMatching(/^terraform_data\.tags_expiry/), action: "replace" },
    ]);
  });

  it("is destroyed whole", async () => {
    await terraform.destroy();
    expect(await cloud.leftovers([LONDON, PARIS])).toEqual([]);
  });
});
