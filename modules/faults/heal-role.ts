import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import { jsonText } from "../stack/json-text";
import { NAME_PREFIX } from "../stack/name-prefix";

/**
 * ARNs that the inline policies of a role have room for: IAM holds those of a role to 10,240 characters without white
 * space, a fixed quota; an ARN of EC2 has at most 83, and other statements take some 1,000.
 */
export const MOST_ARNS = 100;

/** What a role for schedules has of its own. */
interface HealRoleProps {
  readonly provider: AwsProvider;
  /** The account whose scheduler it trusts. */
  readonly account: () => string;
  /** Statements beside what it is allowed to act on. */
  readonly statements: (actions: readonly string[]) => readonly object[];
}

/** A role that EventBridge Scheduler acts with, and what it may act on: not more than its policy has room for. */
export class HealRole {
  readonly role: IamRole;
  private readonly allowed = new Map<string, Set<string>>();

  /** @param suffix behind the ids of its resources in `scope` */
  constructor(scope: Construct, suffix: string, { provider, account, statements }: HealRoleProps) {
    this.role = new IamRole(scope, `role${suffix}`, {
      provider,
      namePrefix: NAME_PREFIX,
      assumeRolePolicy: jsonText({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "scheduler.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": Lazy.stringValue({ produce: account }) } },
          },
        ],
      }),
    });
    const policy = () => ({
      Version: "2012-10-17",
      Statement: [
        ...[...this.allowed].map(([Action, arns]) => ({ Effect: "Allow", Action, Resource: [...arns] })),
        ...statements([...this.allowed.keys()]),
      ],
    });
    new IamRolePolicy(scope, `policy${suffix}`, {
      provider,
      namePrefix: NAME_PREFIX,
      role: this.role.id,
      policy: Lazy.stringValue({ produce: () => jsonText(policy()) }),
    });
  }

  /** Allows an action on some ARNs, where all of them have room. */
  allow(action: string, arns: readonly string[]): boolean {
    const all = new Set([...(this.allowed.get(action) ?? []), ...arns]);
    const others = [...this.allowed].filter(([name]) => name !== action);
    if (others.reduce((sum, [, { size }]) => sum + size, all.size) > MOST_ARNS) return false;
    this.allowed.set(action, all);
    return true;
  }
}
