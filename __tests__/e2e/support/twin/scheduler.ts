import { DeleteNetworkAclEntryCommand, EC2Client, StartInstancesCommand } from "@aws-sdk/client-ec2";
import {
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  ListSchedulesCommand,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Moto } from "../moto";
import { allows } from "./policy";
import { OWN, policiesOfRole } from "./roles";

const MINUTE = 60_000;

/** A schedule that fired. */
export interface Fired {
  readonly region: string;
  readonly name: string;
  /** `deleteNetworkAclEntry` */
  readonly call: string;
  /** Why the call failed; what was asked is in the dead-letter queue. */
  readonly error?: string;
}

/** EventBridge Scheduler: calls EC2 at a schedule's time, as the role that the schedule names, each schedule once. */
export class Scheduler {
  readonly fired: Fired[] = [];
  private ahead = 0;
  private readonly done = new Set<string>();

  constructor(
    private readonly moto: Moto,
    private readonly regions: readonly string[],
  ) {}

  /** Its own clock, milliseconds since 1970: that of this machine, until a test moves it. */
  get now(): number {
    return Date.now() + this.ahead;
  }

  /** The schedules of all regions that have not fired, with the times at which they will. */
  async waiting(): Promise<{ region: string; at: number; schedule: GetScheduleCommandOutput }[]> {
    const all = await Promise.all(
      this.regions.map(async (region) => {
        const client = new SchedulerClient({ ...this.moto.client(region), customUserAgent: OWN });
        const { Schedules = [] } = await client.send(new ListSchedulesCommand({}));
        return Promise.all(
          Schedules.map(async ({ Name, GroupName }) => {
            const schedule = await client.send(new GetScheduleCommand({ Name, GroupName }));
            return { region, at: timeOf(schedule), schedule };
          }),
        );
      }),
    );
    return all.flat().filter(({ schedule }) => !this.done.has(schedule.Arn!));
  }

  /** Moves the clock on, and does what was due meanwhile, in its order. */
  async moveTo(time: number): Promise<void> {
    this.ahead = Math.max(this.ahead, time - Date.now());
    const due = (await this.waiting()).filter(({ at }) => at <= this.now);
    for (const { region, schedule } of due.sort((a, b) => a.at - b.at)) await this.fire(region, schedule);
  }

  /** Moves the clock to a minute after the last of the schedules, the precision that AWS promises. */
  async moveToEnd(): Promise<void> {
    await this.moveTo(Math.max(...(await this.waiting()).map(({ at }) => at)) + MINUTE);
  }

  private async fire(region: string, { Arn, Name, Target }: GetScheduleCommandOutput): Promise<void> {
    this.done.add(Arn!);
    const call = Target!.Arn!.split(":").at(-1)!;
    const input = JSON.parse(Target!.Input!) as { NetworkAclId?: string; InstanceIds?: string[] };
    try {
      const account = Arn!.split(":")[4];
      const arns = (input.InstanceIds ?? [input.NetworkAclId!]).map(
        (id) =>
          `arn:aws:ec2:${region}:${account}:${id.startsWith("acl-") ? "network-acl" : "instance"}/${id}`,
      );
      const policies = await policiesOfRole(this.moto, Target!.RoleArn!.split("/").at(-1)!);
      const action = `ec2:${call[0].toUpperCase()}${call.slice(1)}`;
      const denied = arns.find((arn) => !allows(policies, action, arn));
      if (denied !== undefined) throw new Error(`AccessDenied: ${action} on ${denied}`);
      await this.call(region, call, input);
      this.fired.push({ region, name: Name!, call });
    } catch (error) {
      this.fired.push({ region, name: Name!, call, error: (error as Error).message });
      const queue = Target!.DeadLetterConfig?.Arn?.split(":");
      if (queue === undefined) return;
      const sqs = new SQSClient(this.moto.client(region));
      const QueueUrl = `${this.moto.endpoint}/${queue[4]}/${queue[5]}`;
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: Target!.Input }));
    }
  }

  private async call(region: string, call: string, input: object): Promise<void> {
    const ec2 = new EC2Client({ ...this.moto.client(region), customUserAgent: "scheduler" });
    switch (call) {
      case "deleteNetworkAclEntry":
        await ec2.send(new DeleteNetworkAclEntryCommand(input as never));
        break;
      case "startInstances":
        await ec2.send(new StartInstancesCommand(input as never));
        break;
      default:
        throw new Error(`No such target: ${call}`);
    }
  }
}

/** The time of `at(2026-11-28T14:00:00)`, in UTC. */
function timeOf({ ScheduleExpression, ScheduleExpressionTimezone }: GetScheduleCommandOutput): number {
  const time = /^at\((.+)\)$/.exec(ScheduleExpression!)?.[1];
  if (time === undefined || ScheduleExpressionTimezone !== "UTC") {
    throw new Error(`Not a time in UTC: ${ScheduleExpression} ${ScheduleExpressionTimezone}`);
  }
  return Date.parse(`${time}Z`);
}
