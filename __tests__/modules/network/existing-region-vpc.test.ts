import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { DefaultRouteTable } from "@cdktf/provider-aws/lib/default-route-table";
import { NetworkAcl, type NetworkAclConfig } from "@cdktf/provider-aws/lib/network-acl";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { RouteTable, type RouteTableRoute } from "@cdktf/provider-aws/lib/route-table";
import type { TerraformStack } from "cdktf";
import {
  type ExistingSubnetProps,
  type ExistingVpcProps,
  PartitionRule,
  Peering,
  RegionVpc,
  StretchCluster,
} from "../../../modules";
import { MYDATA, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

const TABLE = "rtb-0123456789abcdef0";
const SUBNET: ExistingSubnetProps = {
  subnetId: "subnet-0123456789abcdef0",
  cidrBlock: "10.32.1.0/24",
  zone: "a",
  networkAclId: "acl-0123456789abcdef0",
};

function existing(stack: TerraformStack, props: Partial<ExistingVpcProps> = {}) {
  return RegionVpc.fromExisting(stack, "london", {
    region: "eu-west-2",
    vpcId: "vpc-0123456789abcdef0",
    ownerId: "123456789012",
    cidrBlocks: ["10.32.0.0/16"],
    subnetBlock: "10.32.240.0/20",
    routeTableId: TABLE,
    ...props,
  });
}

/** An existing London and a new Paris, peered, with a cluster over both and a cut between them. */
function stretched(stack: TerraformStack, props: Partial<ExistingVpcProps> = {}, nodes = ["a", "b"]) {
  const [a, b] = [existing(stack, props), paris(stack)];
  new Peering(stack, "peering", { requester: b, accepter: a });
  const cluster = new StretchCluster(stack, "cluster", {
    namespace: MYDATA,
    racks: [
      { id: 32, vpc: a, nodes },
      { id: 33, vpc: b, nodes: 2 },
    ],
  });
  new PartitionRule(stack, "cut", { fault: "split", between: [a, b] });
  return cluster;
}

describe("an existing VPC", () => {
  const template = Template.of((stack) => stretched(stack));

  it("is used by its ids: no VPC is made or looked up in its region", () => {
    expect(template.only("aws_vpc").provider).toBe("aws.eu-west-3");
    // Beside images, only entries that a killed apply left are looked for.
    expect([...new Set(template.dataSources.map(([address]) => address.split(".")[1]))]).toEqual([
      "aws_network_acls",
      "aws_ssm_parameter",
    ]);
    for (const group of template.resources("aws_security_group").filter((g) => /2$/.test(g.provider)))
      expect(group.vpc_id).toBe("vpc-0123456789abcdef0");
  });

  it("gets subnets with ACLs of their own, in its free block, where hosts need them", () => {
    const subnets = template.resources("aws_subnet").filter((s) => s.provider === "aws.eu-west-2");
    expect(subnets.map((s) => [s.vpc_id, s.availability_zone, s.cidr_block])).toEqual([
      ["vpc-0123456789abcdef0", "eu-west-2a", "10.32.240.0/24"],
      ["vpc-0123456789abcdef0", "eu-west-2b", "10.32.241.0/24"],
    ]);
    expect(template.at("aws_network_acl_association", "london/node-a").subnet_id).toContain("london_node-a");
    expect(template.at("aws_route_table_association", "london/node-a/routes").route_table_id).toBe(TABLE);
  });

  it("is peered by its owner's id, with a route in the given table", () => {
    expect(template.only("aws_vpc_peering_connection")).toMatchObject({
      peer_vpc_id: "vpc-0123456789abcdef0",
      peer_owner_id: "123456789012",
    });
    const routes = template.resources("aws_route").filter((r) => r.provider === "aws.eu-west-2");
    expect(routes.map((r) => [r.route_table_id, r.destination_cidr_block])).toEqual([
      [TABLE, "10.33.0.0/16"],
    ]);
  });

  it("is cut on the added subnets only", () => {
    const denies = template
      .resources("aws_network_acl_rule")
      .filter((r) => r.rule_action === "deny" && r.provider === "aws.eu-west-2");
    expect(denies).toHaveLength(4);
    for (const { network_acl_id } of denies) expect(network_acl_id).toMatch(/london_node-[ab]_acl/);
  });

  it("gives hosts public addresses only where its route table leads to an internet gateway", () => {
    const addresses = (t: Template) => t.at("aws_subnet", "london/node-a").map_public_ip_on_launch;
    expect(addresses(template)).toBeUndefined();
    expect(addresses(Template.of((stack) => stretched(stack, { egress: "public-ip" })))).toBe(true);
  });

  it("keeps the rules of egress none", () => {
    expect(Template.errorOf((stack) => stretched(stack, { egress: "none" }))).toContain(
      "they cannot get the server's package",
    );
  });
});

describe("what the same stack has inline", () => {
  const provider = (stack: TerraformStack) =>
    new AwsProvider(stack, "aws", { region: "eu-west-2", alias: "london" });
  const peered = (stack: TerraformStack, london: AwsProvider, props: Partial<ExistingVpcProps>) => {
    const frankfurt = new AwsProvider(stack, "f", { region: "eu-west-3", alias: "paris" });
    new Peering(stack, "peering", {
      requester: existing(stack, { provider: london, ...props }),
      accepter: paris(stack, { provider: frankfurt }),
    });
  };
  const table = (stack: TerraformStack, london: AwsProvider, route?: RouteTableRoute[]) =>
    new RouteTable(stack, "table", { provider: london, vpcId: "vpc-0123456789abcdef0", route });

  it("fails where a route table's routes are: every apply would remove those of the peering", () => {
    const error = Template.errorOf((stack) => {
      const london = provider(stack);
      const inline = table(stack, london, [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }]);
      peered(stack, london, { routeTableId: inline.id });
    });
    expect(error).toContain("the route table test/table of test/london has its routes inline");
    expect(error).toContain("Write each of its routes as an aws_route");
  });

  it("fails where a subnet's own table has them, or the VPC's main one that the stack adopts", () => {
    const ofSubnet = Template.errorOf((stack) => {
      const london = provider(stack);
      const inline = table(stack, london, []);
      peered(stack, london, { subnets: [{ ...SUBNET, routeTableId: inline.id }] });
    });
    expect(ofSubnet).toContain("the route table test/table");
    const adopted = Template.errorOf((stack) => {
      const london = provider(stack);
      const main = new DataAwsVpc(stack, "there", { provider: london, id: "vpc-0123456789abcdef0" });
      new DefaultRouteTable(stack, "main", {
        provider: london,
        defaultRouteTableId: main.mainRouteTableId,
        route: [],
      });
      peered(stack, london, { routeTableId: main.mainRouteTableId });
    });
    expect(adopted).toContain("the route table test/main");
  });

  it("takes a table whose routes are resources of their own, and any table without a peering", () => {
    Template.of((stack) => {
      const london = provider(stack);
      peered(stack, london, { routeTableId: table(stack, london).id });
    });
    Template.of((stack) => {
      const london = provider(stack);
      existing(stack, { provider: london, routeTableId: table(stack, london, []).id });
    });
  });

  it("fails where the rules of an ACL are that cuts may write into: they would heal unseen", () => {
    const inAcl = (props: Partial<NetworkAclConfig>) => (stack: TerraformStack) => {
      const london = provider(stack);
      const vpcId = "vpc-0123456789abcdef0";
      const acl = new NetworkAcl(stack, "acl", { provider: london, vpcId, ...props });
      existing(stack, { provider: london, subnets: [{ ...SUBNET, networkAclId: acl.id, manageAcl: true }] });
    };
    const all = { ruleNo: 100, action: "allow", protocol: "-1", fromPort: 0, toPort: 0 };
    const error = Template.errorOf(inAcl({ ingress: [{ ...all, cidrBlock: "0.0.0.0/0" }] }));
    expect(error).toContain("the network ACL test/acl has its rules inline");
    expect(error).toContain("or leave manageAcl out.");
    Template.of(inAcl({}));
  });
});

