import { Document } from "yaml";
import type { Topology, TopologyNode } from "../../model";
import { DEFAULT_HEARTBEATS } from "../../model";
import { UsageError } from "../errors";
import { fieldName } from "../experiment/field";
import { messagesOf } from "../experiment/schema-messages";
import { topologyFile } from "../experiment/topology-schema";

/** A cluster as somebody else's text or a running server tells it. */
export interface Gathered {
  readonly topology: Topology;
  /** Where it is from, in words. */
  readonly source: string;
  /** What is not known, or was not as expected, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * A topology file of what was gathered, with a fault for each rack that is lost, and the split of two racks.
 *
 * @throws UsageError where it is no cluster that can be
 */
export function topologyText({ topology, source, notes }: Gathered): string {
  const { namespace, nodes, minClusterSize = 1, heartbeats, serverVersion } = topology;
  const value = {
    namespace,
    nodes: nodes.map(({ id, rack, region, quiesced }) => ({
      id,
      rack,
      ...(region !== undefined && { region }),
      ...(quiesced && { quiesced }),
    })),
    ...(minClusterSize > 1 && { minClusterSize }),
    ...(heartbeats && { heartbeats: { ...DEFAULT_HEARTBEATS, ...heartbeats } }),
    ...(serverVersion !== undefined && { serverVersion }),
    faults: faultsOf(nodes),
  };
  const result = topologyFile.safeParse(value);
  if (!result.success) {
    const [{ path, message }] = messagesOf(result.error.issues[0], value);
    throw new UsageError(`${source} tells of a cluster that cannot be: ${fieldName(path)}: ${message}.`);
  }
  const document = new Document();
  const flow = (part: unknown) => document.createNode(part, { flow: true });
  document.contents = document.createNode({
    ...value,
    namespace: flow(value.namespace),
    nodes: value.nodes.map(flow),
    ...(value.heartbeats && { heartbeats: flow(value.heartbeats) }),
    faults: Object.fromEntries(
      Object.entries(value.faults).map(([name, clusters]) => [name, flow(clusters)]),
    ),
  });
  document.commentBefore = [` Of ${source}.`, ...notes.map((note) => ` ${note}`)].join("\n");
  return document.toString({ lineWidth: 0, flowCollectionPadding: true }).trimEnd();
}

/** A fault for each rack that goes down, and where there are two racks the split between them. */
function faultsOf(nodes: readonly TopologyNode[]): Record<string, string[][]> {
  const racks = [...new Set(nodes.map(({ rack }) => rack))].sort((a, b) => a - b);
  const idsOf = (wanted: (rack: number) => boolean) =>
    nodes.filter(({ rack }) => wanted(rack)).map(({ id }) => id);
  return {
    ...(racks.length === 2 && { split: racks.map((rack) => idsOf((other) => other === rack)) }),
    ...(racks.length > 1 &&
      Object.fromEntries(racks.map((rack) => [`rack-${rack}-down`, [idsOf((other) => other !== rack)]]))),
  };
}
