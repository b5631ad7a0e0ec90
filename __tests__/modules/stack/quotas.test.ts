import type { TerraformStack } from "cdktf";
import { FaultSwitch, PartitionRule, RackOutage, RegionVpc, StretchCluster } from "../../../modules";
import { cluster, london, MYDATA } from "../../support/fixtures";
import { Template } from "../../support/template";

/** The warnings that a stack is built with, of the stack itself. */
function warningsOf(build: (stack: TerraformStack) => void): string[] {
  let made: TerraformStack | undefined;
  Template.of((stack) => {
    made = stack;
    build(stack);
  });
  const warnings = made!.node.metadata
    .filter(({ type }) => type === "@cdktf/warn")
    .map(({ data }) => String(data));
  return [...new Set(warnings)];
}

const blocks = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `192.168.${from + i}.0/24`);

describe("AWS's quota of rules a security group", () => {
  const admitting = (count: number) => (stack: TerraformStack) =>
    void cluster(stack, { clientCidrs: blocks(count) });

  it("is kept by 58 blocks of clients beside the two VPCs", () => {
    expect(warningsOf(admitting(58))).toEqual([]);
  });

  it("is warned of above, a region each: the number, the quota and how to raise it", () => {
    const warnings = warningsOf(admitting(61));
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toBe(
      '63 inbound rules of the security group test/cluster/access-london: an account has 60 at first (quota "Inbound or outbound rules per security group", L-0EA8095F). Raise it before you deploy: aws service-quotas request-service-quota-increase --region eu-west-2 --service-code vpc --quota-code L-0EA8095F --desired-value 63',
    );
    expect(warnings[1]).toContain("--region eu-west-3");
  });

  it("fails above what AWS raises it to", () => {
    const many = Array.from({ length: 1000 }, (_, i) => `10.${100 + Math.floor(i / 250)}.${i % 250}.0/24`);
    const error = Template.errorOf((stack) => void cluster(stack, { clientCidrs: many }));
    expect(error).toContain(
      'inbound rules of the security group test/cluster/access-london are more than AWS allows at all (quota "Inbound or outbound rules per security group", L-0EA8095F): got 1002; expected at most 60, or 1000',
    );
  });
});

describe("AWS's quota of rules a network ACL", () => {
  const cutting = (...faults: { name: string; count: number; variable?: string }[]) => {
    return (stack: TerraformStack) => {
      const vpc = london(stack);
      faults.forEach(({ name, count, variable = "fault" }, i) => {
        const faultSwitch = FaultSwitch.of(stack, variable);
        new PartitionRule(stack, name, { fault: name, between: [vpc, blocks(count, i * 50)], faultSwitch });
      });
    };
  };

  it("counts the two standing rules: 18 denies keep it", () => {
    expect(warningsOf(cutting({ name: "one", count: 18 }))).toEqual([]);
  });

  it("is warned of once for all subnets of a region", () => {
    expect(warningsOf(cutting({ name: "one", count: 19 }))).toEqual([
      '21 rules a direction of the network ACL of london-node-a (and of 2 more): an account has 20 at first (quota "Rules per network ACL", L-2AEEBF1A). Raise it before you deploy: aws service-quotas request-service-quota-increase --region eu-west-2 --service-code vpc --quota-code L-2AEEBF1A --desired-value 21',
    ]);
  });

  it("takes the largest fault of a switch: one lasts at a time", () => {
    expect(warningsOf(cutting({ name: "one", count: 12 }, { name: "two", count: 12 }))).toEqual([]);
  });

  it("adds up the switches, whose faults last together", () => {
    const [warning] = warningsOf(
      cutting({ name: "one", count: 12 }, { name: "two", count: 12, variable: "weather" }),
    );
    expect(warning).toContain("26 rules a direction of the network ACL of london-node-a");
  });

  it("fails above the 40 that AWS raises it to", () => {
    const error = Template.errorOf(cutting({ name: "one", count: 39 }));
    expect(error).toContain("are more than AWS allows at all");
    expect(error).toContain("got 41; expected at most 20, or 40 where AWS has raised it");
  });
});

describe("AWS's quota of Elastic IPs", () => {
  const gateways =
    (...zones: string[][]) =>
    (stack: TerraformStack) =>
      zones.forEach(
        (letters, i) =>
          new RegionVpc(stack, `vpc-${i}`, {
            region: "eu-west-2",
            cidrBlock: `10.${i}.0.0/16`,
            zones: letters,
            egress: "nat",
          }),
      );

  it("is kept by five NAT gateways of a region", () => {
    expect(warningsOf(gateways(["a", "b", "c"], ["a", "b"]))).toEqual([]);
  });

  it("is warned of with six, in two VPCs together", () => {
    expect(warningsOf(gateways(["a", "b", "c"], ["a", "b", "c"]))).toEqual([
      '6 Elastic IPs of test/vpc-0 and test/vpc-1: an account has 5 at first (quota "EC2-VPC Elastic IPs", L-0263D0A3). Raise it before you deploy: aws service-quotas request-service-quota-increase --region eu-west-2 --service-code ec2 --quota-code L-0263D0A3 --desired-value 6',
    ]);
  });
});

describe("a cluster of many nodes", () => {
  const racks = (vpc: RegionVpc, counts: readonly number[]) =>
    counts.map((nodes, i) => ({ id: i + 1, vpc, nodes }));

  it("fails with more than 256 in all its racks together", () => {
    const error = Template.errorOf((stack) => {
      new StretchCluster(stack, "cluster", { namespace: MYDATA, racks: racks(london(stack), [150, 150]) });
    });
    expect(error).toContain("more nodes than an Aerospike cluster can have: got 300; expected at most 256");
  });

  it("has outages whose schedules' roles keep IAM's quota of 10,240 characters", () => {
    const template = Template.of((stack) => {
      const made = new StretchCluster(stack, "cluster", {
        namespace: MYDATA,
        racks: racks(london(stack), [200, 56]),
      });
      new RackOutage(stack, "first", { fault: "first", rack: made.rack(1) });
      new RackOutage(stack, "second", { fault: "second", rack: made.rack(2) });
    });
    // As AWS writes them: an account of 12 digits, instance ids of 17.
    const lengths = template
      .resources("aws_iam_role_policy")
      .filter(({ policy }) => policy.includes("ec2:StartInstances"))
      .map(({ policy }): number => {
        const written = policy
          .replace(/\$\{aws_instance\.[\w-]+\.id\}/g, "i-0123456789abcdef0")
          .replace(/\$\{aws_vpc\.[\w-]+\.owner_id\}/g, "123456789012")
          .replace(
            /\$\{aws_sqs_queue\.[\w-]+\.arn\}/g,
            `arn:aws:sqs:eu-west-2:123456789012:${"q".repeat(80)}`,
          );
        expect(written).not.toContain("${");
        return written.replace(/\s/g, "").length;
      });
    expect(lengths).toHaveLength(3);
    for (const length of lengths) expect(length).toBeLessThanOrEqual(10_240);
    const schedules = template.resources("aws_scheduler_schedule");
    const started = schedules.map(({ target }) => JSON.parse(target.input).InstanceIds.length);
    expect(started).toEqual([100, 100, 56]);
    expect(new Set(schedules.map(({ target }) => target.role_arn)).size).toBe(3);
  });
});
