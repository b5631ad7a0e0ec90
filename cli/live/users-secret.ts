import { randomInt } from "node:crypto";
import { UsageError } from "../errors";
import { withAwsSdk } from "./aws-sdk";

/** Users of a cluster with access control: what the hosts' own script makes of the secret. */
const USERS = ["admin", "loader", "operator"] as const;
/** Characters that every tool takes as they are. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** 62^32: 190 bits. */
const LENGTH = 32;

export interface UsersSecretProps {
  /** Name in Secrets Manager. */
  readonly name: string;
  /** The secret's region, then those that it is replicated to. */
  readonly regions: readonly string[];
  /**
   * ARN of the KMS key to encrypt it with, in the first region.
   * @default Secrets Manager's own
   */
  readonly kmsKeyArn?: string;
}

/** A password a user, as the hosts expect them. */
export function newPasswords(): Record<(typeof USERS)[number], string> {
  const password = () => Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return { admin: password(), loader: password(), operator: password() };
}

/**
 * Generates the passwords of a cluster's users and stores them in Secrets Manager, from where the hosts read them. They
 * are never shown, written to a file or known to Terraform.
 *
 * @returns the secret's ARN; with several regions, `{region}` in place of the region
 * @throws UsageError where a secret of that name is there already, or the AWS SDK's client is not installed.
 */
export async function createUsersSecret({ name, regions, kmsKeyArn }: UsersSecretProps): Promise<string> {
  const { CreateSecretCommand, ResourceExistsException, SecretsManagerClient } = await withAwsSdk(
    ["secrets-manager"],
    () => import("@aws-sdk/client-secrets-manager"),
  );
  const [region, ...replicas] = regions;
  const client = new SecretsManagerClient({ region });
  try {
    const { ARN } = await client.send(
      new CreateSecretCommand({
        Name: name,
        Description: `Passwords of the Aerospike users ${USERS.join(", ")}`,
        SecretString: JSON.stringify(newPasswords()),
        KmsKeyId: kmsKeyArn,
        AddReplicaRegions: replicas.length === 0 ? undefined : replicas.map((Region) => ({ Region })),
      }),
    );
    return replicas.length === 0 ? ARN! : ARN!.replace(`:${region}:`, ":{region}:");
  } catch (error) {
    if (error instanceof ResourceExistsException) {
      throw new UsageError(
        `There is a secret "${name}" in ${region} already: expected a new name. Its value is kept; delete it, or choose another name.`,
      );
    }
    throw new Error(`The secret "${name}" cannot be made in ${region}: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}
