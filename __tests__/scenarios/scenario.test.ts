import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Testing } from "cdktf";
import type { Construct } from "constructs";
import { PartitionRule, Peering, RegionVpc } from "../../modules";
import { halves } from "../../model";
import { Scenario } from "../../scenarios";
import { Template } from "../support/template";

const KEY = "arn:aws:ssm:eu-west-1:123456789012:parameter/feature-key";

/** A scenario of somebody else's, as a picture: two VPCs, a cluster, clients, a cut. */
class Own extends Scenario {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const dublin = new RegionVpc(this, "dublin", { region: "eu-west-1", cidrBlock: "10.1.0.0/16" });
    const frankfurt = new RegionVpc(this, "frankfurt", { region: "eu-central-1", cidrBlock: "10.2.0.0/16" });
    new Peering(this, "peering", { requester: dublin, accepter: frankfurt });
    this.cluster({
      namespace: { name: "orders", replicationFactor: 2, strongConsistency: true },
      racks: [
        { id: 1, vpc: dublin, nodes: 1 },
        { id: 2, vpc: frankfurt, nodes: 1 },
      ],
    });
    this.clients(frankfurt, dublin);
    new PartitionRule(this, "cut", { fault: "split", between: [dublin, frankfurt] });
  }
}

describe("a scenario of one's own", () => {
  const outdir = mkdtempSync(join(tmpdir(), "stretch-synth-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  const context = { settings: { featureKeyArn: KEY }, packageSpec: "s3://packages/stretch.tgz" };
  const own = new Own(Testing.stubVersion(new App({ outdir, context })), "own");
  const template = Template.parse(Testing.synth(own, true));

  it("has a client host a VPC, named for it, each chatting with the others", () => {
    const groups = template.byId("aws_vpc_security_group_ingress_rule");
    const chats = Object.entries(groups).filter(([, { description }]) => /^TCP 3000-3000 /.test(description));
    expect(chats.map(([id, { cidr_ipv4 }]) => [id.split("_")[0], cidr_ipv4]).sort()).toEqual([
      ["dublin-client", "10.1.0.0/16"],
      ["dublin-client", "10.2.0.0/16"],
      ["frankfurt-client", "10.1.0.0/16"],
      ["frankfurt-client", "10.2.0.0/16"],
    ]);
  });

  it("has one bucket for their results, in the region of the first rack's VPC", () => {
    expect(template.only("aws_s3_bucket").provider).toBe("aws.eu-west-1");
  });

  it("gives servers and clients what the context says", () => {
    expect(own.clusters.map(({ settings }) => settings)).toEqual([
      { featureKeyArn: KEY, heartbeat: "article", latencyMaxMs: expect.any(Number) },
    ]);
    const policies = template.resources("aws_iam_role_policy").map(({ policy }): string => policy);
    expect(policies.filter((policy) => policy.includes("arn:aws:s3:::packages/stretch.tgz"))).toHaveLength(2);
  });

  it("is tagged with its own name, and tells its faults", () => {
    expect(template.only("aws_s3_bucket").tags.scenario).toBe("own");
    expect(own.faults()).toEqual({
      split: halves(["A1B1"], ["A1B2"]),
    });
  });
});
