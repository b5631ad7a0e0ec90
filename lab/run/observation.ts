import { PARTITIONS } from "../../model";
import { listed, nameOf } from "./sides";
import type { Foretold } from "./foretold";
import { clustersOf, type Situation } from "../recover/situation";

/** What was seen of a cluster. */
export interface ObservedCluster {
  /** `London`, as the preview names it. */
  readonly name: string;
  readonly members: readonly string[];
  readonly serves: number;
  readonly unavailable: number;
  readonly dead: number;
}

/** A node's records, as asadm's `info object` shows them. */
export interface ObservedNode {
  readonly id: string;
  readonly rack: number;
  readonly master: number;
  readonly prole: number;
  readonly nonReplica: number;
}

/** What was seen of all nodes at a moment, beside what the model foretold. */
export interface Observation {
  readonly label: string;
  /** Microseconds of the run's monotonic clock. */
  readonly at: number;
  readonly clusters: readonly ObservedCluster[];
  /** Nodes in no cluster. */
  readonly orphans: readonly string[];
  /** Nodes that did not answer. */
  readonly silent: readonly string[];
  readonly migrating: number;
  readonly nodes: readonly ObservedNode[];
  readonly foretold: Foretold;
  /** What differs between the two, a sentence each. */
  readonly differences: readonly string[];
}

/** What is seen, beside what is foretold. */
export function observationOf(
  label: string,
  at: number,
  situation: Situation,
  foretold: Foretold,
  sides: ReadonlyMap<string, readonly string[]>,
): Observation {
  const clusters = clustersOf(situation).map((members): ObservedCluster => {
    const [{ unavailable, dead }] = members;
    const ids = members.map(({ id }) => id);
    return {
      name: nameOf({ members: ids }, sides),
      members: ids,
      serves: PARTITIONS - unavailable - dead,
      unavailable,
      dead,
    };
  });
  const orphans = situation.nodes.filter(({ clusterSize }) => clusterSize === 0).map(({ id }) => id);
  const seen = {
    label,
    at,
    clusters,
    orphans,
    silent: situation.silent,
    migrating: situation.nodes.reduce((sum, node) => sum + node.migrating, 0),
    nodes: situation.nodes.map(({ id, rack, masterObjects, proleObjects, nonReplicaObjects }) => ({
      ...{ id, rack, master: masterObjects, prole: proleObjects, nonReplica: nonReplicaObjects },
    })),
    foretold,
  };
  return { ...seen, differences: differencesOf(seen, sides) };
}

function differencesOf(
  { clusters, orphans, foretold }: Omit<Observation, "differences">,
  sides: ReadonlyMap<string, readonly string[]>,
): string[] {
  const differences: string[] = [];
  const key = (members: readonly string[]) => [...members].sort().join(" ");
  const observed = new Map(clusters.map((cluster) => [key(cluster.members), cluster]));
  for (const { members, serves, dead } of foretold.clusters) {
    const name = nameOf({ members }, sides);
    const there = observed.get(key(members));
    observed.delete(key(members));
    if (!there) differences.push(`${name} was to be a cluster, and is none.`);
    else if (there.serves !== serves || there.dead !== dead) {
      differences.push(
        `${name} was to serve ${serves} partitions (${dead} dead), and serves ${there.serves} (${there.dead} dead).`,
      );
    }
  }
  for (const { name } of observed.values()) differences.push(`${name} is a cluster that was not foretold.`);
  const strange = orphans.filter((id) => !foretold.orphans.includes(id));
  const missing = foretold.orphans.filter((id) => !orphans.includes(id));
  if (strange.length > 0)
    differences.push(`${strange.join(", ")} are in no cluster, which was not foretold.`);
  if (missing.length > 0) differences.push(`${missing.join(", ")} were to be in no cluster, and are in one.`);
  return differences;
}

