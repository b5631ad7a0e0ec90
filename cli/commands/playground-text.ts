import { NONE, PARTITIONS, type RoundTrips } from "../../model";
import type { ClusterStatus } from "../../rehearsal/cluster-status";
import type { LogEvent } from "../../rehearsal/cluster/event-log";
import type { Rehearsal } from "../../rehearsal/process/rehearsal";
import type { PlaygroundRun, PlaygroundStatus } from "../../rehearsal/playground/control-socket";
import { stretchCommand } from "../../modules/stack/own-command";
import { clocksText, clockText } from "../report/clocks";
import { slownessText } from "../report/links";
import { listed } from "../../lab/run/sides";
import { table } from "../report/table";
import type { Terminal } from "../report/terminal";
import { wrapped } from "../report/text";
import { atPort } from "./playground-options";

/** What a rehearsal cluster is, wherever it is shown. */
const MODEL = "a model of a cluster, for rehearsals; never a database: all of it is gone when it ends";

/** A playground that has started. */
export interface Started extends Pick<Rehearsal, "nodes" | "seeds"> {
  readonly experiment: string;
  readonly faults: readonly string[];
  /** A link as a user may name it. */
  readonly link: string;
  readonly port: number;
  readonly security: boolean;
  readonly roundTrips: RoundTrips | undefined;
}

/** What `stretch up` prints once the nodes listen. */
export function upText(started: Started, terminal: Terminal): string {
  const { experiment, nodes, seeds, faults, link, port, security, roundTrips } = started;
  const places = Object.keys(seeds);
  const lines = (text: string, indent = "") => wrapped(text, terminal.columns, indent);
  return [
    lines(`Rehearsal cluster of ${experiment}: ${MODEL}.`),
    "",
    table(
      "Nodes",
      ["Node ID", "Rack", "Region", ...places.map((place) => `Address from\n${place}`)],
      nodes.map(({ id, rack, region, addresses }) => [
        id,
        rack,
        region,
        ...places.map((place) => addresses[place]),
      ]),
      terminal,
    ),
    "",
    ...places.map((place) => `Seed for a client in ${place}: ${seeds[place]}`),
    ...(security
      ? [
          lines(
            "Clients log in: user admin, password admin. It may manage users and roles (role user-admin) and grants itself and others the rest.",
          ),
        ]
      : []),
    ...(roundTrips ? [lines(`Messages take half of their round trip each: ${roundTrips.source}.`)] : []),
    "",
    "In another terminal:",
    ...[
      ...(faults.length > 0 ? [[atPort("fault NAME", port), `(${faults.join(", ")})`]] : []),
      [atPort(`fault ${NONE}`, port), "heals"],
      [atPort("status", port), ""],
      [atPort("node stop ID", port), "(start, pause, resume, clock)"],
      [atPort(`fault --delay ${link}=50`, port), "(--jitter, --loss)"],
      [stretchCommand(`run --port ${port}`), "the experiment whole, on it"],
    ].map(([command, note]) => lines(`  ${command}  ${note}`, "      ")),
    "Ctrl-C ends it.",
    "",
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
    case "orphan":
      return `${at}  node ${String(event.node)} in no cluster: until it blocks it answers as a member of the old one`;
    case "orphan-blocks":
      return `${at}  node ${String(event.node)} blocks: it answers 11 to everything`;
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
      return `${at}  warning: the nodes' active-rack differs and counts as none (in strong consistency the roster's holds until another is staged): ${Object.entries(
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

/** What `stretch status` prints of the playground on a port. */
export function statusText(
  { experiment, fault, links, cluster, run }: PlaygroundStatus,
  port: number,
  terminal: Terminal,
): string {
  const moving = cluster.nodes.reduce((sum, { migratesTx }) => sum + migratesTx, 0);
  const lines = (text: string, indent = "") => wrapped(text, terminal.columns, indent);
  return [
    lines(`Rehearsal cluster of ${experiment} (${MODEL}).`),
    `Fault: ${fault}.`,
    ...(run ? [lines(runText(run, port))] : []),
    ...links.map((slow) => lines(`Slow: ${slow.link}, ${slownessText(slow)}.`)),
    ...(fault === NONE && links.length === 0 ? [] : [`Heal: ${atPort(`fault ${NONE}`, port)}`]),
    cluster.settled
      ? moving > 0
        ? `Settled; ${moving} partitions still migrate.`
        : "Settled."
      : "Not settled: the nodes have not yet formed the clusters that the links allow.",
    "",
    subClusterTable(cluster, terminal),
    ...rosterLines(cluster).map((line) => lines(line, "  ")),
    ...clocksText(cluster).map((line) => lines(line)),
    ...cluster.orphans.map(({ id, blocks, blocksInMs }) =>
      lines(
        blocks
          ? `${id} is in no cluster: it answers 11 to everything.`
          : `${id} is in no cluster: until it blocks, in ${(blocksInMs / 1000).toFixed(1)} s, it answers as a member of the old one.`,
      ),
    ),
    "",
    nodeTable(cluster, terminal),
  ].join("\n");
}

function runText({ pid, since, killed }: PlaygroundRun, port: number): string {
  return killed
    ? `A run was killed (process ${pid}, since ${since}). To finish it: ${atPort("heal", port)}`
    : `A run drives it (process ${pid}, since ${since}).`;
}

function subClusterTable({ subClusters }: ClusterStatus, terminal: Terminal): string {
  return table(
    `Sub-clusters, and the ${PARTITIONS} partitions as each has them`,
    ["Cluster Key", "Principal", "Size", "Available", "Unavailable", "Dead", "Nodes"],
    subClusters.map(({ clusterKey, principal, members, available, unavailable, dead }) => [
      clusterKey,
      principal,
      members.length,
      available,
      unavailable,
      dead,
      members.join(", "),
    ]),
    terminal,
  );
}

/** The rosters that are set, one where all sub-clusters have the same. */
function rosterLines({ subClusters }: ClusterStatus): string[] {
  const rosters = new Map<string, string[]>();
  for (const { principal, roster } of subClusters) {
    const text = roster.join(", ") || "none";
    rosters.set(text, [...(rosters.get(text) ?? []), principal]);
  }
  return [...rosters].map(
    ([text, principals]) => `Roster${rosters.size > 1 ? ` of ${listed(principals)}` : ""}: ${text}`,
  );
}

function nodeTable({ nodes }: ClusterStatus, terminal: Terminal): string {
  return table(
    "Nodes: partitions, records, partitions that migrate out and in",
    [
      "Node ID",
      "Rack",
      "Region",
      "State",
      "Primary",
      "Secondary",
      "Master",
      "Prole",
      "Non-\nReplica",
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
    terminal,
  );
}

function servedText(available: number, unavailable: number, dead: number): string {
  return [
    `${available} of ${PARTITIONS} partitions served`,
    ...(unavailable > 0 ? [`${unavailable} unavailable`] : []),
    ...(dead > 0 ? [`${dead} dead`] : []),
  ].join(", ");
}
