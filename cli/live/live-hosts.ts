import { hostsAsked } from "../../lab/deployed/asking";
import { deployedNodes, DeploymentError } from "../../lab/deployed/deployment";
import { otherVersion } from "../../lab/deployed/version";
import type { DeployedNode } from "../../lab/deployed/deployed-driver";
import { RunCommand } from "../../lab/deployed/run-command";
import { Terraform } from "../../lab/deployed/terraform";
import { ownPackage } from "../../modules/stack/own-package";
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
 * @param complains is told where another version deployed it: it may still be looked at
 * @throws UsageError where it is not deployed as its definition says
 */
export async function withLiveHosts(
  live: LiveStack,
  complains: (text: string) => void,
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
    const outputs = await terraform.output();
    const nodes = deployedNodes(stack.name, cluster.topology, outputs);
    const version = otherVersion(stack.name, outputs, ownPackage());
    if (version !== undefined) complains(`Warning: ${version}`);
    await work({ nodes, ask: hostsAsked(nodes, runCommand) });
  } catch (error) {
    throw error instanceof DeploymentError ? new UsageError(error.message) : error;
  } finally {
    runCommand.close();
    await terraform.close();
  }
}
