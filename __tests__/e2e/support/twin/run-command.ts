import { randomUUID } from "node:crypto";

/** Characters that GetCommandInvocation gives of the output and of the errors, and ListCommandInvocations of each. */
const SHOWN = { output: 24_000, errors: 8_000, listed: 2_500 } as const;
/** Milliseconds by which AWS is late: until a command reaches its host, and until its end is told. */
const LATE = 300;

/** How a script ended on its host. */
export interface Ended {
  /** Exit status; 124: its time was over. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The Systems Manager agent of an instance. */
export interface Agent {
  readonly region: string;
  /** `lost`: it was there once, and is not heard of. */
  readonly connection: "online" | "lost";
  run(command: string, script: string, seconds: number): Promise<Ended>;
  cancel(command: string): void;
}

/** A Run Command as it was sent. */
export interface SentCommand {
  readonly id: string;
  readonly region: string;
  readonly instances: readonly string[];
  readonly script: string;
  readonly comment: string;
  readonly at: number;
}

interface Invocation {
  readonly instance: string;
  /** Whether it was asked for: whoever asks first is told that there is none yet. */
  asked?: boolean;
  /** Undefined: it has not reached its host. */
  begun?: number;
  ended?: Ended & { readonly at: number };
  cancelled?: number;
}

interface Command extends SentCommand {
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** Seconds within which it has to reach its host. */
  readonly deliverySeconds: number;
  readonly invocations: readonly Invocation[];
}

export interface AwsAnswer {
  readonly status: string;
  readonly body: unknown;
}

/** An input of Systems Manager's API. */
type Input = Readonly<Record<string, unknown>>;

class Refused extends Error {
  constructor(
    readonly code: string,
    message = "",
  ) {
    super(message);
  }
}

/** AWS's Run Command: scripts are carried out by the agents of hosts, and told as AWS tells of them: late, cut off, in pages. */
export class RunCommand {
  private readonly commands = new Map<string, Command>();

  /** @param agents by instance id, of the instances that have one */
  constructor(private readonly agents: ReadonlyMap<string, Agent>) {}

  /** All that was sent so far. */
  get sent(): readonly SentCommand[] {
    return [...this.commands.values()];
  }

  /** What AWS answers to an action. */
  answer(action: string, region: string, input: Input): AwsAnswer {
    try {
      return { status: "200 OK", body: this.actions[action](region, input) };
    } catch (error) {
      const { code = "InternalServerError", message } = error as Partial<Refused> & Error;
      return { status: "400 Bad Request", body: { __type: code, message } };
    }
  }

  private readonly actions: Readonly<Record<string, (region: string, input: Input) => unknown>> = {
    SendCommand: (region, input) => this.send(region, input),
    GetCommandInvocation: (region, { CommandId, InstanceId }) => {
      const command = this.command(region, CommandId);
      const invocation = command?.invocations.find(({ instance }) => instance === InstanceId);
      const isKnown = invocation?.asked === true;
      if (invocation) invocation.asked = true;
      if (!command || !invocation || !isKnown) throw new Refused("InvocationDoesNotExist");
      return this.told(command, invocation);
    },
    ListCommandInvocations: (region, { CommandId, InstanceId, Details, ...page }) => {
      if (CommandId !== undefined && !this.command(region, CommandId)) throw new Refused("InvalidCommandId");
      const found = this.of(region).flatMap((command) =>
        command.invocations
          .filter(({ instance }) => InstanceId === undefined || instance === InstanceId)
          .filter(() => CommandId === undefined || command.id === CommandId)
          .map((invocation) => this.listed(command, invocation, Details === true)),
      );
      return paged("CommandInvocations", found, page, 50);
    },
    ListCommands: (region, { CommandId, ...page }) =>
      paged(
        "Commands",
        this.of(region)
          .filter(({ id }) => CommandId === undefined || id === CommandId)
          .map((command) => this.summary(command)),
        page,
        50,
      ),
    CancelCommand: (region, { CommandId, InstanceIds }) => {
      const command = this.command(region, CommandId);
      if (!command) throw new Refused("InvalidCommandId");
      for (const invocation of command.invocations) {
        if (Array.isArray(InstanceIds) && !InstanceIds.includes(invocation.instance)) continue;
        if (invocation.ended || invocation.cancelled !== undefined) continue;
        invocation.cancelled = Date.now();
        if (invocation.begun !== undefined) this.agents.get(invocation.instance)?.cancel(command.id);
      }
      return {};
    },
    DescribeInstanceInformation: (region, { Filters, InstanceInformationFilterList, ...page }) => {
      const wanted = [...((Filters as { Key: string; Values: string[] }[] | undefined) ?? [])].concat(
        ((InstanceInformationFilterList as { key: string; valueSet: string[] }[] | undefined) ?? []).map(
          ({ key, valueSet }) => ({ Key: key, Values: valueSet }),
        ),
      );
      const found = [...this.agents].flatMap(([InstanceId, { region: its, connection }]) => {
        const PingStatus = connection === "online" ? "Online" : "ConnectionLost";
        const matches = wanted.every(
          ({ Key, Values }) =>
            (Key === "InstanceIds" && Values.includes(InstanceId)) ||
            (Key === "PingStatus" && Values.includes(PingStatus)),
        );
        if (its !== region || !matches) return [];
        return [
          {
            InstanceId,
            PingStatus,
            PlatformType: "Linux",
            PlatformName: "Amazon Linux",
            PlatformVersion: "2023",
            ResourceType: "EC2Instance",
            LastPingDateTime: seconds(Date.now()),
          },
        ];
      });
      return paged("InstanceInformationList", found, page, 10);
    },
  };

