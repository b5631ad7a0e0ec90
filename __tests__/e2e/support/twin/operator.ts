import { GetCommandInvocationCommand, SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import { setTimeout as sleep } from "node:timers/promises";
import type { Twin } from "./twin";

const GOING = ["InvocationDoesNotExist", "Pending", "InProgress", "Cancelling"];
/** Milliseconds after which a command should have ended. */
const LIMIT = 60_000;

/** How a command ended on a host, as AWS tells. */
export interface Invocation {
  readonly Status?: string;
  readonly StatusDetails?: string;
  readonly StandardOutputContent?: string;
  readonly StandardErrorContent?: string;
}

/** An operator with nothing but AWS's API: hosts are named by their node's id, client hosts by their region. */
export class Operator {
  constructor(private readonly twin: Twin) {}

  ssm(region: string): SSMClient {
    return new SSMClient(this.twin.moto.client(region));
  }

  /** Ids of a region's nodes. */
  nodesIn(region: string): string[] {
    return this.twin.topology.nodes.filter((node) => node.region === region).map(({ id }) => id);
  }

  /** Sends a command to hosts of a region; resolves with its id. */
  async send(
    of: readonly string[],
    commands: string[],
    parameters: Record<string, string[]> = {},
  ): Promise<string> {
    const hosts = of.map((name) => this.twin.host(name));
    const { Command } = await this.ssm(hosts[0].region).send(
      new SendCommandCommand({
        DocumentName: "AWS-RunShellScript",
        InstanceIds: hosts.map(({ id }) => id),
        Parameters: { commands, ...parameters },
      }),
    );
    return Command!.CommandId!;
  }

  /** Waits for a command's end on a host. */
  async ended(CommandId: string, of: string): Promise<Invocation> {
    const { region, id: InstanceId } = this.twin.host(of);
    const end = Date.now() + LIMIT;
    for (;;) {
      const invocation = await this.ssm(region)
        .send(new GetCommandInvocationCommand({ CommandId, InstanceId }))
        .catch((error: Error): Invocation => ({ Status: error.name }));
      if (!GOING.includes(invocation.Status!)) return invocation;
      if (Date.now() > end)
        throw new Error(`The command did not end on ${of}: ${JSON.stringify(invocation)}`);
      await sleep(50);
    }
  }

  /** Runs commands on a host; resolves with what they print. */
  async run(of: string, ...commands: string[]): Promise<string> {
    const invocation = await this.ended(await this.send([of], commands), of);
    if (invocation.Status !== "Success") throw new Error(JSON.stringify(invocation));
    return invocation.StandardOutputContent!.trimEnd();
  }

  /** What a node says to an info command, asked on its own host. */
  info(node: string, command: string): Promise<string> {
    return this.run(node, `/opt/stretch/bin/asinfo -v '${command}'`);
  }
}
