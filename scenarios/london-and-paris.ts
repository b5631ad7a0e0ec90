import type { Construct } from "constructs";
import { type Namespace, Peering, RegionVpc } from "../modules";
import { LONDON, PARIS } from "./regions";
import { Scenario } from "./scenario";

/** Nodes by region. */
export interface LondonAndParisNodes {
  readonly london: number;
  readonly paris: number;
}

/** What a scenario has of its own beside the picture. */
export type LondonAndParisServers = Pick<Namespace, "activeRack">;

/**
 * The article's picture: London (rack 32) and Paris (rack 33), peered, one cluster over both with two copies and strong
 * consistency, and a client host each. What breaks it is each scenario's own.
 */
export abstract class LondonAndParis extends Scenario {
  readonly london: RegionVpc;
  readonly paris: RegionVpc;

  constructor(
    scope: Construct,
    id: string,
    nodes: LondonAndParisNodes,
    { activeRack }: LondonAndParisServers = {},
  ) {
    super(scope, id);
    this.london = new RegionVpc(this, "london", LONDON);
    this.paris = new RegionVpc(this, "paris", PARIS);
    new Peering(this, "peering", { requester: this.paris, accepter: this.london });
    this.cluster({
      namespace: {
        name: "mydata",
        replicationFactor: 2,
        strongConsistency: true,
        ...(activeRack !== undefined && { activeRack }),
      },
      racks: [
        { id: 32, vpc: this.london, nodes: nodes.london },
        { id: 33, vpc: this.paris, nodes: nodes.paris },
      ],
    });
    this.clients(this.london, this.paris);
  }
}
