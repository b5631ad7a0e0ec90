import type { Topology } from "../../model";
import type { DeployedCluster, DeployedNode } from "./deployed-driver";
import type { Outputs } from "./terraform";
import { otherVersion, type Package } from "./version";

/** A stack that is not deployed as the run needs it. */
export class DeploymentError extends Error {}

interface HostOutput {
  readonly instance_id: string;
  readonly region: string;
  readonly private_ip: string;
  readonly results_prefix?: string;
}

const REGION_OF = "_region";

/**
 * The hosts and the bucket of a deployed stack, as its outputs tell them.
 *
 * @param stack its name
 * @throws DeploymentError where nothing is deployed, only a part, another cluster, or by a version without what it takes
 */
export function deployedCluster(
  stack: string,
  topology: Topology,
  outputs: Outputs,
  own: Package,
): DeployedCluster {
  if (Object.keys(outputs).length === 0) {
    throw new DeploymentError(
      `The stack ${stack} is not deployed: Terraform's state has no outputs. Deploy it first, or name the folder with its state by --dir.`,
    );
  }
  const unfit = (what: string) => unfitError(stack, what, otherVersion(stack, outputs, own));
  const { clients, results } = othersOf(outputs, unfit);
  return { nodes: nodesOf(stack, topology, outputs, unfit), clients, results };
}

/** The database hosts of a deployed stack. */
export function deployedNodes(stack: string, topology: Topology, outputs: Outputs): DeployedNode[] {
  const hosts = Object.values(outputs).filter(isHosts);
  const ids = topology.nodes.map(({ id }) => id);
  const ours = hosts.find(
    (found) => ids.every((id) => found[id] !== undefined) && count(found) === ids.length,
  );
  if (ours === undefined) {
    const [closest] = [...hosts].sort((a, b) => shared(b, ids) - shared(a, ids));
    throw new DeploymentError(
      closest === undefined
        ? `The stack ${stack} is half deployed, or is none of ours: Terraform's outputs (${Object.keys(outputs).join(", ")}) name no database hosts. Apply it again without a fault until it ends well.`
        : `What is deployed is another cluster than ${stack} has: its nodes are ${Object.keys(closest).join(", ")}, expected ${ids.join(", ")}. Deploy this definition, or run the one that is deployed (--dir names its folder).`,
    );
  }
  return topology.nodes.map(({ id, rack, region, address }) => {
    const { instance_id: instanceId, private_ip: ip, region: there, results_prefix: prefix = "" } = ours[id];
    if ((address !== undefined && ip !== address) || (region !== undefined && there !== region)) {
      throw new DeploymentError(
        `What is deployed is not this definition of ${stack}: its node ${id} is ${ip} in ${there}, expected ${address} in ${region}. Deploy this definition, or run the one that is deployed (--dir names its folder).`,
      );
    }
    return { id, rack, region: there, instanceId, address: ip, prefix };
  });
}

/** An error that says what a stack lacks. */
type Unfit = (what: string) => DeploymentError;

function nodesOf(stack: string, topology: Topology, outputs: Outputs, unfit: Unfit): DeployedNode[] {
  const nodes = deployedNodes(stack, topology, outputs);
  const without = nodes.filter(({ prefix }) => prefix === "").map(({ id }) => id);
  if (without.length > 0) throw unfit(`the hosts of ${without.join(", ")} have no part of a results bucket`);
  return nodes;
}

function othersOf(outputs: Outputs, unfit: Unfit): Pick<DeployedCluster, "clients" | "results"> {
  const clients = new Map(
    Object.values(outputs)
      .filter(isHost)
      .flatMap(({ instance_id: instanceId, region, results_prefix: prefix }) =>
        prefix === undefined ? [] : [[region, { region, instanceId, prefix }] as const],
      ),
  );
  const bucket = Object.keys(outputs).find((name) => typeof outputs[`${name}${REGION_OF}`] === "string");
  if (bucket === undefined) throw unfit("no output names a results bucket with its region");
  if (clients.size === 0) throw unfit("no client host has a part of the results bucket");
  return {
    clients: [...clients.values()],
    results: { bucket: outputs[bucket] as string, region: outputs[`${bucket}${REGION_OF}`] as string },
  };
}

function unfitError(stack: string, what: string, other: string | undefined): DeploymentError {
  return new DeploymentError(
    `The stack ${stack} cannot be run as it is deployed: ${what}. ${other ?? "It was deployed only in part, or without a ResultsBucket given to its ClientHosts and its StretchCluster."} Deploy it anew; hosts that run already are renewed one at a time (terraform apply -replace=ADDRESS).`,
  );
}

function isHost(value: unknown): value is HostOutput {
  return typeof value === "object" && value !== null && "instance_id" in value && "region" in value;
}

function isHosts(value: unknown): value is Readonly<Record<string, HostOutput>> {
  return (
    typeof value === "object" && value !== null && count(value) > 0 && Object.values(value).every(isHost)
  );
}

const count = (value: object) => Object.keys(value).length;
const shared = (hosts: object, ids: readonly string[]) => ids.filter((id) => id in hosts).length;
