import type { Construct } from "constructs";
import {
  ClientHost,
  PartitionRule,
  Peering,
  RackOutage,
  RegionVpc,
  ResultsBucket,
  StretchCluster,
} from "../modules";
import { Scenario } from "./scenario";

/**
 * even-split with a seventh node in Ireland, quiesced for good: it holds no data, it only counts. Whatever the regions
 * lose, `split` (London and Paris each other) or `london-down`, the side with the tie-breaker is the majority and
 * serves everything, where even-split serves half a side.
 */
export class TieBreaker extends Scenario {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { settings, client } = this;
    const london = new RegionVpc(this, "london", { region: "eu-west-2", cidrBlock: "172.32.0.0/16" });
    const paris = new RegionVpc(this, "paris", { region: "eu-west-3", cidrBlock: "172.33.0.0/16" });
    const ireland = new RegionVpc(this, "ireland", { region: "eu-west-1", cidrBlock: "172.30.0.0/16" });
    Peering.mesh(this, "peering", [paris, london, ireland]);
    const cluster = new StretchCluster(this, "cluster", {
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
      racks: [
        { id: 32, vpc: london, nodes: 3 },
        { id: 33, vpc: paris, nodes: 3 },
        { id: 31, vpc: ireland, nodes: 1, quiesced: true },
      ],
      settings,
    });
    const results = new ResultsBucket(this, "results", { vpc: london });
    new ClientHost(this, "london-client", { vpc: london, results, chatWith: [paris], ...client });
    new ClientHost(this, "paris-client", { vpc: paris, results, chatWith: [london], ...client });
    new PartitionRule(this, "cut", { fault: "split", between: [london, paris] });
    new RackOutage(this, "outage", { fault: "london-down", rack: cluster.rack(32) });
  }
}
