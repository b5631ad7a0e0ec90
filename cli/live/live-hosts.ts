import { hostsAsked } from "../../lab/deployed/asking";
import { deployedNodes, DeploymentError } from "../../lab/deployed/deployment";
import type { DeployedNode } from "../../lab/deployed/deployed-driver";
import { RunCommand } from "../../lab/deployed/run-command";
import { Terraform } from "../../lab/deployed/terraform";
import { stretchCommand } from "../../modules/stack/own-command";
import type { Ask } from "../../lab/recover/situation";
import { UsageError } from "../errors";
import type { LiveStack } from "./live-stack";

/** The nodes of a deployed stack, asked on their own hosts. */
export interface LiveHosts {
  readonly nodes: readonly DeployedNode[];
  readonly ask: Ask;
}

/**
 * Works with the nodes of a deployed stack, by Run Command.
 *
 * @throws UsageError where it is not deployed as its definition says
 */
export async function withLiveHosts(
  live: LiveStack,
  work: (hosts: LiveHosts) => Promise<void>,
): Promise<void> {
  const { stack, cluster, folder, switches } = live;
  const terraform = new Terraform({
    directory: folder,
    switches,
    heal: stretchCommand(`heal ${stack.name}`),
  });
  const runCommand = new RunCommand();
  try {
    const nodes = deployedNodes(stack.name, cluster.topology, await terraform.output());
    await work({ nodes, ask: hostsAsked(nodes, runCommand) });
  } catch (error) {
    throw error instanceof DeploymentError ? new UsageError(error.message) : error;
  } finally {
    runCommand.close();
    await terraform.close();
  }
}
