import { plannedAddress } from "../../../modules/cluster/node-plan";
import { RegionVpc, StretchCluster } from "../../../modules";
import { MYDATA } from "../../support/fixtures";
import { Template } from "../../support/template";

/** Addresses of racks 1 to `racks`, `nodes` each, in one subnet. */
const addresses = (cidr: string, racks: number, nodes: number) =>
  Array.from({ length: racks }, (_, rack) =>
    Array.from({ length: nodes }, (_, i) => plannedAddress(cidr, rack + 1, i + 1)),
  ).flat();

describe("the private address of a rack's node", () => {
  it.each([
    ["10.1.0.0/16", 256, 251],
    ["10.1.0.0/20", 16, 251],
    ["10.1.0.0/22", 16, 59],
    ["10.1.0.0/24", 16, 11],
    ["10.1.0.0/26", 4, 11],
    ["10.1.0.0/28", 1, 11],
  ])("in %s is its own for %i racks of %i nodes", (cidr, racks, nodes) => {
    expect(new Set(addresses(cidr, racks, nodes)).size).toBe(racks * nodes);
    expect(() => plannedAddress(cidr, 1, nodes + 1)).toThrow(`at most ${nodes} nodes a rack in this subnet`);
  });

  it("stays what it was in a /20 and in larger subnets: a block of 256 by rack id", () => {
    expect(plannedAddress("10.1.0.0/20", 32, 1)).toBe("10.1.0.4");
    expect(plannedAddress("10.1.16.0/20", 33, 2)).toBe("10.1.17.5");
    expect(plannedAddress("10.1.0.0/20", 7, 251)).toBe("10.1.7.254");
    expect(plannedAddress("10.1.0.0/16", 33, 1)).toBe("10.1.33.4");
  });
});

describe("racks that meet in a small block", () => {
  const existing = { vpcId: "vpc-0a1b2c3d", ownerId: "123456789012", routeTableId: "rtb-0a1b2c3d" };

  it("have addresses of their own: two racks in one zone, and two clusters in one VPC", () => {
    const template = Template.of((stack) => {
      const vpc = RegionVpc.fromExisting(stack, "vpc", {
        ...existing,
        region: "eu-west-1",
        cidrBlocks: ["10.50.0.0/16"],
        subnetBlock: "10.50.240.0/20",
      });
      for (const [i, id] of ["one", "two"].entries()) {
        const racks = [1, 2].map((rack) => ({ id: 2 * i + rack, vpc, nodes: ["a", "a"] }));
        new StretchCluster(stack, id, { namespace: MYDATA, racks });
      }
    });
    expect(template.resources("aws_instance").map((host) => host.private_ip)).toEqual([
      ...["10.50.240.20", "10.50.240.21", "10.50.240.36", "10.50.240.37"],
      ...["10.50.240.52", "10.50.240.53", "10.50.240.68", "10.50.240.69"],
    ]);
  });

  it("fail where ids are equal but for the number of blocks, naming an address that is free", () => {
    const error = Template.errorOf((stack) => {
      const vpc = new RegionVpc(stack, "vpc", { region: "eu-west-1", cidrBlock: "10.50.0.0/16" });
      const racks = [1, 17].map((id) => ({ id, vpc, nodes: ["a"] }));
      new StretchCluster(stack, "cluster", { namespace: MYDATA, racks });
    });
    expect(error).toContain("cluster/rack-17-node-1-a is taken by test/cluster/rack-1-node-1-a");
    expect(error).toContain('got "10.50.1.4"');
    expect(error).toContain("Give one of the two an address that is free (10.50.15.254)");
  });

  it("can be given addresses", () => {
    const template = Template.of((stack) => {
      const vpc = new RegionVpc(stack, "vpc", { region: "eu-west-1", cidrBlock: "10.50.0.0/16" });
      new StretchCluster(stack, "cluster", {
        namespace: MYDATA,
        racks: [
          { id: 1, vpc, nodes: ["a"] },
          { id: 17, vpc, nodes: [{ zone: "a", privateIp: "10.50.15.254" }] },
        ],
      });
    });
    expect(template.resources("aws_instance")).toHaveLength(2);
  });
});
