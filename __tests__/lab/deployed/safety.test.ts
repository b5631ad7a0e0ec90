import os from "node:os";
import { Alarm } from "../../../lab/deployed/alarm";
import { assertLeverOff, LEVER, lockName, RunLock } from "../../../lab/deployed/run-lock";
import { assertScheduled } from "../../../lab/deployed/schedules";
import { setEnvironment, StandInAws } from "./support/stand-in-aws";

const PLACE = { bucket: "stretch-1", region: "eu-west-2" };
const owner = (run: string) => ({ stack: "even-split", run, tags: { owner: "ann" } });
const END = "2030-01-31T13:45:00Z";
const ALARM = "arn:aws:cloudwatch:eu-west-2:123456789012:alarm:slow clients";

describe("what keeps a run safe", () => {
  let aws: StandInAws;
  let restore: () => void;
  /** Parameters of Systems Manager. */
  const parameters = new Map<string, string>();
  /** Answers of Systems Manager that are lost on their way; the calls are made again. */
  let lost = 0;
  let denied = false;
  /** Tags of parameters, by name. */
  const tags = new Map<string, Record<string, string>>();
  /** Schedules of EventBridge Scheduler, by path. */
  const schedules = new Map<string, object>();
  /** States of the alarm, the last one again. */
  let alarm: (string | undefined)[] = [];

  const ssm = (
    action: string,
    {
      Name,
      Value,
      Overwrite,
      Tags,
    }: { Name: string; Value: string; Overwrite?: boolean; Tags?: { Key: string; Value: string }[] },
  ) => {
    const failed = (code: string) => ({ status: 400, body: JSON.stringify({ __type: code, message: code }) });
    if (denied) return failed("AccessDeniedException");
    if (action === "PutParameter") {
      if (parameters.has(Name) && !Overwrite) return failed("ParameterAlreadyExists");
      parameters.set(Name, Value);
      tags.set(Name, Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value])));
      return { status: 200, body: "{}" };
    }
    if (!parameters.has(Name)) return failed("ParameterNotFound");
    if (action === "DeleteParameter") parameters.delete(Name);
    return { status: 200, body: JSON.stringify({ Parameter: { Name, Value: parameters.get(Name) } }) };
  };

  beforeEach(async () => {
    parameters.clear();
    schedules.clear();
    [lost, denied] = [0, false];
    aws = await StandInAws.start(({ method, url, headers }, body) => {
      const target = String(headers["x-amz-target"] ?? "")
        .split(".")
        .at(-1)!;
      if (target.endsWith("Parameter")) {
        const answer = ssm(target, JSON.parse(body.toString()));
        return lost-- > 0 ? { status: 500, body: "" } : answer;
      }
      if (method === "GET" && url!.startsWith("/schedules/")) {
        const found = schedules.get(url!.slice(1));
        return found
          ? { status: 200, body: JSON.stringify(found) }
          : {
              status: 404,
              body: JSON.stringify({ __type: "ResourceNotFoundException", Message: "no schedule" }),
            };
      }
      const state = alarm.length > 1 ? alarm.shift() : alarm[0];
      const alarms = state === undefined ? [] : [{ AlarmName: "slow clients", StateValue: state }];
      const text = alarms
        .map(
          ({ AlarmName, StateValue }) =>
            `<member><AlarmName>${AlarmName}</AlarmName><StateValue>${StateValue}</StateValue></member>`,
        )
        .join("");
      return target !== "" || !/Action=/.test(body.toString())
        ? { status: 200, body: JSON.stringify({ MetricAlarms: alarms }) }
        : {
            status: 200,
            body: `<DescribeAlarmsResponse><DescribeAlarmsResult><MetricAlarms>${text}</MetricAlarms></DescribeAlarmsResult></DescribeAlarmsResponse>`,
          };
    });
    restore = setEnvironment(aws.environment);
  });
  afterEach(async () => {
    restore();
    await aws.stop();
  });

  describe("the lock of a stack", () => {
    it("is there while the run goes on, and gone after", async () => {
      const lock = await RunLock.take(owner("run-1"), PLACE);
      expect(JSON.parse(parameters.get(lockName(PLACE))!)).toMatchObject({
        run: "run-1",
        stack: "even-split",
      });
      await lock.release();
      expect(parameters.size).toBe(0);
    });

    it("has the tags that it is given", async () => {
      const lock = await RunLock.take(owner("run-1"), PLACE);
      expect(tags.get(lockName(PLACE))).toEqual(owner("run-1").tags);
      await lock.release();
    });

    it("refuses a second run, and tells whose the first is and how old", async () => {
      const since = new Date(Date.now() - 7 * 60_000).toISOString();
      parameters.set(
        lockName(PLACE),
        JSON.stringify({ run: "run-1", owner: "ann@laptop, process 7", since }),
      );
      await expect(RunLock.take(owner("run-2"), PLACE)).rejects.toThrow(
        /run-1 of ann@laptop, process 7, since .* \(7 minutes\).*--break-lock removes its lock.*Nothing was broken/,
      );
    });

    it("is broken on demand, and not given back by the run that lost it", async () => {
      const first = await RunLock.take(owner("run-1"), PLACE);
      const second = await RunLock.take(owner("run-2"), PLACE, true);
      await first.release();
      expect(parameters.get(lockName(PLACE))).toContain("run-2");
      await second.release();
      expect(parameters.size).toBe(0);
    });

    it("is taken where the answer to it was lost, and it was asked for again", async () => {
      lost = 1;
      const lock = await RunLock.take(owner("run-1"), PLACE);
      expect(parameters.size).toBe(1);
      await lock.release();
      expect(parameters.size).toBe(0);
    });

    it("fails to be given back where AWS does not answer, with what the next run takes", async () => {
      const lock = await RunLock.take(owner("run-1"), PLACE);
      denied = true;
      await expect(lock.release()).rejects.toThrow(
        /lock could not be given back \(\/stretch-run\/lock\/stretch-1, eu-west-2: .*--break-lock/,
      );
    });

    it("is of a user's number where the user has no name, as in a container", async () => {
      const nameless = jest.spyOn(os, "userInfo").mockImplementation(() => {
        throw new Error("uv_os_get_passwd returned ENOENT");
      });
      const lock = await RunLock.take(owner("run-1"), PLACE).finally(() => nameless.mockRestore());
      expect(parameters.get(lockName(PLACE))).toMatch(/"owner":"user \d+@/);
      await lock.release();
    });

    it("of what nobody can read is refused too", async () => {
      parameters.set(lockName(PLACE), "?");
      await expect(RunLock.take(owner("run-2"), PLACE)).rejects.toThrow("of nobody who can be told");
    });
  });

  describe("the safety lever", () => {
    it.each([undefined, "off", ""])("lets a fault be made where it is %j", async (value) => {
      if (value !== undefined) parameters.set(LEVER, value);
      await assertLeverOff(["eu-west-2", "eu-west-3"]);
    });

    it.each(["on", "ON\n"])("forbids it where it is %j, naming parameter and region", async (value) => {
      parameters.set(LEVER, value);
      await expect(assertLeverOff(["eu-west-3"])).rejects.toThrow(
        `The safety lever is on (parameter ${LEVER} in eu-west-3)`,
      );
    });
  });

  describe("the schedules of a fault", () => {
    const schedule = {
      address: "aws_scheduler_schedule.end[0]",
      region: "eu-west-2",
      group: "stretch-g",
      name: "stretch-s",
    };
    const there = (State: string, ScheduleExpression: string) =>
      schedules.set("schedules/stretch-s?groupName=stretch-g", { State, ScheduleExpression });

    it("are found where they are enabled for its end", async () => {
      there("ENABLED", "at(2030-01-31T13:45:00)");
      await assertScheduled([schedule], END);
    });

    it.each([
      ["ENABLED", "at(2030-01-31T14:45:00)"],
      ["DISABLED", "at(2030-01-31T13:45:00)"],
    ])("fail where one is %s for %s", async (state, expression) => {
      there(state, expression);
      await expect(assertScheduled([schedule], END)).rejects.toThrow(
        `The schedule stretch-s (eu-west-2) is ${state} for ${expression}: expected ENABLED for at(2030-01-31T13:45:00).`,
      );
    });

    it("fail where one is missing", async () => {
      await expect(assertScheduled([schedule], END)).rejects.toThrow(
        "The schedule stretch-s that ends the fault",
      );
    });

    it("fail where there is none at all", async () => {
      await expect(assertScheduled([], END)).rejects.toThrow("No schedule ends the fault");
    });
  });

  describe("an alarm", () => {
    it("fails for what is no ARN of one", () => {
      expect(() => new Alarm("slow clients")).toThrow(
        '"slow clients" is no alarm: expected arn:aws:cloudwatch:',
      );
    });

    it.each([
      ["ALARM", "is in alarm already"],
      [undefined, "There is no alarm"],
    ])("refuses a run where it is %s", async (state, message) => {
      alarm = [state];
      const looked = new Alarm(ALARM);
      await expect(looked.assertQuiet()).rejects.toThrow(message);
      looked.close();
    });

    it("stops a run once it goes off", async () => {
      alarm = ["OK", "OK", "INSUFFICIENT_DATA", "ALARM"];
      const looked = new Alarm(ALARM, 1);
      await looked.assertQuiet();
      const reason = await new Promise((resolve) => looked.watch(resolve));
      looked.close();
      expect(reason).toBe("Stop condition: the alarm slow clients (eu-west-2) is in alarm.");
    });
  });
});
