import type { Construct } from "constructs";
import { ClientHost, PartitionRule, Peering, RegionVpc, ResultsBucket, StretchCluster } from "../modules";
import { Scenario } from "./scenario";

/**
 * The article's cluster: London and Paris, three nodes each, two copies, strong consistency. `split` parts them.
 *
 * `one-way` is the article's first stage, an edit of the security group in Paris alone. It was meant to part London from
 * Paris; in truth Paris refuses London's new connections, and those there are go on: the cluster stays one.
 */
export class EvenSplit extends Scenario {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { settings, client } = this;
    const london = new RegionVpc(this, "london", { region: "eu-west-2", cidrBlock: "172.32.0.0/16" });
    const paris = new RegionVpc(this, "paris", { region: "eu-west-3", cidrBlock: "172.33.0.0/16" });
    new Peering(this, "peering", { requester: paris, accepter: london });
    new StretchCluster(this, "cluster", {
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
      racks: [
        { id: 32, vpc: london, nodes: 3 },
        { id: 33, vpc: paris, nodes: 3 },
      ],
      settings,
    });
    const results = new ResultsBucket(this, "results", { vpc: london });
    new ClientHost(this, "london-client", { vpc: london, results, chatWith: [paris], ...client });
    new ClientHost(this, "paris-client", { vpc: paris, results, chatWith: [london], ...client });
    new PartitionRule(this, "cut", { fault: "split", between: [london, paris] });
    new PartitionRule(this, "one-way", {
      fault: "one-way",
      between: [london, paris],
      method: "security-group",
      direction: "from",
      connections: "new",
    });
  }
}
