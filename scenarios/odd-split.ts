import type { Construct } from "constructs";
import { ClientHost, PartitionRule, Peering, RegionVpc, ResultsBucket, StretchCluster } from "../modules";
import { Scenario } from "./scenario";

/** Four nodes in London, three in Paris: in a `split` the majority in London serves all, Paris nothing. */
export class OddSplit extends Scenario {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { settings, client } = this;
    const london = new RegionVpc(this, "london", { region: "eu-west-2", cidrBlock: "172.32.0.0/16" });
    const paris = new RegionVpc(this, "paris", { region: "eu-west-3", cidrBlock: "172.33.0.0/16" });
    new Peering(this, "peering", { requester: paris, accepter: london });
    new StretchCluster(this, "cluster", {
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
      racks: [
        { id: 32, vpc: london, nodes: 4 },
        { id: 33, vpc: paris, nodes: 3 },
      ],
      settings,
    });
    const results = new ResultsBucket(this, "results", { vpc: london });
    new ClientHost(this, "london-client", { vpc: london, results, chatWith: [paris], ...client });
    new ClientHost(this, "paris-client", { vpc: paris, results, chatWith: [london], ...client });
    new PartitionRule(this, "cut", { fault: "split", between: [london, paris] });
  }
}
