import type { Construct } from "constructs";
import { ClientHost, PartitionRule, Peering, RegionVpc, ResultsBucket, StretchCluster } from "../modules";
import { Scenario } from "./scenario";

/**
 * Six nodes in London and six in Paris, two in each of three subnets a region. `subnet` isolates one London subnet from
 * all others: ten nodes serve everything, the two nothing.
 */
export class SubnetSplit extends Scenario {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { settings, client } = this;
    const london = new RegionVpc(this, "london", { region: "eu-west-2", cidrBlock: "172.32.0.0/16" });
    const paris = new RegionVpc(this, "paris", { region: "eu-west-3", cidrBlock: "172.33.0.0/16" });
    new Peering(this, "peering", { requester: paris, accepter: london });
    new StretchCluster(this, "cluster", {
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
      racks: [
        { id: 32, vpc: london, nodes: 6 },
        { id: 33, vpc: paris, nodes: 6 },
      ],
      settings,
    });
    const results = new ResultsBucket(this, "results", { vpc: london });
    new ClientHost(this, "london-client", { vpc: london, results, chatWith: [paris], ...client });
    new ClientHost(this, "paris-client", { vpc: paris, results, chatWith: [london], ...client });
    const lost = london.subnet("node", "a");
    const others = london.subnets.filter((subnet) => subnet !== lost);
    new PartitionRule(this, "cut", { fault: "subnet", between: [lost, [...others, paris]] });
  }
}
