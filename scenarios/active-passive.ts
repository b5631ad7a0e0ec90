import type { Construct } from "constructs";
import { PartitionRule, RackOutage } from "../modules";
import { LondonAndParis } from "./london-and-paris";
import type { Story } from "./story";

/**
 * The article's cluster with London's rack as the active one (`active-rack`, server 7.2 and later): all masters are in
 * London, and Paris has a copy of everything. `split` leaves London with everything; `passive-lost` too; `active-lost`
 * leaves nothing until the operator promotes Paris.
 */
export class ActivePassive extends LondonAndParis {
  static readonly title = "active-passive";
  static override readonly summary =
    "3 nodes in London, 3 in Paris, London active: it serves everything in a split; if it is lost, nothing until Paris is promoted.";
  static override readonly story: Story = {
    steps: [
      { load: { from: "London", keys: { from: 0, to: 500 } } },
      { observe: "London active" },
      { fault: "active-lost" },
      { wait: "settled" },
      { observe: "London lost" },
      { load: { from: "Paris", keys: [500], until: "error" } },
      { recover: { step: "promote", rack: 33, confirmedDown: 32 } },
      { wait: "migrated" },
      { observe: "Paris promoted" },
      { load: { from: "Paris", keys: { from: 500, to: 750 } } },
      { heal: true },
      { wait: "settled" },
      { recover: { step: "bring-back", rack: 32 } },
      { wait: "migrated" },
      { observe: "London back, Paris active" },
      { verify: true },
    ],
    expect: { during: { Paris: { serves: 0 } } },
  };

  constructor(scope: Construct, id: string) {
    super(scope, id, { london: 3, paris: 3 }, { activeRack: 32 });
    const [cluster] = this.clusters;
    new PartitionRule(this, "cut", { fault: "split", between: [this.london, this.paris] });
    new RackOutage(this, "active-outage", { fault: "active-lost", rack: cluster.rack(32) });
    new RackOutage(this, "passive-outage", { fault: "passive-lost", rack: cluster.rack(33) });
  }
}