  private send(region: string, input: Input): unknown {
    const { DocumentName, InstanceIds, Parameters, TimeoutSeconds = 3600, Comment = "" } = input;
    if (DocumentName !== "AWS-RunShellScript")
      throw new Refused("InvalidDocument", `The document ${String(DocumentName)} is not on the twin.`);
    const instances = InstanceIds as string[] | undefined;
    if (!Array.isArray(instances) || instances.length < 1 || instances.length > 50)
      throw new Refused("InvalidInstanceId", "1 to 50 instance ids are expected");
    if ((TimeoutSeconds as number) < 30)
      throw new Refused("ValidationException", "TimeoutSeconds must be 30 or more");
    if ((Comment as string).length > 100)
      throw new Refused("ValidationException", "Comment must have 100 characters or less");
    if (instances.some((id) => this.agents.get(id)?.region !== region)) {
      throw new Refused("InvalidInstanceId", "Instances not in a valid state for account");
    }
    const parameters = Parameters as Record<string, string[]>;
    const command: Command = {
      id: randomUUID(),
      region,
      instances,
      script: parameters.commands.join("\n"),
      comment: Comment as string,
      at: Date.now(),
      parameters,
      deliverySeconds: TimeoutSeconds as number,
      invocations: instances.map((instance) => ({ instance })),
    };
    this.commands.set(command.id, command);
    setTimeout(() => command.invocations.forEach((invocation) => void this.begin(command, invocation)), LATE);
    return { Command: this.summary(command) };
  }

  private async begin(command: Command, invocation: Invocation): Promise<void> {
    const agent = this.agents.get(invocation.instance);
    if (agent?.connection !== "online" || invocation.cancelled !== undefined) return;
    invocation.begun = Date.now();
    const limit = Number(command.parameters.executionTimeout?.[0] ?? 3600);
    const ended = await agent.run(command.id, command.script, limit);
    invocation.ended = { ...ended, at: Date.now() };
  }

  private command(region: string, id: unknown): Command | undefined {
    const command = this.commands.get(id as string);
    return command?.region === region ? command : undefined;
  }

  private of(region: string): Command[] {
    return [...this.commands.values()].filter((command) => command.region === region);
  }

  private summary(command: Command): unknown {
    const { id, comment, parameters, instances, at, deliverySeconds } = command;
    const told = command.invocations.map((invocation) => statusOf(command, invocation).status);
    const going = told.some((status) => GOING.includes(status));
    const bad = told.find((status) => !GOING.includes(status) && status !== "Success");
    const status = going ? (told.includes("InProgress") ? "InProgress" : "Pending") : (bad ?? "Success");
    return {
      CommandId: id,
      DocumentName: "AWS-RunShellScript",
      Comment: comment,
      Parameters: parameters,
      InstanceIds: instances,
      Targets: [],
      RequestedDateTime: seconds(at),
      ExpiresAfter: seconds(at + deliverySeconds * 1000),
      Status: status,
      StatusDetails: status,
      TimeoutSeconds: deliverySeconds,
      TargetCount: instances.length,
      CompletedCount: told.filter((each) => !GOING.includes(each)).length,
      ErrorCount: told.filter((each) => each === "Failed").length,
      DeliveryTimedOutCount: told.filter((each) => each === "TimedOut").length,
    };
  }

