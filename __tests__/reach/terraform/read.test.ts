import { type Answer, factsBefore, factsOf, type Locals, Reach, ReachError } from "../../../reach";
import { type Planned, planOf, twoSides } from "./support/plan";

/** What a gets of b on 3002, and what does not let it pass. */
function asked(shown: unknown, locals?: Locals, [one, other] = ["aws_instance.a", "aws_instance.b"]) {
  const facts = factsOf(shown, locals);
  const host = (id: string) => facts.hosts.find((each) => each.id === id)!;
  const { answer, steps } = new Reach(facts).reaches(host(one), host(other), 3002);
  return { answer, by: steps.filter((step) => step.answer !== "open").map(({ by }) => by) };
}

const of = (changes: Record<string, Partial<Planned> | undefined>, more?: Record<string, unknown>) =>
  planOf(twoSides(changes), more);

type Case = [says: string, shown: unknown, answer: Answer, by?: RegExp];

const ALLOW = {
  protocol: "-1",
  rule_no: 100,
  action: "allow",
  cidr_block: "0.0.0.0/0",
  from_port: 0,
  to_port: 0,
};
const onA = { subnet_ids: ["aws_subnet.a.id", "aws_subnet.a"], vpc_id: ["aws_vpc.a.id", "aws_vpc.a"] };
/** A route as a plan tells it, whose peering is not known yet. */
const PEER = {
  cidr_block: "10.2.0.0/16",
  ...Object.fromEntries(
    [
      ...["carrier_gateway_id", "core_network_arn", "destination_prefix_list_id", "egress_only_gateway_id"],
      ...["gateway_id", "ipv6_cidr_block", "local_gateway_id", "nat_gateway_id", "network_interface_id"],
      ...["transit_gateway_id", "vpc_endpoint_id"],
    ].map((attribute) => [attribute, ""]),
  ),
};
const PEERING = ["aws_vpc_peering_connection.p.id", "aws_vpc_peering_connection.p"];
const VPC_A = { vpc_id: ["aws_vpc.a.id", "aws_vpc.a"] };

