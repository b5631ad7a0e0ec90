import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import type { Distribution } from "./aerospike-settings";
import { InputError } from "../stack/errors";
import { text } from "../stack/props";
import type { IRegionVpc } from "../network/i-region-vpc";

/** An image's id. */
export const AMI = text(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/, "an image's id, such as ami-0123456789abcdef0");

export type Architecture = "x86_64" | "arm64";

const INSTANCE_TYPE = /^([a-z][a-z0-9-]*)\.[a-z0-9-]+$/;
/** Graviton families: a1, and those with a g after the generation's digit (t4g, m7gd, im4gn). */
const ARM_FAMILY = /^(a1|[a-z]+\d+g[a-z]*)$/;

/**
 * Processor architecture of an EC2 instance type, from its family's name.
 * @throws InputError if it is not of the form FAMILY.SIZE
 */
export function architectureOf(instanceType: string): Architecture {
  const family = INSTANCE_TYPE.exec(instanceType)?.[1];
  if (family === undefined) {
    throw new InputError({
      problem: "instanceType is not an EC2 instance type",
      value: instanceType,
      expected: "FAMILY.SIZE, such as t3a.medium or m7g.large",
      mend: "See `aws ec2 describe-instance-types`.",
    });
  }
  return ARM_FAMILY.test(family) ? "arm64" : "x86_64";
}

/** @throws InputError if hosts of another distribution have no image of it: the default image is Amazon Linux. */
export function assertImage(distribution: Distribution | undefined, ami: string | undefined): void {
  if (ami === undefined && distribution !== undefined && distribution !== "amzn2023") {
    throw new InputError({
      problem: "the hosts' distribution has no image: the default one is Amazon Linux 2023",
      value: distribution,
      expected: "an image of that distribution, or amzn2023",
      mend: "Give amis of the cluster (by region) and ami of client hosts, or leave distribution out.",
    });
  }
}

/**
 * Id of the newest Amazon Linux 2023 image of a VPC's region, by AWS's public SSM parameter; one data source a VPC and
 * architecture. It is read anew at every plan, so hosts must ignore its changes.
 */
export function amazonLinux2023(vpc: IRegionVpc, architecture: Architecture): string {
  const id = `amazon-linux-2023-${architecture}`;
  const made = vpc.node.tryFindChild(id) as DataAwsSsmParameter | undefined;
  const parameter =
    made ??
    new DataAwsSsmParameter(vpc, id, {
      provider: vpc.provider,
      name: `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`,
    });
  return parameter.insecureValue;
}
