import {
  type Fault,
  type HealthyCluster,
  isWhole,
  NONE,
  partitionCounts,
  PARTITIONS,
  type Prediction,
  type RoundTrips,
  type TopologyNode,
} from "../../model";
import { nameOf, sidesOf } from "../../lab/run/sides";
import { adviceOf } from "../../lab/foretell/advice";
import { rosterLines, showNodePartitions, showPmap, showRacks } from "./asadm";
import { failureCodes } from "../../lab/foretell/codes";
import { showClients } from "./clients";
import { evidence } from "../../lab/foretell/evidence";
import { heartbeatsText } from "../../lab/foretell/heartbeats";
import { orphansText, unsteadyText } from "../../lab/foretell/orphans";
import { orphansBySide, placesOf, refusalsInWords } from "../../lab/foretell/places";
import { coloursOf, type Terminal } from "./terminal";
import { wrapped } from "./text";
import type { Times } from "../../lab/foretell/times";
import { showTimes } from "./times";

export interface Preview {
  /** Name of the scenario, or the topology file. */
  readonly name: string;
  readonly faultName: string;
  /** Name of the fault that was on before. @default none */
  readonly afterName?: string | undefined;
  readonly fault: Fault;
  readonly healthy: HealthyCluster;
  readonly prediction: Prediction;
  readonly times: Times;
  readonly roundTrips: RoundTrips;
  /** Whether asadm's tables are shown too: maps and rosters as each side sees them, racks. */
  readonly full: boolean;
  sideOf(node: TopologyNode): string;
}

/** The predicted picture of a fault, for a terminal: verdict and advice, then the tables. */
export function previewText(preview: Preview, terminal: Terminal): string {
  const { name, faultName, fault, healthy, prediction } = preview;
  const { topology } = healthy;
  const { bold, dim } = coloursOf(terminal);
  const lines = (text: string, indent = "") => wrapped(text, terminal.columns, indent);
  const sides = sidesOf(topology, preview.sideOf);
  const places = placesOf(prediction, topology, fault, sides);
  const refused = refusalsInWords(topology, fault, sides);
  const alive = prediction.subClusters.length + prediction.orphans.length > 0;
  return [
    bold(
      (faultName === NONE ? `${name}, healthy` : `${name}, fault ${faultName}`) +
        (preview.afterName === undefined ? "" : ` after ${preview.afterName}`),
    ),
    dim(lines(evidence(prediction))),
    "",
    bold("Verdict (predicted)"),
    ...verdicts(preview, terminal).map(({ line, colour }) => colour(lines(`  ${line}`, "    "))),
    ...fault.notes.map((note) => lines(`  ${note}`, "    ")),
    "",
    bold("What to do"),
    ...adviceOf({ healthy, fault, prediction, refused, sides, roundTrips: preview.roundTrips }).map(
      (advice) => lines(`  - ${advice}`, "    "),
    ),
    "",
    bold("Sub-clusters"),
    ...prediction.subClusters.map((map) =>
      lines(
        `  ${nameOf(map, sides)}: ${map.members.join(", ")} (${map.members.length} of ${topology.nodes.length})`,
        "    ",
      ),
    ),
    ...(alive ? [] : ["  None: every node is down"]),
    ...(prediction.orphans.length > 0
      ? [lines(`  In no cluster (orphans): ${prediction.orphans.map(({ id }) => id).join(", ")}`, "    ")]
      : []),
    ...(prediction.down.length > 0 ? [lines(`  Down: ${prediction.down.join(", ")}`, "    ")] : []),
    "",
    showNodePartitions(topology, prediction.subClusters, preview.sideOf, terminal),
    "",
    ...(preview.full ? asadmTables(preview, sides, terminal) : []),
    ...(places.length === 0 ? [] : [showClients(healthy, prediction, places, terminal), ""]),
    ...showTimes(healthy, preview.times, preview.roundTrips, sides, terminal),
    lines(heartbeatsText(topology)),
  ].join("\n");
}

/** asadm's tables as each sub-cluster sees them. */
function asadmTables(
  { healthy: { topology }, prediction }: Preview,
  sides: ReadonlyMap<string, readonly string[]>,
  terminal: Terminal,
): string[] {
  const { bold } = coloursOf(terminal);
  return [
    ...prediction.subClusters.flatMap((map) => [
      bold(isWhole(prediction) ? "As every node sees it" : `As ${nameOf(map, sides)} sees it`),
      showPmap(topology, map, terminal),
      ...(topology.namespace.strongConsistency ? ["", rosterLines(topology, map, terminal)] : []),
      "",
    ]),
    showRacks(topology, terminal),
    "",
  ];
}

/** What an active rack means here, where one is set. */
function activeRackVerdict({ topology, map }: HealthyCluster): { line: string; holds: boolean }[] {
  const { activeRack = 0, replicationFactor } = topology.namespace;
  if (activeRack === 0) return [];
  if (map.activeRack !== undefined) {
    return [
      { line: `Rack ${activeRack} is the active one: healthy, its nodes have every master`, holds: true },
    ];
  }
  const racks = new Set(topology.nodes.map(({ rack }) => rack)).size;
  const line = `Active rack ${activeRack} is not in effect: it needs no more racks than copies, and there are ${racks} racks and ${replicationFactor} copies`;
  return [{ line, holds: false }];
}

/** A line of the verdict, and how it is coloured. */
interface Verdict {
  readonly line: string;
  readonly colour: (text: string) => string;
}

function verdicts({ healthy, prediction, sideOf }: Preview, terminal: Terminal): Verdict[] {
  const { green, yellow, red } = coloursOf(terminal);
  const plain = (text: string) => text;
  const { topology } = healthy;
  const { subClusters, down } = prediction;
  const sides = sidesOf(topology, sideOf);
  const orphans = orphansBySide(prediction, sides);
  const split = !topology.namespace.strongConsistency && subClusters.length > 1;
  const clusters = subClusters.map((map): Verdict => {
    const { available, dead } = partitionCounts(map);
    const plural = [...sides.values()].filter((ids) => ids.some((id) => map.members.includes(id))).length > 1;
    const serves = `${nameOf(map, sides)} ${plural ? "serve" : "serves"} ${available} of ${PARTITIONS}`;
    if (available === PARTITIONS) {
      if (!split) return { line: serves, colour: green };
      const masters = `${subClusters.length} masters each, and writes that collide`;
      return { line: `${serves}, as every sub-cluster does: ${masters}`, colour: yellow };
    }
    const codes = (connected: "before the cut" | "after the cut") =>
      failureCodes(healthy, prediction, map, connected);
    const rest = available === 0 ? "every write fails" : "writes to the rest fail";
    const until = dead > 0 ? "revived" : "healed";
    return {
      line:
        `${serves}; ${rest} until ${until}: ${codes("before the cut")} in running clients, ` +
        `${codes("after the cut")} in new ones`,
      colour: available === 0 ? red : yellow,
    };
  });
  const lost = [...sides].filter(([, ids]) => ids.every((id) => down.includes(id)));
  return [
    ...activeRackVerdict(healthy).map(({ line, holds }) => ({ line, colour: holds ? plain : yellow })),
    ...clusters,
    ...orphans.map((ids) => ({ line: orphansText(ids, healthy, prediction, sides), colour: red })),
    ...unsteadyText(prediction).map((line) => ({ line, colour: yellow })),
    ...lost.map(([side]) => ({ line: `${side} is down and serves nothing`, colour: red })),
  ];
}