it("fails for a VPC taken in twice, and for blocks that overlap each other", () => {
  const twice = Template.errorOf((stack) => {
    existing(stack);
    RegionVpc.fromExisting(stack, "again", {
      region: "eu-west-2",
      vpcId: "vpc-0123456789abcdef0",
      ownerId: "123456789012",
      cidrBlocks: ["10.32.0.0/16"],
      routeTableId: TABLE,
    });
  });
  expect(twice).toContain("test/again and test/london are the same VPC");
  const blocks = Template.errorOf((stack) => {
    existing(stack, { cidrBlocks: ["10.32.0.0/16", "10.32.0.0/16"] });
  });
  expect(blocks).toContain("cidrBlocks of a VPC overlap each other");
});

describe("an existing subnet", () => {
  it("holds hosts in place of one that is made", () => {
    const template = Template.of((stack) =>
      stretched(stack, { subnets: [{ ...SUBNET, manageAcl: true }] }, ["a"]),
    );
    expect(template.resources("aws_subnet").filter((s) => s.provider === "aws.eu-west-2")).toEqual([]);
    const host = template.resources("aws_instance").find((i) => i.provider === "aws.eu-west-2")!;
    expect(host).toMatchObject({ subnet_id: SUBNET.subnetId, private_ip: "10.32.1.4" });
  });

  it("is cut by denies before AWS's own rules, where its ACL may be written into", () => {
    const template = Template.of((stack) =>
      stretched(stack, { subnets: [{ ...SUBNET, manageAcl: true }] }, ["a"]),
    );
    const rules = template
      .resources("aws_network_acl_rule")
      .filter((r) => r.network_acl_id === SUBNET.networkAclId);
    expect(rules.map((r) => [r.rule_action, r.rule_number < 100])).toEqual([
      ["deny", true],
      ["deny", true],
    ]);
  });

  describe("that shares an ACL with another one", () => {
    const twin = { ...SUBNET, subnetId: "subnet-0fedcba9876543210", cidrBlock: "10.32.2.0/24", zone: "b" };
    const subnets = [SUBNET, twin].map((subnet) => ({ ...subnet, manageAcl: true }));

    it("has the rules of a cut once, and numbers apart for each fault", () => {
      const numbers = Template.of((stack) => {
        const [a, b] = stretched(stack, { subnets }, ["a", "b"]).vpcs;
        new PartitionRule(stack, "other", { fault: "from", between: [a, b], direction: "from" });
      })
        .resources("aws_network_acl_rule")
        .filter((r) => r.network_acl_id === SUBNET.networkAclId)
        .map((r) => `${r.egress} ${r.rule_number}`);
      expect(numbers.sort()).toEqual(["false 1", "true 1", "true 2"]);
    });

    it("fails to be cut without it", () => {
      const error = Template.errorOf((stack) => {
        const [a, b] = stretched(stack, { subnets }, ["a", "b"]).vpcs;
        new PartitionRule(stack, "one", { fault: "one", between: [a.subnet("node", "a"), b] });
      });
      expect(error).toContain("share a network ACL with one of a side");
      expect(error).toContain('got ["10.32.2.0/24"]');
    });
  });

  it("fails to be cut where its ACL may not be written into", () => {
    const error = Template.errorOf((stack) => stretched(stack, { subnets: [SUBNET] }, ["a"]));
    expect(error).toContain("would write into a network ACL that was not made here");
    expect(error).toContain('got "acl-0123456789abcdef0"');
  });

  it("has its own route table, which gets the peer's route, once", () => {
    const own = "rtb-0fedcba9876543210";
    const tables = (subnets: ExistingSubnetProps[]) =>
      Template.of((stack) => {
        const a = existing(stack, { subnets, subnetBlock: undefined });
        new Peering(stack, "peering", { requester: paris(stack), accepter: a });
      })
        .resources("aws_route")
        .filter((r) => r.provider === "aws.eu-west-2")
        .map((r) => r.route_table_id);
    expect(tables([{ ...SUBNET, routeTableId: own }])).toEqual([own]);
    expect(tables([SUBNET])).toEqual([TABLE]);
    expect(
      tables([
        { ...SUBNET, routeTableId: own },
        { ...SUBNET, subnetId: "subnet-1", cidrBlock: "10.32.2.0/24", zone: "b", routeTableId: own },
      ]),
    ).toEqual([own]);
  });

  it("fails where there is none, and no block to add one in", () => {
    const error = Template.errorOf((stack) =>
      stretched(stack, { subnets: [SUBNET], subnetBlock: undefined }, ["a", "b"]),
    );
    expect(error).toContain("was given no node subnet in zone b, and no block to add one in");
  });
});

