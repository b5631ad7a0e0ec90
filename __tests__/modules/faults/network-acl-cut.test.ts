import { PartitionRule, type PartitionRuleProps, type PartitionSide, type RegionVpc } from "../../../modules";
import { cluster, london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";
import { TLS } from "../../templates/support/nodes";

type Sides = (a: RegionVpc, b: RegionVpc) => readonly [PartitionSide, PartitionSide];
const vpcs: Sides = (a, b) => [a, b];

const build = (props: Partial<PartitionRuleProps>, between: Sides = vpcs) =>
  Template.of((stack) => {
    new PartitionRule(stack, "cut", {
      fault: "split",
      ...props,
      between: between(london(stack), paris(stack)),
    });
  });

/** `REGION in|out BLOCK PORTS`, each once. */
const denies = (template: Template) => [
  ...new Set(
    template
      .resources("aws_network_acl_rule")
      .filter((r) => r.rule_action === "deny")
      .map((r) => {
        const ports = r.from_port === undefined ? "all" : `${r.protocol} ${r.from_port}-${r.to_port}`;
        return `${r.provider.slice(4)} ${r.egress ? "out" : "in"} ${r.cidr_block} ${ports}`;
      }),
  ),
];

const cannotHear = (props: Partial<PartitionRuleProps>) => {
  let heard;
  Template.of((stack) => {
    const made = cluster(stack);
    const [a, b] = made.vpcs;
    const rule = new PartitionRule(stack, "cut", { fault: "split", ...props, between: [a, b] });
    heard = rule.effectOn(made.topology()).cannotHear;
  });
  return heard;
};

const LONDON = ["A1B32", "A2B32", "A3B32"];
const PARIS = ["A1B33", "A2B33", "A3B33"];

describe("a cut by network ACL", () => {
  it("of packets from the first side: they are denied where they leave and where they arrive", () => {
    expect(denies(build({ direction: "from" }))).toEqual([
      "eu-west-2 out 10.33.0.0/16 all",
      "eu-west-3 in 10.32.0.0/16 all",
    ]);
    expect(cannotHear({ direction: "from" })).toEqual(Object.fromEntries(PARIS.map((id) => [id, LONDON])));
  });

  it("of packets to the first side", () => {
    expect(denies(build({ direction: "to" }))).toEqual([
      "eu-west-2 in 10.33.0.0/16 all",
      "eu-west-3 out 10.32.0.0/16 all",
    ]);
    expect(cannotHear({ direction: "to" })).toEqual(Object.fromEntries(LONDON.map((id) => [id, PARIS])));
  });

  it("of ports: the destination port is denied in and out on both sides, neighbours in one rule", () => {
    expect(denies(build({ ports: ["fabric", "heartbeat"] }))).toEqual([
      "eu-west-2 in 10.33.0.0/16 tcp 3001-3002",
      "eu-west-2 out 10.33.0.0/16 tcp 3001-3002",
      "eu-west-3 in 10.32.0.0/16 tcp 3001-3002",
      "eu-west-3 out 10.32.0.0/16 tcp 3001-3002",
    ]);
    expect(denies(build({ ports: ["heartbeat", "service"] }))).toEqual(
      expect.arrayContaining([
        "eu-west-2 in 10.33.0.0/16 tcp 3000-3000",
        "eu-west-2 in 10.33.0.0/16 tcp 3002-3002",
      ]),
    );
  });

  it("of ports of a cluster with TLS: those of TLS", () => {
    const encrypted = Template.of((stack) => {
      const [a, b] = cluster(stack, { settings: { tls: TLS } }).vpcs;
      new PartitionRule(stack, "cut", { fault: "split", ports: ["service", "heartbeat"], between: [a, b] });
    });
    expect(denies(encrypted).filter((deny) => deny.startsWith("eu-west-2 in"))).toEqual([
      "eu-west-2 in 10.33.0.0/16 tcp 3012-3012",
      "eu-west-2 in 10.33.0.0/16 tcp 4333-4333",
    ]);
  });

  it("of ports fails before a cluster with other ports is made, which it would miss", () => {
    const message = Template.errorOf((stack) => {
      const racks = [
        { id: 1, vpc: london(stack), nodes: 1 },
        { id: 2, vpc: paris(stack), nodes: 1 },
      ];
      new PartitionRule(stack, "cut", {
        fault: "split",
        ports: ["heartbeat"],
        between: [racks[0].vpc, racks[1].vpc],
      });
      cluster(stack, { racks, settings: { tls: TLS } });
    });
    expect(message).toContain(
      'the method network-acl cannot make the fault "split": a cluster that was made after it has other ports (TLS): got "3002"; expected 3012. Make the cluster before the PartitionRule.',
    );
  });

  it("splits the cluster only if it takes the heartbeats", () => {
    expect(cannotHear({ ports: ["heartbeat"] })).toEqual(cannotHear({}));
    expect(cannotHear({ ports: ["fabric", "service"] })).toEqual({});
  });

  it("says in the plan what a cut of ports does beside", () => {
    const template = Template.of((stack) => {
      const [a, b] = cluster(stack).vpcs;
      new PartitionRule(stack, "clients", { fault: "clients", ports: ["service"], between: [a, b] });
      new PartitionRule(stack, "replicas", { fault: "replicas", ports: ["fabric"], between: [a, b] });
    });
    const { value } = template.outputs.partitions;
    expect(value).toContain('"note" = "clients reach only the nodes of their own side"');
    expect(value).toMatch(
      /"note" = "heartbeats pass, so the nodes stay one cluster, but no write is replicated/,
    );
  });

  it("between racks: the subnets of their nodes", () => {
    const template = Template.of((stack) => {
      const made = cluster(stack);
      new PartitionRule(stack, "cut", { fault: "split", between: [made.rack(32), made.rack(33)] });
    });
    const rules = template.resources("aws_network_acl_rule").filter((r) => r.rule_action === "deny");
    expect(rules).toHaveLength(6 * 3 * 2);
    expect(denies(template)).toContain("eu-west-2 in 10.33.16.0/20 all");
  });

  it("of a network that the stack does not make: denied on the hosts' side, in and out", () => {
    expect(denies(build({}, (a) => [a, ["192.168.0.0/24"]]))).toEqual([
      "eu-west-2 in 192.168.0.0/24 all",
      "eu-west-2 out 192.168.0.0/24 all",
    ]);
  });

  it("isolates one subnet from everything else, a side of subnets and VPCs", () => {
    let heard;
    Template.of((stack) => {
      const made = cluster(stack);
      const [a, b] = made.vpcs;
      const [lost, ...others] = a.subnets;
      const rule = new PartitionRule(stack, "cut", { fault: "subnet", between: [lost, [...others, b]] });
      heard = rule.effectOn(made.topology()).cannotHear;
    });
    expect(heard).toEqual({
      A1B32: ["A2B32", "A3B32", ...PARIS],
      ...Object.fromEntries(["A2B32", "A3B32", ...PARIS].map((id) => [id, ["A1B32"]])),
    });
  });

  it.each<[string, Partial<PartitionRuleProps>, Sides, string]>([
    [
      "a direction with ports",
      { ports: ["service"], direction: "to" },
      vpcs,
      "replies go to ephemeral ports",
    ],
    ["no port", { ports: [] }, vpcs, "it names no port"],
    ["new connections only", { connections: "new" }, vpcs, "established connections end too"],
    [
      "CIDR blocks on both sides",
      {},
      () => ["192.168.0.0/24", "192.168.1.0/24"],
      "there is no subnet to deny them on",
    ],
    [
      "a side that is no CIDR block",
      {},
      (a) => [a, "office"],
      "a side's CIDR block is not an IPv4 CIDR block",
    ],
    ["a VPC and its own subnet on a side", {}, (a, b) => [[a, a.subnets[0]], b], "are not two"],
  ])("fails for %s", (_, props, between, message) => {
    expect(
      Template.errorOf((stack) => {
        const sides = between(london(stack), paris(stack));
        new PartitionRule(stack, "cut", { fault: "split", ...props, between: sides });
      }),
    ).toContain(message);
  });

  it("fails for a rack that shares a subnet with another", () => {
    const error = Template.errorOf((stack) => {
      const vpc = london(stack);
      const racks = [
        { id: 1, vpc, nodes: ["a", "b"] },
        { id: 2, vpc, nodes: ["b", "c"] },
      ];
      const made = cluster(stack, { racks });
      new PartitionRule(stack, "cut", { fault: "racks", between: [made.rack(1), made.rack(2)] });
    });
    expect(error).toContain("rack 1 cannot be a side: node A1B2 of rack 2 is in one of its subnets");
  });

  it("fails for a rack that the cluster does not have", () => {
    expect(Template.errorOf((stack) => cluster(stack).rack(34))).toContain("got 34; expected one of 32, 33");
  });
});
