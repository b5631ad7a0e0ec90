import { existsSync } from "node:fs";
import * as path from "node:path";
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeAddressesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  ListBucketsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateScheduleGroupCommand,
  ListScheduleGroupsCommand,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { type App, TerraformResource, TerraformStack } from "cdktf";
import { ClientHost, Peering, RegionVpc, ResultsBucket, StretchCluster, StretchTags } from "../../modules";
import { Cloud } from "./support/cloud";
import { REPO, refuseRealAws } from "./support/environment";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { run } from "./support/run";
import { SynthDir } from "./support/synth";
import { Terraform } from "./support/terraform";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];
const LONG_AGO = "2021-02-03T04:05:06Z";

/** One of everything that the constructs make, its expiry long past when it is deployed. */
class Forgotten extends TerraformStack {
  constructor(app: App) {
    super(app, "even-split");
    const tags = new StretchTags(this, "tags", { scenario: "even-split" });
    (tags.node.findChild("expiry") as TerraformResource).addOverride("input.time", LONG_AGO);
    const zones = ["a"];
    const london = new RegionVpc(this, "london", {
      region: LONDON,
      cidrBlock: "10.32.0.0/16",
      zones,
      egress: "nat",
    });
    const paris = new RegionVpc(this, "paris", {
      region: PARIS,
      cidrBlock: "10.33.0.0/16",
      zones,
      egress: "none",
    });
    new Peering(this, "peering", { requester: paris, accepter: london });
    new StretchCluster(this, "cluster", {
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
      racks: [
        { id: 32, vpc: london, nodes: ["a"] },
        { id: 33, vpc: paris, nodes: ["a"] },
      ],
      settings: { packageUrl: "s3://packages-{region}/server.tgz" },
    });
    new ClientHost(this, "client", {
      vpc: london,
      results: new ResultsBucket(this, "results", { vpc: london }),
    });
  }
}

