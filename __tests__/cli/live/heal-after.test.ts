import { UsageError } from "../../../cli/errors";
import { deployCommand, healAt } from "../../../cli/live/heal-after";

const NOW = new Date("2030-01-31T23:45:10.678Z");

describe("the end of a fault", () => {
  it.each([
    ["30m", "2030-02-01T00:15:10Z"],
    ["1h30m", "2030-02-01T01:15:10Z"],
    ["300s", "2030-01-31T23:50:10Z"],
    ["12h", "2030-02-01T11:45:10Z"],
  ])("in %s is %s, as Terraform's variable takes it", (after, time) => {
    expect(healAt(after, NOW)).toBe(time);
    expect(healAt(after, NOW)).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
  });

  it.each(["", "30", "m", "30 m", "-30m", "4m", "13h", "0.5h", "30d"])("fails for %p", (after) => {
    expect(() => healAt(after, NOW)).toThrow(UsageError);
    expect(() => healAt(after, NOW)).toThrow(
      `--heal-after "${after}" is no time for a fault to last: expected 5m to 12h`,
    );
  });
});

describe("the command that makes a fault of a deployed stack", () => {
  it("names the fault and its end, by the variables of its switch", () => {
    const split = { name: "split", variable: "fault_b", healAt: "heal_at_fault_b" };
    expect(deployCommand("orders", split, "2030-02-01T00:15:10Z")).toBe(
      "npx cdktf deploy orders --var fault_b=split --var heal_at_fault_b=2030-02-01T00:15:10Z",
    );
  });
});
