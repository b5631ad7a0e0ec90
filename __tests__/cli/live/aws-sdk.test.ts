import { UsageError } from "../../../cli/errors";
import { type AwsClient, withAwsSdk } from "../../../cli/live/aws-sdk";

const load = (name: string) => () => import(name);

describe("what needs clients of the AWS SDK", () => {
  it("is loaded where they are installed", async () => {
    const { IAMClient } = await withAwsSdk(["iam"], () => import("@aws-sdk/client-iam"));
    expect(new IAMClient({ region: "eu-west-2" }).config.serviceId).toBe("IAM");
  });

  it("fails with the command that installs them all where one is missing", async () => {
    const clients = ["ec2", "not-there"] as AwsClient[];
    const failure = withAwsSdk(clients, load("@aws-sdk/client-not-there"));
    await expect(failure).rejects.toThrow(UsageError);
    await expect(failure).rejects.toThrow(
      /not installed: npm install @aws-sdk\/client-ec2 @aws-sdk\/client-not-there$/,
    );
  });

  it("fails as it does where something else is missing", async () => {
    await expect(withAwsSdk(["iam"], load("./not-there"))).rejects.not.toThrow(UsageError);
  });
});