describeWith(["terraform", "moto"], "stretch sweep", () => {
  const folder = new SynthDir();
  let moto: Moto;
  let cloud: Cloud;
  let london: EC2Client;
  let s3: S3Client;

  beforeAll(async () => {
    moto = await Moto.start();
    cloud = new Cloud(moto);
    london = new EC2Client(moto.client(LONDON));
    s3 = new S3Client(moto.client(LONDON));
  });
  afterAll(async () => {
    await moto?.stop();
    folder.remove();
  });

  /** The command as a user runs it. */
  async function sweep(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    refuseRealAws(moto.env);
    expect(existsSync(path.join(REPO, "cli/cli.ts"))).toBe(true);
    return run(process.execPath, ["--import", "tsx", "cli/cli.ts", "sweep", ...args], {
      cwd: REPO,
      env: { ...moto.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
      timeoutMs: 5 * 60_000,
      okCodes: [0, 1, 2],
      evidence: () => moto.log(),
    });
  }

  const vpcs = async () => {
    const { Vpcs = [] } = await london.send(new DescribeVpcsCommand());
    return Vpcs.filter((vpc) => !vpc.IsDefault).map((vpc) => vpc.VpcId!);
  };

  async function vpc(tags: Record<string, string>): Promise<string> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const { Vpc } = await london.send(
      new CreateVpcCommand({
        CidrBlock: "10.99.0.0/16",
        TagSpecifications: [{ ResourceType: "vpc", Tags }],
      }),
    );
    return Vpc!.VpcId!;
  }

  it("finds nothing in an empty account", async () => {
    const { code, stdout } = await sweep("even-split");
    expect(stdout.trim()).toBe("Nothing of even-split in eu-west-2, eu-west-3 has outlived its expiry.");
    expect(code).toBe(0);
  });

  let strangers: string[];

  it("lists what outlived its expiry, and removes nothing", async () => {
    strangers = [
      await vpc({}),
      await vpc({ scenario: "even-split", expires: "2999-01-01T00:00:00Z" }),
      await vpc({ scenario: "even-split", expires: "soon" }),
      await vpc({ scenario: "somebody-elses", expires: LONG_AGO }),
      await vpc({ owner: "ann", expires: LONG_AGO }),
    ];
    const terraform = new Terraform(
      folder.synth("even-split", (app) => new Forgotten(app)),
      moto,
    );
    await terraform.init();
    await terraform.apply();
    const [bucket] = (await s3.send(new ListBucketsCommand({}))).Buckets!.map(({ Name }) => Name!);
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
    );
    for (const Body of ["once", "again"]) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "client/ledger", Body }));
    }
    const Tags = Object.entries({ scenario: "even-split", owner: "ann", expires: LONG_AGO });
    await new SchedulerClient(moto.client(LONDON)).send(
      new CreateScheduleGroupCommand({
        Name: "stretch-heals",
        Tags: Tags.map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    const before = await cloud.leftovers([LONDON, PARIS]);

    const { code, stdout, stderr } = await sweep("even-split");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining("stretch:") });
    expect(stdout).toMatch(/^Not expired yet: 1 of \d+ resources of even-split in eu-west-2, eu-west-3\.$/m);
    for (const kind of [
      "instance",
      "VPC endpoint",
      "NAT gateway",
      "elastic IP address",
      "peering connection",
      "internet gateway",
      "subnet",
      "route table",
      "network ACL",
      "security group",
      "VPC",
      "schedule group",
      "S3 bucket",
      "instance profile",
      "IAM role",
    ]) {
      expect(stdout).toMatch(new RegExp(`\\|${kind} *\\|`));
    }
    expect(stdout).toContain("Nothing was removed: --destroy removes what is listed.");
    expect(stderr).toContain(`VPC ${strangers[2]} is left alone: its tag expires is "soon", not a time.`);
    for (const id of strangers) expect(stdout).not.toContain(id);
    expect(await cloud.leftovers([LONDON, PARIS])).toEqual(before);
  });

  it("removes all of it with --destroy, and nothing else", async () => {
    const { code, stdout, stderr } = await sweep("even-split", "--destroy");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining("stretch:") });
    expect(stdout).toContain("removed VPC ");
    expect(await cloud.leftovers([LONDON, PARIS])).toEqual(strangers.map((id) => `${LONDON} ${id}`));
    expect((await vpcs()).sort()).toEqual([...strangers].sort());
    expect((await london.send(new DescribeAddressesCommand())).Addresses).toEqual([]);
    const { VpcEndpoints = [] } = await new EC2Client(moto.client(PARIS)).send(
      new DescribeVpcEndpointsCommand(),
    );
    expect(VpcEndpoints.filter(({ State }) => String(State).toLowerCase() !== "deleted")).toEqual([]);
    const { ScheduleGroups = [] } = await new SchedulerClient(moto.client(LONDON)).send(
      new ListScheduleGroupsCommand({ NamePrefix: "stretch-" }),
    );
    expect(ScheduleGroups).toEqual([]);
  });

  it("finds nothing afterwards", async () => {
    expect((await sweep("even-split")).stdout).toContain("has outlived its expiry.");
  });

  it("sweeps a stack of one's own by its tag and regions", async () => {
    const { stdout } = await sweep("somebody-elses", "--region", LONDON, PARIS);
    expect(stdout).toContain(strangers[3]);
    expect(stdout).toContain("Expired (1)");
  });

  it("fails with exit code 1 and AWS's reason for what cannot be removed", async () => {
    await london.send(new CreateSubnetCommand({ VpcId: strangers[3], CidrBlock: "10.99.0.0/20" }));
    const { code, stderr } = await sweep("somebody-elses", "--region", LONDON, "--destroy");
    expect(code).toBe(1);
    expect(stderr).toContain("1 of 1 stay:");
    expect(stderr).toContain(`VPC ${strangers[3]} (${LONDON}): `);
    expect(await vpcs()).toContain(strangers[3]);
  });
});
