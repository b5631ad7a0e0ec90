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

/** What a host reads. */
export interface HostReads extends Pick<AerospikeSettings, "kmsKeyArn" | "packageUrl" | "packageKey"> {
  /** ARNs of its secrets and parameters. */
  readonly secrets?: readonly (string | undefined)[];
}

/** The secrets that a database host reads: every user's password only where the users are made. */
export function nodeSecrets(
  { featureKeyArn, usersSecretArns: users, tls }: AerospikeSettings,
  makesUsers: boolean,
): (string | undefined)[] {
  return [
    ...[featureKeyArn, tls?.certificateArn, tls?.keyArn, tls?.caArn],
    ...[users?.admin, users?.operator, makesUsers ? users?.loader : undefined],
  ];
}

/** What a host needs of its own role: the agent's actions, and to read its secrets and packages. */
export function hostPolicy(region: string, reads: HostReads = {}): PolicyStatement[] {
  const arns = (reads.secrets ?? []).filter((arn) => arn !== undefined);
  // Which service an ARN is of that only Terraform knows cannot be told here: allow the read of either.
  const of = (service: string) =>
    arns.filter((arn) => Token.isUnresolved(arn) || arn.includes(`:${service}:`));
  const statements = [SSM_AGENT];
  const add = (Sid: string, Action: string, Resource: readonly string[]) => {
    if (Resource.length > 0) statements.push({ Sid, Effect: "Allow", Action: [Action], Resource });
  };
  add("Secrets", "secretsmanager:GetSecretValue", of("secretsmanager"));
  add("Parameters", "ssm:GetParameter", of("ssm"));
  if (reads.kmsKeyArn !== undefined && arns.length > 0) add("Key", "kms:Decrypt", [reads.kmsKeyArn]);
  add("Package", "s3:GetObject", s3Objects(region, reads));
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
