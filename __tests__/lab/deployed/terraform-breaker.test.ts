import { LEVER } from "../../../lab/deployed/run-lock";
import { Terraform } from "../../../lab/deployed/terraform";
import { TerraformBreaker } from "../../../lab/deployed/terraform-breaker";
import { change, TerraformProgram } from "./support/program";
import { setEnvironment, StandInAws } from "./support/stand-in-aws";

const MINUTE = 60_000;
const SCHEDULE = "aws_scheduler_schedule.end[0]";
const CUT = { lines: [change("aws_network_acl_rule.cut-0", "create"), change(SCHEDULE, "create")] };
const LOCKED = { text: "Error acquiring the state lock", code: 1 };
const SPLIT = { name: "split", variable: "fault", value: "split", healAt: "heal_at" };

describe("faults of a deployed stack by Terraform", () => {
  let program: TerraformProgram;
  let terraform: Terraform;
  let aws: StandInAws;
  let restore: () => void;
  /** The lever, look by look; the last again. */
  let lever: string[] = [];
  let said: string[] = [];
  /** What faults left that Terraform does not know, or why that is not known, look by look. */
  let left: (number | string)[] = [];
  /** What happens while the lever is looked at. */
  let meanwhile: () => void = () => {};

  beforeEach(async () => {
    [lever, said, left, meanwhile] = [["off"], [], [], () => {}];
    program = new TerraformProgram();
    aws = await StandInAws.start(({ url }) => {
      if (url!.startsWith("/schedules/")) {
        const end = /heal_at=(\S+)Z/.exec(program.calls.join(" "))![1];
        return { status: 200, body: JSON.stringify({ State: "ENABLED", ScheduleExpression: `at(${end})` }) };
      }
      meanwhile();
      const Value = lever.length > 1 ? lever.shift() : lever[0];
      return { status: 200, body: JSON.stringify({ Parameter: { Name: LEVER, Value } }) };
    });
    restore = setEnvironment({ ...aws.environment, TERRAFORM_BINARY_NAME: program.path });
    terraform = new Terraform({
      directory: program.folder,
      switches: ["fault"],
      heal: "stretch heal",
      pause: 1,
    });
    program.answers("plan", CUT, {});
    program.answers("apply", {
      lines: [
        { type: "apply_start", "@timestamp": "2026-01-01T00:00:01Z" },
        { type: "apply_complete", "@timestamp": "2026-01-01T00:00:09Z" },
      ],
    });
    const values = { arn: "arn:aws:scheduler:eu-west-2:1:schedule/g/n", group_name: "g", name: "n" };
    const resources = [{ address: SCHEDULE, type: "aws_scheduler_schedule", values }];
    program.answers("show", { text: JSON.stringify({ values: { root_module: { resources } } }) });
  });
  afterEach(async () => {
    await terraform.close();
    restore();
    await aws.stop();
    program.remove();
  });

  const breaker = (runEnds: number, fault: { name: string; variable: string; value: string } = SPLIT) =>
    new TerraformBreaker({
      ...{ terraform, runEnds, faults: [fault], regions: ["eu-west-2"] },
      says: (text) => said.push(text),
      removeLeft: async () => {
        const next = left.shift() ?? 0;
        if (typeof next === "string") throw new Error(next);
        return next;
      },
    });

  it("are made with an end, whose schedules are read back, and told from first to last entry", async () => {
    const { first, last } = (await breaker(Date.now()).fault("split"))!;
    expect(last - first).toBe(8_000_000);
    expect(said.join("\n")).toContain("its schedules are there");
  });

  it.each([
    [0, 30],
    [10, 30],
    [60, 75],
  ])("end 15 minutes after a run that has %d minutes left, at least 30 from now", (left, lasts) => {
    const minutes = (Date.parse(breaker(Date.now() + left * MINUTE).healAt()) - Date.now()) / MINUTE;
    expect(minutes).toBeGreaterThan(lasts - 0.1);
    expect(minutes).toBeLessThan(lasts + 1.1);
  });

  it("that only Terraform ends have no schedules to look for", async () => {
    program.answers("show", { text: "{}" });
    const { name, variable, value } = SPLIT;
    await breaker(Date.now(), { name, variable, value }).fault("split");
    expect(program.calls.some((call) => call.startsWith("show"))).toBe(false);
  });

  it("fail where no schedule ends them", async () => {
    program.answers("show", { text: "{}" });
    await expect(breaker(Date.now()).fault("split")).rejects.toThrow("No schedule ends the fault");
  });

  it("are forbidden while the lever is on, and nothing is planned", async () => {
    lever = ["on"];
    await expect(breaker(Date.now()).fault("split")).rejects.toThrow("The safety lever is on");
    expect(program.calls).toEqual([]);
  });

  it("are forbidden by a lever that was put while they were planned, and nothing is applied", async () => {
    lever = ["off", "on"];
    await expect(breaker(Date.now()).fault("split")).rejects.toThrow("The safety lever is on");
    expect(program.calls.map((call) => call.split(" ")[0])).toEqual(["plan"]);
  });

  it("are not made any more once a heal was begun, wherever their making is", async () => {
    program.answers("plan", CUT, {}, CUT);
    const one = breaker(Date.now());
    const healed: Promise<unknown>[] = [];
    meanwhile = () => {
      if (program.calls.length > 0) healed.push(one.heal());
    };
    await expect(one.fault("split")).rejects.toThrow("The fault split was not made: a heal came first.");
    meanwhile = () => {};
    await Promise.all(healed);
    expect(healed).toHaveLength(1);
    expect(program.calls.filter((call) => call.startsWith("apply"))).toEqual([]);
    await one.fault("split");
    expect(program.calls.filter((call) => call.startsWith("apply"))).toHaveLength(1);
  });

  it("end where entries were left that Terraform does not know, which are removed, and Terraform is told", async () => {
    left = [2];
    await breaker(Date.now()).heal();
    expect(said.join()).toContain("2 entries of a fault that Terraform did not know were removed");
    expect(program.calls.map((call) => call.split(" ")[0])).toEqual(["plan", "apply", "plan", "plan"]);
  });

  it("end without Terraform where that cannot, if what they left could be removed", async () => {
    program.answers("plan", LOCKED, LOCKED);
    left = [16];
    await breaker(Date.now()).heal();
    expect(said.at(-1)).toMatch(/Terraform has not heard of it.*state lock/);
  });

  it.each([[0], ["eu-west-2: AWS cannot be reached"]])(
    "fail to end where Terraform cannot, and what is left is %j",
    async (what) => {
      program.answers("plan", LOCKED, LOCKED);
      left = [what];
      await expect(breaker(Date.now()).heal()).rejects.toThrow(
        "Terraform did not end the fault. Run: stretch heal",
      );
    },
  );

  it("end by Terraform's word where nobody could look, which is said", async () => {
    left = ["eu-west-2: the credentials may not do this"];
    await breaker(Date.now()).heal();
    expect(said.at(-1)).toContain("may not do this");
  });

  it("end where none is asked for", async () => {
    await breaker(Date.now()).fault("none");
    expect(program.calls.map((call) => call.split(" ")[0])).toEqual(["plan", "apply", "plan"]);
  });
});
