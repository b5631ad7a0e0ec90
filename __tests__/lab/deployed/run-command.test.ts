import { RunCommand } from "../../../lab/deployed/run-command";
import { type Agent, type Ended, RunCommand as Answering } from "../../e2e/support/twin/run-command";
import { setEnvironment, StandInAws } from "./support/stand-in-aws";

const REGION = "eu-west-2";

class Host implements Agent {
  readonly region = REGION;
  connection: "online" | "lost" = "online";
  cancelled = 0;

  constructor(private readonly answer: (script: string) => Promise<Ended>) {}

  run(_command: string, script: string): Promise<Ended> {
    return this.answer(script);
  }

  cancel(): void {
    this.cancelled++;
  }
}

const says = (stdout: string, status = 0) => new Host(async () => ({ status, stdout, stderr: "" }));

describe("Run Command", () => {
  const agents = new Map<string, Host>();
  let answering: Answering;
  let aws: StandInAws;
  let restore: () => void;
  let command: RunCommand;
  let actions: string[] = [];
  /** Answers of AWS in place of the next ones. */
  let refusals: string[] = [];
  let refuse: (action: string) => string | undefined;
  /** What AWS lists in place of what became of a command. */
  let listed: object[] | undefined;

  beforeEach(async () => {
    refuse = () => undefined;
    listed = undefined;
    agents.clear();
    answering = new Answering(agents);
    [actions, refusals] = [[], []];
    aws = await StandInAws.start(({ headers }, body) => {
      const action = String(headers["x-amz-target"]).split(".")[1];
      actions.push(action);
      const code = refuse(action) ?? refusals.shift();
      if (code !== undefined)
        return { status: 400, body: JSON.stringify({ __type: code, message: `${code}, says AWS` }) };
      if (listed && action === "ListCommandInvocations")
        return { status: 200, body: JSON.stringify({ CommandInvocations: listed }) };
      const { status, body: answer } = answering.answer(action, REGION, JSON.parse(body.toString()));
      return { status: Number(status.split(" ")[0]), body: JSON.stringify(answer) };
    });
    restore = setEnvironment(aws.environment);
    command = new RunCommand(2);
  });
  afterEach(async () => {
    command.close();
    restore();
    await aws.stop();
  });

  const run = (ids: readonly string[], script = "true") =>
    command.run(REGION, ids, script, { timeoutSeconds: 1, comment: "a test" });

  it("gives what each host said, failures too, with the whole of a long output", async () => {
    const long = "x".repeat(10_000);
    agents.set("i-1", says("hello\n"));
    agents.set("i-2", says(long));
    agents.set("i-3", says("no\n", 3));
    // The agent cuts both, and what is left is shorter than what it may show.
    agents.set("i-4", new Host(async () => ({ status: 0, stdout: long, stderr: `${long}y` })));
    const answers = await run(["i-1", "i-2", "i-3", "i-4"], "echo hello");
    expect(answers.get("i-4")).toEqual({ status: "ok", output: `${long}${long}`.slice(0, 18_000) });
    expect(answers.get("i-1")).toMatchObject({ status: "ok", output: expect.stringMatching(/^hello\n/) });
    expect(answers.get("i-2")).toEqual({ status: "ok", output: long });
    expect(answers.get("i-3")).toMatchObject({ status: "failed", output: expect.stringMatching(/^no\n/) });
    expect(answering.sent).toMatchObject([{ script: "echo hello", comment: "a test" }]);
  });

  it("asks more than 50 hosts in several commands, and reads all pages", async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `i-${i}`);
    for (const id of ids) agents.set(id, says(id));
    const answers = await run(ids);
    expect(ids.every((id) => answers.get(id)!.status === "ok")).toBe(true);
    expect(answering.sent.map(({ instances }) => instances.length)).toEqual([50, 10]);
  });

  it("takes a host without an agent for a gap, and asks the others all the same", async () => {
    agents.set("i-1", says("here"));
    const answers = await run(["i-1", "i-none"]);
    expect(answers.get("i-1")).toMatchObject({ status: "ok" });
    expect(answers.get("i-none")).toEqual({
      status: "gap",
      output: expect.stringMatching("its agent is not online"),
    });
  });

  it("takes hosts for gaps that AWS says are online, and refuses all the same, as where they are just stopped", async () => {
    agents.set("i-1", says("here"));
    refusals = ["InvalidInstanceId"];
    expect((await run(["i-1"])).get("i-1")).toMatchObject({ status: "ok" });
    refuse = (action) => (action === "SendCommand" ? "InvalidInstanceId" : undefined);
    expect((await run(["i-1"])).get("i-1")).toMatchObject({ status: "gap" });
  });

  it.each([
    ["TimedOut", "DeliveryTimedOut"],
    ["Failed", "Undeliverable"],
  ])(
    "takes a host whose agent does not take the command for a gap, and says so: %s, %s",
    async (Status, StatusDetails) => {
      agents.set("i-1", says("here"));
      listed = [{ InstanceId: "i-1", Status, StatusDetails, CommandPlugins: [] }];
      expect((await run(["i-1"])).get("i-1")).toEqual({
        status: "gap",
        output: "its agent did not take the command",
      });
    },
  );

  it("takes a host that tells no end for a gap, and cancels the command there", async () => {
    const stuck = new Host(() => new Promise(() => {}));
    agents.set("i-1", says("here"));
    agents.set("i-2", stuck);
    const answers = await run(["i-1", "i-2"]);
    expect(answers.get("i-1")).toMatchObject({ status: "ok" });
    expect(answers.get("i-2")).toEqual({ status: "gap", output: "no end after 3 s" });
    expect(stuck.cancelled).toBe(1);
  });

  it("keeps what the others said where the cancellation is refused", async () => {
    agents.set("i-1", says("here"));
    agents.set("i-2", new Host(() => new Promise(() => {})));
    refuse = (action) => (action === "CancelCommand" ? "AccessDeniedException" : undefined);
    const answers = await run(["i-1", "i-2"]);
    expect([...answers.values()].map(({ status }) => status)).toEqual(["ok", "gap"]);
    expect(actions).toContain("CancelCommand");
  });

  it("asks again where AWS throttles", async () => {
    agents.set("i-1", says("here"));
    refusals = ["ThrottlingException", "ThrottlingException"];
    expect((await run(["i-1"])).get("i-1")).toMatchObject({ status: "ok" });
    expect(actions.filter((action) => action === "SendCommand")).toHaveLength(3);
  });

  it("fails with AWS's words and what mends it where the operator may not", async () => {
    agents.set("i-1", says("here"));
    refusals = ["AccessDeniedException"];
    await expect(run(["i-1"])).rejects.toThrow(
      /^eu-west-2: the credentials may not do this \(AccessDeniedException, says AWS\): ask for the right/,
    );
  });
});
