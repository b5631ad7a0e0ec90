import {
  AerospikeAccess,
  FaultSwitch,
  PartitionRule,
  type PartitionRuleProps,
  RegionVpc,
  StretchCluster,
  type StretchClusterProps,
} from "../../../modules";
import { NO_FAULT } from "../../../model";
import { cluster, london, MYDATA, paris } from "../../support/fixtures";
import { Template } from "../../support/template";
import { TLS } from "../../templates/support/nodes";

type Props = Partial<PartitionRuleProps>;
const ONE_WAY: Props = { direction: "from", connections: "new" };

function build(props: Props, clusterProps: Partial<StretchClusterProps> = {}) {
  let fault = NO_FAULT;
  const template = Template.of((stack) => {
    const made = cluster(stack, clusterProps);
    const [a, b] = made.vpcs;
    const rule = new PartitionRule(stack, "cut", {
      fault: "edit",
      method: "security-group",
      ...props,
      between: [a, b],
    });
    fault = rule.effectOn(made.topology());
    expect(FaultSwitch.of(stack).faultsOf(made.topology())).toEqual({ edit: fault });
  });
  const { cannotHear: heard, refuses, notes, endsOnlyByHand } = fault;
  return { template, heard, refuses, note: notes[0], endsOnlyByHand };
}

const errorOf = (props: Props, clusterProps: Partial<StretchClusterProps> = {}) =>
  Template.errorOf((stack) => {
    const [a, b] = cluster(stack, clusterProps).vpcs;
    const between = props.between ?? [a, b];
    new PartitionRule(stack, "cut", { fault: "edit", method: "security-group", ...props, between });
  });

/** The ingress rules that the fault takes away: `REGION BLOCK`. */
const taken = (template: Template) =>
  template
    .resources("aws_vpc_security_group_ingress_rule")
    .filter((rule) => rule.count !== undefined)
    .map((rule) => {
      expect(rule.count).toBe('${(local.current_fault == "edit") ? 0 : 1}');
      return `${rule.provider.slice(4)} ${rule.cidr_ipv4}`;
    });

