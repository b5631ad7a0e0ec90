import type { Construct } from "constructs";
import { PartitionRule } from "../modules";
import { LondonAndParis } from "./london-and-paris";
import type { Story } from "./story";

/**
 * The article's cluster: London and Paris, three nodes each, two copies, strong consistency. `split` parts them.
 *
 * `one-way` is the article's first stage, an edit of the security group in Paris alone. It was meant to part London from
 * Paris; in truth Paris refuses London's new connections, and those there are go on: the cluster stays one.
 */
export class EvenSplit extends LondonAndParis {
  static readonly title = "even-split";
  static override readonly summary =
    "3 nodes in London, 3 in Paris: the regions lose each other and each serves half.";
  static override readonly story: Story = {
    steps: [
      { load: { from: "Paris", keys: { from: 0, to: 470 } } },
      { observe: "470 records" },
      { fault: "one-way" },
      { wait: "settled" },
      { load: { from: "London", keys: { from: 470, to: 940 } } },
      { observe: "one-way, 940 records" },
      { fault: "split" },
      { wait: "migrated" },
      { observe: "split, 940 records" },
      // London serves the partitions of the first two, Paris that of the third: -8 ends the load, as it ended the article's.
      { load: { from: "London", keys: [940, 947, 941], until: "error" } },
      { observe: "split, two more in London" },
      { heal: true },
      { wait: "migrated" },
      { observe: "healed, 942 records" },
      { verify: true },
    ],
    expect: { during: { London: { serves: 2048 }, Paris: { serves: 2048 } } },
  };

  constructor(scope: Construct, id: string) {
    super(scope, id, { london: 3, paris: 3 });
    new PartitionRule(this, "cut", { fault: "split", between: [this.london, this.paris] });
    new PartitionRule(this, "one-way", {
      fault: "one-way",
      between: [this.london, this.paris],
      method: "security-group",
      direction: "from",
      connections: "new",
    });
  }
}
