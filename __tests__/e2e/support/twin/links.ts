import { type Fault, NO_FAULT, type Topology } from "../../../../model";
import { blockText, type Facts, type Host, Reach } from "../../../../reach";

/** Ports of servers. */
export interface ServerPorts {
  readonly service: number;
  readonly heartbeat: number;
}

/** What becomes of packets: `refused` where security groups alone are in the way, so that connections which are there go on. */
type Passage = "open" | "lost" | "refused";

/**
 * What the networks do to a cluster: who of its nodes hears whom, and what clients meet, by region. The clients of a region
 * stand on a host there that is no node, or beside its first node where there is none.
 *
 * @throws Error where the facts do not tell
 */
export function faultOf(facts: Facts, topology: Topology, { service, heartbeat }: ServerPorts): Fault {
  const reach = new Reach(facts);
  const addressOf = ({ address }: Host) => blockText(address!);
  const hosts = new Map(facts.hosts.map((host) => [addressOf(host), host]));
  const nodes = topology.nodes.map(({ id, address, region }) => {
    const host = hosts.get(address!);
    if (host === undefined) throw new Error(`No instance has the address ${address} of node ${id}.`);
    return { id, region: region!, host };
  });
  const passage = (from: Host, to: Host, port: number): Passage => {
    const { answer, steps } = reach.reaches(from, to, port);
    const shut = steps.filter((step) => step.answer !== "open");
    if (answer === "unknown" || shut.some((step) => step.answer === "unknown")) {
      throw new Error(`Not known from ${from.id} to ${to.id}:${port}: ${JSON.stringify(shut)}`);
    }
    if (shut.length === 0) return "open";
    return shut.every(({ kind }) => kind.endsWith("group")) ? "refused" : "lost";
  };

  const cannotHear = listsBy(
    nodes.map(({ id, host }) => [
      id,
      nodes.filter(
        (other) =>
          other.host !== host &&
          [passage(host, other.host, heartbeat), passage(other.host, host, heartbeat)].includes("lost"),
      ),
    ]),
  );
  const nodeHosts = new Set(nodes.map(({ host }) => host));
  const regionOf = (host: Host) => {
    const { vpc } = facts.subnets.find(({ id }) => id === host.subnet[0])!;
    return facts.vpcs.find(({ id }) => id === vpc[0])!.region!;
  };
  const regions = [...new Set(nodes.map(({ region }) => region))];
  const met = (region: string, what: Passage) => {
    const client =
      facts.hosts.find((host) => !nodeHosts.has(host) && regionOf(host) === region) ??
      nodes.find((node) => node.region === region)!.host;
    return nodes.filter(({ host }) => host !== client && passage(client, host, service) === what);
  };
  return {
    ...NO_FAULT,
    cannotHear,
    refuses: listsBy(regions.map((region) => [region, met(region, "refused")])),
    clientsLose: listsBy(regions.map((region) => [region, met(region, "lost")])),
  };
}

/** Node ids by name; a name with none is left out. */
function listsBy(
  entries: readonly (readonly [string, readonly { id: string }[]])[],
): Record<string, string[]> {
  return Object.fromEntries(
    entries.filter(([, list]) => list.length > 0).map(([name, list]) => [name, list.map(({ id }) => id)]),
  );
}
