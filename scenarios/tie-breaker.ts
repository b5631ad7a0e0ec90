import type { Construct } from "constructs";
import { PartitionRule, Peering, RackOutage, RegionVpc } from "../modules";
import { IRELAND, LONDON, PARIS } from "./regions";
import { Scenario } from "./scenario";
import { defaultStory, type Story } from "./story";

/**
 * even-split with a seventh node in Ireland, quiesced for good: it holds no data, it only counts. Whatever the regions
 * lose, `split` (London and Paris each other) or `london-down`, the cluster with the tie-breaker is the majority and
 * serves everything, where even-split serves half a side. In the split that is Paris's, whose ids are higher: London's
 * nodes still hear Ireland, so that they are orphans.
 */
export class TieBreaker extends Scenario {
  static readonly title = "tie-breaker";
  static override readonly summary =
    "3 nodes in London, 3 in Paris, 1 quiesced in Ireland: whatever is lost, one side serves all.";
  static override readonly story: Story = defaultStory("split");

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const london = new RegionVpc(this, "london", LONDON);
    const paris = new RegionVpc(this, "paris", PARIS);
    const ireland = new RegionVpc(this, "ireland", IRELAND);
    Peering.mesh(this, "peering", [paris, london, ireland]);
    const cluster = this.cluster({
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
      racks: [
        { id: 32, vpc: london, nodes: 3 },
        { id: 33, vpc: paris, nodes: 3 },
        { id: 31, vpc: ireland, nodes: 1, quiesced: true },
      ],
    });
    this.clients(london, paris);
    new PartitionRule(this, "cut", { fault: "split", between: [london, paris] });
    new RackOutage(this, "outage", { fault: "london-down", rack: cluster.rack(32) });
  }
}
