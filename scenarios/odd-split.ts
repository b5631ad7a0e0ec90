import type { Construct } from "constructs";
import { PartitionRule } from "../modules";
import { LondonAndParis } from "./london-and-paris";
import { defaultStory, type Story } from "./story";

/** Four nodes in London, three in Paris: in a `split` the majority in London serves all, Paris nothing. */
export class OddSplit extends LondonAndParis {
  static readonly title = "odd-split";
  static override readonly summary =
    "4 nodes in London, 3 in Paris: the regions lose each other and London serves all.";
  static override readonly story: Story = {
    ...defaultStory("split"),
    expect: { during: { London: { serves: 4096 }, Paris: { serves: 0 } } },
  };

  constructor(scope: Construct, id: string) {
    super(scope, id, { london: 4, paris: 3 });
    new PartitionRule(this, "cut", { fault: "split", between: [this.london, this.paris] });
  }
}
