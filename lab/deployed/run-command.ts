import {
  CancelCommandCommand,
  type CommandInvocation,
  GetCommandInvocationCommand,
  InvalidInstanceId,
  InvocationDoesNotExist,
  paginateDescribeInstanceInformation,
  paginateListCommandInvocations,
  SendCommandCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { setTimeout as rest } from "node:timers/promises";
import { patient } from "./aws-clients";
import { awsFailure } from "./aws-failure";

/** What became of a script on one host. A gap: it did not answer, and whether the script ran there is not known. */
export interface HostAnswer {
  readonly status: "ok" | "failed" | "timed-out" | "gap";
  /** What it said, its errors after its output; up to 24,000 characters. */
  readonly output: string;
}

export interface RunCommandOptions {
  /** Seconds that the script may take on its host. @default 60 */
  readonly timeoutSeconds?: number;
  /** What it is for, as the history of AWS shows it; up to 100 characters. */
  readonly comment: string;
}

/** The document of AWS that runs a script. */
const DOCUMENT = "AWS-RunShellScript";
/** Hosts of one command (SendCommand's limit), and the seconds within which it has to reach them (AWS's least). */
const HOSTS = 50;
const DELIVERY = 30;
/** Seconds by which AWS may be late to tell of an end. */
const LATE = 15;
/** Milliseconds between two questions after a command. */
const POLL = 1000;
/**
 * Where an output was cut for ListCommandInvocations, at 2,500 bytes: the agent then writes so, and what is left may be a little
 * shorter. GetCommandInvocation has 24,000.
 */
const CUT = /\n---(Output|Error) truncated-|^[^]{2400}/;
/** Times that an invocation is asked for that AWS does not know yet. */
const MOST_TRIES = 5;

const NOT_ONLINE = "its agent is not online, or these AWS credentials are of another account";
const NOT_TAKEN = "its agent did not take the command";

/** What became of an invocation that has ended; undefined while it has not. */
function statusOf({ Status, StatusDetails = "" }: CommandInvocation): HostAnswer["status"] | undefined {
  switch (Status) {
    case "Success":
      return "ok";
    case "Failed":
      // The agent never took it, or it was not sent.
      return /^(Undeliverable|Terminated)$/.test(StatusDetails) ? "gap" : "failed";
    case "TimedOut":
      return StatusDetails.startsWith("Delivery") ? "gap" : "timed-out";
    case "Cancelled":
      return "timed-out";
    default:
      return undefined;
  }
}

/** Scripts on hosts of one or several regions by Systems Manager's Run Command: no port of them is open to the operator. */
export class RunCommand {
  private readonly clients = new Map<string, SSMClient>();

  /** @param patience seconds beyond a script's own time until a host that tells no end is a gap */
  constructor(private readonly patience = DELIVERY + LATE) {}

  /**
   * Runs a script as root on hosts of a region, and waits for its end on all of them. Scripts must hold no secret: AWS keeps
   * them and shows them to whoever may list commands.
   *
   * @returns what became of it, by instance id
   * @throws Error where AWS refuses, with what mends it
   */
  async run(
    region: string,
    instanceIds: readonly string[],
    script: string,
    { timeoutSeconds = 60, comment }: RunCommandOptions,
  ): Promise<ReadonlyMap<string, HostAnswer>> {
    const answers = new Map<string, HostAnswer>();
    try {
      for (let i = 0; i < instanceIds.length; i += HOSTS) {
        const some = instanceIds.slice(i, i + HOSTS);
        for (const id of some) answers.set(id, { status: "gap", output: NOT_ONLINE });
        await this.runOn(region, some, script, timeoutSeconds, comment.slice(0, 100), answers);
      }
    } catch (error) {
      throw new Error(awsFailure(region, error), { cause: error });
    }
    return answers;
  }

  /**
   * Of some hosts of a region, those whose agent is online.
   * @throws Error where AWS refuses, with what mends it
   */
  async online(region: string, instanceIds: readonly string[]): Promise<string[]> {
    try {
      return await this.onlineOf(this.client(region), instanceIds);
    } catch (error) {
      throw new Error(awsFailure(region, error), { cause: error });
    }
  }

  /** Lets go of its connections. */
  close(): void {
    for (const client of this.clients.values()) client.destroy();
  }

  private async runOn(
    region: string,
    ids: readonly string[],
    script: string,
    timeoutSeconds: number,
    comment: string,
    answers: Map<string, HostAnswer>,
  ): Promise<void> {
    const ssm = this.client(region);
    const send = async (InstanceIds: readonly string[]) => {
      const { Command } = await ssm.send(
        new SendCommandCommand({
          DocumentName: DOCUMENT,
          InstanceIds: [...InstanceIds],
          Comment: comment,
          TimeoutSeconds: DELIVERY,
          Parameters: { commands: [script], executionTimeout: [String(timeoutSeconds)] },
        }),
      );
      return Command!.CommandId!;
    };
    // One host without an agent, or that is just stopped, refuses the command for all.
    const sent = (to: readonly string[]) =>
      send(to).catch((error: unknown) => {
        if (error instanceof InvalidInstanceId) return undefined;
        throw error;
      });
    let asked = ids;
    let command = await sent(asked);
    if (command === undefined) {
      asked = await this.onlineOf(ssm, ids);
      if (asked.length > 0) command = await sent(asked);
    }
    if (command === undefined) return;
    const end = Date.now() + (timeoutSeconds + this.patience) * 1000;
    const open = new Set(asked);
    for (;;) {
      await rest(POLL);
      for (const invocation of await this.listed(ssm, command)) {
        const id = invocation.InstanceId!;
        const status = statusOf(invocation);
        if (status === undefined || !open.delete(id)) continue;
        answers.set(id, {
          status,
          output: status === "gap" ? NOT_TAKEN : await this.output(ssm, command, invocation),
        });
      }
      if (open.size === 0) return;
      if (Date.now() > end) break;
    }
    for (const id of open) {
      answers.set(id, { status: "gap", output: `no end after ${timeoutSeconds + this.patience} s` });
    }
    // What the others said is not lost where the cancellation is refused.
    await ssm.send(new CancelCommandCommand({ CommandId: command, InstanceIds: [...open] })).catch(() => {});
  }

  private async listed(ssm: SSMClient, CommandId: string): Promise<CommandInvocation[]> {
    const found: CommandInvocation[] = [];
    for await (const page of paginateListCommandInvocations({ client: ssm }, { CommandId, Details: true })) {
      found.push(...(page.CommandInvocations ?? []));
    }
    return found;
  }

  private async output(
    ssm: SSMClient,
    CommandId: string,
    { InstanceId, CommandPlugins = [] }: CommandInvocation,
  ): Promise<string> {
    const shown = CommandPlugins.map(({ Output = "" }) => Output).join("\n");
    if (!CUT.test(shown)) return shown;
    for (let tries = 1; ; tries++) {
      try {
        const { StandardOutputContent = "", StandardErrorContent = "" } = await ssm.send(
          new GetCommandInvocationCommand({ CommandId, InstanceId }),
        );
        return StandardOutputContent + StandardErrorContent;
      } catch (error) {
        // Not all of AWS knows of an invocation at once.
        if (!(error instanceof InvocationDoesNotExist) || tries === MOST_TRIES) throw error;
        await rest(POLL);
      }
    }
  }

  private async onlineOf(ssm: SSMClient, ids: readonly string[]): Promise<string[]> {
    const online: string[] = [];
    for await (const { InstanceInformationList = [] } of paginateDescribeInstanceInformation(
      { client: ssm },
      {
        Filters: [
          { Key: "InstanceIds", Values: [...ids] },
          { Key: "PingStatus", Values: ["Online"] },
        ],
      },
    )) {
      online.push(...InstanceInformationList.map(({ InstanceId }) => InstanceId!));
    }
    return online;
  }

  private client(region: string): SSMClient {
    const had = this.clients.get(region) ?? new SSMClient(patient(region));
    this.clients.set(region, had);
    return had;
  }
}
