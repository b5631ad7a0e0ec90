import { randomInt } from "node:crypto";
import { UsageError } from "../errors";
import { withAwsSdk } from "./aws-sdk";

/** Users of a cluster with access control: whom the hosts' own script makes. */
const USERS = ["admin", "loader", "operator"] as const;
/** Characters that every tool takes as they are. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** 62^32: 190 bits. */
const LENGTH = 32;

export interface UsersSecretsProps {
  /** What the secrets' names begin with in Secrets Manager: NAME/admin, NAME/loader, NAME/operator. */
  readonly name: string;
  /** The secrets' region, then those that they are replicated to. */
  readonly regions: readonly string[];
  /**
   * ARN of the KMS key to encrypt them with, in the first region.
   * @default Secrets Manager's own
   */
  readonly kmsKeyArn?: string;
}

/** A password as the hosts expect one. */
export function newPassword(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/**
 * Generates the passwords of a cluster's users and stores each as a secret of Secrets Manager, from where the hosts read
 * those that they need. They are never shown, written to a file or known to Terraform.
 *
 * @returns the secrets' ARNs by user; with several regions, `{region}` in place of the region
 * @throws UsageError where one of the secrets is there already, before any is made, or the AWS SDK's client is not
 * installed; Error where AWS refuses, with the secrets that were made before.
 */
export async function createUsersSecrets({
  name,
  regions,
  kmsKeyArn,
}: UsersSecretsProps): Promise<Readonly<Record<string, string>>> {
  const { CreateSecretCommand, DescribeSecretCommand, ResourceNotFoundException, SecretsManagerClient } =
    await withAwsSdk(["secrets-manager"], () => import("@aws-sdk/client-secrets-manager"));
  const [region, ...replicas] = regions;
  const client = new SecretsManagerClient({ region });
  const secretName = (user: string) => `${name}/${user}`;
  const arns: Record<string, string> = {};
  try {
    for (const SecretId of USERS.map(secretName)) {
      try {
        await client.send(new DescribeSecretCommand({ SecretId }));
      } catch (error) {
        if (error instanceof ResourceNotFoundException) continue;
        throw error;
      }
      throw new UsageError(
        `There is a secret "${SecretId}" in ${region} already: expected a new name. Its value is kept, and none was made; delete it, or choose another name.`,
      );
    }
    for (const user of USERS) {
      const { ARN } = await client.send(
        new CreateSecretCommand({
          Name: secretName(user),
          Description: `Password of the Aerospike user ${user}`,
          SecretString: newPassword(),
          KmsKeyId: kmsKeyArn,
          AddReplicaRegions: replicas.length === 0 ? undefined : replicas.map((Region) => ({ Region })),
        }),
      );
      arns[user] = replicas.length === 0 ? ARN! : ARN!.replace(`:${region}:`, ":{region}:");
    }
    return arns;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const made = Object.keys(arns).map(secretName);
    const rest =
      made.length === 0
        ? "None was made."
        : `Made before: ${made.join(", ")}; delete them, or choose another name.`;
    throw new Error(
      `The secrets "${name}" cannot be made in ${region}: ${(error as Error).message} ${rest}`,
      {
        cause: error,
      },
    );
  } finally {
    client.destroy();
  }
}
