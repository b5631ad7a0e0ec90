import type { Cluster } from "../cluster/cluster";
import type { Node } from "../cluster/node";

/** Addresses as the clients of one place know them. */
export interface Peers {
  /** `host:port` of a node. */
  readonly address: (node: Node) => string;
}

/** Port that peers need not name. */
const DEFAULT_PORT = "3000";

/** `generation,3000,[[A600,,[127.0.0.1:3010]],...]`: the default port is left out. */
export function peers(node: Node, others: readonly Node[], book: Peers): string {
  const list = others.map((other) => {
    const [host, port] = splitAddress(book.address(other));
    return `[${other.id},,[${port === DEFAULT_PORT ? host : `${host}:${port}`}]]`;
  });
  return `${node.peersGeneration},${DEFAULT_PORT},[${list.join(",")}]`;
}

/** Nodes that were ever in a cluster with this one since it started. */
export function alumni(cluster: Cluster, node: Node): Node[] {
  return cluster.nodes.filter((other) => other !== node && node.missed.has(other.id));
}

function splitAddress(address: string): [string, string] {
  const colon = address.lastIndexOf(":");
  return [address.slice(0, colon), address.slice(colon + 1)];
}
