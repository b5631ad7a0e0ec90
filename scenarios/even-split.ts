import type { Construct } from "constructs";
import { PartitionRule } from "../modules";
import { LondonAndParis } from "./london-and-paris";

/**
 * The article's cluster: London and Paris, three nodes each, two copies, strong consistency. `split` parts them.
 *
 * `one-way` is the article's first stage, an edit of the security group in Paris alone. It was meant to part London from
 * Paris; in truth Paris refuses London's new connections, and those there are go on: the cluster stays one.
 */
export class EvenSplit extends LondonAndParis {
  static readonly title = "even-split";
  static readonly summary =
    "3 nodes in London, 3 in Paris: the regions lose each other and each serves half.";

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
