import { LEVER } from "../../lab/deployed/run-lock";
import type { PolicyStatement } from "../../modules/hosts/host-role";
import { NAME_PREFIX } from "../../modules/stack/name-prefix";
import type { StackJson } from "../price/bill";

/** What Terraform asks of AWS to see whether a resource is as its state has it, by the resource's type. */
const READS: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_metric_alarm: ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"],
  aws_default_security_group: ["ec2:DescribeSecurityGroups"],
  aws_ec2_instance_state: ["ec2:DescribeInstances", "ec2:DescribeInstanceStatus"],
  aws_ec2_managed_prefix_list: ["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
  aws_eip: ["ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute"],
  aws_iam_instance_profile: ["iam:GetInstanceProfile"],
  aws_iam_role: ["iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
  aws_iam_role_policy: ["iam:GetRolePolicy"],
  aws_instance: [
    "ec2:DescribeInstanceAttribute",
    "ec2:DescribeInstanceCreditSpecifications",
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeTags",
    "ec2:DescribeVolumes",
    "iam:GetInstanceProfile",
  ],
  aws_internet_gateway: ["ec2:DescribeInternetGateways"],
  aws_nat_gateway: ["ec2:DescribeNatGateways"],
  aws_network_acl: ["ec2:DescribeNetworkAcls"],
  aws_network_acl_association: ["ec2:DescribeNetworkAcls"],
  aws_network_acl_rule: ["ec2:DescribeNetworkAcls"],
  aws_network_acls: ["ec2:DescribeNetworkAcls"],
  aws_route: ["ec2:DescribeRouteTables"],
  aws_route_table: ["ec2:DescribeRouteTables"],
  aws_route_table_association: ["ec2:DescribeRouteTables"],
  aws_s3_bucket: [
    "s3:GetAccelerateConfiguration",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketLogging",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketPolicy",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
  ],
  aws_s3_bucket_public_access_block: ["s3:GetBucketPublicAccessBlock"],
  aws_s3_bucket_server_side_encryption_configuration: ["s3:GetEncryptionConfiguration"],
  aws_scheduler_schedule: ["scheduler:GetSchedule"],
  aws_scheduler_schedule_group: ["scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"],
  aws_security_group: ["ec2:DescribeSecurityGroups"],
  aws_sqs_queue: ["sqs:GetQueueAttributes", "sqs:ListQueueTags"],
  aws_ssm_parameter: ["ssm:DescribeParameters", "ssm:GetParameter", "ssm:ListTagsForResource"],
  aws_subnet: ["ec2:DescribeSubnets"],
  aws_vpc: ["ec2:DescribeVpcAttribute", "ec2:DescribeVpcs"],
  aws_vpc_endpoint: ["ec2:DescribePrefixLists", "ec2:DescribeVpcEndpoints"],
  aws_vpc_peering_connection: ["ec2:DescribeVpcPeeringConnections"],
  aws_vpc_peering_connection_accepter: ["ec2:DescribeVpcPeeringConnections"],
  aws_vpc_peering_connection_options: ["ec2:DescribeVpcPeeringConnections"],
  aws_vpc_security_group_egress_rule: ["ec2:DescribeSecurityGroupRules"],
  aws_vpc_security_group_ingress_rule: ["ec2:DescribeSecurityGroupRules"],
};

/** What making and ending a fault asks beside, by the type of the resource that it toggles. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  aws_ec2_instance_state: ["ec2:StartInstances", "ec2:StopInstances"],
  aws_network_acl_rule: ["ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAclEntry"],
  aws_route: ["ec2:CreateRoute", "ec2:DeleteRoute"],
  aws_scheduler_schedule: [
    "scheduler:CreateSchedule",
    "scheduler:DeleteSchedule",
    "scheduler:UpdateSchedule",
  ],
  aws_vpc_security_group_ingress_rule: [
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateTags",
    "ec2:RevokeSecurityGroupIngress",
  ],
};

/** Types of resources whose reads are known here. */
export const KNOWN_TYPES: readonly string[] = Object.keys(READS);

/** Those of some types of resources that Terraform asks AWS for, and whose reads are not known here. */
export function unknownTypes(types: readonly string[]): string[] {
  return types.filter((type) => type.startsWith("aws_") && !KNOWN_TYPES.includes(type)).sort();
}

/** Types of a stack's resources that faults make, take away or change: those with a count, and states of instances. */
export function switchedTypes({ resource = {} }: StackJson): string[] {
  return Object.entries(resource)
    .filter(
      ([type, all]) =>
        type === "aws_ec2_instance_state" || Object.values(all).some(({ count }) => count !== undefined),
    )
    .map(([type]) => type);
}

/** An IAM policy. */
export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/**
 * What an operator needs to run experiments on a deployed stack (`stretch run`, `status`, `recover`, `heal`), and to plan it:
 * not what deploying it takes.
 *
 * @param types types of the stack's resources and data sources; what none of them needs is left out
 * @param switched those that its faults toggle
 */
export function operatorPolicy(types: readonly string[], switched: readonly string[]): Policy {
  const of = (table: Readonly<Record<string, readonly string[]>>, those: readonly string[]) => [
    ...new Set(those.flatMap((type) => table[type] ?? [])),
  ];
  const own = (service: string, path: string) => `arn:*:${service}:*:*:${path}`;
  const parameters = `parameter${LEVER.slice(0, LEVER.lastIndexOf("/"))}/*`;
  const faults = of(FAULTS, switched);
  const statements: PolicyStatement[] = [
    allow("Plan", [...of(READS, types), "sts:GetCallerIdentity"], "*"),
    allow(
      "Faults",
      faults.filter((action) => !action.startsWith("scheduler:")),
      "*",
    ),
    allow(
      "Schedules",
      faults.filter((action) => action.startsWith("scheduler:")),
      own("scheduler", `schedule/${NAME_PREFIX}*/*`),
    ),
    {
      ...allow(
        "SchedulersRole",
        switched.includes("aws_scheduler_schedule") ? ["iam:PassRole"] : [],
        `arn:*:iam::*:role/${NAME_PREFIX}*`,
      ),
      Condition: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
    },
    allow(
      "Hosts",
      ["ssm:SendCommand"],
      ["arn:*:ssm:*::document/AWS-RunShellScript", own("ec2", "instance/*")],
    ),
    allow(
      "Commands",
      [
        "ssm:CancelCommand",
        "ssm:DescribeInstanceInformation",
        "ssm:GetCommandInvocation",
        "ssm:ListCommandInvocations",
      ],
      "*",
    ),
    allow(
      "LockAndLever",
      ["ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter"],
      own("ssm", parameters),
    ),
    allow("Results", ["s3:GetObject", "s3:PutObject"], `arn:*:s3:::${NAME_PREFIX}*/*`),
    allow("ListResults", ["s3:ListBucket"], `arn:*:s3:::${NAME_PREFIX}*`),
    allow("Alarm", ["cloudwatch:DescribeAlarms"], "*"),
    allow("HealWithoutState", ["scheduler:ListSchedules"], "*"),
    allow("FaultRecord", ["ssm:GetParametersByPath"], own("ssm", "parameter/stretch/*")),
  ];
  return { Version: "2012-10-17", Statement: statements.filter(({ Action }) => Action.length > 0) };
}

function allow(
  Sid: string,
  actions: readonly string[],
  Resource: string | readonly string[],
): PolicyStatement {
  return { Sid, Effect: "Allow", Action: [...actions].sort(), Resource };
}
