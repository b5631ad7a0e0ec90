import { readFileSync } from "node:fs";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { GetBucketAclCommand, HeadBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { PutParameterCommand, SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { describeWith } from "../../../support/requirements";
import { Moto } from "../moto";
import { Door } from "./door";
import type { TwinCall } from "./twin";

const REGION = "eu-west-2";
const own = (service: string, what: string) => `arn:aws:${service}:${REGION}:123456789012:${what}`;

describeWith(["moto"], "the rights of a user of the twin", () => {
  let door: Door;
  let moto: Moto;
  let user: ReturnType<Moto["client"]>;

  beforeAll(async () => {
    door = await Door.open(() => ({ body: { status: "200 OK", body: {} } }));
    moto = await Moto.start(door.url);
    const iam = new IAMClient(moto.client(REGION));
    await iam.send(new CreateUserCommand({ UserName: "ann" }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ann" }));
    const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey!;
    user = { ...moto.client(REGION), credentials: { accessKeyId, secretAccessKey } };
  });
  afterAll(async () => {
    await moto?.stop();
    await door?.close();
  });

  const last = () =>
    JSON.parse(readFileSync(moto.callsFile, "utf8").trimEnd().split("\n").at(-1)!) as TwinCall;
  const allow = (...Statement: object[]) =>
    new IAMClient(moto.client(REGION)).send(
      new PutUserPolicyCommand({
        ...{ UserName: "ann", PolicyName: "own" },
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
      }),
    );
  const schedule = () =>
    new SchedulerClient(user).send(
      new CreateScheduleCommand({
        ...{ Name: "end", GroupName: "stretch-1", ScheduleExpression: "at(2099-01-01T00:00:00)" },
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: { Arn: "arn:aws:scheduler:::aws-sdk:ec2:startInstances", RoleArn: "arn:aws:iam::1:role/x" },
      }),
    );
  const end = { action: "scheduler:CreateSchedule", resource: own("scheduler", "schedule/stretch-1/end") };
  const lock = own("ssm", "parameter/stretch-run/lock/b");

  it.each<[string, () => Promise<unknown>, TwinCall["asked"]]>([
    [
      "a query",
      () => new EC2Client(user).send(new DescribeVpcsCommand({})),
      [{ action: "ec2:DescribeVpcs", resource: "*" }],
    ],
    [
      "an object",
      () => new S3Client(user).send(new PutObjectCommand({ Bucket: "b", Key: "a/b c" })),
      [{ action: "s3:PutObject", resource: "arn:aws:s3:::b/a/b c" }],
    ],
    [
      "a part of a bucket",
      () => new S3Client(user).send(new GetBucketAclCommand({ Bucket: "b" })),
      [{ action: "s3:GetBucketAcl", resource: "arn:aws:s3:::b" }],
    ],
    [
      "a bucket's being there",
      () => new S3Client(user).send(new HeadBucketCommand({ Bucket: "b" })),
      [{ action: "s3:ListBucket", resource: "arn:aws:s3:::b" }],
    ],
    [
      "all schedules",
      () => new SchedulerClient(user).send(new ListSchedulesCommand({})),
      [{ action: "scheduler:ListSchedules", resource: "*" }],
    ],
    [
      "a schedule, whose role is passed",
      schedule,
      [end, { action: "iam:PassRole", resource: "arn:aws:iam::1:role/x" }],
    ],
    [
      "a parameter with tags",
      () =>
        new SSMClient(user).send(
          new PutParameterCommand({
            ...{ Name: "/stretch-run/lock/b", Type: "String", Value: "x" },
            Tags: [{ Key: "owner", Value: "ann" }],
          }),
        ),
      [
        { action: "ssm:PutParameter", resource: lock },
        { action: "ssm:AddTagsToResource", resource: lock },
      ],
    ],
    [
      "a command to hosts",
      () =>
        new SSMClient(user).send(
          new SendCommandCommand({ DocumentName: "AWS-RunShellScript", InstanceIds: ["i-1"] }),
        ),
      [
        { action: "ssm:SendCommand", resource: `arn:aws:ssm:${REGION}::document/AWS-RunShellScript` },
        { action: "ssm:SendCommand", resource: own("ec2", "instance/i-1") },
      ],
    ],
  ])(
    "are asked by the names of policies, and refused where no policy gives them: %s",
    async (_, call, asked) => {
      await expect(call()).rejects.toBeDefined();
      expect(last()).toMatchObject({ byUser: true, asked });
      expect(last().refused).toContain(`is not authorized to perform: ${asked[0].action}`);
    },
  );

  it("are told in the service's own error", async () => {
    await expect(new EC2Client(user).send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: "UnauthorizedOperation",
    });
    await expect(schedule()).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("include to ask who one is", async () => {
    await new STSClient(user).send(new GetCallerIdentityCommand({}));
    expect(last()).toMatchObject({ byUser: true, refused: null });
  });

  it("are those of all statements, on their resources and under their condition alone", async () => {
    const making = {
      Effect: "Allow",
      Action: end.action,
      Resource: "arn:*:scheduler:*:*:schedule/stretch-*/*",
    };
    const passing = (service: string) => ({
      ...{ Effect: "Allow", Action: ["iam:PassRole"], Resource: "*" },
      Condition: { StringEquals: { "iam:PassedToService": service } },
    });
    await allow(making, passing("lambda.amazonaws.com"));
    await expect(schedule()).rejects.toThrow("iam:PassRole on resource: arn:aws:iam::1:role/x");
    await allow({ ...making, Resource: making.Resource.replace("stretch-*", "other-*") });
    await expect(schedule()).rejects.toThrow(`${end.action} on resource: ${end.resource}`);
    await allow(making, passing("scheduler.amazonaws.com"));
    await new SchedulerClient(moto.client(REGION)).send(
      new CreateScheduleGroupCommand({ Name: "stretch-1" }),
    );
    await schedule();
    expect(last()).toMatchObject({ byUser: true, refused: null });
  });

  it("are all for the account's own key", async () => {
    await new EC2Client(moto.client(REGION)).send(new DescribeVpcsCommand({}));
    expect(last()).toMatchObject({ byUser: false, refused: null });
  });
});
