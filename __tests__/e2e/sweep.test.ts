import { CloudWatchClient, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  EC2Client,
  ReplaceNetworkAclAssociationCommand,
  type ResourceType,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateInstanceProfileCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  ListBucketsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type App, TerraformResource, TerraformStack } from "cdktf";
import {
  ClientHost,
  PartitionRule,
  Peering,
  RegionVpc,
  ResultsBucket,
  StretchCluster,
  StretchTags,
} from "../../modules";
import { AwsGate, throttling } from "./support/aws-gate";
import { REPO, refuseRealAws } from "./support/environment";
import { inventory } from "./support/inventory";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { run } from "./support/run";
import { SynthDir } from "./support/synth";
import { Terraform } from "./support/terraform";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"] as const;
const ACCOUNT = "123456789012";
const LONG_AGO = "2021-02-03T04:05:06Z";
const OWN = "cdktf-stretch-cluster";
/** Tags of another tool that chose the same names. */
const FOREIGN = { scenario: "even-split", owner: "unknown", expires: LONG_AGO };
/** Tags as a deployment of ours has. */
const ours = (stack: string, expires = LONG_AGO) => ({ [OWN]: `${stack}/1`, expires });

/** What a user had before: a VPC with a subnet, its route table and its ACL. */
interface There {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly networkAclId: string;
  readonly routeTableId: string;
}

