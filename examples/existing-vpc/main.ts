import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  PartitionRule,
  Peering,
  RegionVpc,
  reportInputErrors,
  StretchCluster,
  StretchTags,
} from "cdktf-stretch-cluster";
import ireland from "./vpc.json";

/** Orders in three regions, a copy in each; any one of them may be lost. */
class Orders extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new StretchTags(this, "tags", { scenario: id });
    // Providers of one's own are used as they are: credentials, default tags and all.
    const [dublin, frankfurt, stockholm] = ["eu-west-1", "eu-central-1", "eu-north-1"].map((region) => ({
      region,
      provider: new AwsProvider(this, region, {
        region,
        alias: region,
        defaultTags: [{ tags: { team: "orders" } }],
      }),
    }));

    // Ireland has a VPC already: subnets are added in a free block of it.
    const old = RegionVpc.fromExisting(this, "ireland", { ...dublin, ...ireland, zones: ["a", "b"] });
    const made = new RegionVpc(this, "germany", { ...frankfurt, cidrBlock: "10.51.0.0/16", egress: "nat" });
    const other = new RegionVpc(this, "sweden", { ...stockholm, cidrBlock: "10.52.0.0/16" });
    const vpcs = [old, made, other];
    Peering.mesh(this, "mesh", vpcs);
    new StretchCluster(this, "cluster", {
      namespace: { name: "orders", replicationFactor: 3, strongConsistency: true },
      racks: vpcs.map((vpc, i) => ({ id: i + 1, vpc, nodes: ["a", "b"] })),
    });
    for (const vpc of vpcs) {
      for (const peer of vpcs.filter((v) => v !== vpc)) {
        new PartitionRule(this, `${vpc.node.id}-from-${peer.node.id}`, {
          fault: `${vpc.node.id}-down`,
          between: [vpc, peer],
        });
      }
    }
  }
}

reportInputErrors(() => {
  const app = new App();
  new Orders(app, "orders");
  app.synth();
});
