import { Token } from "cdktf";
import type { AerospikeSettings } from "./aerospike-settings";
import type { PolicyStatement } from "./host-role";
import { partitionOf } from "../network/region";

/**
 * What the Systems Manager agent does itself for Session Manager and Run Command. Not AmazonSSMManagedInstanceCore, which
 * may read every parameter of the account. None of these actions can be limited to a resource.
 */
export const SSM_AGENT: PolicyStatement = {
  Sid: "SystemsManagerAgent",
  Effect: "Allow",
  Action: [
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
    "ssm:ListAssociations",
    "ssm:ListInstanceAssociations",
    "ssm:UpdateInstanceAssociationStatus",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  Resource: "*",
};

/** What a host needs of its own role: the agent's actions, and to read the secrets and packages that its settings name. */
export function hostPolicy(
  region: string,
  settings: Pick<
    AerospikeSettings,
    "featureKeyArn" | "usersSecretArn" | "kmsKeyArn" | "packageUrl" | "packageKey"
  > = {},
): PolicyStatement[] {
  const arns = [settings.featureKeyArn, settings.usersSecretArn].filter((arn) => arn !== undefined);
  // Which service an ARN is of that only Terraform knows cannot be told here: allow the read of either.
  const of = (service: string) =>
    arns.filter((arn) => Token.isUnresolved(arn) || arn.includes(`:${service}:`));
  const statements = [SSM_AGENT];
  const add = (Sid: string, Action: string, Resource: readonly string[]) => {
    if (Resource.length > 0) statements.push({ Sid, Effect: "Allow", Action: [Action], Resource });
  };
  add("Secrets", "secretsmanager:GetSecretValue", of("secretsmanager"));
  add("Parameters", "ssm:GetParameter", of("ssm"));
  if (settings.kmsKeyArn !== undefined) add("Key", "kms:Decrypt", [settings.kmsKeyArn]);
  add("Package", "s3:GetObject", s3Objects(region, settings));
  return statements;
}

/** ARNs of the object of an s3 URL, of its checksum beside it and of the signature, if it is looked at. */
function s3Objects(
  region: string,
  { packageUrl, packageKey }: Pick<AerospikeSettings, "packageUrl" | "packageKey">,
): string[] {
  const object = /^s3:\/\/(.+)$/.exec(packageUrl ?? "")?.[1];
  if (object === undefined) return [];
  const ends = ["", ".sha256", ...(packageKey === undefined ? [] : [".asc"])];
  return ends.map((end) => `arn:${partitionOf(region)}:s3:::${object}${end}`);
}
