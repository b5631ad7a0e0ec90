import type { Construct } from "constructs";
import { RackOutage } from "../modules";
import { LondonAndParis } from "./london-and-paris";

/**
 * Four nodes in London, three in Paris, and `rack-down` stops London's: every partition has a copy in Paris, but three
 * of seven are no majority, so that Paris serves nothing until the operator takes rack 32 off the roster.
 */
export class RackFailure extends LondonAndParis {
  static readonly title = "rack-failure";
  static readonly summary =
    "4 nodes in London, 3 in Paris: London goes down and Paris serves nothing until the operator re-rosters.";

  constructor(scope: Construct, id: string) {
    super(scope, id, { london: 4, paris: 3 });
    new RackOutage(this, "outage", { fault: "rack-down", rack: this.clusters[0].rack(32) });
  }
}