const CASES: Case[] = [
  ["nothing is applied yet: ids are found by the configuration", of({}), "open"],
  [
    "a table without a route",
    of({ "aws_route.a": undefined }),
    "closed",
    /no route of aws_route_table.a leads to aws_vpc.b/,
  ],
  [
    "a route in the table",
    of({
      "aws_route.a": undefined,
      "aws_route_table.a": { values: { route: [PEER] }, refs: { ...VPC_A, route: PEERING } },
    }),
    "open",
  ],
  [
    "what AWS tells of a table whose routes are resources of their own is none of the table's",
    of({
      "aws_route_table.a": { values: { id: "rtb-0123456789abcdef0", computed_route: [] }, refs: VPC_A },
      "aws_route.a": undefined,
      "aws_route.other": {
        values: { destination_cidr_block: "10.9.0.0/16", gateway_id: "igw-1" },
        refs: { route_table_id: ["aws_route_table.a.id"] },
      },
    }),
    "closed",
    /no route/,
  ],
  [
    "a subnet without association has the main table",
    of({ "aws_route_table_association.a": undefined }),
    "closed",
    /the main route table of aws_vpc.a/,
  ],
  [
    "a table made the main one",
    of({
      "aws_route_table_association.a": undefined,
      "aws_main_route_table_association.a": { refs: { ...VPC_A, route_table_id: ["aws_route_table.a.id"] } },
    }),
    "open",
  ],
  [
    "a table that is only referenced is unknown",
    of({
      "aws_route_table_association.a": {
        values: { route_table_id: "rtb-0aaaaaaaaaaaaaaaa" },
        refs: { subnet_id: ["aws_subnet.a.id"] },
      },
    }),
    "unknown",
    /rtb-0aaaaaaaaaaaaaaaa/,
  ],
  [
    "an ACL without rules denies all",
    of({ "aws_network_acl.a": { refs: onA } }),
    "closed",
    /no rule of aws_network_acl.a/,
  ],
  [
    "an ACL's own rules",
    of({ "aws_network_acl.a": { values: { ingress: [ALLOW], egress: [ALLOW] }, refs: onA } }),
    "open",
  ],
  [
    "a default ACL that is taken over without rules denies all",
    of({
      "aws_default_network_acl.a": {
        refs: { default_network_acl_id: ["aws_vpc.a.default_network_acl_id", "aws_vpc.a"] },
      },
    }),
    "closed",
    /the default network ACL of aws_vpc.a/,
  ],
  [
    "a rule of an ACL of which it is not known which",
    of({
      "aws_network_acl_rule.x": {
        values: {
          rule_number: 5,
          egress: true,
          protocol: "-1",
          rule_action: "deny",
          cidr_block: "0.0.0.0/0",
        },
        refs: { network_acl_id: ["local.acl"] },
      },
    }),
    "unknown",
    /aws_network_acl_rule.x/,
  ],
  [
    "a new group has no egress rule",
    of({ "aws_vpc_security_group_egress_rule.a": undefined }),
    "closed",
    /no egress rule of aws_security_group.a/,
  ],
  [
    "a group that is only referenced is unknown",
    of({
      "aws_instance.b": {
        values: { private_ip: "10.2.1.4", vpc_security_group_ids: ["sg-0aaaaaaaaaaaaaaaa"] },
        refs: { subnet_id: ["aws_subnet.b.id"] },
      },
    }),
    "unknown",
    /sg-0aaaaaaaaaaaaaaaa/,
  ],
  [
    "a group that a condition may give",
    of({
      "aws_instance.b": {
        values: { private_ip: "10.2.1.4" },
        refs: {
          subnet_id: ["aws_subnet.b.id"],
          vpc_security_group_ids: ["var.own", "aws_security_group.b.id", "aws_security_group.b"],
        },
      },
    }),
    "unknown",
  ],
  [
    "UDP alone",
    of({
      "aws_vpc_security_group_ingress_rule.b": {
        values: { cidr_ipv4: "10.0.0.0/8", ip_protocol: "udp", from_port: 3000, to_port: 3003 },
      },
    }),
    "closed",
  ],
  [
    "a group of the peered VPC, in the same region",
    of({
      "aws_vpc_security_group_ingress_rule.b": {
        values: { ip_protocol: "tcp", from_port: 3000, to_port: 3003 },
        refs: {
          security_group_id: ["aws_security_group.b.id"],
          referenced_security_group_id: ["aws_security_group.a.id", "aws_security_group.a"],
        },
      },
    }),
    "open",
  ],
  [
    "nobody accepts the peering",
    of({
      "aws_vpc_peering_connection.p": { values: { peer_region: "eu-west-3" } },
    }),
    "closed",
    /nobody accepts/,
  ],
  [
    "its accepter does",
    of({
      "aws_vpc_peering_connection.p": { values: { peer_region: "eu-west-3" } },
      "aws_vpc_peering_connection_accepter.p": {
        values: { auto_accept: true },
        refs: { vpc_peering_connection_id: PEERING },
      },
    }),
    "open",
  ],
  [
    "the instance's state says stopped",
    of({
      "aws_ec2_instance_state.b": {
        values: { state: "stopped" },
        refs: { instance_id: ["aws_instance.b.id"] },
      },
    }),
    "closed",
    /aws_ec2_instance_state.b/,
  ],
  [
    "the subnet comes from a local, which is in the sources alone",
    of({ "aws_instance.a": { refs: { subnet_id: ["local.subnet"] } } }),
    "unknown",
  ],
];

