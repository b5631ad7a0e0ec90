import { pendingText } from "../../../cli/live/pending-text";
import type { Cause } from "../../../lab/deployed/pending";

const CHANGES = ["vpc", "subnet", "network_acl", "instance"].flatMap((type) =>
  ["a", "b"].map((name) => ({ address: `aws_${type}.${name}`, type: `aws_${type}`, action: "update" })),
);

describe("what is said of a stack that is not as its definition", () => {
  const text = (...causes: Cause[]) =>
    pendingText("even-split", ["fault"], { file: "", changes: CHANGES, outputs: [], warnings: [] }, causes);

  it("tells how much would change, the cause, and that nothing was broken", () => {
    expect(text({ kind: "half", missing: ["aws_vpc.a", "aws_vpc.b"] })).toBe(
      "The stack even-split is not as this definition has it: without a fault Terraform would still change 8 resources " +
        "(2 aws_vpc to update, 2 aws_subnet to update, 2 aws_network_acl to update, ...). " +
        "It is half deployed, without aws_vpc.a, aws_vpc.b: apply it without a fault until it ends well. Nothing was broken.",
    );
  });

  it.each<[Cause, string]>([
    [
      { kind: "fault", name: "split" },
      "The fault split was left: Terraform's state still has it. Apply fault=none first: npx cdktf deploy even-split --var fault=none, or with HCL terraform apply -var fault=none.",
    ],
    [{ kind: "fault" }, "A fault was left"],
    [
      { kind: "variables", names: ["expires_in_hours", "owner"] },
      "give expires_in_hours, owner as then, by --var expires_in_hours=VALUE --var owner=VALUE or --var-file FILE.",
    ],
    [{ kind: "hand", changed: ["aws_vpc.a"] }, "changed by somebody else than Terraform since: aws_vpc.a."],
    [
      { kind: "definition", differing: ["a", "b", "c", "d", "e"] },
      "another definition, which differs in a, b, c and 2 more",
    ],
  ])("says what mends %j", (cause, said) => {
    expect(text(cause)).toContain(said);
  });
});
