import { Peering, RegionVpc } from "../../../modules";
import { london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

describe("a Peering", () => {
  const template = Template.of((stack) => {
    new Peering(stack, "peering", { requester: paris(stack), accepter: london(stack) });
  });

  it("asks in the requester's region, by the accepter's region and owner", () => {
    const connection = template.only("aws_vpc_peering_connection");
    expect(connection).toMatchObject({ provider: "aws.eu-west-3", peer_region: "eu-west-2" });
    expect(connection.peer_owner_id).toMatch(/aws_vpc\.london_.*\.owner_id/);
    expect(connection).not.toHaveProperty("auto_accept");
  });

  it("accepts in the accepter's region", () => {
    expect(template.only("aws_vpc_peering_connection_accepter")).toMatchObject({
      provider: "aws.eu-west-2",
      auto_accept: true,
    });
  });

  it("sets the DNS options of both sides after acceptance", () => {
    const options = template.resources("aws_vpc_peering_connection_options");
    expect(options.map((o) => [o.provider, o.requester, o.accepter])).toEqual([
      ["aws.eu-west-2", undefined, { allow_remote_vpc_dns_resolution: true }],
      ["aws.eu-west-3", { allow_remote_vpc_dns_resolution: true }, undefined],
    ]);
    for (const option of options) {
      expect(option.vpc_peering_connection_id).toContain("aws_vpc_peering_connection_accepter.");
    }
  });

  it("routes both ways", () => {
    const routes = template.resources("aws_route").filter((r) => r.vpc_peering_connection_id !== undefined);
    expect(routes.map((r) => [r.provider, r.destination_cidr_block])).toEqual([
      ["aws.eu-west-2", "10.33.0.0/16"],
      ["aws.eu-west-3", "10.32.0.0/16"],
    ]);
  });

  it("joins three VPCs by three, as a mesh", () => {
    const mesh = Template.of((stack) => {
      const dublin = new RegionVpc(stack, "dublin", { region: "eu-west-1", cidrBlock: "10.34.0.0/16" });
      const peerings = Peering.mesh(stack, "mesh", [london(stack), paris(stack), dublin]);
      expect(peerings.map((p) => p.node.id)).toEqual(["london-paris", "london-dublin", "paris-dublin"]);
    });
    expect(mesh.resources("aws_vpc_peering_connection")).toHaveLength(3);
    expect(mesh.resources("aws_route").filter((r) => r.vpc_peering_connection_id !== undefined)).toHaveLength(
      6,
    );
  });

  it("fails for overlapping blocks, naming both", () => {
    const error = Template.errorOf((stack) => {
      new Peering(stack, "peering", {
        requester: paris(stack, { cidrBlock: "10.32.128.0/20" }),
        accepter: london(stack),
      });
    });
    expect(error).toContain("overlap");
    expect(error).toContain('["10.32.128.0/20","10.32.0.0/16"]');
  });

  it("fails for a VPC with itself", () => {
    const error = Template.errorOf((stack) => {
      const vpc = london(stack);
      new Peering(stack, "peering", { requester: vpc, accepter: vpc });
    });
    expect(error).toContain("cannot be peered with itself");
  });

  it("fails for a pair peered twice, the other way round too", () => {
    const error = Template.errorOf((stack) => {
      const [a, b] = [london(stack), paris(stack)];
      new Peering(stack, "one", { requester: a, accepter: b });
      new Peering(stack, "two", { requester: b, accepter: a });
    });
    expect(error).toContain("the one peering test/one");
  });
});

it("fails between two AWS partitions", () => {
  const error = Template.errorOf((stack) => {
    const beijing = new RegionVpc(stack, "beijing", {
      region: "cn-north-1",
      cidrBlock: "10.34.0.0/16",
      zones: ["a", "b"],
    });
    new Peering(stack, "peering", { requester: paris(stack), accepter: beijing });
  });
  expect(error).toContain("are in two AWS partitions, which no peering joins");
});
