import { TerraformOutput, type TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import {
  ClientHost,
  FaultSwitch,
  PartitionRule,
  ResultsBucket,
  RegionVpc,
  StretchCluster,
} from "../../../modules";
import { cluster, london, MYDATA, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

const denies = (template: Template) =>
  template.resources("aws_network_acl_rule").filter((r) => r.rule_action === "deny");

describe("a PartitionRule between two VPCs", () => {
  const template = Template.of((stack) => {
    new PartitionRule(stack, "cut", { fault: "split", between: [london(stack), paris(stack)] });
  });

  it("denies the other side's block, in and out, on every subnet of both sides", () => {
    expect(denies(template)).toHaveLength(12);
    const blocks = denies(template).map((r) => `${r.provider} ${r.egress ? "to" : "from"} ${r.cidr_block}`);
    expect([...new Set(blocks)].sort()).toEqual([
      "aws.eu-west-2 from 10.33.0.0/16",
      "aws.eu-west-2 to 10.33.0.0/16",
      "aws.eu-west-3 from 10.32.0.0/16",
      "aws.eu-west-3 to 10.32.0.0/16",
    ]);
  });

  it("denies every protocol, ahead of the baseline", () => {
    for (const rule of denies(template)) {
      expect(rule.protocol).toBe("-1");
      expect(rule.rule_number).toBeGreaterThanOrEqual(1);
      expect(rule.rule_number).toBeLessThanOrEqual(999);
    }
  });

  it("exists only while the variable names its fault", () => {
    for (const rule of denies(template))
      expect(rule.count).toBe('${(local.current_fault == "split") ? 1 : 0}');
  });

  it("reaches subnets that are made after it", () => {
    const later = Template.of((stack) => {
      const [a, b] = [london(stack), paris(stack)];
      new PartitionRule(stack, "cut", { fault: "split", between: [a, b] });
      new ClientHost(stack, "client", { vpc: a, results: new ResultsBucket(stack, "results", { vpc: a }) });
    });
    expect(denies(later)).toHaveLength(14);
  });

  it("numbers its rules apart from those of every other fault on an ACL", () => {
    const two = Template.of((stack) => {
      const [a, b] = [london(stack), paris(stack)];
      new PartitionRule(stack, "cut", { fault: "split", between: [a, b] });
      new PartitionRule(stack, "other", { fault: "zone-a", between: [[a.subnet("node", "a")], b] });
    });
    const numbers = denies(two).map((r) => `${r.network_acl_id} ${r.egress} ${r.rule_number}`);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("tells the model who cannot hear whom", () => {
    Template.of((stack) => {
      const made = cluster(stack);
      const [a, b] = made.vpcs;
      const rule = new PartitionRule(stack, "cut", { fault: "split", between: [a, b] });
      expect(rule.effectOn(made.topology()).cannotHear).toEqual({
        A1B32: ["A1B33", "A2B33", "A3B33"],
        A2B32: ["A1B33", "A2B33", "A3B33"],
        A3B32: ["A1B33", "A2B33", "A3B33"],
        A1B33: ["A1B32", "A2B32", "A3B32"],
        A2B33: ["A1B32", "A2B32", "A3B32"],
        A3B33: ["A1B32", "A2B32", "A3B32"],
      });
    });
  });

  it("puts out what the fault does to the partitions, chosen by the variable", () => {
    const withCluster = Template.of((stack) => {
      const made = cluster(stack);
      new PartitionRule(stack, "cut", { fault: "split", between: [made.vpcs[0], made.vpcs[1]] });
    });
    const value = withCluster.outputs.partitions.value;
    expect(value).toContain('"none" = {"london" = "6 of 6 nodes, 4096 of 4096 partitions served"');
    expect(value).toContain(
      '"split" = {"london" = "3 of 6 nodes, 2048 of 4096 served, the others unavailable until healed"',
    );
    expect(value).toContain("local.current_fault");
    expect(value).toContain('"fault" = "none; to make one: fault=split"');
    expect(value).toContain('"fault" = "split, until healed by fault=none"');
    expect(template.outputs).not.toHaveProperty("partitions");
  });
});

describe("a PartitionRule between a VPC and a CIDR block", () => {
  it("fails for a block inside a VPC of the stack: no deny would stand on its subnets", () => {
    const error = Template.errorOf((stack) => {
      london(stack);
      new PartitionRule(stack, "cut", { fault: "split", between: [paris(stack), "10.32.16.0/20"] });
    });
    expect(error).toContain(
      'a side of the cut "split" is a CIDR block inside test/london: got "10.32.16.0/20"',
    );
  });
});

describe("a PartitionRule with a block of another network", () => {
  const errorOf = (block: string) =>
    Template.errorOf((stack) => {
      new PartitionRule(stack, "cut", { fault: "office", between: [london(stack), block] });
    });

  it.each(["52.0.0.0/6", "128.0.0.0/1", "172.32.0.0/16", "172.0.0.0/8", "100.128.0.0/16", "169.254.0.0/16"])(
    "fails for %s, which is the internet's: AWS's own services may be there",
    (block) => {
      const error = errorOf(block);
      expect(error).toContain('a side of the cut "office" is a block of the internet');
      expect(error).toContain(`got "${block}"; expected a block in 10.0.0.0/8`);
    },
  );

  it.each(["10.99.0.0/16", "172.31.0.0/16", "192.168.7.0/24", "100.64.0.0/10"])("cuts %s off", (block) => {
    const template = Template.of((stack) => {
      new PartitionRule(stack, "cut", { fault: "office", between: [london(stack), block] });
    });
    expect(new Set(denies(template).map((rule) => rule.cidr_block))).toEqual(new Set([block]));
  });

  it("cuts VPCs of the stack outside private space, as the article has them", () => {
    const template = Template.of((stack) => {
      const between = [
        london(stack, { cidrBlock: "172.32.0.0/16" }),
        paris(stack, { cidrBlock: "172.33.0.0/16" }),
      ] as const;
      new PartitionRule(stack, "cut", { fault: "split", between });
    });
    expect(denies(template)).toHaveLength(12);
  });
});

describe("a PartitionRule between subnets", () => {
  it("denies each subnet's block on the other side's subnets only", () => {
    const template = Template.of((stack) => {
      const vpc = london(stack);
      const [a, b, c] = vpc.subnets;
      new PartitionRule(stack, "cut", { fault: "zone-a", between: [[a], [b, c]] });
    });
    expect(denies(template).map((r) => r.cidr_block)).toEqual([
      ...["10.32.16.0/20", "10.32.32.0/20", "10.32.16.0/20", "10.32.32.0/20"],
      ...["10.32.0.0/20", "10.32.0.0/20", "10.32.0.0/20", "10.32.0.0/20"],
    ]);
  });

  it("fails for sides that share addresses, or an empty side", () => {
    for (const side of [["a", "b"], []]) {
      const error = Template.errorOf((stack) => {
        const vpc = london(stack);
        const subnets = side.map((letter) => vpc.subnet("node", letter));
        new PartitionRule(stack, "cut", { fault: "zone-a", between: [[vpc.subnet("node", "a")], subnets] });
      });
      expect(error).toContain('the sides of the cut "zone-a" are not two');
    }
  });

  it("fails if it would sever the clients' block, naming both", () => {
    const error = Template.errorOf((stack) => {
      const made = cluster(stack, { clientCidrs: ["10.60.1.0/24"] });
      const dublin = new RegionVpc(stack, "dublin", { region: "eu-west-1", cidrBlock: "10.60.0.0/16" });
      new PartitionRule(stack, "cut", { fault: "split", between: [made.vpcs[0], dublin] });
    });
    expect(error).toContain("(10.60.1.0/24)");
    expect(error).toContain('got "10.60.0.0/16"');
  });
});

describe("the FaultSwitch", () => {
  it("is one per stack and variable name", () => {
    Template.of((stack) => {
      expect(FaultSwitch.of(stack)).toBe(FaultSwitch.of(london(stack)));
      expect(FaultSwitch.of(stack, "other")).not.toBe(FaultSwitch.of(stack));
    });
  });

  it("makes Terraform refuse a fault that no rule registered, naming the known ones", () => {
    const template = Template.of((stack) => {
      const [a, b] = [london(stack), paris(stack)];
      new PartitionRule(stack, "cut", { fault: "split", between: [a, b] });
      new PartitionRule(stack, "other", { fault: "zone-a", between: [[a.subnet("node", "a")], b] });
    });
    expect(template.variables.fault).toMatchObject({
      default: "none",
      validation: [
        {
          condition: '${contains(["none", "split", "zone-a"], var.fault)}',
          error_message: "fault must be one of: none, split, zone-a.",
        },
      ],
    });
  });

  it.each(["none", "Split", "a b", ""])("fails for a fault named %p", (fault) => {
    const error = Template.errorOf((stack) => {
      new PartitionRule(stack, "cut", { fault, between: [london(stack), paris(stack)] });
    });
    expect(error).toContain("fault is not a name for a fault");
  });

  it("fails beside a second variable of its name", () => {
    const error = Template.errorOf((stack) => {
      FaultSwitch.of(stack);
      new TerraformVariable(stack, "fault", { type: "string" });
    });
    expect(error).toContain("a second Terraform variable is named fault");
  });

  it("fails beside an output of the prediction's name, where a cluster has one", () => {
    const beside = (build: (stack: TerraformStack) => void) => (stack: TerraformStack) => {
      FaultSwitch.of(stack);
      new TerraformOutput(stack, "partitions", { value: "mine" });
      build(stack);
    };
    expect(Template.errorOf(beside((stack) => void cluster(stack)))).toContain(
      "a second Terraform output is named partitions",
    );
    expect(Template.of(beside(() => {})).outputs.partitions.value).toBe("mine");
  });

  it("tells clusters of one id in two scopes apart", () => {
    const { value } = Template.of((stack) => {
      for (const [i, scope] of ["one", "two"].entries()) {
        const site = new Construct(stack, scope);
        const vpc = new RegionVpc(site, "vpc", { region: "eu-west-2", cidrBlock: `10.${i}.0.0/16` });
        const racks = [{ id: 1, vpc, nodes: 3 }];
        new StretchCluster(site, "cluster", { namespace: MYDATA, racks });
      }
      FaultSwitch.of(stack);
    }).outputs.partitions;
    expect(value).toContain('"one/cluster vpc" = "3 of 3 nodes');
    expect(value).toContain('"two/cluster vpc" = "3 of 3 nodes');
  });

  it.each(["count", "for_each"])("fails for the variable name %s, which Terraform reserves", (name) => {
    const error = Template.errorOf((stack) => void FaultSwitch.of(stack, name));
    expect(error).toContain(`variableName is malformed: got "${name}"`);
  });

  it("fails for a variable name that Terraform does not take", () => {
    const error = Template.errorOf((stack) => void FaultSwitch.of(stack, "my fault"));
    expect(error).toContain('variableName is malformed: got "my fault"');
  });
});

describe("a PartitionRule of plain JavaScript", () => {
  it.each<[string, object, string]>([
    [
      "a method",
      { method: "firewall" },
      'method is not one that there is: got "firewall"; expected network-acl',
    ],
    ["a direction", { direction: "sideways" }, 'direction is not one that there is: got "sideways"'],
    ["connections", { connections: "some" }, 'connections is not one that there is: got "some"'],
    [
      "a port",
      { ports: ["http"] },
      'ports[0] is not one that there is: got "http"; expected service, fabric',
    ],
  ])("fails for %s that there is not", (_, props, message) => {
    const error = Template.errorOf((stack) => {
      new PartitionRule(stack, "cut", { fault: "split", between: [london(stack), paris(stack)], ...props });
    });
    expect(error).toContain(message);
  });
});
