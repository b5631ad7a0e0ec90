import { Terraform } from "../../../lab/deployed/terraform";
import { monotonic } from "../../../lab/load/clock";
import { eventually } from "../../rehearsal/support/real-client";
import { change, diagnostic, TerraformProgram } from "./support/program";
import { setEnvironment } from "./support/stand-in-aws";

const SPLIT = { name: "split", variable: "fault", value: "split", healAt: "heal_at" };
const END = "2030-01-31T13:45:00Z";
const DENY = "aws_network_acl_rule.cut-0";

describe("Terraform in the folder of a deployed stack", () => {
  let program: TerraformProgram;
  let terraform: Terraform;
  let restore: () => void;
  let said: string[];

  beforeEach(() => {
    said = [];
    program = new TerraformProgram();
    restore = setEnvironment({ TERRAFORM_BINARY_NAME: program.path });
    terraform = new Terraform({
      directory: program.folder,
      options: ["-var=owner=me"],
      switches: ["fault"],
      heal: "npx stretch heal even-split",
      pause: 1,
      says: (text) => said.push(text),
    });
  });
  afterEach(async () => {
    await terraform.close();
    restore();
    program.remove();
  });

  it("gives outputs by name, and none where nothing is deployed", async () => {
    program.answers(
      "output",
      { text: '{"seeds": {"value": ["172.32.0.4"], "sensitive": false}}' },
      { text: "{}" },
    );
    expect(await terraform.output()).toEqual({ seeds: ["172.32.0.4"] });
    expect(await terraform.output()).toEqual({});
  });

  it("plans with the run's variables and without a fault, and leaves out what is only read", async () => {
    program.answers("plan", {
      lines: [
        change("aws_instance.a", "update"),
        change("aws_subnet.a", "noop"),
        change("data.aws_network_acls.x", "read"),
        { type: "outputs", outputs: { seeds: { action: "update" }, roster: { action: "noop" } } },
      ],
    });
    expect(await terraform.planNone()).toMatchObject({
      changes: [{ address: "aws_instance.a", type: "aws_instance", action: "update" }],
      outputs: ["seeds"],
    });
    expect(program.calls[0]).toMatch(/^plan -json .* -var=owner=me -var=fault=none$/);
  });

  it("plans a fault with its end", async () => {
    program.answers("plan", {
      lines: [
        change(DENY, "create"),
        change("aws_scheduler_schedule.cut-0", "create"),
        change("terraform_data.fault", "replace"),
      ],
    });
    expect((await terraform.planFault(SPLIT, END)).changes).toHaveLength(3);
    expect(program.calls[0]).toContain(`-var=fault=split -var=heal_at=${END}`);
  });

  it("gives a fault that only Terraform ends no end", async () => {
    program.answers("plan", { lines: [change("aws_vpc_security_group_ingress_rule.a", "delete")] });
    await terraform.planFault({ ...SPLIT, healAt: undefined }, END);
    expect(program.calls[0]).not.toContain("heal_at");
  });

  it.each([
    ["aws_instance.node", "update"],
    ["aws_network_acl_rule.base", "replace"],
    ["aws_ec2_instance_state.node", "create"],
  ])("fails for a fault's plan in which %s is to %s, naming it", async (address, action) => {
    program.answers("plan", { lines: [change(DENY, "create"), change(address, action)] });
    await expect(terraform.planFault(SPLIT, END)).rejects.toThrow(
      new RegExp(`changes what no fault does: .*${address}.*Nothing was broken`),
    );
  });

  it("tells when the first change of the network began and the last one ended, schedules and data left out", async () => {
    program.answers("plan", { lines: [change(DENY, "create")] });
    const line = (type: string, resource_type: string, second: number) => ({
      ...{ type, hook: { resource: { resource_type } } },
      "@timestamp": new Date(begun + second * 1000).toISOString(),
    });
    const begun = Date.now() - 20_000;
    program.answers("apply", {
      lines: [
        line("apply_start", "terraform_data", 0),
        line("apply_start", "aws_network_acl_rule", 1),
        line("apply_start", "aws_network_acl_rule", 2),
        line("apply_complete", "aws_network_acl_rule", 3),
        line("apply_complete", "aws_network_acl_rule", 9),
        line("apply_complete", "aws_scheduler_schedule", 12),
      ],
    });
    const { first, last } = (await terraform.apply(await terraform.planFault(SPLIT, END)))!;
    expect(last - first).toBe(8_000_000);
    // By the clock of the run.
    expect(monotonic() - first).toBeGreaterThan(18_900_000);
    expect(first).toBeLessThan(monotonic());
  });

  it("tells no time of an apply that changed nothing of the network", async () => {
    program.answers("plan", { lines: [change("terraform_data.fault", "replace")] });
    const at = {
      "@timestamp": "2026-01-01T00:00:01Z",
      hook: { resource: { resource_type: "terraform_data" } },
    };
    program.answers("apply", {
      lines: [
        { type: "apply_start", ...at },
        { type: "apply_complete", ...at },
      ],
    });
    expect(await terraform.apply(await terraform.planNone())).toBeUndefined();
  });

  it("fails in Terraform's own words where an apply does", async () => {
    program.answers("plan", { lines: [change(DENY, "create")] });
    program.answers("apply", {
      lines: [diagnostic("error", "creating EC2 Network ACL Rule", "NetworkAclEntryLimitExceeded")],
      code: 1,
    });
    await expect(terraform.apply(await terraform.planNone())).rejects.toThrow(
      /terraform apply in .* failed: creating EC2 Network ACL Rule: NetworkAclEntryLimitExceeded/,
    );
  });

  it("says whose lock keeps it from the state, and how it goes", async () => {
    const detail = "Lock Info:\n  ID:        abc-1\n  Who:       ann@laptop\n";
    program.answers("plan", {
      lines: [diagnostic("error", "Error acquiring the state lock", detail)],
      code: 1,
    });
    await expect(terraform.planNone()).rejects.toThrow(/ann@laptop.*terraform force-unlock abc-1/);
  });

  it("says what to do in a folder that is not initialised", async () => {
    program.answers("output", { text: "Error: Backend initialization required", code: 1 });
    await expect(terraform.output()).rejects.toThrow("Run terraform init there");
  });

  it("says which program is missing", async () => {
    const back = setEnvironment({ TERRAFORM_BINARY_NAME: "no-such-terraform" });
    await expect(terraform.output()).rejects.toThrow(
      /no-such-terraform was not found: install Terraform 1.5/,
    );
    back();
  });

  it("heals by an apply without a fault, and reads back that nothing is left", async () => {
    program.answers("plan", { lines: [change(DENY, "delete")] }, {});
    await terraform.heal();
    expect(program.calls.map((call) => call.split(" ")[0])).toEqual(["plan", "apply", "plan"]);
  });

  it("applies nothing where the fault has ended already", async () => {
    program.answers("plan", {});
    await terraform.heal();
    expect(program.calls).toHaveLength(1);
  });

  /** A cut whose apply hangs until it is interrupted, and a heal that works after it; `failed` when the apply was. */
  const hangingCut = async () => {
    program.answers("plan", { lines: [change(DENY, "create")] }, { lines: [change(DENY, "delete")] }, {});
    program.answers("apply", { hangs: true }, {});
    const cutting = terraform.apply(await terraform.planFault(SPLIT, END));
    const cut = expect(cutting).rejects.toThrow("terraform apply");
    await eventually(
      async () => program.calls.length,
      (calls) => calls === 2,
    );
    return { failed: cut };
  };

  it("interrupts an apply that still cuts before it heals", async () => {
    const cut = await hangingCut();
    await terraform.heal();
    await cut.failed;
    expect(program.calls.map((call) => call.split(" ")[0])).toEqual([
      "plan",
      "apply",
      "interrupted",
      "plan",
      "apply",
      "plan",
    ]);
  });

  it("heals once where two ask for it, and is interrupted once", async () => {
    const cut = await hangingCut();
    await Promise.all([terraform.interrupt(), terraform.heal(), terraform.heal()]);
    await cut.failed;
    expect(program.calls.map((call) => call.split(" ")[0])).toEqual([
      ...["plan", "apply", "interrupted", "plan", "apply", "plan"],
    ]);
  });

  it("fails where entries of a fault are left that Terraform does not know, with the command that ends them", async () => {
    const left =
      "Network ACLs hold entries of a fault that is not the current one, which Terraform does not know: acl-1.";
    program.answers("plan", { lines: [diagnostic("warning", "Check block assertion failed", left)] });
    await expect(terraform.heal()).rejects.toThrow(/Run: npx stretch heal even-split. .*acl-1/);
  });

  it("tries a heal three times, and not again once ten minutes have passed", async () => {
    program.answers("plan", { text: "no such host", code: 1 });
    await expect(terraform.heal()).rejects.toThrow(/Run: npx stretch heal even-split. .*no such host/);
    expect(program.calls).toHaveLength(3);
    const begun = Date.now();
    const now = jest.spyOn(Date, "now").mockImplementation(() => begun + program.calls.length * 11 * 60_000);
    await expect(terraform.heal()).rejects.toThrow("Terraform did not end the fault");
    now.mockRestore();
    expect(program.calls).toHaveLength(4);
  });

  it("tells each minute of a heal that goes on what heals without Terraform", async () => {
    const waiting = jest.spyOn(global, "setInterval");
    program.answers("plan", { hangs: true }, {});
    const healed = terraform.heal();
    await eventually(
      async () => program.calls.length,
      (calls) => calls === 1,
    );
    const [tell] = waiting.mock.calls.find(([, ms]) => ms === 60_000)!;
    (tell as () => void)();
    await terraform.interrupt();
    await healed;
    waiting.mockRestore();
    expect(said.join("\n")).toMatch(
      /Terraform has not ended the fault after 0 min.*run elsewhere: npx stretch heal even-split/,
    );
  });

  it("finds the schedules that a plan made, with their regions, and not the user's own", async () => {
    const schedule = (address: string, region: string) => ({
      ...{ address, type: "aws_scheduler_schedule" },
      values: { arn: `arn:aws:scheduler:${region}:1:schedule/g/n`, group_name: "g", name: "n" },
    });
    const made = ["aws_scheduler_schedule.a[0]", "module.b.aws_scheduler_schedule.b[0]"];
    const changes = made.map((address) => ({ address, type: "aws_scheduler_schedule", action: "create" }));
    const values = {
      root_module: {
        resources: [schedule(made[0], "eu-west-2"), schedule("aws_scheduler_schedule.nightly", "eu-west-2")],
        child_modules: [{ resources: [schedule(made[1], "eu-west-3")] }],
      },
    };
    program.answers("show", { text: JSON.stringify({ values }) }, { text: "{}" });
    expect(await terraform.schedules({ changes })).toEqual([
      { address: made[0], region: "eu-west-2", group: "g", name: "n" },
      { address: made[1], region: "eu-west-3", group: "g", name: "n" },
    ]);
    expect(await terraform.schedules({ changes })).toEqual([]);
  });
});
