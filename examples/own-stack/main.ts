import { App, TerraformStack } from "cdktf";
import { PartitionRule, Peering, RegionVpc, reportInputErrors, StretchCluster } from "cdktf-stretch-cluster";

reportInputErrors(() => {
  const app = new App();
  const stack = new TerraformStack(app, "orders");
  const dublin = new RegionVpc(stack, "dublin", { region: "eu-west-1", cidrBlock: "10.1.0.0/16" });
  const frankfurt = new RegionVpc(stack, "frankfurt", { region: "eu-central-1", cidrBlock: "10.2.0.0/16" });
  new Peering(stack, "peering", { requester: dublin, accepter: frankfurt });
  new StretchCluster(stack, "cluster", {
    namespace: { name: "orders", replicationFactor: 2, strongConsistency: true },
    racks: [
      { id: 1, vpc: dublin, nodes: 3 },
      { id: 2, vpc: frankfurt, nodes: 3 },
    ],
  });
  new PartitionRule(stack, "cut", { fault: "split", between: [dublin, frankfurt] });
  app.synth();
});
