import { isServed } from "./availability";
import { decisionOf, replicaIds } from "./partition-map";
import { PARTITIONS } from "./partitions";
import type { HealthyCluster, Prediction } from "./prediction";

/** What a client asks: writes and linearized reads fall through to the replica, session reads ask the master only. */
export const operations = ["write", "linearized read", "session read"] as const;
export type Operation = (typeof operations)[number];

/** When the client connected: it never forgets an owner of a partition that it was told of. */
export const connections = ["before the cut", "after the cut"] as const;
export type Connected = (typeof connections)[number];

/**
 * What a client gets: `ok`; `-8`, node not found for the partition (the client's own code); `11`, partition
 * unavailable (the server's).
 */
export type Outcome = "ok" | "-8" | "11";

/** A client in a fault. */
export interface Client {
  /** Ids of the nodes that it can reach from its place; those that are down never answer. */
  readonly reach: readonly string[];
  readonly operation: Operation;
  readonly connected: Connected;
}

/**
 * What a client gets for a partition once the sub-clusters of a fault have formed (specification, section 3, "What a
 * client gets"; the linearized read of a client connected after the cut is not measured).
 */
export function clientOutcome(
  healthy: HealthyCluster,
  { subClusters, orphans }: Prediction,
  { reach, operation, connected }: Client,
  partition: number,
): Outcome {
  const asked = (owners: readonly string[]) => (operation === "session read" ? owners.slice(0, 1) : owners);
  const served = subClusters.some(
    (map) =>
      isServed(decisionOf(map, partition)) &&
      asked(replicaIds(map, partition)).some((id) => map.members.includes(id) && reach.includes(id)),
  );
  if (served) return "ok";
  if (connected === "after the cut") return "-8";
  const up = [...subClusters.flatMap(({ members }) => members), ...orphans.map(({ id }) => id)];
  const answers = (id: string) => reach.includes(id) && up.includes(id);
  return asked(replicaIds(healthy.map, partition)).some(answers) ? "11" : "-8";
}

/** For how many of the 4096 partitions a client gets each outcome. */
export function outcomeCounts(
  healthy: HealthyCluster,
  prediction: Prediction,
  client: Client,
): Record<Outcome, number> {
  const counts = { ok: 0, "-8": 0, "11": 0 };
  for (let partition = 0; partition < PARTITIONS; partition++) {
    counts[clientOutcome(healthy, prediction, client, partition)]++;
  }
  return counts;
}
