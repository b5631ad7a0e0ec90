import type { Construct } from "constructs";
import { RackOutage } from "../modules";
import { LondonAndParis } from "./london-and-paris";
import type { Story } from "./story";

/**
 * Four nodes in London, three in Paris, and `rack-down` stops London's: every partition has a copy in Paris, but three
 * of seven are no majority, so that Paris serves nothing until the operator takes rack 32 off the roster.
 */
export class RackFailure extends LondonAndParis {
  static readonly title = "rack-failure";
  static override readonly summary =
    "4 nodes in London, 3 in Paris: London goes down and Paris serves nothing until the operator re-rosters.";
  static override readonly story: Story = {
    steps: [
      { load: { from: "Paris", keys: { from: 0, to: 271 } } },
      { observe: "271 records" },
      { load: { from: "Paris", keys: { from: 271, to: 517 } } },
      { observe: "517 records" },
      { fault: "rack-down" },
      { wait: "settled" },
      { observe: "London lost" },
      { load: { from: "Paris", keys: [517], until: "error" } },
      { recover: { step: "reroster", confirmedDown: 32 } },
      { wait: "migrated" },
      { observe: "rack 32 off the roster, 517 records" },
      { load: { from: "Paris", keys: { from: 517, to: 778 } } },
      { observe: "rack 32 off the roster, 778 records" },
      { heal: true },
      { wait: "settled" },
      { recover: { step: "bring-back", rack: 32 } },
      { wait: "migrated" },
      { observe: "rack 32 back on the roster, 778 records" },
      { verify: true },
    ],
    expect: { during: { Paris: { serves: 0 } } },
  };

  constructor(scope: Construct, id: string) {
    super(scope, id, { london: 4, paris: 3 });
    new RackOutage(this, "outage", { fault: "rack-down", rack: this.clusters[0].rack(32) });
  }
}
