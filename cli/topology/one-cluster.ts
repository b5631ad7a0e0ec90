import { isDeepStrictEqual } from "node:util";
import type { Heartbeats, Namespace, Topology, TopologyNode } from "../../model";
import { UsageError } from "../errors";

/** What one file says: nodes, and the settings that all nodes of a cluster share. */
export interface Part {
  /** The file. */
  readonly from: string;
  readonly namespace: Namespace;
  readonly nodes: readonly TopologyNode[];
  readonly minClusterSize?: number;
  readonly heartbeats?: Heartbeats;
}

/**
 * The cluster of several files.
 *
 * @throws UsageError where two files differ in what they must share, or have nodes of one id
 */
export function oneCluster(parts: readonly Part[]): Topology {
  const [first, ...others] = parts;
  for (const other of others) {
    for (const what of ["namespace", "minClusterSize", "heartbeats"] as const) {
      if (isDeepStrictEqual(first[what], other[what])) continue;
      throw new UsageError(
        `${first.from} and ${other.from} differ in ${what}: ${JSON.stringify(first[what])} and ${JSON.stringify(other[what])}. Expected the files of one cluster.`,
      );
    }
  }
  const owners = new Map<string, string>();
  for (const { from, nodes } of parts) {
    for (const { id } of nodes) {
      const owner = owners.get(id);
      if (owner !== undefined) {
        throw new UsageError(
          `Two nodes have the id ${id}, in ${owner} and in ${from}: expected an id a node. ${owner === from ? "Name each file once." : "Clusters that stretch over several files need rack ids of their own."}`,
        );
      }
      owners.set(id, from);
    }
  }
  const { namespace, minClusterSize, heartbeats } = first;
  return {
    namespace,
    nodes: parts.flatMap(({ nodes }) => nodes),
    ...(minClusterSize !== undefined && { minClusterSize }),
    ...(heartbeats && { heartbeats }),
  };
}

/**
 * The name of a namespace among those that a file has.
 *
 * @throws UsageError where it has several and none is named, or not the one that is
 */
export function namespaceAmong(from: string, names: readonly string[], wanted: string | undefined): string {
  if (wanted === undefined && names.length === 1) return names[0];
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const has = names.length === 0 ? "no namespace" : `the namespaces ${names.join(", ")}`;
  throw new UsageError(
    wanted === undefined
      ? `${from} has ${has}: ${names.length === 0 ? "expected one" : "name one with --namespace"}.`
      : `${from} has no namespace "${wanted}": it has ${has}.`,
  );
}
