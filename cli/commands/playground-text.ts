import { PARTITIONS, type RoundTrips } from "../../model";
import type { ClusterStatus } from "../../rehearsal/cluster-status";
import type { LogEvent } from "../../rehearsal/cluster/event-log";
import type { Rehearsal } from "../../rehearsal/process/rehearsal";
import type { PlaygroundRun, PlaygroundStatus } from "../../rehearsal/playground/control-socket";
import { clocksText, clockText } from "../report/clocks";
import { slownessText } from "../report/links";
import { listed } from "../../lab/run/sides";
import { table } from "../report/table";

/** What a rehearsal cluster is, wherever it is shown. */
const MODEL = "a model of a cluster, for rehearsals; never a database: all of it is gone when it ends";

/** What `stretch up` prints once the nodes listen. */
export function upText(
  experiment: string,
  { nodes, seeds }: Pick<Rehearsal, "nodes" | "seeds">,
  roundTrips: RoundTrips | undefined,
): string {
  const places = Object.keys(seeds);
  return [
    `Rehearsal cluster of ${experiment}: ${MODEL}.`,
    "",
    table(
      "Nodes",
      ["Node ID", "Rack", "Region", ...places.map((place) => `Address from ${place}`)],
      nodes.map(({ id, rack, region, addresses }) => [
        id,
        rack,
        region,
        ...places.map((place) => addresses[place]),
      ]),
    ),
    "",
    ...places.map((place) => `Seed for a client in ${place}: ${seeds[place]}`),
    ...(roundTrips ? [`Messages take half of their round trip each: ${roundTrips.source}.`] : []),
  ].join("\n");
}

/** A line of `stretch up` about something that clients could notice; undefined for the rest. */
export function eventText(event: LogEvent): string | undefined {
  const at = `${(event.t / 1000).toFixed(1).padStart(7)} s`;
  switch (event.event) {
    case "cluster": {
      const members = event.members as string[];
      const { available, unavailable, dead } = event as unknown as Record<string, number>;
      return `${at}  cluster of ${listed(members)}: ${servedText(available, unavailable, dead)}`;
    }
    case "cluster-interrupted":
      return `${at}  cluster of ${listed(event.members as string[])} interrupted before it served: the ${String(event.partitions)} partitions that it had need a revive`;
    case "node-stop":
      return `${at}  node ${String(event.node)} stopped (${String(event.kind)})`;
    case "node-start":
      return `${at}  node ${String(event.node)} started`;
    case "node-pause":
      return `${at}  node ${String(event.node)} paused`;
    case "node-resume":
      return `${at}  node ${String(event.node)} resumed`;
    case "clock":
      return `${at}  clock of node ${String(event.node)}: ${clockText(event.ahead as number)}${event.refusesWrites ? "; its cluster refuses writes (22)" : ""}`;
    case "fault":
      return `${at}  links ${isCut(event) ? "cut" : "slow"}`;
    case "heal":
      return `${at}  links healed`;
    case "roster-set":
      return `${at}  roster staged: ${String(event.roster)}`;
    case "active-rack-differs":
      return `${at}  warning: the nodes' active-rack differs, so that there is none: ${Object.entries(
        event.nodes as Record<string, number>,
      )
        .map(([id, rack]) => `${id} ${rack}`)
        .join(", ")}`;
    case "migrations-done":
      return `${at}  migrations ended`;
    default:
      return undefined;
  }
}

/** Whether a fault takes links, doors or nodes away, and does not only slow links down. */
function isCut({ cannotHear, refuses, clientsLose = {} }: LogEvent): boolean {
  return [cannotHear, refuses, clientsLose].some((part) => Object.keys(part as object).length > 0);
}

/** What `stretch status` prints. */
export function statusText({ experiment, fault, links, cluster, run }: PlaygroundStatus): string {
  const moving = cluster.nodes.reduce((sum, { migratesTx }) => sum + migratesTx, 0);
  return [
    `Rehearsal cluster of ${experiment} (${MODEL}). Fault: ${fault}.`,
    ...(run ? [runText(run)] : []),
    ...links.map((slow) => `Slow: ${slow.link}, ${slownessText(slow)}.`),
    cluster.settled
      ? moving > 0
        ? `Settled; ${moving} partitions still migrate.`
        : "Settled."
      : "Not settled: the nodes have not yet formed the clusters that the links allow.",
    "",
    subClusterTable(cluster),
    ...clocksText(cluster),
    ...cluster.orphans.map(({ id, blocks }) =>
      blocks
        ? `${id} is in no cluster: it answers 11 to everything.`
        : `${id} is in no cluster: until it blocks it answers as a member of the old one.`,
    ),
    "",
    nodeTable(cluster),
  ].join("\n");
}

function runText({ pid, since, killed }: PlaygroundRun): string {
  return killed
    ? `A run was killed (process ${pid}, since ${since}): stretch heal finishes it.`
    : `A run drives it (process ${pid}, since ${since}).`;
}

function subClusterTable({ subClusters }: ClusterStatus): string {
  return table(
    "Sub-clusters",
    ["Cluster Key", "Size", "Principal", "Nodes", "Available", "Unavailable", "Dead", "Roster"],
    subClusters.map(({ clusterKey, principal, members, available, unavailable, dead, roster }) => [
      clusterKey,
      members.length,
      principal,
      members.join(","),
      available,
      unavailable,
      dead,
      roster.join(",") || "none",
    ]),
  );
}

function nodeTable({ nodes }: ClusterStatus): string {
  return table(
    "Nodes",
    [
      "Node ID",
      "Rack",
      "Region",
      "State",
      "Primary",
      "Secondary",
      "Master",
      "Prole",
      "Non-Replica",
      "Tx",
      "Rx",
    ],
    nodes.map((node) => [
      node.id,
      node.rack,
      node.region,
      node.paused ? "paused" : node.up ? "up" : "down",
      node.primary,
      node.secondary,
      node.masterObjects,
      node.proleObjects,
      node.nonReplicaObjects,
      node.migratesTx,
      node.migratesRx,
    ]),
  );
}

function servedText(available: number, unavailable: number, dead: number): string {
  return [
    `${available} of ${PARTITIONS} partitions served`,
    ...(unavailable > 0 ? [`${unavailable} unavailable`] : []),
    ...(dead > 0 ? [`${dead} dead`] : []),
  ].join(", ");
}
