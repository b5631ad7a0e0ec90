import type { ClientAsk } from "./client-ask";

/** Nodes of a cluster by id, each with an address at which it is asked. */
export type NodesByAddress = ReadonlyMap<string, string>;

/**
 * The nodes behind some addresses, and those that these know of. An address where nobody answers stands for itself, so
 * that its silence is seen.
 */
export async function nodesOf(asking: ClientAsk, hosts: readonly string[]): Promise<NodesByAddress> {
  const nodes = new Map<string, string>();
  const known = new Map<string, string>();
  for (const host of hosts) {
    const answers = await asking.ask(host, ["node", asking.peers]);
    nodes.set(answers?.get("node") ?? host, host);
    for (const [id, address] of peersOf(answers?.get(asking.peers) ?? "")) known.set(id, address);
  }
  for (const [id, address] of known) if (!nodes.has(id) && !hosts.includes(address)) nodes.set(id, address);
  return nodes;
}

/** Ids and addresses of a node's peers: `generation,3000,[[A1,,[10.0.0.1:3010]],...]`; the default port is left out. */
export function peersOf(answer: string): [id: string, address: string][] {
  const [, port = "3000"] = answer.split(",", 2);
  return [...answer.matchAll(/\[([0-9A-Fa-f]+),[^,[\]]*,\[([^\],]+)[^\]]*\]\]/g)].map(([, id, address]) => [
    id,
    address.includes(":") ? address : `${address}:${port}`,
  ]);
}
