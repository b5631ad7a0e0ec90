import type { Construct } from "constructs";
import { Peering, RackOutage, RegionVpc } from "../modules";
import { IRELAND, LONDON, PARIS } from "./regions";
import { Scenario } from "./scenario";
import { defaultStory, type Story } from "./story";

/** London, Paris and Ireland, three nodes each, three copies, one a region: any region may be lost. */
export class ThreeRegions extends Scenario {
  static readonly title = "three-regions";
  static override readonly summary =
    "3 nodes in London, Paris and Ireland, a copy in each: any one region may be lost.";
  static override readonly story: Story = defaultStory("london-down");

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const london = new RegionVpc(this, "london", LONDON);
    const paris = new RegionVpc(this, "paris", PARIS);
    const ireland = new RegionVpc(this, "ireland", IRELAND);
    Peering.mesh(this, "peering", [paris, london, ireland]);
    const cluster = this.cluster({
      namespace: { name: "mydata", replicationFactor: 3, strongConsistency: true },
      racks: [
        { id: 32, vpc: london, nodes: 3 },
        { id: 33, vpc: paris, nodes: 3 },
        { id: 31, vpc: ireland, nodes: 3 },
      ],
    });
    this.clients(london, paris, ireland);
    new RackOutage(this, "london-outage", { fault: "london-down", rack: cluster.rack(32) });
    new RackOutage(this, "paris-outage", { fault: "paris-down", rack: cluster.rack(33) });
    new RackOutage(this, "ireland-outage", { fault: "ireland-down", rack: cluster.rack(31) });
  }
}