/** A side as it was foretold and as it was seen. */
export interface ObservedRow {
  readonly label: string;
  /** A cluster's name, or ids of orphans. */
  readonly side: string;
  /** Partitions that it was to serve, or serves. */
  readonly foretold: number | "no such cluster" | "in no cluster" | "in a cluster";
  readonly observed: number | "in no cluster" | "in a cluster";
}

/** What was foretold beside what was seen: a row a cluster that there was, then the orphans of either. */
export function observedRows({ label, clusters, orphans, silent, foretold }: Observation): ObservedRow[] {
  const key = (members: readonly string[]) => [...members].sort().join(" ");
  const predicted = new Map(foretold.clusters.map((one) => [key(one.members), one.serves]));
  const none = "in no cluster";
  const orphanRow = (ids: readonly string[], was: ObservedRow["foretold"], is: ObservedRow["observed"]) =>
    ids.length > 0 ? [{ label, side: listed(ids), foretold: was, observed: is }] : [];
  const wasTo = (id: string) => foretold.orphans.includes(id);
  const others = foretold.orphans.filter((id) => !orphans.includes(id) && !silent.includes(id));
  return [
    ...clusters.map(({ name, members, serves }) => ({
      ...{ label, side: name, observed: serves },
      foretold: predicted.get(key(members)) ?? ("no such cluster" as const),
    })),
    ...orphanRow(orphans.filter(wasTo), none, none),
    ...orphanRow(
      orphans.filter((id) => !wasTo(id)),
      "in a cluster",
      none,
    ),
    ...orphanRow(others, none, "in a cluster"),
  ];
}

/** "1 cluster", "2 clusters, A1 and A2 in no cluster, A3 silent". */
export function clustersText({ clusters, orphans, silent }: Observation): string {
  return [
    clusters.length === 1 ? "1 cluster" : `${clusters.length} clusters`,
    ...(orphans.length > 0 ? [`${listed(orphans)} in no cluster`] : []),
    ...(silent.length > 0 ? [`${silent.join(", ")} silent`] : []),
  ].join(", ");
}

/** Whether what is seen is what was foretold: the clusters, what each serves, and who is in none. */
export function isAsForetold(situation: Situation, foretold: Foretold): boolean {
  const seen = observationOf("", 0, situation, foretold, new Map());
  return seen.differences.length === 0;
}

/** What a side serves: that of the cluster which the preview names so, nothing where none of its nodes is in one. */
export function servedBy(
  { clusters }: Pick<Observation, "clusters">,
  name: string,
  sides: ReadonlyMap<string, readonly string[]>,
): number | undefined {
  const cluster = clusters.find((one) => one.name === name);
  if (cluster) return cluster.serves;
  const own = sides.get(name);
  const inOne = clusters.some(({ members }) => members.some((id) => own?.includes(id)));
  return own && !inOne ? 0 : undefined;
}

/**
 * The article's accounting: where all nodes are one cluster, nothing migrates, and there are two copies over two racks,
 * the masters of one rack are the proles of the other. Undefined where it cannot be said.
 */
export function accountingDifference(
  { clusters, nodes, silent, migrating }: Observation,
  replicationFactor: number,
): string | undefined {
  const racks = [...new Set(nodes.map(({ rack }) => rack))];
  const whole = clusters.length === 1 && clusters[0].members.length === nodes.length && silent.length === 0;
  if (!whole || migrating > 0 || replicationFactor !== 2 || racks.length !== 2) return undefined;
  const sum = (rack: number, of: "master" | "prole") =>
    nodes.filter((node) => node.rack === rack).reduce((total, node) => total + node[of], 0);
  const [a, b] = racks;
  for (const [one, other] of [
    [a, b],
    [b, a],
  ]) {
    if (sum(one, "master") !== sum(other, "prole")) {
      return `Rack ${one} is master of ${sum(one, "master")} records, and rack ${other} has ${sum(other, "prole")} of them.`;
    }
  }
  return undefined;
}
