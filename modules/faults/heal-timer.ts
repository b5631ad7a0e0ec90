import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { InputError } from "../stack/errors";
import { NAME_PREFIX } from "../stack/name-prefix";
import { FaultRecord } from "./fault-record";
import type { FaultSwitch } from "./fault-switch";
import { HealFailures } from "./heal-failures";
import { HealRole } from "./heal-role";
import type { IRegionVpc } from "../network/i-region-vpc";
import { jsonText } from "../stack/json-text";
import { partitionOf } from "../network/region";

/** The calls of EC2 that end a fault, and the permission of each. */
const CALLS = {
  deleteNetworkAclEntry: "ec2:DeleteNetworkAclEntry",
  startInstances: "ec2:StartInstances",
} as const;

export interface HealCall {
  /** Fault that the call ends. */
  readonly fault: string;
  /** Call of EC2, by its name in EventBridge Scheduler's universal targets. */
  readonly call: keyof typeof CALLS;
  /** What EC2 is given, as its API names it. */
  readonly input: Readonly<Record<string, unknown>>;
  /** ARNs of what the call acts on, all that the role may touch: at most MOST_ARNS. */
  readonly resources: readonly string[];
}

/**
 * Ends faults of one region when no operator does: EventBridge Scheduler itself calls EC2 at the fault's end, to the minute.
 * The role is always there, since IAM needs a while to know a new one; it trusts the scheduler of this account alone and
 * may act on the things that the stack's faults break alone. A schedule is there only while its fault lasts and has an
 * end; the next deploy after that removes it.
 */
export class HealTimer extends Construct {
  /**
   * The timer of a switch for the region, and the provider, of a VPC; made at the first call.
   * @throws InputError if another provider has the name that the VPC's goes by
   */
  static of(faultSwitch: FaultSwitch, vpc: IRegionVpc): HealTimer {
    const id = `heal-${vpc.provider.alias ?? vpc.region}`;
    const made = faultSwitch.node.tryFindChild(id);
    const timer = made instanceof HealTimer ? made : new HealTimer(faultSwitch, id, vpc);
    if (timer.provider !== vpc.provider) {
      throw new InputError({
        problem: `the providers of ${timer.vpc.node.path} and ${vpc.node.path} cannot be told apart`,
        value: vpc.provider.alias ?? vpc.region,
        expected: "an alias a provider, and none that is the region of another",
        mend: "Give each provider an alias of its own.",
      });
    }
    timer.vpcs.add(vpc);
    return timer;
  }

  readonly group: SchedulerScheduleGroup;
  private readonly failures: HealFailures;
  private readonly provider: AwsProvider;
  private readonly region: string;
  private readonly vpcs = new Set<IRegionVpc>();
  /** More than one where a policy would be longer than IAM allows. */
  private readonly roles: HealRole[] = [];

  private constructor(
    private readonly faultSwitch: FaultSwitch,
    id: string,
    vpc: IRegionVpc,
  ) {
    super(faultSwitch, id);
    const { provider, region } = vpc;
    this.provider = provider;
    this.region = region;
    this.group = new SchedulerScheduleGroup(this, "schedules", {
      provider,
      namePrefix: NAME_PREFIX,
      tags: { Name: `${faultSwitch.variableName}-${faultSwitch.end.healAtName}` },
    });
    FaultRecord.of(this, vpc).add(this.node.path, "schedules", this.group.name);
    this.failures = new HealFailures(this, "failures", {
      provider,
      what: `${faultSwitch.variableName}-${faultSwitch.end.healAtName}`,
    });
  }

  /** The ARN of something of EC2 in the VPC's account and region (`network-acl/acl-1`). */
  static ec2Arn({ region, ownerId }: IRegionVpc, resource: string): string {
    return `arn:${partitionOf(region)}:ec2:${region}:${ownerId}:${resource}`;
  }

  /** Makes a schedule of the call at the fault's end. What it undoes must wait for `end.before`: made after it, removed before. */
  schedule(scope: Construct, id: string, { fault, call, input, resources }: HealCall): void {
    const { role } = this.roleFor(CALLS[call], resources);
    const schedule = new SchedulerSchedule(scope, id, {
      provider: this.provider,
      count: this.faultSwitch.countIfTimed(fault),
      namePrefix: NAME_PREFIX,
      description: `Ends the fault ${fault}`,
      groupName: this.group.name,
      scheduleExpression: `at(${Fn.trimsuffix(this.faultSwitch.end.time, "Z")})`,
      scheduleExpressionTimezone: "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: `arn:${partitionOf(this.region)}:scheduler:::aws-sdk:ec2:${call}`,
        roleArn: role.arn,
        input: jsonText(input),
        deadLetterConfig: { arn: this.failures.queue.arn },
      },
    });
    this.faultSwitch.end.add(schedule);
  }

  /** One VPC of the timer: the first by path, whichever was made first. */
  private get vpc(): IRegionVpc {
    return [...this.vpcs].reduce((a, b) => (a.node.path < b.node.path ? a : b));
  }

  /** A role that may make a call: the first one with room. */
  private roleFor(action: string, arns: readonly string[]): HealRole {
    const { provider, roles } = this;
    const made = roles.find((role) => role.allow(action, arns));
    if (made !== undefined) return made;
    const role = new HealRole(this, roles.length > 0 ? `-${roles.length + 1}` : "", {
      provider,
      account: () => this.vpc.ownerId,
      statements: (actions) => [
        ...(actions.includes(CALLS.startInstances) ? [this.unlockVolumes()] : []),
        { Effect: "Allow", Action: "sqs:SendMessage", Resource: [this.failures.queue.arn] },
      ],
    });
    role.allow(action, arns);
    roles.push(role);
    return role;
  }

  /**
   * EC2 asks whoever starts a host for a grant on the key of its volumes. That of the account's default encryption may be
   * a customer's, and is not known here; the condition holds the grant to EC2 and to volumes.
   */
  private unlockVolumes() {
    const { region, ownerId } = this.vpc;
    return {
      Effect: "Allow",
      Action: "kms:CreateGrant",
      Resource: [`arn:${partitionOf(region)}:kms:${region}:${ownerId}:key/*`],
      Condition: {
        StringEquals: {
          "kms:ViaService": `ec2.${region}.${partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}`,
        },
        Bool: { "kms:GrantIsForAWSResource": "true" },
      },
    };
  }
}
