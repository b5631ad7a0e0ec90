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

/** A shop in two regions: orders must never be lost, its sessions must always be served. */
class Shop extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new StretchTags(this, "tags", { scenario: id });
    const dublin = new RegionVpc(this, "dublin", { region: "eu-west-1", cidrBlock: "10.61.0.0/16" });
    const frankfurt = new RegionVpc(this, "frankfurt", { region: "eu-central-1", cidrBlock: "10.62.0.0/16" });
    new Peering(this, "peering", { requester: dublin, accepter: frankfurt });

    // Strong consistency: in a split each side serves what it can be sure of.
    new StretchCluster(this, "orders", {
      namespace: { name: "orders", replicationFactor: 2, strongConsistency: true },
      racks: [
        { id: 1, vpc: dublin, nodes: 3 },
        { id: 2, vpc: frankfurt, nodes: 3 },
      ],
    });
    // Availability: in a split both sides serve everything. Racks of one VPC need ids of their own.
    new StretchCluster(this, "sessions", {
      namespace: { name: "sessions", replicationFactor: 2, strongConsistency: false },
      racks: [
        { id: 3, vpc: dublin, nodes: 2 },
        { id: 4, vpc: frankfurt, nodes: 2 },
      ],
    });

    // One cut parts both, and the output `partitions` has a line for each of them and region.
    new PartitionRule(this, "cut", { fault: "split", between: [dublin, frankfurt] });
  }
}

reportInputErrors(() => {
  const app = new App();
  new Shop(app, "shop");
  app.synth();
});
