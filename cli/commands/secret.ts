import { Command, InvalidArgumentError } from "commander";
import { UsageError } from "../errors";
import { createUsersSecrets } from "../live/users-secrets";
import { regions } from "./options";
import type { Output } from "./output";

interface Options {
  region: string[];
  kmsKey?: string;
}

/** `stretch secret create`: the passwords of a cluster's users, generated and stored in AWS. */
export function secretCommand(output: Output): Command {
  const create = new Command("create")
    .summary("generate the users' passwords and store them in Secrets Manager")
    .description(
      "Generates passwords for the users admin, loader and operator and stores each as a secret in AWS Secrets Manager, with " +
        "your own credentials. Prints the ARNs to give to the cluster as usersSecretArns; the passwords are never shown.",
    )
    .argument("<NAME>", "what their names begin with: NAME/admin, NAME/loader, NAME/operator", secretName)
    .requiredOption("--region <REGION...>", "region of the secrets; further ones get replicas", regions)
    .option("--kms-key <ARN>", "KMS key to encrypt them with (default: Secrets Manager's own)", kmsKey)
    .action(async (name: string, { region, kmsKey }: Options) => {
      if (kmsKey !== undefined && region.length > 1) {
        throw new UsageError(
          `--kms-key was given with ${region.length} regions: expected one region, as a key of one region cannot encrypt the replicas. Make secrets for each region, or leave --kms-key out.`,
        );
      }
      const arns = await createUsersSecrets({ name, regions: region, kmsKeyArn: kmsKey });
      output.print(
        `Give them to the cluster, in its settings:\n\n"usersSecretArns": ${JSON.stringify(arns, null, 2)}`,
      );
    });
  return new Command("secret").summary("secrets that the hosts read at boot").addCommand(create);
}

function secretName(text: string): string {
  // Secrets Manager's own rule, less the users' names.
  if (!/^[A-Za-z0-9/_+=.@-]{1,500}$/.test(text)) {
    throw new InvalidArgumentError("Expected letters, digits and / _ + = . @ -, at most 500.");
  }
  return text;
}

function kmsKey(text: string): string {
  if (!/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[A-Za-z0-9/_-]+$/.test(text)) {
    throw new InvalidArgumentError("Expected arn:aws:kms:REGION:ACCOUNT:key/ID.");
  }
  return text;
}
