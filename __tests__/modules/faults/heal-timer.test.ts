import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { PartitionRule } from "../../../modules";
import { london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

it("fails where two providers go by one name", () => {
  const error = Template.errorOf((stack) => {
    const own = new AwsProvider(stack, "own", { region: "eu-west-2" });
    const other = new AwsProvider(stack, "other", { region: "eu-west-3", alias: "eu-west-2" });
    const between = [london(stack, { provider: own }), paris(stack, { provider: other })] as const;
    new PartitionRule(stack, "cut", { fault: "split", between });
  });
  expect(error).toContain("the providers of test/london and test/paris cannot be told apart");
});

describe("a fault with an end of its own", () => {
  const template = Template.of((stack) => {
    new PartitionRule(stack, "cut", { fault: "split", between: [london(stack), paris(stack)] });
  });
  const denies = Object.entries(template.byId("aws_network_acl_rule")).filter(
    ([, r]) => r.rule_action === "deny",
  );

  it("exists while the variable names it and its end is later than the plan", () => {
    expect(template.locals.current_fault).toBe(
      '${(length(local.fault_end) < 1 ? true : timecmp(local.fault_end, plantimestamp()) == 1) ? var.fault : "none"}',
    );
    for (const [, rule] of denies) expect(rule.count).toBe('${(local.current_fault == "split") ? 1 : 0}');
  });

  it("has one schedule a rule, in the rule's region, all made before the first rule", () => {
    const schedules = template.byId("aws_scheduler_schedule");
    expect(Object.keys(schedules)).toHaveLength(denies.length);
    const [[gate, { depends_on: scheduled }]] = Object.entries(template.byId("terraform_data")).filter(
      ([id]) => id.includes("scheduled"),
    );
    expect(scheduled).toEqual(
      Object.keys(schedules)
        .map((id) => `aws_scheduler_schedule.${id}`)
        .sort(),
    );
    for (const [, rule] of denies) {
      expect(rule.depends_on).toContain(`terraform_data.${gate}`);
      const schedule = Object.values(schedules).find(({ target }) => {
        const { NetworkAclId: id, RuleNumber: number, Egress: egress } = JSON.parse(target.input);
        return id === rule.network_acl_id && number === rule.rule_number && egress === rule.egress;
      })!;
      expect(schedule).toMatchObject({
        provider: rule.provider,
        count: '${(local.current_fault == "split") ? (length(local.fault_end) < 1) ? 0 : 1 : 0}',
        schedule_expression: 'at(${trimsuffix(local.fault_end, "Z")})',
        schedule_expression_timezone: "UTC",
        flexible_time_window: { mode: "OFF" },
      });
      expect(schedule.target.arn).toBe("arn:aws:scheduler:::aws-sdk:ec2:deleteNetworkAclEntry");
      expect(JSON.parse(schedule.target.input)).toEqual({
        NetworkAclId: rule.network_acl_id,
        RuleNumber: rule.rule_number,
        Egress: rule.egress,
      });
    }
  });

  it("has a tagged schedule group and a role a region, always there", () => {
    for (const type of ["aws_scheduler_schedule_group", "aws_iam_role"]) {
      const made = template.resources(type);
      expect(made.map((resource) => resource.provider)).toEqual(["aws.eu-west-2", "aws.eu-west-3"]);
      for (const resource of made) expect(resource).not.toHaveProperty("count");
    }
    for (const group of template.resources("aws_scheduler_schedule_group")) expect(group.tags).toBeDefined();
  });

  it("trusts the scheduler of this account only", () => {
    for (const role of template.resources("aws_iam_role")) {
      expect(JSON.parse(role.assume_role_policy).Statement).toEqual([
        {
          Effect: "Allow",
          Principal: { Service: "scheduler.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: { "aws:SourceAccount": expect.stringMatching(/^\$\{aws_vpc\.\w+\.owner_id\}$/) },
          },
        },
      ]);
    }
  });

  it("may delete entries of the cut's ACLs of its region, tell of a failure, and nothing else", () => {
    for (const { policy, provider } of template.resources("aws_iam_role_policy")) {
      const { Statement } = JSON.parse(policy);
      expect(Statement).toHaveLength(2);
      expect(Statement[1]).toEqual({
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: [expect.stringMatching(/^\$\{aws_sqs_queue\.[\w-]+\.arn\}$/)],
      });
      expect(Statement[0].Action).toBe("ec2:DeleteNetworkAclEntry");
      expect(Statement[0].Resource).toHaveLength(3);
      for (const arn of Statement[0].Resource) {
        expect(arn).toContain(`arn:aws:ec2:${provider.slice(4)}:`);
        expect(arn).toMatch(/:network-acl\/\$\{aws_network_acl\.[\w-]+\.id\}$/);
      }
    }
  });

  it("leaves what it could not do in its region's encrypted queue, whose alarm says so", () => {
    const queues = template.byId("aws_sqs_queue");
    expect(Object.values(queues).map(({ provider }) => provider)).toEqual(["aws.eu-west-2", "aws.eu-west-3"]);
    for (const schedule of template.resources("aws_scheduler_schedule")) {
      const [, id] = /^\$\{aws_sqs_queue\.([\w-]+)\.arn\}$/.exec(schedule.target.dead_letter_config.arn)!;
      expect(queues[id].provider).toBe(schedule.provider);
    }
    for (const [id, queue] of Object.entries(queues)) {
      expect(queue).toMatchObject({ sqs_managed_sse_enabled: true, message_retention_seconds: 1_209_600 });
      const [alarm, ...more] = template
        .resources("aws_cloudwatch_metric_alarm")
        .filter(({ dimensions }) => dimensions.QueueName === `\${aws_sqs_queue.${id}.name}`);
      expect(more).toEqual([]);
      expect(alarm).toMatchObject({
        provider: queue.provider,
        namespace: "AWS/SQS",
        metric_name: "ApproximateNumberOfMessagesVisible",
        comparison_operator: "GreaterThanThreshold",
        threshold: 0,
        tags: queue.tags,
      });
    }
  });
});
