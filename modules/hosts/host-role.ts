import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { NAME_PREFIX } from "../stack/name-prefix";
import { Construct } from "constructs";
import { jsonText } from "../stack/json-text";

/** One statement of an IAM policy, in the policy language's own words. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface HostRoleProps {
  readonly provider: AwsProvider;
  /** What hosts with this role may do. */
  readonly statements: readonly PolicyStatement[];
}

/** Prefix of IAM names: IAM is global to an account, so that a fixed name would let only one deployment in. */

/** The role of hosts, with its instance profile. */
export class HostRole extends Construct {
  readonly role: IamRole;
  readonly instanceProfile: IamInstanceProfile;

  constructor(scope: Construct, id: string, props: HostRoleProps) {
    super(scope, id);
    const { provider } = props;
    this.role = new IamRole(this, "role", {
      provider,
      namePrefix: NAME_PREFIX,
      assumeRolePolicy: jsonText({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      }),
    });
    new IamRolePolicy(this, "policy", {
      provider,
      namePrefix: NAME_PREFIX,
      role: this.role.id,
      policy: jsonText({ Version: "2012-10-17", Statement: props.statements }),
    });
    this.instanceProfile = new IamInstanceProfile(this, "profile", {
      provider,
      namePrefix: NAME_PREFIX,
      role: this.role.name,
    });
  }
}
