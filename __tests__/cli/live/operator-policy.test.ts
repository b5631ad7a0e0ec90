import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformResource } from "cdktf";
import {
  type Policy,
  KNOWN_TYPES,
  operatorPolicy,
  switchedTypes,
  unknownTypes,
} from "../../../cli/live/operator-policy";
import { HEAL_RIGHTS } from "../../../cli/live/traces";
import { loadStack } from "../../../cli/scenario/stack";
import { EvenSplit, scenarios } from "../../../scenarios";
import { stretch } from "../support";

describe("stretch policy", () => {
  it.each(scenarios.map(({ name }) => name))(
    "knows what Terraform reads for every type of resource of %s",
    async (name) => {
      const { code, out, err } = await stretch(["policy", name]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const { json } = await loadStack(name);
      const types = Object.keys({ ...json!.resource, ...json!.data });
      expect(unknownTypes(types)).toEqual([]);
      expect(JSON.parse(out)).toEqual(operatorPolicy(types, switchedTypes(json!)));
    },
  );

  it("names the types of a user's own resources whose reads it does not know, and prints what it knows", async () => {
    const outdir = mkdtempSync(join(tmpdir(), "stretch-policy-"));
    const app = new App({ outdir });
    const own = new EvenSplit(app, "even-split");
    const types = ["aws_lambda_function", "aws_dynamodb_table", "random_id"];
    types.forEach((type) => new TerraformResource(own, type, { terraformResourceType: type }));
    app.synth();
    const { code, out, err } = await stretch(["policy", "even-split", "--app-output", outdir]);
    rmSync(outdir, { recursive: true });
    expect(err).toBe(
      "What Terraform reads of these types of resources is not known, so add it to the policy: aws_dynamodb_table, aws_lambda_function.",
    );
    expect(code).toBe(0);
    expect(JSON.parse(out).Statement[0].Action).toContain("ec2:DescribeVpcs");
  });

  // AWS: a customer managed policy has at most 6,144 characters, white space not counted.
  it("fits in one managed policy, whatever the stack has", () => {
    expect(JSON.stringify(operatorPolicy(KNOWN_TYPES, KNOWN_TYPES)).length).toBeLessThanOrEqual(6144);
  });

  it("has all rights of stretch heal", () => {
    const actions = operatorPolicy(KNOWN_TYPES, KNOWN_TYPES).Statement.flatMap(({ Action }) => Action);
    expect(HEAL_RIGHTS.filter((right) => !actions.includes(right))).toEqual([]);
  });

  it("lets a role be passed to the scheduler alone", () => {
    const passing = operatorPolicy(KNOWN_TYPES, KNOWN_TYPES).Statement.filter(({ Action }) =>
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

  it.each([
    ["even-split", /Route|Instances$/, /NetworkAclEntry|SecurityGroupIngress|Schedule$/],
    ["rack-failure", /Route|SecurityGroupIngress|NetworkAclEntry/, /StopInstances|StartInstances/],
  ])("lets an operator of %s toggle what its faults do, and nothing else", async (name, others, own) => {
    const { out } = await stretch(["policy", name]);
    const { Statement } = JSON.parse(out) as Policy;
    const changing = Statement.filter(({ Sid }) => Sid !== "Plan").flatMap(({ Action }) => Action);
    expect(changing.filter((action) => /^ec2:/.test(action) && others.test(action))).toEqual([]);
    expect(changing.filter((action) => own.test(action)).length).toBeGreaterThan(1);
  });

  it("lets only AWS's own document run on hosts", () => {
    const [{ Resource }] = operatorPolicy([], []).Statement.filter(({ Action }) =>
      Action.includes("ssm:SendCommand"),
    );
    expect(Resource).toEqual(["arn:*:ssm:*::document/AWS-RunShellScript", "arn:*:ec2:*:*:instance/*"]);
  });

  it("has no right that nothing of the stack needs", () => {
    const types = ["aws_network_acl_rule", "aws_route"];
    const actions = operatorPolicy(types, ["aws_network_acl_rule"]).Statement.flatMap(({ Action }) => Action);
    expect(actions).toContain("ec2:CreateNetworkAclEntry");
    expect(actions).toContain("ec2:DescribeRouteTables");
    expect(actions).not.toContain("ec2:DeleteRoute");
    expect(actions).not.toContain("ec2:StopInstances");
    expect(actions).not.toContain("iam:PassRole");
  });

  it("deploys and destroys nothing", () => {
    const actions = operatorPolicy(KNOWN_TYPES, KNOWN_TYPES).Statement.flatMap(({ Action }) => Action);
    expect(
      actions.filter((action) =>
        /\*|RunInstances|Terminate|CreateRole|DeleteBucket|PutRolePolicy/.test(action),
      ),
    ).toEqual([]);
  });
});
