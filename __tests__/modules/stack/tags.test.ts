import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { App, TerraformStack, Testing } from "cdktf";
import {
  ClientHost,
  PartitionRule,
  Peering,
  RackOutage,
  RegionVpc,
  ResultsBucket,
  StretchCluster,
  StretchTags,
} from "../../../modules";
import { cluster, london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

describe("tags of a construct", () => {
  const template = Template.of((stack) => {
    new StretchTags(stack, "tags", { scenario: "orders" });
    const vpc = london(stack);
    cluster(stack, { racks: [{ id: 32, vpc, nodes: 2 }], tags: { team: "data", scenario: "mine" } });
    new ClientHost(stack, "client", { vpc, tags: { team: "apps" } });
  });

  it("are on all that it makes, over those of the stack, and on nothing else", () => {
    const teams = template.all
      .filter(([, { tags }]) => tags !== undefined)
      .map(([address, { tags }]) => [address.split(".")[1].split("_")[0], tags.team, tags.scenario]);
    const of = (id: string) => [
      ...new Set(teams.filter(([own]) => own === id).map((t) => JSON.stringify(t))),
    ];
    expect(of("cluster")).toEqual(['["cluster","data","mine"]']);
    expect(of("client")).toEqual(['["client","apps","orders"]']);
    expect(of("london")).toEqual(['["london",null,"orders"]']);
  });

  it("are on the volumes of its hosts too, and leave their names", () => {
    const [, node] = template.all.find(([address]) => /aws_instance\.cluster/.test(address))!;
    expect(node.volume_tags).toMatchObject({ team: "data", scenario: "mine" });
    expect(node.tags.Name).toMatch(/A\dB32$/);
  });
});

describe("the tag by which our resources are known", () => {
  const OWN = "cdktf-stretch-cluster";
  /** One of everything that the constructs make, and two things of the user's. */
  const build = (withStretchTags: boolean) =>
    Template.of((stack) => {
      if (withStretchTags) new StretchTags(stack, "tags", { scenario: "orders" });
      const vpcs = [london(stack), paris(stack)];
      new Peering(stack, "peering", { requester: vpcs[0], accepter: vpcs[1] });
      const made = cluster(stack, { racks: vpcs.map((vpc, i) => ({ id: 32 + i, vpc, nodes: 2 })) });
      const results = new ResultsBucket(stack, "results", { vpc: vpcs[0] });
      new ClientHost(stack, "client", { vpc: vpcs[0], results });
      new PartitionRule(stack, "cut", { fault: "split", between: [vpcs[0], vpcs[1]] });
      new RackOutage(stack, "outage", { fault: "down", rack: made.rack(32) });
      const there = RegionVpc.fromExisting(stack, "there", {
        region: "eu-west-2",
        vpcId: "vpc-0a1b2c3d",
        ownerId: "123456789012",
        cidrBlocks: ["10.50.0.0/16"],
        subnetBlock: "10.50.240.0/20",
        routeTableId: "rtb-0a1b2c3d",
      });
      there.subnet("node", "a");
      const { provider } = vpcs[0];
      new Vpc(stack, "users-vpc", { provider, cidrBlock: "10.99.0.0/16", tags: { Name: "mine" } });
    });

  it.each([true, false])(
    "is on all that takes tags, StretchTags %s, but for what the user makes",
    (given) => {
      const template = build(given);
      const taggable = template.all.filter(([, { tags }]) => tags !== undefined);
      const names = taggable.map(([address, { tags }]) => [address.split(".")[1], tags?.[OWN]] as const);
      const ours = names.filter(([, tag]) => tag === "test/${terraform_data.stretch-deployment.id}");
      expect(ours.length).toBeGreaterThan(40);
      const others = taggable.filter(([, { tags }]) => !(OWN in tags));
      expect(others.map(([address]) => address)).toEqual(["aws_vpc.users-vpc"]);
      for (const instance of template.resources("aws_instance")) {
        expect(instance.volume_tags[OWN]).toBe(instance.tags[OWN]);
      }
    },
  );

  it("fails where the user gives it", () => {
    const error = Template.errorOf((stack) => void london(stack, { tags: { [OWN]: "x" } }));
    expect(error).toMatch(/london.*tags hold the tag cdktf-stretch-cluster.*expected tags of your own/);
  });

  it("fails for a stack whose id no tag takes", () => {
    const stack = new TerraformStack(Testing.stubVersion(new App()), "a&b");
    london(stack);
    expect(() => Testing.synth(stack, true)).toThrow(
      /id cannot stand in a tag.*got "a&b".*Rename the stack/s,
    );
  });
});

describe("outputs of a construct", () => {
  it("have the construct's id, a name that is given, or are left out", () => {
    const names = (outputs?: string | false) => {
      const template = Template.of((stack) => {
        const vpc = london(stack);
        cluster(stack, { racks: [{ id: 32, vpc, nodes: 2 }], outputs });
        const results = new ResultsBucket(stack, "results", { vpc, outputs });
        new ClientHost(stack, "client", { vpc, results, outputs: outputs === undefined ? outputs : false });
      });
      return Object.keys(template.outputs ?? {}).sort();
    };
    expect(names()).toEqual([
      "client",
      "cluster_nodes",
      "cluster_roster",
      "cluster_seeds",
      "cluster_set_roster",
      "results_bucket",
      "results_bucket_region",
      "stretch_version",
    ]);
    expect(names("db")).toEqual([
      "db",
      "db_nodes",
      "db_region",
      "db_roster",
      "db_seeds",
      "db_set_roster",
      "stretch_version",
    ]);
    expect(names(false)).toEqual([]);
  });
});

describe("the role of hosts", () => {
  it("is there to be granted more, of a cluster by VPC and of a client host", () => {
    Template.of((stack) => {
      const vpc = london(stack);
      const made: StretchCluster = cluster(stack, { racks: [{ id: 32, vpc, nodes: 2 }] });
      expect(made.roles.get(vpc)!.terraformResourceType).toBe("aws_iam_role");
      expect(new ClientHost(stack, "client", { vpc }).role.terraformResourceType).toBe("aws_iam_role");
    });
  });
});
