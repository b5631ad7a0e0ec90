import { TerraformVariable } from "cdktf";
import { AerospikeAccess, FaultSwitch, PartitionRule } from "../../../modules";
import { cluster, london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

describe("the end of a fault", () => {
  const template = Template.of((stack) => {
    const [a, b] = cluster(stack, { access: AerospikeAccess.open() }).vpcs;
    new PartitionRule(stack, "cut", { fault: "split", between: [a, b] });
    new PartitionRule(stack, "edit", { fault: "edit", between: [a, b], method: "security-group" });
  });
  const [asked] = template
    .resources("terraform_data")
    .filter(({ triggers_replace: triggers }) => triggers?.heal_after_minutes !== undefined);

  it("is two hours after it was asked for, another count of minutes, or at heal_at", () => {
    const { heal_at: healAt, heal_after_minutes: minutes } = template.variables;
    expect(healAt.default).toBe("");
    expect(minutes.default).toBe(120);
    const end = template.locals.fault_end.replace(/terraform_data\.[\w-]+/, "ASKED");
    expect(end).toBe(
      '${contains(["none","edit"], var.fault) ? "" : length(var.heal_at) < 1 ? ' +
        'var.heal_after_minutes < 1 ? "" : timeadd(ASKED.input.planned, format("%dm", var.heal_after_minutes)) : var.heal_at}',
    );
  });

  it("is kept in state, and anew where the fault or one of its variables changes", () => {
    expect(asked).toMatchObject({
      input: { planned: "${plantimestamp()}", applied: "${timestamp()}" },
      triggers_replace: {
        fault: "${var.fault}",
        heal_at: "${var.heal_at}",
        heal_after_minutes: "${var.heal_after_minutes}",
      },
      lifecycle: { ignore_changes: ["input"] },
    });
  });

  it("fails for less than five minutes, of the plan and of its apply, with the mend", () => {
    const [plan, apply] = asked.lifecycle.postcondition;
    expect(plan.condition).toContain('timecmp(end, timeadd(self.input.planned, "5m")) >= 0');
    expect(plan.error_message).toMatch(/must be 5 minutes ahead. Give a later heal_at, or leave it empty/);
    expect(apply.condition).toContain('timecmp(end, timeadd(self.input.applied, "5m")) >= 0');
    expect(apply.error_message).toMatch(/nothing was cut. Deploy fault=none, then plan the fault again\.$/);
  });

  it("takes heal_at as RFC 3339 in UTC only", () => {
    const { validation } = template.variables.heal_at;
    expect(validation[0].condition).toContain("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$");
    expect(validation[0].error_message).toContain("such as 2030-01-31T13:45:00Z");
  });

  it("takes whole minutes, five to a week, or 0 for none", () => {
    const { validation } = template.variables.heal_after_minutes;
    expect(validation[0].error_message).toContain("a whole number of minutes, 5 to 10080 (a week), or 0");
  });

  it("is a warning where there is none, and where it has come", () => {
    const [endless, ended] = template.assertions;
    expect(endless.condition).toBe('${local.current_fault == "none" || length(local.fault_end) > 0}');
    expect(endless.error_message).toContain("has no end of its own");
    expect(ended.condition).toBe("${local.current_fault == var.fault}");
    expect(ended.error_message).toBe(
      "The fault ${var.fault} ended at ${local.fault_end}: fault=none before a new one.",
    );
  });

  it("stands in the note of the output partitions", () => {
    expect(template.outputs.partitions.value).toContain('format("ends by itself at %s", local.fault_end)');
  });

  it("has variables of its own for another switch", () => {
    const other = Template.of((stack) => {
      const faultSwitch = FaultSwitch.of(stack, "weather");
      const between = [london(stack), paris(stack)] as const;
      new PartitionRule(stack, "cut", { fault: "storm", between, faultSwitch });
    });
    expect(Object.keys(other.variables)).toEqual([
      "heal_after_minutes_weather",
      "heal_at_weather",
      "weather",
    ]);
    expect(Object.keys(other.locals)).toEqual(["current_fault_weather", "fault_end_weather"]);
  });

  it.each(["heal_at", "heal_after_minutes"])("fails beside a second variable named %s", (name) => {
    const error = Template.errorOf((stack) => {
      FaultSwitch.of(stack);
      new TerraformVariable(stack, name, { type: "string" });
    });
    expect(error).toContain(`a second Terraform variable is named ${name}`);
  });
});