  private told(command: Command, invocation: Invocation): unknown {
    const { status, details, ended } = statusOf(command, invocation);
    return {
      CommandId: command.id,
      InstanceId: invocation.instance,
      Comment: command.comment,
      DocumentName: "AWS-RunShellScript",
      DocumentVersion: "$DEFAULT",
      PluginName: "aws:runShellScript",
      ResponseCode: ended?.status ?? -1,
      Status: status,
      StatusDetails: details,
      StandardOutputContent: ended?.stdout.slice(0, SHOWN.output) ?? "",
      StandardOutputUrl: "",
      StandardErrorContent: ended?.stderr.slice(0, SHOWN.errors) ?? "",
      StandardErrorUrl: "",
    };
  }

  private listed(command: Command, invocation: Invocation, details: boolean): unknown {
    const { status, details: StatusDetails, ended } = statusOf(command, invocation);
    const Output = ended ? listedOutput(ended) : "";
    return {
      CommandId: command.id,
      InstanceId: invocation.instance,
      InstanceName: "",
      Comment: command.comment,
      DocumentName: "AWS-RunShellScript",
      RequestedDateTime: seconds(command.at),
      Status: status,
      StatusDetails,
      CommandPlugins: details
        ? [
            {
              Name: "aws:runShellScript",
              Status: status,
              StatusDetails,
              ResponseCode: ended?.status ?? -1,
              Output,
            },
          ]
        : [],
    };
  }
}

/** What ListCommandInvocations shows, cut as the agent cuts it (TruncateOutput in its source). */
function listedOutput({ stdout, stderr }: Ended): string {
  const [cutOut, cutError] = ["\n---Output truncated---", "\n---Error truncated----"];
  const title = stderr === "" ? "" : "\n----------ERROR-------\n";
  const room = SHOWN.listed - title.length;
  if (stdout.length + stderr.length < room) return stdout + title + stderr;
  if (stdout.length > room / 2 && stderr.length > room / 2) {
    const each = Math.floor((room - cutOut.length - cutError.length) / 2);
    return stdout.slice(0, each) + cutOut + title + stderr.slice(0, each) + cutError;
  }
  if (stdout.length <= room / 2)
    return stdout + title + stderr.slice(0, room - cutError.length - stdout.length) + cutError;
  return stdout.slice(0, room - cutOut.length - stderr.length) + cutOut + title + stderr;
}

const GOING = ["Pending", "InProgress", "Cancelling"];

/** What AWS knows of an invocation by now. */
function statusOf(
  { at, deliverySeconds }: Command,
  { begun, ended, cancelled }: Invocation,
): { status: string; details: string; ended?: Ended } {
  const now = Date.now();
  if (cancelled !== undefined) {
    const status = now - cancelled < LATE ? "Cancelling" : "Cancelled";
    return { status, details: status, ...(status === "Cancelled" && ended && { ended }) };
  }
  if (begun === undefined) {
    return now - at > deliverySeconds * 1000
      ? { status: "TimedOut", details: "DeliveryTimedOut" }
      : { status: "Pending", details: "Pending" };
  }
  if (!ended || now - ended.at < LATE) return { status: "InProgress", details: "InProgress" };
  if (ended.status === 0) return { status: "Success", details: "Success", ended };
  if (ended.status === 124) return { status: "TimedOut", details: "ExecutionTimedOut", ended };
  return { status: "Failed", details: "Failed", ended };
}

function paged(
  name: string,
  all: readonly unknown[],
  { MaxResults, NextToken }: Input,
  most: number,
): unknown {
  const size = (MaxResults as number | undefined) ?? most;
  if (size < (name === "InstanceInformationList" ? 5 : 1) || size > 50)
    throw new Refused("ValidationException", "MaxResults is out of bounds");
  const from = Number(NextToken ?? 0);
  const next = from + size;
  return { [name]: all.slice(from, next), ...(next < all.length && { NextToken: String(next) }) };
}

/** A time as Systems Manager's JSON has it. */
function seconds(ms: number): number {
  return ms / 1000;
}
