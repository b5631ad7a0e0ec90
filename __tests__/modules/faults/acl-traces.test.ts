import { FaultSwitch, PartitionRule } from "../../../modules";
import { london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

const lookUps = (template: Template) =>
  Object.fromEntries(
    template.dataSources
      .filter(([address]) => address.startsWith("data.aws_network_acls."))
      .map(([address, { filter, provider, depends_on: after }]) => [
        address.split(".")[2],
        { provider, after, acls: filter[0].values, numbers: filter[1].values },
      ]),
  );

describe("entries that Terraform does not know", () => {
  const template = Template.of((stack) => {
    const [a, b] = [london(stack, { zones: ["a", "b"] }), paris(stack, { zones: ["a"] })];
    const [one, two, three] = [a.subnet("node", "a"), a.subnet("node", "b"), b.subnet("node", "a")];
    new PartitionRule(stack, "split", { fault: "split", between: [a, b] });
    new PartitionRule(stack, "zone", { fault: "zone", between: [one, [two, three]] });
  });
  const found = lookUps(template);

  it("are looked for in all ACLs of a region at once, where no number belongs to two faults", () => {
    expect(Object.keys(found).sort()).toEqual([
      "fault-after-0",
      "fault-after-1",
      "fault-before-0",
      "fault-before-1",
    ]);
    expect(found["fault-before-0"]).toMatchObject({ provider: "aws.eu-west-2" });
    expect(found["fault-before-0"].acls).toHaveLength(2);
    expect(found["fault-before-1"]).toMatchObject({ provider: "aws.eu-west-3" });
    expect(found["fault-before-1"].acls).toHaveLength(1);
  });

  it("of the current fault: before its rules are made, which is refused then", () => {
    const { numbers, after } = found["fault-before-0"];
    expect(numbers).toBe(
      '${lookup({"none":["0"],"split":["1"],"zone":["2","3"]}, local.current_fault, ["0"])}',
    );
    expect(after).toBeUndefined();
    for (const rule of template.resources("aws_network_acl_rule").filter((r) => r.rule_action === "deny")) {
      const number = rule.provider === "aws.eu-west-2" ? 0 : 1;
      expect(rule.depends_on).toContain(`data.aws_network_acls.fault-before-${number}`);
    }
    const [made] = template
      .resources("terraform_data")
      .filter((data) => data.triggers_replace?.fault === "${local.current_fault}");
    const [refusal] = made.lifecycle.postcondition;
    expect(refusal.condition).toMatch(
      /^\$\{local.current_fault == "none" \|\| self.input.planned != plantimestamp\(\) \|\| /,
    );
    expect(refusal.error_message).toMatch(/Heal first: fault=none, then npm run -s stretch -- heal test\.$/);
  });

  it("of other faults: after all rules are made or gone, as a warning that names the ACLs and the command", () => {
    const { numbers, after } = found["fault-after-1"];
    expect(numbers).toBe(
      '${lookup({"none":["1","2"],"split":["2"],"zone":["1"]}, local.current_fault, ["1","2"])}',
    );
    const denies = Object.entries(template.byId("aws_network_acl_rule")).filter(
      ([, rule]) => rule.rule_action === "deny",
    );
    expect([...after].sort()).toEqual(denies.map(([id]) => `aws_network_acl_rule.${id}`).sort());
    const leftovers = template.assertions[2];
    expect(leftovers.condition).toContain("data.aws_network_acls.fault-after-0.ids");
    expect(leftovers.condition).toContain("data.aws_network_acls.fault-after-1.ids");
    expect(leftovers.error_message).toContain("`npm run -s stretch -- heal test` names and removes them");
  });

  it("are looked for apart where a number of one ACL belongs to another fault than that of another", () => {
    const apart = Template.of((stack) => {
      const vpc = london(stack, { zones: ["a", "b"] });
      const [one, two] = [vpc.subnet("node", "a"), vpc.subnet("node", "b")];
      new PartitionRule(stack, "x", { fault: "x", between: [one, "192.168.0.0/24"] });
      new PartitionRule(stack, "y", { fault: "y", between: [two, "192.168.1.0/24"] });
    });
    const groups = lookUps(apart);
    expect(Object.keys(groups)).toHaveLength(4);
    expect(groups["fault-after-0"].numbers).toContain('"none":["1"],"x":["0"],"y":["1"]');
    expect(groups["fault-after-1"].numbers).toContain('"none":["1"],"x":["1"],"y":["0"]');
  });

  it("of several switches are in the one check of the stack", () => {
    const two = Template.of((stack) => {
      const between = [london(stack), paris(stack)] as const;
      const faultSwitch = FaultSwitch.of(stack, "weather");
      new PartitionRule(stack, "split", { fault: "split", between });
      new PartitionRule(stack, "storm", { fault: "storm", between, faultSwitch });
    });
    expect(two.assertions).toHaveLength(6);
  });
});
