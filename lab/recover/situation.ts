import { type Namespace, parseRoster, type Roster, type RosterNode, UNSET_ROSTER } from "../../model";

/** Asks a node an info command, from its own side; undefined where it does not answer. */
export type Ask = (node: string, command: string) => Promise<string | undefined>;

/** What one node says of its cluster. */
export interface NodeSituation {
  readonly id: string;
  /** Rack as configured. */
  readonly rack: number;
  /** Hexadecimal; `0` in no cluster. */
  readonly clusterKey: string;
  readonly clusterSize: number;
  /** Id of its cluster's principal. */
  readonly principal: string;
  readonly unavailable: number;
  readonly dead: number;
  /** Partitions still to send or to receive. */
  readonly migrating: number;
  /** The roster in effect. */
  readonly roster: Roster;
  /** What a recluster would put into effect. */
  readonly pending: Roster;
  /** The nodes that its cluster sees. */
  readonly observed: Roster;
  readonly quiesced: boolean;
}

/** What all nodes say, each asked from its own side. */
export interface Situation {
  readonly namespace: Namespace;
  readonly nodes: readonly NodeSituation[];
  /** Ids of nodes that were asked and did not answer. */
  readonly silent: readonly string[];
}

/** Answers `a=1;b=2` as a map. */
export function pairsOf(text: string, separator = ";"): ReadonlyMap<string, string> {
  return new Map(
    text.split(separator).flatMap((pair) => {
      const end = pair.indexOf("=");
      return end < 0 ? [] : [[pair.slice(0, end), pair.slice(end + 1)] as const];
    }),
  );
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
  const nodes: NodeSituation[] = [];
  let namespace: Namespace | undefined;
  const answers = await Promise.all(
    ids.map(async (id) => ({
      id,
      service: await ask(id, "statistics"),
      own: await ask(id, `namespace/${namespaceName}`),
      roster: await ask(id, `roster:namespace=${namespaceName}`),
    })),
  );
  for (const { id, service, own, roster } of answers) {
    if (service === undefined || own === undefined || roster === undefined) {
      silent.push(id);
      continue;
    }
    const [statistics, settings] = [pairsOf(service), pairsOf(own)];
    if (!settings.has("replication-factor")) {
      throw new Error(
        `Node ${id} answers "${own.slice(0, 80)}" for namespace "${namespaceName}": expected its statistics. Name one that it has.`,
      );
    }
    const number = (name: string) => Number(settings.get(name) ?? 0);
    namespace ??= {
      name: namespaceName,
      replicationFactor: number("replication-factor"),
      strongConsistency: settings.get("strong-consistency") === "true",
      preferUniformBalance: settings.get("prefer-uniform-balance") !== "false",
    };
    const rosters = pairsOf(roster, ":");
    const read = (name: string) => parseRoster(rosters.get(name) ?? "null") ?? UNSET_ROSTER;
    nodes.push({
      id,
      rack: number("rack-id"),
      clusterKey: statistics.get("cluster_key") ?? "0",
      clusterSize: Number(statistics.get("cluster_size") ?? 0),
      principal: statistics.get("cluster_principal") ?? "0",
      unavailable: number("unavailable_partitions"),
      dead: number("dead_partitions"),
      migrating: number("migrate_tx_partitions_remaining") + number("migrate_rx_partitions_remaining"),
      roster: read("roster"),
      pending: read("pending_roster"),
      observed: read("observed_nodes"),
      quiesced: settings.get("effective_is_quiesced") === "true",
    });
  }
  if (!namespace) {
    throw new Error(
      `None of ${ids.join(", ")} answers: nothing can be said of the cluster. Check that they run, and the network.`,
    );
  }
  return { namespace, nodes, silent };
}

/** Nodes of one cluster key, the largest cluster first; nodes in no cluster are left out. */
export function clustersOf({ nodes }: Situation): NodeSituation[][] {
  const clusters = new Map<string, NodeSituation[]>();
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
