import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { App } from "cdktf";
import { lockName } from "../../../lab/deployed/run-lock";
import { NO_FAULT } from "../../../model";
import { EvenSplit } from "../../../scenarios";
import type { Story } from "../../../scenarios/story";
import { eventually } from "../../rehearsal/support/real-client";
import { describeWith } from "../../support/requirements";
import { AwsGate, throttling } from "../support/aws-gate";
import { Cdktf } from "../support/cdktf";
import { stretch } from "../support/stretch";
import { Terraform } from "../support/terraform";
import { Operator } from "../support/twin/operator";
import { lastSummary, StretchProcess } from "../support/twin/stretch-process";
import { Twin } from "../support/twin/twin";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];
const OPEN = { ...NO_FAULT, clientsLose: {} };
const ALARM = { AlarmName: "slow clients", Namespace: "test", MetricName: "latency" };
const ARN = `arn:aws:cloudwatch:${LONDON}:123456789012:alarm:${ALARM.AlarmName}`;

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
/** A split under load that lasts: for what happens meanwhile. */
const LASTING: Story = {
  steps: [{ load: { rate: 50 } }, { fault: "split" }, { wait: 240 }, { heal: true }, { verify: true }],
};
const LASTS = /wait 240 s/;

describeWith(
  ["terraform", "moto", "client for Node.js", "mount namespaces"],
  "stretch run --live on plain HCL on the twin of AWS, whatever happens meanwhile",
  () => {
    const scratch = mkdtempSync(join(tmpdir(), "stretch-troubles-"));
    const processes: StretchProcess[] = [];
    let twin: Twin;
    let gate: AwsGate;
    let cdktf: Cdktf;
    let terraform: Terraform;
    let operator: Operator;
    let metadata: string;
    let asDeployed: string;
    let bucket: string;

    beforeAll(async () => {
      twin = await Twin.start(new EvenSplit(new App(), "even-split").clusters[0].topology());
      gate = await AwsGate.before(twin.moto.endpoint, [LONDON, PARIS]);
      operator = new Operator(twin);
      cdktf = new Cdktf(twin.moto);
      await cdktf.synth("--hcl");
      const dir = cdktf.stackDir("even-split");
      metadata = join(dir, "metadata.json");
      asDeployed = readFileSync(metadata, "utf8");
      terraform = new Terraform(dir, twin.moto);
      await terraform.init();
      await terraform.apply();
      bucket = (await terraform.output()).results_bucket;
    });
    afterAll(async () => {
      processes.forEach((one) => one.signal("SIGKILL"));
      await gate?.stop();
      await twin?.stop();
      cdktf?.remove();
      rmSync(scratch, { recursive: true, force: true });
    });
    beforeEach(() => {
      gate.open();
      twin.moto.answerAll();
      twin.denies = () => false;
      for (const host of twin.hosts.values()) [host.deaf, host.stuck] = [false, false];
      writeFileSync(metadata, asDeployed);
      rmSync(impatience(), { force: true });
    });

    /** The stack's providers give up early: else each plan without a network takes its ten minutes. */
    const impatience = () => join(terraform.dir, "impatience_override.tf");
    const beImpatient = () =>
      writeFileSync(
        impatience(),
        [LONDON, PARIS]
          .map((alias) => `provider "aws" {\n  alias = "${alias}"\n  max_retries = 1\n}\n`)
          .join(""),
      );

    /** Gives the stack a story of the test's own. */
    const tell = (story: Story) => {
      const json = JSON.parse(asDeployed);
      json["//"].metadata.stretch.story = story;
      writeFileSync(metadata, JSON.stringify(json));
    };

    /** `stretch ARGS --live` on the folder, from one that has no app. */
    const begin = (args: readonly string[]) => {
      const one = new StretchProcess(
        [...args, "--live", "--dir", terraform.dir],
        { ...twin.moto.env, AWS_ENDPOINT_URL: gate.endpoint },
        scratch,
      );
      processes.push(one);
      return one;
    };

    /** `stretch run`, with a story of its own where one is given. */
    const run = (story?: Story, args: readonly string[] = []) => {
      if (story) tell(story);
      return begin(["run", "--yes", "--truncate", "--out", join(scratch, "out"), ...args]);
    };

    const summary = () => lastSummary(join(scratch, "out"));

    const lock = () =>
      new SSMClient(twin.moto.client(LONDON))
        .send(new GetParameterCommand({ Name: lockName({ bucket, region: LONDON }) }))
        .then(
          ({ Parameter }) => Parameter!.Value,
          () => undefined,
        );
    const units = async (unit: string) =>
      Promise.all(
        [...twin.topology.nodes.map(({ id }) => id), LONDON, PARIS].map((of) =>
          operator.run(of, `systemctl is-active ${unit} || true`),
        ),
      );

    /** Nothing of a run is left: no entry, schedule, lock, lock of the state, or program on a host. */
    const nothingLeft = async () => {
      expect(twin.networks).toEqual(OPEN);
      expect(await twin.scheduler.waiting()).toEqual([]);
      expect(await lock()).toBeUndefined();
      expect((await terraform.plan()).changes).toEqual([]);
      for (const unit of ["stretch-recorder", "stretch-lab-clients"]) {
        await eventually(
          () => units(unit),
          (states) => states.every((state) => state === "inactive"),
          30_000,
        );
      }
    };

    // The first runs: a host that has the bundle does not ask for it again.
    it.each([
      ["its bundle", /\/bundles\//, /Hosts cannot run loaders: .*AccessDenied.*Nothing was broken/s],
      [
        "what it is told",
        /\/control\.json$/,
        /client host in eu-west-2 .*it cannot read what it is to do \(.*Nothing was broken/s,
      ],
    ])("is refused where a client host may not read %s, and says so", async (_, object, says) => {
      twin.denies = (host, action, arn) =>
        host.address === twin.host(LONDON).address && action === "s3:GetObject" && object.test(arn);
      const { code, text } = await run(SHORT).ended;
      twin.denies = () => false;
      expect({ code, text }).toEqual({ code: 3, text: expect.stringMatching(says) });
      await nothingLeft();
    });

    it("passes the whole story from a folder with HCL alone, by its metadata; status and recover tell of it", async () => {
      const { code, text } = await run().ended;
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("pass: ") });
      expect(await begin(["status"]).ended).toEqual({
        code: 0,
        text: expect.stringContaining("6 of 6 nodes have answered"),
      });
      expect(await begin(["recover"]).ended).toEqual({
        code: 0,
        text: expect.stringContaining("proposes: "),
      });
      await nothingLeft();
    });

    it("knows the stack by the app where the folder has no metadata, and says so where neither is there", async () => {
      renameSync(metadata, `${metadata}.away`);
      try {
        for (const command of ["status", "recover"]) {
          const { code, stdout } = await stretch(twin.moto, [
            ...[command, "even-split", "--live", "--dir", terraform.dir],
          ]);
          expect({ code, stdout }).toEqual({
            code: 0,
            stdout: expect.stringContaining(command === "status" ? "6 of 6 nodes" : "proposes: "),
          });
        }
        const { code, text } = await begin(["status", "another-stack"]).ended;
        expect(code).toBe(2);
        expect(text).toContain("another-stack");
      } finally {
        renameSync(`${metadata}.away`, metadata);
      }
    });

    it("ends at Ctrl-C before anything was broken, and gives the lock back", async () => {
      const going = run(SHORT);
      await going.says(/Planning without a fault/);
      going.signal("SIGINT");
      const { code, text } = await going.ended;
      expect({ code, text }).toEqual({
        code: 130,
        text: expect.stringContaining("stretch: Interrupted by SIGINT. Nothing was broken."),
      });
      await nothingLeft();
    });

    it("heals at Ctrl-C in the midst of the cut's entries, given twice as npm does", async () => {
      const going = run(LASTING);
      await going.says(/Waiting for the recorders' first samples/);
      const held = twin.moto.hold("CreateNetworkAclEntry", 2);
      await going.until(() => held() > 0, "an entry");
      going.signal("SIGINT");
      await going.says(/Interrupted by SIGINT/);
      going.signal("SIGINT");
      twin.moto.answerAll();
      const { code, text } = await going.ended;
      expect({ code, text }).toEqual({
        code: 130,
        text: expect.stringContaining("aborted: The network is whole again"),
      });
      expect(text).toMatch(/[1-9]\d* entries of a fault that Terraform did not know were removed/);
      expect(summary()).toMatchObject({ verdict: "aborted", healed: true });
      await nothingLeft();
    });

    it("is refused after kill -9, until the lock is broken, Terraform has ended, and the fault that was left is healed", async () => {
      const killed = run(LASTING);
      await killed.says(/Waiting for the recorders' first samples/);
      const held = twin.moto.hold("CreateNetworkAclEntry", 2);
      await killed.until(() => held() > 0, "an entry");
      killed.signal("SIGKILL");
      await killed.ended;

      const second = await run(SHORT).ended;
      expect(second.code).toBe(3);
      expect(second.text).toMatch(/A run is going on the stack even-split.*process \d+, since .*minutes\)/s);

      const third = await run(SHORT, ["--break-lock"]).ended;
      expect(third.code).toBe(3);
      expect(third.text).toMatch(/acquiring the state lock.*terraform force-unlock \S+-/s);

      twin.moto.answerAll();
      await eventually(
        async () => existsSync(join(terraform.dir, ".terraform.tfstate.lock.info")),
        (locked) => !locked,
        120_000,
      );
      expect(twin.networks).not.toEqual(OPEN);
      const fourth = await run(SHORT, ["--break-lock"]).ended;
      expect(fourth.code).toBe(3);
      expect(fourth.text).toMatch(/fault .*was left/i);

      const healed = await stretch(twin.moto, ["heal", "even-split", "--yes"]);
      expect(healed).toMatchObject({ code: 0, stdout: expect.stringContaining("Healed, and read back") });
      await terraform.apply();

      // And one call in ten is throttled from the fault on.
      const going = run(SHORT);
      await going.says(/fault split/);
      const share = throttling(0.1, 17);
      gate.rules = [
        (call) => (["ec2", "s3", "scheduler", "ssm"].includes(call.service) ? share(call) : undefined),
      ];
      const { code, text } = await going.ended;
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("pass: ") });
      expect(gate.refused.RequestLimitExceeded).toBeGreaterThan(0);
      await nothingLeft();
    });

    it("is refused for an alarm that is none or is in alarm, and heals at once where it goes off", async () => {
      const cloudwatch = new CloudWatchClient(twin.moto.client(LONDON));
      const set = (StateValue: "OK" | "ALARM") =>
        cloudwatch.send(new SetAlarmStateCommand({ ...ALARM, StateValue, StateReason: "the test's" }));
      expect(await run(LASTING, ["--alarm", `${ARN}s`]).ended).toEqual({
        code: 3,
        text: expect.stringContaining(`There is no alarm ${ARN}s. Nothing was broken.`),
      });
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          ...ALARM,
          ...{ Threshold: 1, EvaluationPeriods: 1, Period: 60, Statistic: "Average" },
          ComparisonOperator: "GreaterThanThreshold",
        }),
      );
      await set("ALARM");
      expect(await run(LASTING, ["--alarm", ARN]).ended).toEqual({
        code: 3,
        text: expect.stringContaining("The alarm slow clients is in alarm already. Nothing was broken."),
      });
      expect(twin.networks).toEqual(OPEN);
      await set("OK");
      const going = run(LASTING, ["--alarm", ARN]);
      await going.says(LASTS);
      await set("ALARM");
      const { code, text } = await going.ended;
      expect({ code, text }).toEqual({
        code: 3,
        text: expect.stringContaining(`Stop condition: the alarm slow clients (${LONDON}) is in alarm.`),
      });
      expect(text).toContain("aborted: The network is whole again");
      await nothingLeft();
    });

    it("heals at once where the story's stop condition is met, and again where the network was lost meanwhile", async () => {
      const stopIf = [{ metric: "unavailable", above: 100 }] as const;
      beImpatient();
      const going = run({ ...LASTING, expect: { stopIf } });
      await going.says(/Stop condition: unavailable/);
      gate.lost = true;
      await going.says(/The heal by Terraform did not succeed/);
      gate.lost = false;
      const { code, text } = await going.ended;
      expect({ code, text }).toEqual({
        code: 3,
        text: expect.stringContaining("aborted: The network is whole again"),
      });
      await nothingLeft();
    });

    it("is refused where a host has no agent, and names it", async () => {
      const host = twin.host(twin.topology.nodes[0].id);
      host.deaf = true;
      const { code, text } = await run(SHORT).ended;
      host.deaf = false;
      expect({ code, text }).toEqual({
        code: 3,
        text: expect.stringMatching(
          new RegExp(`${host.id} \\(gap: its agent did not take the command.*Nothing was broken`, "s"),
        ),
      });
      await nothingLeft();
    });

    it("heals where an entry of the cut is refused, and has proven nothing", async () => {
      let entries = 0;
      const going = run(SHORT);
      gate.rules = [
        ({ action }) =>
          action === "CreateNetworkAclEntry" && ++entries > 3 ? "NetworkAclEntryLimitExceeded" : undefined,
      ];
      const { code, text } = await going.ended;
      gate.open();
      expect({ code, text }).toEqual({
        code: 3,
        text: expect.stringContaining("NetworkAclEntryLimitExceeded"),
      });
      expect(summary()).toMatchObject({ verdict: "aborted", healed: true });
      await nothingLeft();
    });

    it("is refused where a host takes commands and never ends them, and no recorder is left on the others", async () => {
      const host = twin.host(twin.topology.nodes[0].id);
      host.stuck = true;
      const { code, text } = await run(SHORT).ended;
      host.stuck = false;
      expect({ code, text }).toEqual({
        code: 3,
        text: expect.stringMatching(new RegExp(`${host.id} \\(gap: no end after .*Nothing was broken`, "s")),
      });
      await nothingLeft();
    });

    it("heals where a host never ends the command of a step, and keeps the ledgers", async () => {
      const { id } = twin.topology.nodes[0];
      const [load, fault] = LASTING.steps;
      const going = run({
        steps: [load, fault, { wait: 3 }, { stop: { nodes: [id] } }, { heal: true }, { verify: true }],
      });
      await going.says(/wait 3 s/);
      twin.host(id).stuck = true;
      await going.says(new RegExp(`The host of node ${id} says \\(gap\\)`));
      twin.host(id).stuck = false;
      const { code, text } = await going.ended;
      expect({ code, text }).toEqual({
        code: 3,
        text: expect.stringContaining("aborted: The network is whole again"),
      });
      expect(summary().places.length).toBeGreaterThan(0);
      await nothingLeft();
    });

    it("heals where S3 denies the operator from the fault on, sees it by Run Command, and the hosts' ledgers are in the bucket", async () => {
      const going = run(LASTING);
      await going.says(LASTS);
      gate.rules = [({ service }) => (service === "s3" ? "AccessDenied" : undefined)];
      const { code, text } = await going.ended;
      gate.open();
      expect({ code, text }).toEqual({
        code: 3,
        text: expect.stringContaining("aborted: The network is whole again"),
      });
      const [, name] = /Its ledgers come to s3:\/\/[^/]+\/(\S+) in the end/.exec(
        text.replaceAll(/\s+/g, " "),
      )!;
      const { Contents = [] } = await new S3Client(twin.moto.client(LONDON)).send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: `${name}/` }),
      );
      expect(Contents.map(({ Key }) => Key)).toContainEqual(expect.stringMatching(/ledger-.*\.jsonl\.gz$/));
      // Nor could Terraform read the stack's bucket: the entries were removed without it.
      expect(text).toContain("Terraform has not heard of it");
      await terraform.apply();
      await nothingLeft();
    });

    it("says first that the network may still be cut where nothing reaches AWS, how it is healed, and its schedules heal", async () => {
      beImpatient();
      const going = run(LASTING);
      await going.says(LASTS);
      gate.lost = true;
      going.signal("SIGTERM");
      await going.says(
        /The network may still be cut: Terraform did not end the fault. Run: .*stretch.* heal even-split/,
      );
      gate.lost = false;
      const { code, text } = await going.ended;
      expect(code).toBe(5);
      expect(text.replaceAll(/\s+/g, " ")).toMatch(
        /not-healed: The network may still be cut \([^)]*heal even-split\)/,
      );
      expect(summary()).toMatchObject({ verdict: "not-healed", healed: false });
      expect(twin.networks).not.toEqual(OPEN);
      await twin.scheduler.moveToEnd();
      expect(twin.networks).toEqual(OPEN);
      await terraform.apply();
      await nothingLeft();
    });
  },
);
