import type { Construct } from "constructs";
import { PartitionRule } from "../modules";
import { LondonAndParis } from "./london-and-paris";
import { defaultStory, type Story } from "./story";

/**
 * Six nodes in London and six in Paris, two in each of three subnets a region. `subnet` isolates one London subnet from
 * all others: ten nodes serve everything, the two nothing.
 */
export class SubnetSplit extends LondonAndParis {
  static readonly title = "subnet-split";
  static override readonly summary =
    "6 nodes in London, 6 in Paris: one London subnet is cut off and the other ten nodes serve all.";
  static override readonly story: Story = defaultStory("subnet");

  constructor(scope: Construct, id: string) {
    super(scope, id, { london: 6, paris: 6 });
    const lost = this.london.subnet("node", "a");
    const others = this.london.subnets.filter((subnet) => subnet !== lost);
    new PartitionRule(this, "cut", { fault: "subnet", between: [lost, [...others, this.paris]] });
  }
}
