import { ClientHost, ResultsBucket, StretchCluster, StretchTags } from "../../../modules";
import { cluster, london } from "../../support/fixtures";
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
    expect(names()).toEqual(["client", "cluster_nodes", "cluster_roster", "cluster_seeds", "results_bucket"]);
    expect(names("db")).toEqual(["db", "db_nodes", "db_roster", "db_seeds"]);
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