describe("facts of Terraform's plans", () => {
  it.each(CASES.map((each) => [each[0], each] as const))("%s", (_, [, shown, answer, by]) => {
    const got = asked(shown);
    expect([got.answer, got.by]).toEqual([answer, got.by]);
    if (by) expect(got.by.join("\n")).toMatch(by);
  });

  it("follows locals where their references are given", () => {
    const shown = of({
      "aws_instance.a": {
        refs: { subnet_id: ["local.subnet"], vpc_security_group_ids: ["aws_security_group.a.id"] },
      },
    });
    expect(asked(shown, { "": { subnet: ["aws_subnet.a.id"] } }).answer).toBe("open");
    expect(asked(shown, { network: { subnet: ["aws_subnet.a.id"] } }).answer).toBe("unknown");
  });

  it("takes regions from variables, through the configurations of providers", () => {
    const named = {
      "aws_vpc.b": { provider: "aws.paris" },
      "aws_vpc_security_group_ingress_rule.b": {
        values: { ip_protocol: "tcp", from_port: 3000, to_port: 3003 },
        refs: {
          security_group_id: ["aws_security_group.b.id"],
          referenced_security_group_id: ["aws_security_group.a.id"],
        },
      },
    };
    const shown = (region: unknown) => {
      const plan = of(named, { variables: { other: { value: region } } });
      Object.assign(plan.configuration.provider_config, {
        "aws.paris": { name: "aws", alias: "paris", expressions: { region: { references: ["var.other"] } } },
      });
      return plan;
    };
    expect(asked(shown("eu-west-2")).answer).toBe("open");
    expect(asked(shown("eu-west-3")).answer).toBe("closed");
    expect(asked(shown(null)).answer).toBe("unknown");
  });

  describe("with count and for_each", () => {
    const two: Planned[] = [0, 1].flatMap((i) => [
      { at: `aws_subnet.n[${i}]`, values: { cidr_block: `10.1.${10 + i}.0/24` }, refs: VPC_A },
      {
        at: `aws_instance.n[${i}]`,
        refs: {
          subnet_id: ["aws_subnet.n", "count.index"],
          vpc_security_group_ids: ["aws_security_group.a.id"],
        },
      },
    ]);
    const facts = (resources: readonly Planned[]) => factsOf(planOf([...twoSides(), ...resources]));
    const subnets = (resources: readonly Planned[]) =>
      facts(resources)
        .hosts.filter(({ id }) => id.startsWith("aws_instance.n"))
        .map(({ subnet }) => subnet);

    it("takes the instance of the same key", () => {
      expect(subnets(two)).toEqual([["aws_subnet.n[0]"], ["aws_subnet.n[1]"]]);
    });

    it("takes all where no key is told, and of an address the one whose block holds it", () => {
      const [a, , b] = two;
      const loose = { refs: { subnet_id: ["aws_subnet.n"] } };
      const all = ["aws_subnet.n[0]", "aws_subnet.n[1]"];
      expect(subnets([a, b, { at: "aws_instance.n", ...loose }])).toEqual([all]);
      const address = { private_ip: "10.1.11.4" };
      expect(subnets([a, b, { at: "aws_instance.n", ...loose, values: address }])).toEqual([[all[1]]]);
    });

    it("lets the address decide before the key", () => {
      const [a, first, b] = two;
      const moved = { ...first, values: { private_ip: "10.1.11.9" } };
      expect(subnets([a, b, moved])).toEqual([["aws_subnet.n[1]"]]);
    });

    it("follows each.value through the instances that for_each is of", () => {
      const named: Planned[] = ["x", "y"].flatMap((key) => [
        { at: `aws_subnet.m["${key}"]`, refs: VPC_A },
        {
          at: `aws_instance.n["${key}"]`,
          refs: { subnet_id: ["each.value.id", "each.value"] },
          forEach: ["aws_subnet.m"],
        },
      ]);
      expect(subnets(named)).toEqual([['aws_subnet.m["x"]'], ['aws_subnet.m["y"]']]);
    });
  });

  it("holds instances that a plan destroys for down", () => {
    const shown = of(
      { "aws_instance.b": undefined },
      {
        resource_changes: [
          {
            address: "aws_instance.b",
            type: "aws_instance",
            change: { actions: ["delete"], before: { private_ip: "10.2.1.4", tags: {} } },
          },
        ],
      },
    );
    expect(asked(shown)).toMatchObject({
      answer: "closed",
      by: expect.arrayContaining(["aws_instance.b, which the plan destroys"]),
    });
  });

  it("tells how things are before a plan, where anything is there", () => {
    expect(factsBefore(of({}))).toBeUndefined();
    const { planned_values: values } = of({});
    expect(factsBefore(of({}, { prior_state: { format_version: "1.0", values } }))?.hosts).toHaveLength(2);
  });

  it("takes no thing for another that has its id", () => {
    const id = "pcx-0aaaaaaaaaaaaaaaa";
    const by = (side: string, block: string) => ({
      [`aws_route.${side}`]: {
        values: { destination_cidr_block: block, vpc_peering_connection_id: id },
        refs: { route_table_id: [`aws_route_table.${side}.id`] },
      },
    });
    const shown = of({
      "aws_vpc_peering_connection.p": { values: { id, auto_accept: true } },
      "aws_vpc_peering_connection_options.p": { values: { id } },
      ...by("a", "10.2.0.0/16"),
      ...by("b", "10.1.0.0/16"),
    });
    expect(asked(shown).answer).toBe("open");
  });

  it("keeps of a state's table only the routes that its configuration led to", () => {
    const ids: Record<string, string> = {
      "aws_vpc.a": "vpc-0000000000000000a",
      "aws_vpc.b": "vpc-0000000000000000b",
      "aws_subnet.a": "subnet-0000000000000000a",
      "aws_subnet.b": "subnet-0000000000000000b",
      "aws_route_table.a": "rtb-0000000000000000a",
      "aws_route_table.b": "rtb-0000000000000000b",
      "aws_security_group.a": "sg-0000000000000000a",
      "aws_security_group.b": "sg-0000000000000000b",
      "aws_vpc_peering_connection.p": "pcx-0000000000000000",
    };
    const state = (dependsOn: string[]) => ({
      format_version: "1.0",
      terraform_version: "1.11.4",
      values: {
        root_module: {
          resources: twoSides({ "aws_route.a": undefined }).map(({ at, values = {}, refs = {} }) => ({
            address: at,
            mode: "managed",
            type: at.split(".")[0],
            name: at.split(".")[1],
            depends_on: dependsOn,
            values: {
              ...values,
              ...Object.fromEntries(
                Object.entries(refs).map(([attribute, [reference]]) => {
                  const id = ids[reference.replace(/\.id$/, "")];
                  return [attribute, attribute.endsWith("ids") ? [id] : id];
                }),
              ),
              id: ids[at],
              ...(at === "aws_route_table.a" && {
                route: [{ ...PEER, vpc_peering_connection_id: ids["aws_vpc_peering_connection.p"] }],
              }),
            },
          })),
        },
      },
    });
    expect(asked(state(["aws_vpc.a", "aws_vpc_peering_connection.p"])).answer).toBe("open");
    expect(asked(state(["aws_vpc.a"])).answer).toBe("closed");
  });

  it.each([
    [[], /It is no plan and no state/],
    [{ version: 4, resources: [] }, /no format_version: .* not the state's own file/],
    [{ ...of({}), format_version: "2.0" }, /format_version "2.0": expected 1.x/],
    [{ ...of({}), errored: true }, /ended with an error.*plan again/],
    [{ ...of({}), complete: false }, /not complete.*-target/],
    [{ format_version: "1.0", terraform_version: "1.11.4" }, /There is nothing in it/],
  ])("fails on what is no whole plan (%#)", (shown, message) => {
    expect(() => factsOf(shown)).toThrow(ReachError);
    expect(() => factsOf(shown)).toThrow(message);
  });
});
