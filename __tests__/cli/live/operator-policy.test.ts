import { KNOWN_TYPES, operatorPolicy } from "../../../cli/live/operator-policy";
import { loadStack } from "../../../cli/scenario/stack";
import { scenarios } from "../../../scenarios";
import { stretch } from "../support";

describe("stretch policy", () => {
  it.each(scenarios.map(({ name }) => name))(
    "knows what Terraform reads for every type of resource of %s",
    async (name) => {
      const { code, out } = await stretch(["policy", name]);
      expect(code).toBe(0);
      const { json } = await loadStack(name);
      const types = Object.keys({ ...json!.resource, ...json!.data });
      expect(types.filter((type) => type !== "terraform_data" && !KNOWN_TYPES.includes(type))).toEqual([]);
      expect(JSON.parse(out)).toEqual(operatorPolicy(types));
    },
  );

  it("lets a role be passed to the scheduler alone", () => {
    const passing = operatorPolicy(KNOWN_TYPES).Statement.filter(({ Action }) =>
      Action.includes("iam:PassRole"),
    );
    expect(passing).toEqual([
      {
        ...{ Sid: "SchedulersRole", Effect: "Allow", Action: ["iam:PassRole"] },
        Resource: "arn:*:iam::*:role/stretch-*",
        Condition: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
      },
    ]);
  });

  it("lets only AWS's own document run on hosts", () => {
    const [{ Resource }] = operatorPolicy([]).Statement.filter(({ Action }) =>
      Action.includes("ssm:SendCommand"),
    );
    expect(Resource).toEqual(["arn:*:ssm:*::document/AWS-RunShellScript", "arn:*:ec2:*:*:instance/*"]);
  });

  it("has no right that nothing of the stack needs", () => {
    const actions = operatorPolicy(["aws_network_acl_rule"]).Statement.flatMap(({ Action }) => Action);
    expect(actions).toContain("ec2:CreateNetworkAclEntry");
    expect(actions).not.toContain("ec2:StopInstances");
    expect(actions).not.toContain("iam:PassRole");
  });

  it("deploys and destroys nothing", () => {
    const actions = operatorPolicy(KNOWN_TYPES).Statement.flatMap(({ Action }) => Action);
    expect(
      actions.filter((action) =>
        /\*|RunInstances|Terminate|CreateRole|DeleteBucket|PutRolePolicy/.test(action),
      ),
    ).toEqual([]);
  });
});