/** One of everything that the constructs make, its expiry long past when it is deployed; a part of it in a VPC of the user's. */
class Forgotten extends TerraformStack {
  constructor(app: App, { vpcId, subnetId, networkAclId, routeTableId }: There) {
    super(app, "even-split");
    const tags = new StretchTags(this, "tags", { scenario: "even-split" });
    (tags.node.findChild("expiry") as TerraformResource).addOverride("input.time", LONG_AGO);
    const zones = ["a"];
    const own = new RegionVpc(this, "own", {
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
    const there = RegionVpc.fromExisting(this, "there", {
      region: LONDON,
      vpcId,
      ownerId: ACCOUNT,
      cidrBlocks: ["10.50.0.0/16"],
      zones,
      routeTableId,
      subnets: [{ subnetId, cidrBlock: "10.50.1.0/24", zone: "a", networkAclId, manageAcl: true }],
    });
    Peering.mesh(this, "mesh", [paris, own, there]);
    new StretchCluster(this, "cluster", {
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
      racks: [
        { id: 32, vpc: there, nodes: ["a"] },
        { id: 33, vpc: paris, nodes: ["a"] },
      ],
      settings: { packageUrl: "s3://packages-{region}/server.tgz" },
    });
    const results = new ResultsBucket(this, "results", { vpc: own });
    new ClientHost(this, "client", { vpc: own, results });
    new PartitionRule(this, "cut", { fault: "split", between: [there, paris] });
  }
}

describeWith(["terraform", "moto"], "stretch sweep", () => {
  const folder = new SynthDir();
  let moto: Moto;
  let gate: AwsGate;
  let london: EC2Client;
  let s3: S3Client;
  let iam: IAMClient;
  let scheduler: SchedulerClient;

  beforeAll(async () => {
    moto = await Moto.start();
    gate = await AwsGate.before(moto.endpoint, [LONDON, PARIS]);
    london = new EC2Client(moto.client(LONDON));
    s3 = new S3Client(moto.client(LONDON));
    iam = new IAMClient(moto.client(LONDON));
    scheduler = new SchedulerClient(moto.client(LONDON));
  });
  beforeEach(() => gate.open());
  afterAll(async () => {
    await gate?.stop();
    await moto?.stop();
    folder.remove();
  });

  /** The command as a user runs it; exit code, and what it printed. */
  async function sweep(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const env = { ...moto.env, AWS_ENDPOINT_URL: gate.endpoint };
    refuseRealAws(env);
    return run(process.execPath, ["--import", "tsx", "cli/cli.ts", "sweep", ...args], {
      cwd: REPO,
      env,
      timeoutMs: 5 * 60_000,
      okCodes: [0, 1, 2],
      evidence: () => moto.log(),
    });
  }
  const destroy = (...args: string[]) => sweep(...args, "--destroy", "--yes", "--owner", "unknown");
  const all = () => inventory(moto, [LONDON, PARIS]);

  const list = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const spec = (ResourceType: ResourceType, tags: Record<string, string>) =>
    Object.keys(tags).length === 0 ? {} : { TagSpecifications: [{ ResourceType, Tags: list(tags) }] };
  async function vpc(
    tags: Record<string, string>,
    CidrBlock = "10.99.0.0/16",
    ec2 = london,
  ): Promise<string> {
    return (await ec2.send(new CreateVpcCommand({ CidrBlock, ...spec("vpc", tags) }))).Vpc!.VpcId!;
  }
  async function subnet(
    VpcId: string,
    CidrBlock: string,
    tags: Record<string, string> = {},
  ): Promise<string> {
    const { Subnet } = await london.send(
      new CreateSubnetCommand({ VpcId, CidrBlock, ...spec("subnet", tags) }),
    );
    return Subnet!.SubnetId!;
  }
  async function table(VpcId: string, tags: Record<string, string> = {}): Promise<string> {
    const { RouteTable } = await london.send(
      new CreateRouteTableCommand({ VpcId, ...spec("route-table", tags) }),
    );
    return RouteTable!.RouteTableId!;
  }
  async function acl(VpcId: string, tags: Record<string, string> = {}): Promise<string> {
    const { NetworkAcl } = await london.send(
      new CreateNetworkAclCommand({ VpcId, ...spec("network-acl", tags) }),
    );
    return NetworkAcl!.NetworkAclId!;
  }
  async function deny(NetworkAclId: string, RuleNumber: number, CidrBlock: string): Promise<void> {
    const entry = { NetworkAclId, RuleNumber, CidrBlock, Egress: false, Protocol: "-1" };
    await london.send(new CreateNetworkAclEntryCommand({ ...entry, RuleAction: "deny" }));
  }
  async function host(SubnetId: string, tags: Record<string, string>): Promise<string> {
    const one = { MinCount: 1, MaxCount: 1, ImageId: "ami-12c6146b", SubnetId };
    const { Instances } = await london.send(new RunInstancesCommand({ ...one, ...spec("instance", tags) }));
    return Instances![0].InstanceId!;
  }
  async function bucket(Bucket: string, tags: Record<string, string>): Promise<void> {
    await s3.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: LONDON } }),
    );
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: list(tags) } }));
  }
  async function role(RoleName: string, tags: Record<string, string>): Promise<void> {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: "{}", Tags: list(tags) }));
  }
  /** A group with one schedule. */
  async function timer(
    Name: string,
    tags: Record<string, string>,
    call: string,
    input: object,
  ): Promise<void> {
    await scheduler.send(new CreateScheduleGroupCommand({ Name, Tags: list(tags) }));
    await scheduler.send(
      new CreateScheduleCommand({
        Name: `${Name}-1`,
        GroupName: Name,
        ScheduleExpression: "at(2099-01-01T00:00:00)",
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: {
          Arn: `arn:aws:scheduler:::aws-sdk:${call}`,
          RoleArn: `arn:aws:iam::${ACCOUNT}:role/x`,
          Input: JSON.stringify(input),
        },
      }),
    );
  }

  /** More than 30 things of others, of the user's own, of other owners, and of ours that is not to be swept. */
  async function strangers(): Promise<void> {
    const foreign = await vpc(FOREIGN);
    await vpc({}, "10.98.0.0/16");
    for (const expires of ["2999-01-01T00:00:00Z", "soon", "2021-01-01T00:00:00", "2021-02-30T00:00:00Z"]) {
      await vpc(ours("even-split", expires), "10.97.0.0/16");
    }
    await vpc({ [OWN]: "even-split/2" }, "10.97.0.0/16");
    await vpc({ ...ours("even-split"), owner: "ann" }, "10.96.0.0/16");
    const inForeign = await subnet(foreign, "10.99.0.0/20", FOREIGN);
    await subnet(foreign, "10.99.16.0/20", FOREIGN);
    for (const name of ["one", "two"]) {
      await table(foreign, FOREIGN);
      await acl(foreign, FOREIGN);
      const group = { VpcId: foreign, GroupName: name, Description: name };
      await london.send(new CreateSecurityGroupCommand({ ...group, ...spec("security-group", FOREIGN) }));
      await london.send(new CreateInternetGatewayCommand(spec("internet-gateway", FOREIGN)));
      await london.send(new AllocateAddressCommand({ Domain: "vpc", ...spec("elastic-ip", FOREIGN) }));
      const volume = { AvailabilityZone: `${LONDON}a`, Size: 1, ...spec("volume", FOREIGN) };
      await london.send(new CreateVolumeCommand(volume));
      await host(inForeign, FOREIGN);
      await bucket(`stretch-foreign-${name}`, FOREIGN);
      await role(`stretch-foreign-${name}`, FOREIGN);
      const Tags = list(FOREIGN);
      await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: `stretch-${name}`, Tags }));
      await timer(`stretch-foreign-${name}`, FOREIGN, "ec2:startInstances", { InstanceIds: [] });
      await new SQSClient(moto.client(LONDON)).send(
        new CreateQueueCommand({ QueueName: `stretch-foreign-${name}`, tags: FOREIGN }),
      );
      await new SSMClient(moto.client(LONDON)).send(
        new PutParameterCommand({ Name: `/stretch/${name}`, Type: "String", Value: "x", Tags }),
      );
      await new CloudWatchClient(moto.client(LONDON)).send(
        new PutMetricAlarmCommand({
          AlarmName: `stretch-foreign-${name}`,
          EvaluationPeriods: 1,
          ComparisonOperator: "GreaterThanThreshold",
          MetricName: "x",
          Namespace: "x",
          Period: 60,
          Statistic: "Sum",
          Threshold: 1,
          Tags,
        }),
      );
    }
  }

  /** The user's own VPC, with a security team's deny among the low numbers of its ACL. */
  async function usersVpc(): Promise<There> {
    const vpcId = await vpc({ Name: "production" }, "10.50.0.0/16");
    const subnetId = await subnet(vpcId, "10.50.1.0/24");
    const networkAclId = await acl(vpcId);
    const { NetworkAcls = [] } = await london.send(new DescribeNetworkAclsCommand({}));
    const association = NetworkAcls.flatMap(({ Associations = [] }) => Associations).find(
      ({ SubnetId }) => SubnetId === subnetId,
    )!;
    await london.send(
      new ReplaceNetworkAclAssociationCommand({
        AssociationId: association.NetworkAclAssociationId,
        NetworkAclId: networkAclId,
      }),
    );
    await deny(networkAclId, 99, "203.0.113.0/24");
    return { vpcId, subnetId, networkAclId, routeTableId: await table(vpcId) };
  }

  it("finds nothing in an empty account, and says which account and where, without a notice of the SDK", async () => {
    const { code, stdout, stderr } = await sweep("even-split");
    expect(stdout.trim().split("\n")).toEqual([
      `AWS account ${ACCOUNT}, all regions.`,
      "Nothing of even-split has outlived its expiry.",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  let before: string[];

  it("lists what outlived its expiry, whose it is, and removes nothing", async () => {
    await strangers();
    const there = await usersVpc();
    before = await all();
    const terraform = new Terraform(
      folder.synth("even-split", (app) => new Forgotten(app, there)),
      moto,
    );
    await terraform.init();
    await terraform.apply({ fault: "split", heal_at: "2999-01-01T00:00:00Z" });
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    const Bucket = Buckets!.map(({ Name }) => Name!).find((name) => !name.startsWith("stretch-foreign"))!;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    for (const Body of ["once", "again"]) {
      await s3.send(new PutObjectCommand({ Bucket, Key: "client/ledger", Body }));
    }
    const deployed = await all();

    const { code, stdout, stderr } = await sweep("even-split");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Not expired yet: 1 of \d+ resources\.$/m);
    expect(stdout).toMatch(/^Without a tag expires, and left alone: 1 of \d+ resources\.$/m);
    for (const kind of [
      "instance",
      "volume",
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
      "alarm",
      "queue",
      "S3 bucket",
      "instance profile",
      "IAM role",
    ]) {
      expect(stdout).toMatch(new RegExp(`\\|${kind} *\\|`));
    }
    expect(stdout).toMatch(/\| *ann *\|/);
    expect(stdout).toContain("Nothing was removed: --destroy removes what is listed.");
    for (const time of ["soon", "2021-01-01T00:00:00", "2021-02-30T00:00:00Z"]) {
      expect(stderr).toMatch(
        new RegExp(`^VPC vpc-.* is left alone: its tag expires is "${time}", not a time`, "m"),
      );
    }
    expect(await all()).toEqual(deployed);
  });

  it("removes all of it with --destroy: cut, timers and routes first; of more than 30 strangers none is touched", async () => {
    expect(before.filter((line) => !line.includes(" sg-") && !line.includes(" acl-")).length).toBeGreaterThan(
      60,
    );
    const { code, stdout, stderr } = await destroy();
    expect(stderr).not.toContain("stay:");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^removed the deny \d+ in of 10\.33\.0\.0\/16 from acl-\S+ \(eu-west-2\)$/m);
    expect(stdout).toMatch(/^removed the route to 10\.33\.0\.0\/16 from rtb-\S+ \(eu-west-2\)$/m);
    const [, count] = /^Removed (\d+) of \d+\.$/m.exec(stdout)!;
    expect(
      stdout.match(/^removed .* \S+ \([a-z0-9-]+\)$/gm)!.filter((l) => !/the (deny|route)/.test(l)),
    ).toHaveLength(Number(count));
    expect(await all()).toEqual(before);
  });

  it("finds nothing of that owner afterwards", async () => {
    expect((await sweep("even-split", "--owner", "unknown")).stdout).toContain("has outlived its expiry.");
  });

  it("takes the lock of a run for a leftover once it has expired, and leaves that of a run that goes on", async () => {
    const ssm = new SSMClient(moto.client(LONDON));
    const lock = (bucket: string, expires?: string) =>
      ssm.send(
        new PutParameterCommand({
          ...{ Name: `/stretch-run/lock/${bucket}`, Type: "String", Value: "{}" },
          Tags: list(ours("locked", expires)),
        }),
      );
    await lock("stretch-killed");
    await lock("stretch-going", "2999-01-01T00:00:00Z");
    const { code, stdout } = await destroy("locked", "--region", LONDON);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("Removed 1 of 1.") });
    expect(stdout).toContain("removed run lock /stretch-run/lock/stretch-killed (eu-west-2)");
    const locks = (await all()).filter((line) => line.includes("/lock/"));
    expect(locks).toEqual(["eu-west-2 /stretch-run/lock/stretch-going"]);
    await ssm.send(new DeleteParameterCommand({ Name: "/stretch-run/lock/stretch-going" }));
  });

  it("takes nothing of a VPC apart in which something of others is", async () => {
    const tags = ours("mixed");
    const ids = { vpc: await vpc(tags, "10.90.0.0/16") };
    const within = await subnet(ids.vpc, "10.90.0.0/20", tags);
    await table(ids.vpc, tags);
    await acl(ids.vpc, tags);
    const { InternetGateway } = await london.send(
      new CreateInternetGatewayCommand(spec("internet-gateway", tags)),
    );
    const InternetGatewayId = InternetGateway!.InternetGatewayId;
    await london.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId: ids.vpc }));
    const guest = await host(within, { Name: "somebody's" });
    const was = await all();
    const first = await destroy("mixed", "--region", LONDON);
    expect(first.code).toBe(1);
    expect(first.stdout).toContain("Removed 0 of 5.");
    expect(first.stderr).toContain(
      `VPC ${ids.vpc} (${LONDON}): in subnet ${within} is what stays: instance ${guest}`,
    );
    expect(await all()).toEqual(was);
    await london.send(new TerminateInstancesCommand({ InstanceIds: [guest] }));
    expect((await destroy("mixed", "--region", LONDON)).stdout).toContain("Removed 5 of 5.");
  });

  it("leaves what regions share while one may still use it, and with --region always", async () => {
    await bucket("stretch-shared", ours("shared"));
    await role("stretch-shared", ours("shared"));
    const paris = new EC2Client(moto.client(PARIS));
    const running = await vpc(ours("shared", "2999-01-01T00:00:00Z"), "10.91.0.0/16", paris);
    await vpc(ours("shared"), "10.92.0.0/16");
    expect((await destroy("shared", "--region", LONDON)).stdout).toContain("Removed 1 of 1.");
    const used = await destroy("shared");
    expect(used.stderr).toContain("2 of 2 stay:");
    expect(used.stderr).toContain("1 of the deployment's resources are still in eu-west-3");
    await paris.send(new DeleteVpcCommand({ VpcId: running }));
    gate.open(({ region, action }) =>
      region === PARIS && action === "DescribeVpcs" ? "UnauthorizedOperation" : undefined,
    );
    const blind = await destroy("shared");
    expect(blind.code).toBe(1);
    expect(blind.stderr).toMatch(
      /VPCs were not looked at: eu-west-3: the credentials may not do this .*ask for the right/,
    );
    expect(blind.stderr).toContain("not every region was looked at, and one may still use it");
    gate.open(({ action }) => (/stretch-foreign-one.*tagging/.test(action) ? "AccessDenied" : undefined));
    const { code, stdout, stderr } = await sweep("shared");
    expect(stderr).toMatch(/^S3 bucket stretch-foreign-one was not looked at: .*AccessDenied/m);
    expect(code).toBe(1);
    expect(stdout).toContain("Expired (2)");
    gate.open();
    expect((await destroy("shared")).stdout).toContain("Removed 2 of 2.");
  });

  it("keeps a fault's end that it could not carry out, a peering whose routes it could not remove, and names the rest", async () => {
    const tags = ours("stuck");
    const [a, b] = [await vpc({}, "10.80.0.0/16"), await vpc({}, "10.81.0.0/16")];
    const [routes, rules] = [await table(a), await acl(a)];
    await deny(rules, 1, "10.81.0.0/16");
    await deny(rules, 2, "10.81.0.0/16");
    const { VpcPeeringConnection } = await london.send(
      new CreateVpcPeeringConnectionCommand({
        VpcId: a,
        PeerVpcId: b,
        ...spec("vpc-peering-connection", tags),
      }),
    );
    const VpcPeeringConnectionId = VpcPeeringConnection!.VpcPeeringConnectionId!;
    const route = { RouteTableId: routes, DestinationCidrBlock: "10.81.0.0/16", VpcPeeringConnectionId };
    await london.send(new CreateRouteCommand(route));
    await timer("stretch-stuck", tags, "ec2:deleteNetworkAclEntry", {
      NetworkAclId: rules,
      RuleNumber: 1,
      Egress: false,
    });
    await timer("stretch-unknown", tags, "ec2:terminateInstances", {});
    await new SQSClient(moto.client(LONDON)).send(
      new CreateQueueCommand({ QueueName: "stretch-stuck", tags }),
    );
    const was = await all();
    gate.open(({ action }) =>
      ["DeleteNetworkAclEntry", "DeleteRoute"].includes(action) ? "UnauthorizedOperation" : undefined,
    );
    const { code, stdout, stderr } = await destroy("stuck", "--region", LONDON);
    expect(code).toBe(1);
    expect(stdout).toContain("Removed 0 of 4.");
    expect(stderr).toMatch(
      /schedule group stretch-stuck \(eu-west-2\): eu-west-2: the credentials may not do this/,
    );
    expect(stderr).toMatch(/schedule group stretch-unknown .*not known here: \S+ec2:terminateInstances/);
    expect(stderr).toMatch(/queue \S+stretch-stuck .*a schedule that ends a fault stays/);
    expect(stderr).toMatch(/peering connection pcx-\S+ .*routes to it stay/);
    expect(await all()).toEqual(was);

    gate.open();
    const second = await destroy("stuck", "--region", LONDON);
    expect(second.stderr).toMatch(
      new RegExp(
        `ACL ${rules} denies 10.81.0.0/16 in \\(2\\).*delete-network-acl-entry .*--rule-number 2 --ingress`,
      ),
    );
    expect(second.stderr).not.toContain("--rule-number 1 ");
    const now = await all();
    expect(now).toContain(`${LONDON} ${rules} 2 false deny 10.81.0.0/16`);
    expect(now.filter((line) => line.includes(`${routes} to 10.81`) || line.includes(`${rules} 1 `))).toEqual(
      [],
    );
    expect(now).not.toContain(`${LONDON} ${VpcPeeringConnectionId}`);
  });

  it("removes by the record what a killed apply left in an ACL that stays; where it may not, the record stays too", async () => {
    const tags = ours("killed");
    const rules = await acl(await vpc({}, "10.82.0.0/16"));
    await deny(rules, 1, "10.83.0.0/16");
    await deny(rules, 2, "10.83.0.0/16");
    const Value = [`deny ${rules} 1 in 10.83.0.0/16 all split`, `deny ${rules} 3 in 10.83.0.0/16 all split`];
    const Name = `/stretch/killed/1/${LONDON}-0`;
    await new SSMClient(moto.client(LONDON)).send(
      new PutParameterCommand({ Name, Type: "String", Value: Value.join("\n"), Tags: list(tags) }),
    );
    const was = await all();
    gate.open(({ action }) => (action === "DeleteNetworkAclEntry" ? "UnauthorizedOperation" : undefined));
    const { code, stderr } = await destroy("killed", "--region", LONDON);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /parameter \S+ \(eu-west-2\): what a fault left stays, and this proves it\. .*acl-/,
    );
    expect(await all()).toEqual(was);

    gate.open();
    const { stdout } = await destroy("killed", "--region", LONDON);
    expect(stdout).toContain(
      `removed what a fault left: network ACL entry ${rules} deny 1 in 10.83.0.0/16 (${LONDON})`,
    );
    expect(stdout).toContain("Removed 1 of 1.");
    const gone = [`${LONDON} ${Name}`, `${LONDON} ${rules} 1 false deny 10.83.0.0/16`];
    expect(await all()).toEqual(was.filter((line) => !gone.includes(line)));
  });

  it("removes more than 200 of a kind, and names region and remedy where AWS cannot be reached", async () => {
    const one = { MinCount: 1, MaxCount: 1, ImageId: "ami-12c6146b", ...spec("instance", ours("many")) };
    for (let i = 0; i < 205; i++) await london.send(new RunInstancesCommand(one));
    expect((await destroy("many", "--region", LONDON)).stdout).toContain("Removed 205 of 205.");
    gate.open(({ service }) => (service === "sts" ? "ExpiredToken" : undefined));
    const { code, stderr } = await sweep("many", "--region", LONDON);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stretch: eu-west-2: AWS refuses the credentials .*renew them/);
  });

  it("gets through where AWS throttles three calls of ten", async () => {
    const seed = Number(process.env.STRETCH_SEED ?? 20240814);
    await vpc(ours("slow"), "10.70.0.0/16");
    gate.open(throttling(0.3, seed));
    const { code, stdout, stderr } = await destroy("slow", "--region", LONDON);
    expect({ seed, code, stderr }).toEqual({ seed, code: 0, stderr: "" });
    expect(stdout).toContain("Removed 1 of 1.");
    expect(gate.refused.RequestLimitExceeded).toBeGreaterThan(5);
  });
});
