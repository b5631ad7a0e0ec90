import { isServed } from "./availability";
import { decisionOf, type PartitionMap, replicaIds } from "./partition-map";
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

/** For how many of the 4096 partitions a client gets each outcome: {@link clientOutcome} of all, asked by node number. */
export function outcomeCounts(
  healthy: HealthyCluster,
  { subClusters, orphans }: Prediction,
  { reach, operation, connected }: Client,
): Record<Outcome, number> {
  const reached = new Set(reach);
  const up = new Set([...subClusters.flatMap(({ members }) => members), ...orphans.map(({ id }) => id)]);
  const marked = (map: PartitionMap, isMarked: (id: string) => boolean) =>
    map.nodes.map(({ id }) => isMarked(id));
  const any = (map: PartitionMap, marks: readonly boolean[], partition: number) => {
    const start = partition * map.columns;
    const asked = operation === "session read" ? Math.min(1, map.columns) : map.columns;
    for (let r = start; r < start + asked; r++) if (marks[map.replicas[r]]) return true;
    return false;
  };
  const serving = subClusters.map((map) => {
    const members = new Set(map.members);
    return { map, marks: marked(map, (id) => members.has(id) && reached.has(id)) };
  });
  const before = marked(healthy.map, (id) => reached.has(id) && up.has(id));
  const counts = { ok: 0, "-8": 0, "11": 0 };
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const served = serving.some(
      ({ map, marks }) => isServed(decisionOf(map, partition)) && any(map, marks, partition),
    );
    if (served) counts.ok++;
    else if (connected === "before the cut" && any(healthy.map, before, partition)) counts["11"]++;
    else counts["-8"]++;
  }
  return counts;
}
