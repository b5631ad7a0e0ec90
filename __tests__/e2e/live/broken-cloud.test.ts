import { EvenSplit } from "../../../scenarios";
import type { Story } from "../../../scenarios/story";
import { NO_FAULT } from "../../../model";
import { describeWith } from "../../support/requirements";
import { AwsGate, type Rule, throttling } from "../support/aws-gate";
import { SynthDir } from "../support/synth";
import { Terraform } from "../support/terraform";
import { LiveProcess } from "../support/twin/live-process";
import { Twin } from "../support/twin/twin";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];
const OPEN = { ...NO_FAULT, clientsLose: {} };

/** Few keys, a split, and all read back. */
const SHORT: Story = {
  steps: [
    { load: { keys: { from: 0, to: 100 } } },
    { fault: "split" },
    { wait: "settled" },
    { observe: "split" },
    { heal: true },
    { wait: "migrated" },
    { verify: true },
  ],
};

describeWith(
  ["terraform", "moto", "client for Node.js", "mount namespaces"],
  "a run on the twin of AWS while AWS is not well",
  () => {
    const folder = new SynthDir();
    const runs: LiveProcess[] = [];
    let twin: Twin;
    let gate: AwsGate;
    let terraform: Terraform;

    beforeAll(async () => {
      let stack: EvenSplit | undefined;
      const dir = folder.synth("even-split", (app) => (stack = new EvenSplit(app, "even-split")));
      twin = await Twin.start(stack!.clusters[0].topology());
      gate = await AwsGate.before(twin.moto.endpoint, [LONDON, PARIS]);
      terraform = new Terraform(dir, twin.moto);
      await terraform.init();
      await terraform.apply();
    });
    afterAll(async () => {
      runs.forEach((each) => each.remove());
      await gate?.stop();
      await twin?.stop();
      folder.remove();
    });
    beforeEach(() => {
      gate.open();
      twin.denies = () => false;
    });

    const run = async (story: Story = SHORT, ...rules: Rule[]) => {
      gate.open(...rules);
      const options = { scenario: "EvenSplit", dir: terraform.dir, story, seed: runs.length + 1 } as const;
      const started = new LiveProcess(twin, options, gate.endpoint);
      runs.push(started);
      return started.ended();
    };

    it("fails before anything is broken where a host has no agent, and names it", async () => {
      const host = twin.host(twin.topology.nodes[0].id);
      host.deaf = true;
      const { code, output } = await run();
      host.deaf = false;
      expect(code).not.toBe(0);
      expect(output).toContain(host.id);
      expect(output).toContain("Nothing was broken");
      expect(twin.networks).toEqual(OPEN);
    });

    it("fails before anything is broken where a client host may not read its bundle, and says so", async () => {
      twin.denies = (host, action) => host.address === twin.host(LONDON).address && action === "s3:GetObject";
      const { code, output } = await run();
      expect(code).not.toBe(0);
      expect(output).toMatch(/AccessDenied|denied/i);
      expect(twin.networks).toEqual(OPEN);
    });

    it("passes where one call in ten is throttled", async () => {
      const share = throttling(0.1, 17);
      const { code, output } = await run(SHORT, (call) =>
        ["ssm", "s3"].includes(call.service) ? share(call) : undefined,
      );
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("pass: ") });
      expect(gate.refused.RequestLimitExceeded).toBeGreaterThan(0);
    });

    it("heals where an entry of the cut is refused, and has proven nothing", async () => {
      let entries = 0;
      const { code, output, summary } = await run(SHORT, ({ action }) =>
        action === "CreateNetworkAclEntry" && ++entries > 3 ? "NetworkAclEntryLimitExceeded" : undefined,
      );
      expect({ code, output }).toEqual({
        code: 3,
        output: expect.stringContaining("NetworkAclEntryLimitExceeded"),
      });
      expect(summary).toMatchObject({ verdict: "aborted", healed: true });
      expect(twin.networks).toEqual(OPEN);
      expect((await terraform.plan()).changes).toEqual([]);
    });

    it("heals at once where a stop condition is met", async () => {
      const stopIf = [{ metric: "unavailable", above: 100 }] as const;
      const { code, output, summary } = await run({ ...SHORT, expect: { stopIf } });
      expect({ code, output }).toEqual({ code: 3, output: expect.stringContaining("Stop condition") });
      expect(summary).toMatchObject({ verdict: "aborted", healed: true });
      expect(twin.networks).toEqual(OPEN);
    });
  },
);
