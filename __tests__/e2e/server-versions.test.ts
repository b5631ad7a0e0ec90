import { type App, TerraformStack } from "cdktf";
import { PartitionRule, Peering, RegionVpc, StretchCluster } from "../../modules";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { SynthDir } from "./support/synth";
import { Terraform } from "./support/terraform";

/** A server of each series, and the default one. */
const VERSIONS = ["7.1.0.25", "7.2.0.20", "8.0.0.18", "8.1.2.4", undefined];

/** A cluster of servers of each version over the same two regions. */
class Versions extends TerraformStack {
  constructor(app: App) {
    super(app, "versions");
    const zones = ["a"];
    const london = new RegionVpc(this, "london", { region: "eu-west-2", cidrBlock: "10.1.0.0/16", zones });
    const paris = new RegionVpc(this, "paris", { region: "eu-west-3", cidrBlock: "10.2.0.0/16", zones });
    new Peering(this, "peering", { requester: london, accepter: paris });
    VERSIONS.forEach((version, i) => {
      new StretchCluster(this, `cluster-${i}`, {
        namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
        settings: version === undefined ? {} : { version },
        racks: [
          { id: 2 * i + 1, vpc: london, nodes: 1 },
          { id: 2 * i + 2, vpc: paris, nodes: 1 },
        ],
      });
    });
    new PartitionRule(this, "cut", { fault: "split", between: [london, paris] });
  }
}

describeWith(["terraform", "moto"], "clusters of every server version", () => {
  const folder = new SynthDir();
  let moto: Moto;

  beforeAll(async () => {
    moto = await Moto.start();
  });
  afterAll(async () => {
    await moto?.stop();
    folder.remove();
  });

  it("validate and plan, side by side in one stack", async () => {
    const terraform = new Terraform(
      folder.synth("versions", (app) => new Versions(app)),
      moto,
    );
    await terraform.init();
    await terraform.validate();
    const plan = await terraform.plan();
    const hosts = plan.changes.filter(({ address }) => address.startsWith("aws_instance."));
    expect(hosts).toHaveLength(2 * VERSIONS.length);
  });
});
