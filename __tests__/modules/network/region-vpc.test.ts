import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { RegionVpc } from "../../../modules";
import { london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

describe("a RegionVpc", () => {
  const template = Template.of((stack) => london(stack, { cidrBlock: "172.32.0.0/16" }));

  it("has DNS on", () => {
    expect(template.only("aws_vpc")).toMatchObject({ enable_dns_support: true, enable_dns_hostnames: true });
  });

  it("gives the article's subnet blocks to zones a, b and c", () => {
    const subnets = template.resources("aws_subnet").map((s) => [s.availability_zone, s.cidr_block]);
    expect(subnets).toEqual([
      ["eu-west-2a", "172.32.0.0/20"],
      ["eu-west-2b", "172.32.16.0/20"],
      ["eu-west-2c", "172.32.32.0/20"],
    ]);
  });

  it("routes every subnet out by the internet gateway", () => {
    expect(template.only("aws_route")).toMatchObject({ destination_cidr_block: "0.0.0.0/0" });
    expect(template.resources("aws_route_table_association")).toHaveLength(3);
  });

  it("gives every subnet a network ACL that allows all, in and out, at rule 32000", () => {
    expect(template.resources("aws_network_acl_association")).toHaveLength(3);
    const rules = template.resources("aws_network_acl_rule");
    expect(rules).toHaveLength(6);
    for (const rule of rules) {
      expect(rule).toMatchObject({
        rule_number: 32000,
        rule_action: "allow",
        protocol: "-1",
        cidr_block: "0.0.0.0/0",
      });
    }
  });

  it("empties the default security group", () => {
    const group = template.only("aws_default_security_group");
    expect(group).not.toHaveProperty("ingress");
    expect(group).not.toHaveProperty("egress");
  });

  it("keeps slots for clients, edges and endpoints", () => {
    const more = Template.of((stack) => {
      const vpc = london(stack);
      for (const tier of ["client", "edge", "endpoint"] as const) vpc.subnet(tier, "b");
    });
    expect(more.at("aws_subnet", "london/client-b/subnet").cidr_block).toBe("10.32.129.0/24");
    expect(more.at("aws_subnet", "london/edge-b/subnet").cidr_block).toBe("10.32.145.0/24");
    expect(more.at("aws_subnet", "london/endpoint-b/subnet").cidr_block).toBe("10.32.161.0/24");
  });

  it("makes a subnet of a tier and zone once", () => {
    Template.of((stack) => {
      const vpc = london(stack);
      expect(vpc.subnet("client", "a")).toBe(vpc.subnet("client", "a"));
    });
  });

  it("takes zones by name or letter, in any region", () => {
    const tokyo = Template.of(
      (stack) =>
        new RegionVpc(stack, "tokyo", {
          region: "ap-northeast-1",
          cidrBlock: "10.1.0.0/16",
          zones: ["ap-northeast-1a", "c"],
        }),
    );
    expect(tokyo.resources("aws_subnet").map((s) => s.availability_zone)).toEqual([
      "ap-northeast-1a",
      "ap-northeast-1c",
    ]);
  });

  describe("its provider", () => {
    it("is one alias per region and stack, shared", () => {
      const shared = Template.of((stack) => {
        london(stack);
        new RegionVpc(stack, "second", { region: "eu-west-2", cidrBlock: "10.40.0.0/16" });
        paris(stack);
      });
      expect(shared.providers).toEqual([
        { alias: "eu-west-2", region: "eu-west-2" },
        { alias: "eu-west-3", region: "eu-west-3" },
      ]);
    });

    it("is the given one as it is", () => {
      const given = Template.of((stack) => {
        const provider = new AwsProvider(stack, "mine", {
          region: "eu-west-2",
          alias: "mine",
          profile: "lab",
        });
        london(stack, { provider });
      });
      expect(given.providers).toEqual([{ alias: "mine", region: "eu-west-2", profile: "lab" }]);
      expect(given.only("aws_vpc").provider).toBe("aws.mine");
    });

    it("fails if the given one is of another region", () => {
      const error = Template.errorOf((stack) => {
        london(stack, { provider: new AwsProvider(stack, "mine", { region: "eu-west-1" }) });
      });
      expect(error).toContain('the provider is of another region: got "eu-west-1"; expected eu-west-2');
    });

    it("fails if the stack has a provider of the user's own that was not passed, made before or after", () => {
      for (const first of [true, false]) {
        const error = Template.errorOf((stack) => {
          if (first) new AwsProvider(stack, "mine", { region: "us-east-1" });
          london(stack);
          if (!first) new AwsProvider(stack, "mine", { region: "us-east-1" });
        });
        expect(error).toContain('got "test/mine"');
        expect(error).toContain("Pass it");
      }
    });
  });

  it.each([
    ["a block that is none", { cidrBlock: "10.32.0.0" }, "not an IPv4 CIDR block"],
    ["a block with an octet above 255", { cidrBlock: "10.320.0.0/16" }, "not an IPv4 CIDR block"],
    ["a block with host bits", { cidrBlock: "10.32.0.1/16" }, "expected 10.32.0.0/16"],
    ["a block larger than /16", { cidrBlock: "10.0.0.0/8" }, "expected a prefix of /16 to /28"],
    ["a block smaller than /28", { cidrBlock: "10.32.0.0/29" }, "expected a prefix of /16 to /28"],
    [
      "a block too small for its subnets",
      { cidrBlock: "10.32.0.0/26" },
      "too small to hold the subnet node-a",
    ],
    ["a region that is none", { region: "london" }, "region is not an AWS region"],
    ["a zone outside its region", { zones: ["eu-west-3a"] }, "zone is not an availability zone of eu-west-2"],
    ["a zone given twice", { zones: ["a", "eu-west-2a"] }, "zones are empty or repeat"],
    ["no zones", { zones: [] }, "zones are empty or repeat"],
  ])("fails for %s", (_, props, message) => {
    expect(Template.errorOf((stack) => london(stack, props))).toContain(message);
  });

  it("fails without zones where a, b and c are not open to every account", () => {
    const error = Template.errorOf((stack) => {
      new RegionVpc(stack, "tokyo", { region: "ap-northeast-1", cidrBlock: "10.1.0.0/16" });
    });
    expect(error).toContain('zones: ["ap-northeast-1a", "ap-northeast-1c"]');
  });

  it("fails for a subnet in a zone that it has not", () => {
    expect(Template.errorOf((stack) => london(stack).subnet("client", "d"))).toContain(
      "one of its zones a, b, c",
    );
  });

  it("fails for a subnet for clients in a VPC that is too small for it", () => {
    const error = Template.errorOf((stack) =>
      london(stack, { cidrBlock: "10.32.0.0/24" }).subnet("client", "a"),
    );
    expect(error).toContain("Give a block of /20 or larger");
  });
});
