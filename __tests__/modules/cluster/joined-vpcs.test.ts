import type { TerraformStack } from "cdktf";
import { Peering, RegionVpc, StretchCluster, type StretchClusterProps } from "../../../modules";
import { MYDATA } from "../../support/fixtures";
import { Template } from "../../support/template";

const REGIONS = { a: "eu-west-1", b: "eu-west-2", c: "eu-west-3" } as const;
type Name = keyof typeof REGIONS;

/** A cluster over three VPCs, some of them peered, before it or behind it. */
function build(pairs: readonly [Name, Name][], props: Partial<StretchClusterProps> = {}, late = false) {
  return (stack: TerraformStack) => {
    const vpcs = Object.fromEntries(
      Object.entries(REGIONS).map(([name, region], i) => [
        name,
        new RegionVpc(stack, name, { region, cidrBlock: `10.${i}.0.0/16` }),
      ]),
    ) as Record<Name, RegionVpc>;
    const peer = () => {
      for (const [a, b] of pairs) new Peering(stack, `${a}-${b}`, { requester: vpcs[a], accepter: vpcs[b] });
    };
    if (!late) peer();
    new StretchCluster(stack, "cluster", {
      namespace: MYDATA,
      racks: Object.values(vpcs).map((vpc, i) => ({ id: i + 1, vpc, nodes: 1 })),
      ...props,
    });
    if (late) peer();
  };
}

const MESH: [Name, Name][] = [
  ["a", "b"],
  ["c", "b"],
  ["a", "c"],
];

describe("a cluster over several VPCs", () => {
  it("is built where every two are peered, whichever asked, before the cluster or behind it", () => {
    expect(Template.of(build(MESH)).resources("aws_instance")).toHaveLength(3);
    expect(Template.of(build(MESH, {}, true)).resources("aws_instance")).toHaveLength(3);
  });

  it("fails where nothing joins two of them, naming every pair", () => {
    const error = Template.errorOf(build([]));
    for (const pair of ["test/a and test/b", "test/a and test/c", "test/b and test/c"]) {
      expect(error).toContain(`nothing joins ${pair}, so that nodes of test/cluster cannot reach each other`);
    }
    expect(error).toContain('got "no Peering"; expected a Peering of every two VPCs of a cluster');
    expect(error).toContain("say transit: true where somebody else routes");
  });

  it("fails where only a third one joins two of them: a peering leads no further", () => {
    const error = Template.errorOf(build(MESH.slice(0, 2)));
    expect(error).toContain("nothing joins test/a and test/c");
    expect(error).toContain("peerings of both with test/b, which lead no further");
    expect(error).not.toContain("test/a and test/b, so");
  });

  it("is built without any peering where somebody else routes", () => {
    expect(Template.of(build([], { transit: true })).resources("aws_vpc_peering_connection")).toEqual([]);
  });

  it("is built in one VPC without a word", () => {
    const template = Template.of((stack) => {
      const vpc = new RegionVpc(stack, "a", { region: "eu-west-1", cidrBlock: "10.0.0.0/16" });
      new StretchCluster(stack, "cluster", { namespace: MYDATA, racks: [{ id: 1, vpc, nodes: 3 }] });
    });
    expect(template.resources("aws_instance")).toHaveLength(3);
  });
});