describe("an existing VPC", () => {
  it.each<[string, Partial<ExistingVpcProps>, string]>([
    ["an id that is none", { vpcId: "london" }, "vpcId is not an id of AWS's"],
    ["a route table that is none", { routeTableId: "vpc-1" }, "expected rtb- and hexadecimal digits"],
    ["an account that is none", { ownerId: "self" }, "ownerId is not an AWS account"],
    ["no blocks", { cidrBlocks: [] }, "has no IPv4 block"],
    ["a block that is none", { cidrBlocks: ["10.32.0.0"] }, "cidrBlocks is not an IPv4 CIDR block"],
    [
      "a block for subnets outside the VPC",
      { subnetBlock: "10.40.0.0/20" },
      "subnetBlock is outside the VPC",
    ],
    [
      "a block too small for a host's subnet",
      { subnetBlock: "10.32.240.0/26" },
      "subnetBlock is too small to hold the subnet node-a",
    ],
    [
      "a subnet outside the VPC",
      { subnets: [{ ...SUBNET, cidrBlock: "10.40.1.0/24" }] },
      "cidrBlock of a subnet is outside the VPC",
    ],
    ["a subnet in no zone of the VPC", { zones: ["b"], subnets: [SUBNET] }, "is in none of the VPC's zones"],
    [
      "two subnets of one tier and zone",
      { subnets: [SUBNET, { ...SUBNET, cidrBlock: "10.32.2.0/24" }] },
      "one a tier and zone",
    ],
    [
      "a subnet in the block for subnets",
      { subnets: [{ ...SUBNET, cidrBlock: "10.32.241.0/24" }] },
      "expected a subnet apart from 10.32.240.0/20",
    ],
    ["an ACL that is none", { subnets: [{ ...SUBNET, networkAclId: "default" }] }, "expected acl- and"],
  ])("fails for %s", (_, props, message) => {
    expect(Template.errorOf((stack) => existing(stack, props).subnet("node", "a"))).toContain(message);
  });
});
