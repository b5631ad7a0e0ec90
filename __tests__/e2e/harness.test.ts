import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcPeeringConnection } from "@cdktf/provider-aws/lib/vpc-peering-connection";
import { VpcPeeringConnectionAccepterA } from "@cdktf/provider-aws/lib/vpc-peering-connection-accepter";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { Terraform } from "./support/terraform";

const AMI_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

/** Two peered VPCs in two regions, a host with a fixed address, a bucket. */
function synthTwoRegions(outdir: string): string {
  const app = new App({ outdir, skipValidation: true });
  const stack = new TerraformStack(app, "two-regions");
  const [london, paris] = ["eu-west-2", "eu-west-3"].map((region, i) => {
    const provider = new AwsProvider(stack, region, { region, alias: region });
    const cidrBlock = `10.${i}.0.0/16`;
    return {
      region,
      provider,
      vpc: new Vpc(stack, `vpc-${region}`, { provider, cidrBlock, tags: { Name: region } }),
    };
  });
  const { provider } = london;
  const subnet = new Subnet(stack, "subnet", {
    provider,
    vpcId: london.vpc.id,
    cidrBlock: "10.0.0.0/20",
    availabilityZone: "eu-west-2a",
  });
  const group = new SecurityGroup(stack, "group", { provider, vpcId: london.vpc.id });
  const ami = new DataAwsSsmParameter(stack, "ami", { provider, name: AMI_PARAMETER });
  new Instance(stack, "host", {
    provider,
    ami: ami.value,
    instanceType: "t3a.medium",
    subnetId: subnet.id,
    privateIp: "10.0.0.10",
    vpcSecurityGroupIds: [group.id],
    lifecycle: { ignoreChanges: ["ami"] },
  });
  const peering = new VpcPeeringConnection(stack, "peering", {
    provider,
    vpcId: london.vpc.id,
    peerVpcId: paris.vpc.id,
    peerRegion: paris.region,
    tags: { Name: "peering" },
  });
  new VpcPeeringConnectionAccepterA(stack, "accepter", {
    provider: paris.provider,
    vpcPeeringConnectionId: peering.id,
    autoAccept: true,
    tags: { Name: "peering" },
  });
  new S3Bucket(stack, "bucket", { provider, bucketPrefix: "results-", forceDestroy: true });
  new TerraformOutput(stack, "vpcs", { value: [london.vpc.id, paris.vpc.id], staticId: true });
  app.synth();
  return path.join(outdir, "stacks/two-regions");
}

describeWith(["terraform", "moto"], "the end-to-end harness", () => {
  let outdir: string;
  let moto: Moto;
  let terraform: Terraform;
  let london: EC2Client;
  let paris: EC2Client;

  beforeAll(async () => {
    outdir = mkdtempSync(path.join(tmpdir(), "stretch-harness-"));
    moto = await Moto.start();
    terraform = new Terraform(synthTwoRegions(outdir), moto);
    london = new EC2Client(moto.client("eu-west-2"));
    paris = new EC2Client(moto.client("eu-west-3"));
  });
  afterAll(async () => {
    await moto?.stop();
    rmSync(outdir, { recursive: true, force: true });
  });

  const hosts = async () => {
    const { Reservations } = await london.send(new DescribeInstancesCommand());
    return (Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
  };

  it("initialises and validates the stack", async () => {
    await terraform.init();
    await terraform.validate();
  });

  it("plans every resource as new", async () => {
    const { changes, outputs } = await terraform.plan();
    expect(changes).toContainEqual({ address: "aws_instance.host", action: "create" });
    expect(changes).toHaveLength(8);
    expect(outputs).toEqual(["vpcs"]);
  });

  it("applies it, and finds it in moto", async () => {
    await terraform.apply(await terraform.plan());
    const { VpcPeeringConnections } = await paris.send(new DescribeVpcPeeringConnectionsCommand());
    expect(VpcPeeringConnections?.map(({ Status }) => Status?.Code)).toEqual(["active"]);
    expect((await hosts()).map((host) => host.PrivateIpAddress)).toEqual(["10.0.0.10"]);
    const { Buckets } = await new S3Client(moto.client("eu-west-2")).send(new ListBucketsCommand());
    expect(Buckets?.map(({ Name }) => Name)).toEqual([expect.stringMatching(/^results-/)]);
    const { Vpcs } = await london.send(
      new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["false"] }] }),
    );
    expect((await terraform.output()).vpcs[0]).toBe(Vpcs?.[0].VpcId);
  });

  it("plans no change afterwards", async () => {
    expect(await terraform.plan()).toMatchObject({ changes: [], outputs: [] });
  });

  it("plans no change when the public AMI parameter has a new value", async () => {
    moto.setPublicParameter(AMI_PARAMETER, "ami-0123456789abcdef0");
    const ssm = new SSMClient(moto.client("eu-west-2"));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: AMI_PARAMETER }));
    expect(Parameter?.Value).toBe("ami-0123456789abcdef0");
    expect(await terraform.plan()).toMatchObject({ changes: [], outputs: [] });
  });

  it("shows a change made outside of terraform", async () => {
    const [host] = await hosts();
    await london.send(
      // A tag that the configuration does not know.
      new CreateTagsCommand({
        Resources: [host.InstanceId!],
        Tags: [{ Key: "owner", Value: "somebody" }],
      }),
    );
    expect((await terraform.plan()).changes).toEqual([{ address: "aws_instance.host", action: "update" }]);
  });

  it("destroys everything", async () => {
    await terraform.destroy();
    expect((await terraform.show()).values).toBeUndefined();
    expect((await hosts()).map(({ State }) => State?.Name)).toEqual(["terminated"]);
    const { Vpcs } = await paris.send(new DescribeVpcsCommand());
    expect(Vpcs?.filter(({ IsDefault }) => !IsDefault)).toEqual([]);
    const { Buckets } = await new S3Client(moto.client("eu-west-2")).send(new ListBucketsCommand());
    expect(Buckets ?? []).toEqual([]);
  });

  it("carries a call out once, though its SDK tries it again", async () => {
    const createVpc = async (invocation: string, attempt: number) => {
      const answer = await fetch(moto.endpoint, {
        method: "POST",
        headers: {
          Authorization: "AWS4-HMAC-SHA256 Credential=mock/20260101/eu-west-2/ec2/aws4_request",
          "Amz-Sdk-Invocation-Id": invocation,
          "Amz-Sdk-Request": `attempt=${attempt}; max=3`,
        },
        body: new URLSearchParams({ Action: "CreateVpc", Version: "2016-11-15", CidrBlock: "10.9.0.0/16" }),
      });
      return /<vpcId>(vpc-\w+)</.exec(await answer.text())?.[1];
    };
    const vpc = await createVpc("first", 1);
    expect(vpc).toMatch(/^vpc-/);
    expect(await createVpc("first", 2)).toBe(vpc);
    expect(await createVpc("second", 1)).not.toBe(vpc);
    expect(moto.log()).toContain("Tried again: first, answered before with 200 OK");
  });

  it("fails with terraform's words and moto's log", async () => {
    await expect(terraform.plan({ unknown: "1" })).rejects.toThrow(/undeclared variable[\s\S]*moto's log/);
  });

  it("fails when terraform takes longer than its limit", async () => {
    await expect(terraform.run(["plan"], 100)).rejects.toThrow(/took longer than 0.1 s and was killed/);
  });
});
