import { FaultSwitch, RackOutage } from "../../../modules";
import { cluster } from "../../support/fixtures";
import { Template } from "../../support/template";

describe("a RackOutage", () => {
  const template = Template.of((stack) => {
    const made = cluster(stack);
    new RackOutage(stack, "outage", { fault: "rack-down", rack: made.rack(32) });
  });

  it("has one state a host of the rack, always there, only its value depending on the fault", () => {
    const states = template.byId("aws_ec2_instance_state");
    expect(Object.keys(states)).toHaveLength(3);
    for (const state of Object.values(states)) {
      expect(state).toMatchObject({
        provider: "aws.eu-west-2",
        state: '${(local.current_fault == "rack-down") ? "stopped" : "running"}',
      });
      expect(state).not.toHaveProperty("count");
    }
  });

  it("has a schedule that starts those instances, made before the stop", () => {
    const schedule = template.only("aws_scheduler_schedule");
    const instances = template.resources("aws_ec2_instance_state").map((state) => state.instance_id);
    expect(schedule.target.arn).toBe("arn:aws:scheduler:::aws-sdk:ec2:startInstances");
    expect(JSON.parse(schedule.target.input)).toEqual({ InstanceIds: instances });
    const [id] = Object.keys(template.byId("aws_scheduler_schedule"));
    const [[gate, { depends_on: scheduled }]] = Object.entries(template.byId("terraform_data")).filter(
      ([, data]) => data.depends_on?.includes(`aws_scheduler_schedule.${id}`),
    );
    expect(scheduled).toHaveLength(1);
    for (const state of template.resources("aws_ec2_instance_state")) {
      expect(state.depends_on).toContain(`terraform_data.${gate}`);
    }
  });

  it("lets the scheduler start those instances, unlock their volumes for EC2, and do nothing else", () => {
    const policy = template
      .resources("aws_iam_role_policy")
      .map((p) => JSON.parse(p.policy))
      .find((p) => p.Statement[0].Action === "ec2:StartInstances");
    expect(policy.Statement.map(({ Action }: { Action: string }) => Action)).toEqual([
      "ec2:StartInstances",
      "kms:CreateGrant",
      "sqs:SendMessage",
    ]);
    expect(policy.Statement[1]).toMatchObject({
      Resource: [expect.stringMatching(/^arn:aws:kms:eu-west-2:\$\{aws_vpc\.\w+\.owner_id\}:key\/\*$/)],
      Condition: {
        StringEquals: { "kms:ViaService": "ec2.eu-west-2.amazonaws.com" },
        Bool: { "kms:GrantIsForAWSResource": "true" },
      },
    });
    expect(policy.Statement[0].Resource).toHaveLength(3);
    for (const arn of policy.Statement[0].Resource) {
      expect(arn).toMatch(
        /^arn:aws:ec2:eu-west-2:\$\{aws_vpc\.\w+\.owner_id\}:instance\/\$\{aws_instance\.[\w-]+\.id\}$/,
      );
    }
  });

  it("tells the model that its nodes are down", () => {
    Template.of((stack) => {
      const made = cluster(stack);
      const outage = new RackOutage(stack, "outage", { fault: "rack-down", rack: made.rack(32) });
      const all = made.nodes.map((node) => node.nodeId);
      expect(outage.effectOn(made.topology()).cannotHear).toEqual({ A1B32: all, A2B32: all, A3B32: all });
    });
  });

  it("shares a host's state with another outage of the same rack", () => {
    const two = Template.of((stack) => {
      const made = cluster(stack);
      new RackOutage(stack, "outage", { fault: "london-down", rack: made.rack(32) });
      new RackOutage(stack, "both-london", { fault: "both-down", rack: made.rack(32) });
      new RackOutage(stack, "both-paris", { fault: "both-down", rack: made.rack(33) });
    });
    const states = two.resources("aws_ec2_instance_state");
    expect(states).toHaveLength(6);
    expect(states[0].state).toBe(
      '${((local.current_fault == "both-down") || (local.current_fault == "london-down")) ? "stopped" : "running"}',
    );
    const [[gate, { depends_on: scheduled }]] = Object.entries(two.byId("terraform_data")).filter(([id]) =>
      id.includes("scheduled"),
    );
    expect(scheduled).toEqual(
      Object.keys(two.byId("aws_scheduler_schedule"))
        .map((id) => `aws_scheduler_schedule.${id}`)
        .sort(),
    );
    expect(scheduled).toHaveLength(3);
    for (const state of states) expect(state.depends_on).toContain(`terraform_data.${gate}`);
    expect(states[5].state).toBe('${(local.current_fault == "both-down") ? "stopped" : "running"}');
  });

  it("fails if two fault switches would stop one host", () => {
    const error = Template.errorOf((stack) => {
      const rack = cluster(stack).rack(32);
      new RackOutage(stack, "one", { fault: "rack-down", rack });
      new RackOutage(stack, "two", { fault: "rack-down", rack, faultSwitch: FaultSwitch.of(stack, "other") });
    });
    expect(error).toContain("two fault switches stop node A1B32");
  });
});
