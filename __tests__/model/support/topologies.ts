import { type Fault, NO_FAULT, type Topology, type TopologyNode } from "../../../model";

function nodesOf(text: string, regions: Record<number, string> = {}): TopologyNode[] {
  return text.split(" ").map((entry) => {
    const [id, rack] = entry.split("@") as [string, string];
    const region = regions[Number(rack)];
    return { id, rack: Number(rack), ...(region && { region }) };
  });
}

const regions = { 32: "eu-west-2", 33: "eu-west-3" };
const namespace = { name: "mydata", replicationFactor: 2, strongConsistency: true };

/** The article's even split: 3 in London (rack 32), 3 in Paris (rack 33). */
export const evenSplit: Topology = {
  namespace,
  nodes: nodesOf("A352@32 A600@32 A129@32 A70@33 A882@33 A517@33", regions),
};

/** The article's odd split: 4 in London (rack 32), 3 in Paris (rack 33). */
export const oddSplit: Topology = {
  namespace,
  nodes: nodesOf("A541@32 A445@32 A333@32 A332@32 A829@33 A476@33 A250@33", regions),
};

/** 3 + 3 + a quiesced tie-breaker in a third region. */
export const tieBreaker: Topology = {
  namespace,
  nodes: [...evenSplit.nodes, { id: "A999", rack: 34, region: "eu-west-1", quiesced: true }],
};

export function rack(topology: Topology, number: number): string[] {
  return topology.nodes.filter((node) => node.rack === number).map(({ id }) => id);
}

/** A cut between sub-clusters; nodes in none of them are down. */
export function cut(topology: Topology, ...sides: readonly (readonly string[])[]): Fault {
  const ids = topology.nodes.map(({ id }) => id);
  const cannotHear = Object.fromEntries(
    ids.map((id) => {
      const side = sides.find((members) => members.includes(id)) ?? [];
      return [id, ids.filter((other) => !side.includes(other))];
    }),
  );
  return { ...NO_FAULT, cannotHear };
}
