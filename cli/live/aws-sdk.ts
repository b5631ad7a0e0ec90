import { UsageError } from "../errors";

/** The clients of the AWS SDK: optional peers, as they are large and most who import a construct need none. */
export type AwsClient =
  "cloudwatch" | "ec2" | "iam" | "s3" | "scheduler" | "secrets-manager" | "sqs" | "ssm" | "sts";

/** What a deployed stack is run with. */
export const LIVE_CLIENTS = ["cloudwatch", "ec2", "s3", "scheduler", "ssm"] as const;

/**
 * Loads a file of a command that needs clients of the AWS SDK.
 *
 * @throws UsageError with the command that installs them, where one is missing.
 */
export async function withAwsSdk<T>(clients: readonly AwsClient[], load: () => Promise<T>): Promise<T> {
  // Notices of the SDK about future versions of Node are nothing that a user of the command can act on.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const packages = clients.map((client) => `@aws-sdk/client-${client}`);
    const isMissing = (name: string) => message.startsWith(`Cannot find module '${name}'`);
    if (code !== "MODULE_NOT_FOUND" || !packages.some(isMissing)) throw error;
    throw new UsageError(
      `This command needs clients of the AWS SDK that are not installed: npm install ${packages.join(" ")}`,
    );
  }
}
