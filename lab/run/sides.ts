import type { PartitionMap, Topology, TopologyNode } from "../../model";

/** The sides of a topology in its order, with the ids of their nodes. */
export function sidesOf(
  { nodes }: Topology,
  sideOf: (node: TopologyNode) => string,
): ReadonlyMap<string, readonly string[]> {
  const sides = new Map<string, string[]>();
  for (const node of nodes) sides.set(sideOf(node), [...(sides.get(sideOf(node)) ?? []), node.id]);
  return sides;
}

/** A sub-cluster in words: "Paris", "London and Ireland", or "London (A1B32)" where only a part of a side is in it. */
export function nameOf(
  { members }: Pick<PartitionMap, "members">,
  sides: ReadonlyMap<string, readonly string[]>,
): string {
  const names = [...sides].flatMap(([side, ids]) => {
    const here = ids.filter((id) => members.includes(id));
    if (here.length === 0) return [];
    return here.length === ids.length ? [side] : [`${side} (${here.join(", ")})`];
  });
  return listed(names);
}

/** "A", "A and B", "A, B and C". */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
