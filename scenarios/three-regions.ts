import type { Construct } from "constructs";
import { ClientHost, Peering, RackOutage, RegionVpc, ResultsBucket, StretchCluster } from "../modules";
import { Scenario } from "./scenario";

/** London, Paris and Ireland, three nodes each, three copies, one a region: any region may be lost. */
export class ThreeRegions extends Scenario {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { settings, client } = this;
    const london = new RegionVpc(this, "london", { region: "eu-west-2", cidrBlock: "172.32.0.0/16" });
    const paris = new RegionVpc(this, "paris", { region: "eu-west-3", cidrBlock: "172.33.0.0/16" });
    const ireland = new RegionVpc(this, "ireland", { region: "eu-west-1", cidrBlock: "172.30.0.0/16" });
    Peering.mesh(this, "peering", [paris, london, ireland]);
    const cluster = new StretchCluster(this, "cluster", {
      namespace: { name: "mydata", replicationFactor: 3, strongConsistency: true },
      racks: [
        { id: 32, vpc: london, nodes: 3 },
        { id: 33, vpc: paris, nodes: 3 },
        { id: 31, vpc: ireland, nodes: 3 },
      ],
      settings,
    });
    const results = new ResultsBucket(this, "results", { vpc: london });
    new ClientHost(this, "london-client", { vpc: london, results, chatWith: [paris, ireland], ...client });
    new ClientHost(this, "paris-client", { vpc: paris, results, chatWith: [london, ireland], ...client });
    new ClientHost(this, "ireland-client", { vpc: ireland, results, chatWith: [london, paris], ...client });
    new RackOutage(this, "london-outage", { fault: "london-down", rack: cluster.rack(32) });
    new RackOutage(this, "paris-outage", { fault: "paris-down", rack: cluster.rack(33) });
    new RackOutage(this, "ireland-outage", { fault: "ireland-down", rack: cluster.rack(31) });
  }
}
