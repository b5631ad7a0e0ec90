import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateNetworkAclEntryCommand, DescribeNetworkAclsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { TerraformStack } from "cdktf";
import { PartitionRule, RegionVpc } from "../../modules";
import { describeWith } from "../support/requirements";
import { Cloud } from "./support/cloud";
import { Moto } from "./support/moto";
import { stretch } from "./support/stretch";
import { SynthDir } from "./support/synth";
import { Terraform } from "./support/terraform";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];
const HEAL = ["heal", "cuts", "--region", LONDON, PARIS];
/** Denies of the fault: two ACLs, in and out. */
const RULES = 4;

const rfc3339 = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");

describeWith(["terraform", "moto"], "no cut survives unseen", () => {
  const folder = new SynthDir();
  const project = mkdtempSync(path.join(tmpdir(), "stretch-e2e-project-"));
  let moto: Moto;
  let cloud: Cloud;
  let terraform: Terraform;

  beforeAll(async () => {
    moto = await Moto.start();
    cloud = new Cloud(moto);
    const dir = folder.synth("cuts", (app) => {
      const stack = new TerraformStack(app, "cuts");
      const zones = ["a"];
      const london = new RegionVpc(stack, "london", { region: LONDON, cidrBlock: "10.32.0.0/16", zones });
      const paris = new RegionVpc(stack, "paris", { region: PARIS, cidrBlock: "10.33.0.0/16", zones });
      const between = [london.subnet("node", "a"), paris.subnet("node", "a")] as const;
      new PartitionRule(stack, "cut", { fault: "split", between });
    });
    terraform = new Terraform(dir, moto);
    await terraform.init();
    await terraform.apply();
  });
  afterAll(async () => {
    await moto?.stop();
    folder.remove();
    rmSync(project, { recursive: true, force: true });
  });

  const denies = async () =>
    [...Object.values(await cloud.denies(LONDON)), ...Object.values(await cloud.denies(PARIS))].flat();
  /** An apply of the cut, killed when so many of its rules were answered and the others are made but not. */
  const killCutAfter = async (answered: number) => {
    const held = moto.hold("CreateNetworkAclEntry", answered);
    const done = /aws_network_acl_rule\S+: Creation complete/g;
    await terraform.kill(
      { fault: "split" },
      (printed) => held() === RULES - answered && (printed.match(done) ?? []).length === answered,
    );
    moto.answerAll();
  };

  describe("an end", () => {
    it("fails in the plan where it is past, or in less than five minutes", async () => {
      for (const ahead of [-60, 4 * 60]) {
        const time = rfc3339(Date.now() + ahead * 1000);
        await expect(terraform.plan({ fault: "split", heal_at: time })).rejects.toThrow(
          `The fault split would end at ${time}: an end must be 5 minutes ahead.`,
        );
      }
    });

    it("fails in the apply of a plan that was left too long, and nothing is cut", async () => {
      const end = Date.now() + 5 * 60_000 + 25_000;
      const plan = await terraform.plan({ fault: "split", heal_at: rfc3339(end) });
      await sleep(Math.max(0, end - 5 * 60_000 - Date.now()) + 1000);
      await expect(terraform.apply(plan)).rejects.toThrow(
        /less\s+than\s+5\s+minutes\s+left,\s+so\s+nothing\s+was\s+cut/,
      );
      expect(await denies()).toEqual([]);
      expect([...(await cloud.schedules(LONDON)), ...(await cloud.schedules(PARIS))]).toEqual([]);
      await terraform.apply({ fault: "none" });
    });

    it("is none on purpose with heal_after_minutes=0, and a warning says so", async () => {
      const { changes, warnings } = await terraform.plan({ fault: "split", heal_after_minutes: "0" });
      expect(changes.filter(({ address }) => address.startsWith("aws_scheduler_schedule."))).toEqual([]);
      expect(warnings).toContainEqual(expect.stringContaining("The fault split has no end of its own"));
    });

    it("is two hours ahead by default; the same plan again, saved and applied late, changes nothing", async () => {
      const before = Date.now();
      const said = await terraform.apply({ fault: "split" });
      expect(said).not.toContain("Warning:");
      const [{ ScheduleExpression }] = await cloud.schedules(LONDON);
      const end = Date.parse(`${ScheduleExpression!.slice(3, -1)}Z`);
      expect(end - before).toBeGreaterThan(119 * 60_000);
      expect(end - before).toBeLessThan(122 * 60_000);
      const plan = await terraform.plan({ fault: "split" });
      expect(plan).toMatchObject({ changes: [], outputs: [], warnings: [] });
      await terraform.apply(plan);
      expect(await terraform.apply({ fault: "none" })).not.toContain("Warning:");
    });
  });

  it("heals nothing where nothing is left", async () => {
    const { code, stdout } = await stretch(moto, HEAL);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Nothing that a fault of cuts made is left in ${LONDON}, ${PARIS}.\n`,
    });
  });

  it.each([0, 2, 3])(
    "an apply killed with %d of 4 rules answered: fault=none warns, a cut is refused, stretch heal leaves no trace",
    async (answered) => {
      await killCutAfter(answered);
      expect(await denies()).toHaveLength(RULES);
      const again = terraform.plan({ fault: "split" });
      await expect(again).rejects.toThrow(
        /Entries of the fault split are there already.*Heal first: fault=none, then npm run -s stretch -- heal cuts/,
      );

      const said = (await terraform.apply({ fault: "none" })).replaceAll(/\s+/g, " ");
      expect(said).toContain("Warning: Check block assertion failed");
      expect(said).toMatch(
        /acl-\w+ \(eu-west-[23]\)\. `npm run -s stretch -- heal cuts` names and removes them/,
      );
      expect(await denies()).toHaveLength(RULES - answered);

      const { code, stdout } = await stretch(moto, [...HEAL, "--yes"]);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining("Healed, and read back."),
      });
      expect(stdout.match(/^removed network ACL entry /gm)).toHaveLength(RULES - answered);
      expect(await denies()).toEqual([]);
      expect([...(await cloud.schedules(LONDON)), ...(await cloud.schedules(PARIS))]).toEqual([]);
      expect(await terraform.plan()).toMatchObject({ changes: [], warnings: [] });
    },
  );

  it("leaves and names an entry that is not to the letter what the fault makes", async () => {
    const ec2 = new EC2Client(moto.client(LONDON));
    const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({}));
    const acl = NetworkAcls.find(
      ({ IsDefault, Entries = [] }) => !IsDefault && Entries.some((e) => e.RuleNumber === 32000),
    )!;
    const entry = { NetworkAclId: acl.NetworkAclId, RuleNumber: 1, Egress: false, Protocol: "-1" };
    await ec2.send(
      new CreateNetworkAclEntryCommand({ ...entry, RuleAction: "deny", CidrBlock: "203.0.113.0/24" }),
    );
    const { code, stderr } = await stretch(moto, [...HEAL, "--yes"]);
    expect(code).toBe(0);
    expect(stderr).toContain(
      `Left alone, as nothing proves it to be a fault's: ${acl.NetworkAclId} (eu-west-2): deny 1 in 203.0.113.0/24`,
    );
    expect(await denies()).toEqual(["in 203.0.113.0/24"]);
  });

  it("fails for a region that it may not look at, and names it and the right", async () => {
    moto.forbid("GetParametersByPath", PARIS);
    const { code, stderr } = await stretch(moto, HEAL);
    moto.answerAll();
    expect(code).toBe(1);
    expect(stderr).toContain("User: mock is not authorized to perform: GetParametersByPath");
    expect(stderr).toContain(
      "stretch: 1 of 2 regions could not be looked at. stretch heal takes the rights ssm:GetParametersByPath,",
    );
  });

  it("fails for a stack that has no record", async () => {
    const { code, stderr } = await stretch(moto, ["heal", "cutz", "--region", LONDON]);
    expect(code).toBe(1);
    expect(stderr).toContain("There is no record of faults of a stack cutz in eu-west-2");
  });

  it("names a lock that a killed apply left on the state, and where the stack is by what is synthesised", async () => {
    const stack = path.join(project, "cdktf.out/stacks/cuts");
    mkdirSync(stack, { recursive: true });
    const s3 = { bucket: "states", key: "cuts.tfstate", region: LONDON, use_lockfile: true };
    const synthesised = {
      provider: { aws: [LONDON, PARIS].map((region) => ({ region, alias: region })) },
      terraform: { backend: { s3 } },
    };
    writeFileSync(path.join(stack, "cdk.tf.json"), JSON.stringify(synthesised));
    const client = new S3Client(moto.client(LONDON));
    await client.send(
      new CreateBucketCommand({
        Bucket: s3.bucket,
        CreateBucketConfiguration: { LocationConstraint: LONDON as "eu-west-2" },
      }),
    );
    const lock = {
      ID: "3f2a",
      Operation: "OperationTypeApply",
      Who: "ann@lab",
      Created: "2030-01-31T13:45:00Z",
    };
    await client.send(
      new PutObjectCommand({ Bucket: s3.bucket, Key: `${s3.key}.tflock`, Body: JSON.stringify(lock) }),
    );
    const { code, stdout, stderr } = await stretch(moto, ["heal", "cuts"], project);
    expect(code).toBe(0);
    expect(stdout).toContain("is left in eu-west-2, eu-west-3.");
    expect(stderr).toContain(
      "Terraform's state is locked (OperationTypeApply, by ann@lab, since 2030-01-31T13:45:00Z). If that apply is dead: " +
        "terraform -chdir=cdktf.out/stacks/cuts force-unlock 3f2a",
    );
  });

  it("never stops a destroy", async () => {
    await terraform.destroy({ fault: "split", heal_at: "2020-01-01T00:00:00Z" });
    expect((await cloud.leftovers([LONDON, PARIS])).filter((what) => what !== "states")).toEqual([]);
  });
});
