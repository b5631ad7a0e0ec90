import { type Namespace, type Roster, type RosterNode, UNSET_ROSTER } from "../../model";
import { lookCommands, namespaceOf, type NodeState, nodeState } from "../observe/node-state";

/** Asks a node an info command, from its own side; undefined where it does not answer. */
export type Ask = (node: string, command: string) => Promise<string | undefined>;

/** What all nodes say, each asked from its own side. */
export interface Situation {
  readonly namespace: Namespace;
  readonly nodes: readonly NodeState[];
  /** Ids of nodes that were asked and did not answer. */
  readonly silent: readonly string[];
}

/**
 * Asks every node at the same time.
 *
 * @throws Error where none answers, or the namespace is unknown to one.
 */
export async function situationOf(
  ids: readonly string[],
  ask: Ask,
  namespaceName: string,
): Promise<Situation> {
  const silent: string[] = [];
  const nodes: NodeState[] = [];
  let namespace: Namespace | undefined;
  const commands = lookCommands(namespaceName);
  const all = await Promise.all(
    ids.map(async (id) => ({ id, texts: await Promise.all(commands.map((command) => ask(id, command))) })),
  );
  for (const { id, texts } of all) {
    if (texts.includes(undefined)) {
      silent.push(id);
      continue;
    }
    const answers = new Map(commands.map((command, i) => [command, texts[i]!]));
    namespace ??= namespaceOf(namespaceName, answers);
    nodes.push(nodeState(namespaceName, answers));
  }
  if (!namespace) {
    throw new Error(
      `None of ${ids.join(", ")} answers: nothing can be said of the cluster. Check that they run, and the network.`,
    );
  }
  return { namespace, nodes, silent };
}

/** Nodes of one cluster key, the largest cluster first; nodes in no cluster are left out. */
export function clustersOf({ nodes }: Pick<Situation, "nodes">): NodeState[][] {
  const clusters = new Map<string, NodeState[]>();
  for (const node of nodes) {
    if (node.clusterSize === 0) continue;
    clusters.set(node.clusterKey, [...(clusters.get(node.clusterKey) ?? []), node]);
  }
  return [...clusters.values()].sort((a, b) => b.length - a.length);
}

/** The roster in effect: that of the largest cluster. */
export function rosterOf(situation: Situation): Roster {
  return clustersOf(situation)[0]?.[0].roster ?? UNSET_ROSTER;
}

/** Nodes of the roster that are in no answering node's cluster. */
export function missingOf(situation: Situation): RosterNode[] {
  const here = new Set(clustersOf(situation).flatMap((cluster) => cluster.map(({ id }) => id)));
  return rosterOf(situation).nodes.filter(({ id }) => !here.has(id));
}
