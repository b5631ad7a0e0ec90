import type { Topology } from "../../model";
import { type Facts, blockText, type Host } from "../../reach";
import { UsageError } from "../errors";

/** The host of each node that one was found of, by the node's id. */
export type NodeHosts = ReadonlyMap<string, Host>;

/** Where nodes are looked for. */
export interface Matching {
  /** Name of the topology file. */
  readonly topologyFile: string;
  /** Name of the plan or state. */
  readonly file: string;
  /** Tag that holds a node's id. @default nodes have their addresses */
  readonly tag?: string;
}

/**
 * The hosts of a topology's nodes, by private address, or by a tag that holds the node's id.
 *
 * @throws UsageError where a node has no address, two hosts have the same, or none is found
 */
export function hostsOfNodes(
  { nodes }: Topology,
  facts: Facts,
  { topologyFile, file, tag }: Matching,
): NodeHosts {
  const wanted = new Map(
    nodes.map(({ id, address }) => {
      if (tag === undefined && address === undefined) {
        throw new UsageError(
          `${topologyFile}: node ${id} has no address; expected its private one, as in { id: ${id}, address: 10.0.0.4 }, ` +
            "or --match tag:NAME, a tag of the instances that holds the nodes' ids.",
        );
      }
      return [id, tag === undefined ? address! : id];
    }),
  );
  const told = (host: Host) =>
    tag === undefined ? host.address && blockText(host.address) : host.tags[tag]?.toUpperCase();
  const hosts = new Map<string, Host>();
  for (const [id, name] of wanted) {
    const found = facts.hosts.filter((host) => told(host) === name);
    // An instance has its tags once, however many interfaces: the first is its own.
    const others = found.filter((host) => host !== found[0] && !host.id.startsWith(`${found[0].id} at `));
    if (others.length > 0) {
      throw new UsageError(
        `${file}: ${[found[0], ...others].map((host) => host.id).join(" and ")} both have ` +
          `${tag === undefined ? `the address ${name}` : `the tag ${tag} ${name}`}: expected one host a node.`,
      );
    }
    if (found[0]) hosts.set(id, found[0]);
  }
  if (hosts.size === 0) {
    const what = tag === undefined ? "addresses" : `ids in the tag ${tag}`;
    throw new UsageError(
      `${file} has no host of the topology: expected an instance with one of the ${what} ${[...wanted.values()].join(", ")}; ` +
        `it has ${facts.hosts.length} ${facts.hosts.length === 1 ? "instance" : "instances"}. ` +
        (tag === undefined ? "Where addresses are not known before the apply: --match tag:NAME." : ""),
    );
  }
  return hosts;
}