describe("a cut by security group", () => {
  it("of one side takes away its rule for the other side's block, as the article did in Paris", () => {
    const { template } = build(ONE_WAY);
    expect(taken(template)).toEqual(["eu-west-3 10.32.0.0/16"]);
    expect(template.resources("aws_network_acl_rule").filter((r) => r.rule_action === "deny")).toEqual([]);
  });

  it("splits nothing, and says so in the plan", () => {
    const { template, heard, note } = build(ONE_WAY);
    expect(heard).toEqual({});
    expect(note).toBe(
      "new connections from london to paris are refused on 3000-3003; established ones go on, so the cluster does not split",
    );
    expect(template.outputs.partitions.value).toContain(`"note" = "${note}"`);
  });

  it("of a cluster with TLS takes away every rule for the other side's block, and names those ports", () => {
    const { template, note } = build(ONE_WAY, { settings: { tls: TLS } });
    expect(taken(template)).toEqual(["eu-west-3 10.32.0.0/16", "eu-west-3 10.32.0.0/16"]);
    expect(note).toContain("are refused on 3011-3012 and 4333; established ones go on");
  });

  it("tells whose new connections are refused: the other side's by Paris, where the rule was", () => {
    expect(build(ONE_WAY).refuses).toEqual({ "eu-west-2": ["A1B33", "A2B33", "A3B33"] });
    expect(build({}, { access: AerospikeAccess.open() }).refuses).toEqual({});
  });

  it("between VPCs of one region tells the nodes of both", () => {
    let refuses;
    Template.of((stack) => {
      const [a, b] = ["one", "two"].map(
        (id, i) => new RegionVpc(stack, id, { region: "eu-west-2", cidrBlock: `10.${i}.0.0/16` }),
      );
      const racks = [a, b].map((vpc, i) => ({ id: i + 1, vpc, nodes: 1 }));
      const topology = cluster(stack, { racks }).topology();
      const props = { fault: "edit", method: "security-group", connections: "new" } as const;
      refuses = new PartitionRule(stack, "cut", { ...props, between: [a, b] }).effectOn(topology).refuses;
    });
    expect(refuses).toEqual({ "eu-west-2": ["A1B2", "A1B1"] });
  });

  it("of both sides refuses new connections both ways and splits nothing", () => {
    const { template, heard, refuses, note } = build({ connections: "new" });
    expect(refuses).toEqual({
      "eu-west-2": ["A1B33", "A2B33", "A3B33"],
      "eu-west-3": ["A1B32", "A2B32", "A3B32"],
    });
    expect(taken(template)).toEqual(["eu-west-2 10.33.0.0/16", "eu-west-3 10.32.0.0/16"]);
    expect(heard).toEqual({});
    expect(note).toContain("from london to paris and from paris to london");
  });

  it("of a cluster with open access really splits, taking the open rule away on both sides", () => {
    const { template, heard } = build({}, { access: AerospikeAccess.open() });
    expect(taken(template)).toEqual([
      "eu-west-2 0.0.0.0/0",
      "eu-west-2 10.33.0.0/16",
      "eu-west-3 0.0.0.0/0",
      "eu-west-3 10.32.0.0/16",
    ]);
    expect(heard).toMatchObject({ A1B32: ["A1B33", "A2B33", "A3B33"], A1B33: ["A1B32", "A2B32", "A3B32"] });
  });

  it("of one side of a cluster with open access splits nothing: the side's own connections are tracked", () => {
    const { heard, note } = build(ONE_WAY, { access: AerospikeAccess.open() });
    expect(heard).toEqual({});
    expect(note).toContain("those that paris accepted end, those that it opened go on");
  });

  it("shares a rule with another fault that takes it away", () => {
    const template = Template.of((stack) => {
      const [a, b] = cluster(stack).vpcs;
      const props = { method: "security-group", between: [a, b], connections: "new" } as const;
      new PartitionRule(stack, "one", { ...props, fault: "one", direction: "from" });
      new PartitionRule(stack, "two", { ...props, fault: "two" });
    });
    const counts = template.resources("aws_vpc_security_group_ingress_rule").map((rule) => rule.count);
    expect(counts.filter((count) => count !== undefined)).toEqual([
      '${(local.current_fault == "two") ? 0 : 1}',
      '${((local.current_fault == "one") || (local.current_fault == "two")) ? 0 : 1}',
    ]);
  });

  describe("meant for one cluster", () => {
    /** Two clusters in the same two VPCs, and a rule for the second one. */
    const two = (props: Partial<PartitionRuleProps> = {}) => {
      const faults: Record<string, unknown> = {};
      const template = Template.of((stack) => {
        const orders = cluster(stack);
        const [a, b] = orders.vpcs;
        const sessions = new StretchCluster(stack, "sessions", {
          namespace: MYDATA,
          transit: true,
          racks: [
            { id: 3, vpc: a, nodes: 1 },
            { id: 4, vpc: b, nodes: 1 },
          ],
        });
        const method = "security-group";
        new PartitionRule(stack, "cut", {
          ...{ fault: "edit", between: [a, b], method, connections: "new", cluster: sessions },
          ...props,
        });
        for (const made of [orders, sessions])
          faults[made.node.id] = FaultSwitch.of(stack).faultsOf(made.topology()).edit;
      });
      return { template, faults };
    };

    it("takes away that cluster's rules alone, and predicts nothing for the other", () => {
      const { template, faults } = two();
      const edited = Object.entries(template.byId("aws_vpc_security_group_ingress_rule"))
        .filter(([, rule]) => rule.count !== undefined)
        .map(([id]) => id.split("_")[0]);
      expect(edited).toEqual(["sessions", "sessions"]);
      expect(faults.cluster).toEqual(NO_FAULT);
      expect(faults.sessions).toMatchObject({
        refuses: { "eu-west-2": ["A1B4"], "eu-west-3": ["A1B3"] },
      });
    });

    it("fails with another method: subnets and routes are every cluster's", () => {
      expect(() => two({ method: "network-acl", connections: "all" })).toThrow(
        'the method network-acl cannot make the fault "edit": subnets and routes are those of every cluster in them: got the construct test/sessions',
      );
    });
  });

  it("cannot end by itself: Terraform refuses heal_at for it", () => {
    const { template, endsOnlyByHand } = build(ONE_WAY);
    expect(endsOnlyByHand).toBe("its ingress rules must be made again, which only Terraform can do");
    const [group] = template.resources("aws_security_group").filter((g) => g.lifecycle?.precondition);
    expect(group.provider).toBe("aws.eu-west-3");
    expect(group.lifecycle.precondition).toEqual([
      {
        condition: '${length(var.heal_at) < 1 || var.fault != "edit"}',
        error_message: expect.stringContaining(
          "The fault edit cannot end by itself: its ingress rules must be made again",
        ),
      },
    ]);
    expect(template.resources("aws_scheduler_schedule")).toEqual([]);
  });

  it.each<[string, Props, Partial<StretchClusterProps>, string]>([
    ["a split of tracked connections", {}, {}, "are tracked and go on, so that nothing would split"],
    [
      "a one-sided split with open access",
      { direction: "from" },
      { access: AerospikeAccess.open() },
      "an edit on one side never splits",
    ],
    [
      "new connections only, on both sides with open access",
      { connections: "new" },
      { access: AerospikeAccess.open() },
      "an edit on both sides ends them all",
    ],
    ["ports", { ...ONE_WAY, ports: ["service"] }, {}, "rules by block, for all ports of the nodes"],
  ])("fails for %s", (_, props, clusterProps, message) => {
    expect(errorOf(props, clusterProps)).toContain(message);
  });

  it("fails between subnets", () => {
    const error = Template.errorOf((stack) => {
      const [a, b] = cluster(stack).vpcs;
      const between = [a.subnets, b] as const;
      new PartitionRule(stack, "cut", { fault: "edit", method: "security-group", ...ONE_WAY, between });
    });
    expect(error).toContain("the cluster has one group a VPC");
  });

  it("fails where no cluster has a group, and for a block that the group has no rule for", () => {
    const empty = Template.errorOf((stack) => {
      const between = [london(stack), paris(stack)] as const;
      new PartitionRule(stack, "cut", { fault: "edit", method: "security-group", ...ONE_WAY, between });
    });
    expect(empty).toContain("no cluster has a security group there");
    const foreign = Template.errorOf((stack) => {
      const [a] = cluster(stack).vpcs;
      const between = ["192.168.0.0/24", a] as const;
      new PartitionRule(stack, "cut", { fault: "edit", method: "security-group", ...ONE_WAY, between });
    });
    expect(foreign).toContain("has no rule of its own for that block");
    expect(foreign).toContain("expected one of 10.32.0.0/16, 10.33.0.0/16");
  });
});

describe("AerospikeAccess", () => {
  const sources = (access?: AerospikeAccess) =>
    Template.of((stack) => cluster(stack, { access }))
      .resources("aws_vpc_security_group_ingress_rule")
      .map((rule) => `${rule.cidr_ipv4} ${rule.from_port}-${rule.to_port}`);

  it("is the cluster's own VPCs by default", () => {
    expect([...new Set(sources())]).toEqual(["10.32.0.0/16 3000-3003", "10.33.0.0/16 3000-3003"]);
  });

  it("is the article's 0.0.0.0/0 on 3000-3003 by explicit choice", () => {
    expect(sources(AerospikeAccess.open()).filter((s) => s === "0.0.0.0/0 3000-3003")).toHaveLength(2);
  });
});
