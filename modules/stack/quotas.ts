import { Annotations, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { InputError } from "./errors";

/** A quota of AWS's, as Service Quotas names it. */
interface Quota {
  readonly name: string;
  readonly service: string;
  readonly code: string;
  /** What an account has at first. */
  readonly value: number;
  /** What AWS raises it to at most, where that is known. */
  readonly most?: number;
  /** What is counted. */
  readonly counted: string;
  /** Whether all uses of a region count together. @default false: each alone */
  readonly together?: boolean;
}

/**
 * The quotas that a stack may pass (general/latest/gr/vpc-service.html, ec2-service.html). What is fixed, and what no
 * stack comes near (10,000,000 schedules a region), is not here.
 */
export const QUOTAS = {
  groupRules: {
    name: "Inbound or outbound rules per security group",
    service: "vpc",
    code: "L-0EA8095F",
    value: 60,
    most: 1000,
    counted: "inbound rules",
  },
  aclRules: {
    name: "Rules per network ACL",
    service: "vpc",
    code: "L-2AEEBF1A",
    value: 20,
    most: 40,
    counted: "rules a direction",
  },
  elasticIps: {
    name: "EC2-VPC Elastic IPs",
    service: "ec2",
    code: "L-0263D0A3",
    value: 5,
    counted: "Elastic IPs",
    together: true,
  },
} satisfies Record<string, Quota>;

/** What something of the stack takes of a quota. */
interface QuotaUse {
  readonly quota: Quota;
  /** The provider: its account and region have the quota. */
  readonly provider: IConstruct;
  readonly region: string;
  /** What takes it, in words. */
  readonly what: string;
  readonly count: number;
}

const USES = new WeakMap<TerraformStack, (() => QuotaUse)[]>();

/**
 * Counts something of the stack towards a quota, at synth: above what an account has at first it is a warning that says
 * how to raise it, one a quota and region; above what AWS raises it to an error.
 *
 * @param use asked when the stack is whole
 */
export function countTowardsQuota(scope: IConstruct, use: () => QuotaUse): void {
  const stack = TerraformStack.of(scope);
  const uses = USES.get(stack) ?? [];
  if (uses.length === 0) {
    USES.set(stack, uses);
    stack.node.addValidation({ validate: () => checkQuotas(stack, uses) });
  }
  uses.push(use);
}

function checkQuotas(stack: TerraformStack, uses: readonly (() => QuotaUse)[]): string[] {
  const byQuota = new Map<string, QuotaUse[]>();
  for (const use of uses.map((ask) => ask())) {
    const key = `${use.quota.code} ${use.provider.node.path}`;
    byQuota.set(key, [...(byQuota.get(key) ?? []), use]);
  }
  return [...byQuota.values()].flatMap((those) => {
    const { quota, region } = those[0];
    const all = quota.together ? [together(those)] : those;
    const over = all.filter(({ count }) => count > quota.value).sort((a, b) => b.count - a.count);
    if (over.length === 0) return [];
    const [{ what, count }] = over;
    const whose = over.length > 1 ? `${what} (and of ${over.length - 1} more)` : what;
    const { name, service, code, most, value, counted } = quota;
    if (most !== undefined && count > most) {
      return [
        new InputError({
          problem: `${counted} of ${whose} are more than AWS allows at all (quota "${name}", ${code})`,
          value: count,
          expected: `at most ${value}, or ${most} where AWS has raised it`,
          mend: "Use fewer and larger CIDR blocks, whole VPCs in place of subnets or racks.",
        }).message,
      ];
    }
    Annotations.of(stack).addWarning(
      `${count} ${counted} of ${whose}: an account has ${value} at first (quota "${name}", ${code}). Raise it before you deploy: ` +
        `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${count}`,
    );
    return [];
  });
}

function together(uses: readonly QuotaUse[]): QuotaUse {
  return {
    ...uses[0],
    what: uses.map(({ what }) => what).join(" and "),
    count: uses.reduce((sum, { count }) => sum + count, 0),
  };
}
