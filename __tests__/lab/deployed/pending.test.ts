import { readFileSync } from "node:fs";
import { join } from "node:path";
import { causesOf, type ShownPlan } from "../../../lab/deployed/pending";

/** A plan without a fault, as terraform show -json told it: fixtures/plans/main.tf says of what. */
const plan = (name: string): ShownPlan =>
  JSON.parse(readFileSync(join(__dirname, "../../fixtures/plans", `${name}.json`), "utf8")) as ShownPlan;

describe("why a plan without a fault is not empty", () => {
  it.each([
    ["half", { kind: "half", missing: ["aws_network_acl.a", "aws_subnet.a"] }],
    ["variables", { kind: "variables", names: ["expires_in_hours", "owner"] }],
    ["definition", { kind: "definition", differing: ["aws_network_acl.a", "aws_vpc.london"] }],
    ["fault", { kind: "fault", name: "split" }],
    ["fault-ended", { kind: "fault", name: "split" }],
    ["hand", { kind: "hand", changed: ["aws_vpc.london"] }],
  ])("is told apart: %s", (name, cause) => {
    expect(causesOf(plan(name))).toEqual([cause]);
  });

  it("is none where only the version of the package is another", () => {
    expect(causesOf(plan("version"))).toEqual([]);
  });

  it("is a fault that was left where a killed apply wrote no outputs", () => {
    const { output_changes: outputs, ...killed } = plan("fault");
    expect(outputs).toBeDefined();
    expect(causesOf(killed)).toEqual([{ kind: "fault" }]);
  });

  it("is a fault and other variables where both differ", () => {
    const { resource_changes: changed = [], variables } = plan("variables");
    const { resource_changes: cut = [], ...both } = plan("fault");
    expect(causesOf({ ...both, variables, resource_changes: [...cut, ...changed] })).toEqual([
      { kind: "fault", name: "split" },
      { kind: "variables", names: ["expires_in_hours", "owner"] },
    ]);
  });

  it("is half deployed where a resource is there but tainted, or only outputs are missing", () => {
    const change = { actions: ["delete", "create"], before: { a: 1 }, after: { a: 1 } };
    const tainted = { address: "aws_vpc.london", action_reason: "replace_because_tainted", change };
    const { configuration } = plan("half");
    expect(causesOf({ configuration, resource_changes: [tainted] })).toEqual([
      { kind: "half", missing: ["aws_vpc.london"] },
    ]);
    expect(causesOf({ configuration, output_changes: { seeds: { actions: ["create"] } } })).toEqual([
      { kind: "half", missing: ["output seeds"] },
    ]);
  });

  it("is a variable where what it sets replaces a resource that keeps its time", () => {
    const expressions = { input: {}, triggers_replace: { references: ["var.minutes"] } };
    const change = {
      actions: ["delete", "create"],
      before: { id: "1", input: { planned: "2026" }, triggers_replace: { minutes: "120" } },
      after: { triggers_replace: { minutes: "60" } },
      after_unknown: { id: true, input: { planned: true } },
    };
    expect(
      causesOf({
        variables: { minutes: { value: 60 } },
        configuration: { root_module: { resources: [{ address: "terraform_data.asked", expressions }] } },
        resource_changes: [{ address: "terraform_data.asked", change }],
      }),
    ).toEqual([{ kind: "variables", names: ["minutes"] }]);
  });

  it("is a variable of the root that a module is given", () => {
    const change = { actions: ["update"], before: { type: "t3" }, after: { type: "m5" } };
    const resources = [{ address: "aws_instance.a", expressions: { type: { references: ["var.size"] } } }];
    const calls = {
      hosts: { expressions: { size: { references: ["var.instance_type"] } }, module: { resources } },
    };
    expect(
      causesOf({
        configuration: { root_module: { module_calls: calls } },
        resource_changes: [{ address: 'module.hosts["eu"].aws_instance.a[0]', change }],
      }),
    ).toEqual([{ kind: "variables", names: ["instance_type"] }]);
  });
});
