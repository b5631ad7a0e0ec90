import {
  type Fault,
  type HealthyCluster,
  isWhole,
  partitionCounts,
  type PartitionMap,
  PARTITIONS,
  NONE,
  type Prediction,
  type RoundTrips,
  type TopologyNode,
} from "../../model";
import { adviceOf } from "../../lab/foretell/advice";
import { orphansText } from "../../lab/foretell/orphans";
import { showPmap, showRacks, showRoster } from "./asadm";
import { failureCodes } from "../../lab/foretell/codes";
import { showClients } from "./clients";
import { orphansBySide, placesOf, refusalsInWords } from "../../lab/foretell/places";
import { heartbeatsText } from "../../lab/foretell/heartbeats";
import { nameOf, sidesOf } from "../../lab/run/sides";
import { coloursOf, type Terminal } from "./terminal";
import { showTimes } from "./times";
import type { Times } from "../../lab/foretell/times";

export interface Preview {
  /** Name of the scenario, or the topology file. */
  readonly name: string;
  readonly faultName: string;
  readonly fault: Fault;
  readonly healthy: HealthyCluster;
  readonly prediction: Prediction;
  readonly times: Times;
  readonly roundTrips: RoundTrips;
  sideOf(node: TopologyNode): string;
}

/** The predicted picture of a fault, for a terminal. */
export function previewText(preview: Preview, terminal: Terminal): string {
  const { name, faultName, fault, healthy, prediction } = preview;
  const { topology } = healthy;
  const { bold, dim } = coloursOf(terminal);
  const sides = sidesOf(topology, preview.sideOf);
  const named = (map: PartitionMap) => nameOf(map, sides);
  const places = placesOf(prediction, topology, fault, sides);
  const refused = refusalsInWords(topology, fault, sides);
  const whole = isWhole(prediction);
  const alive = prediction.subClusters.length + prediction.orphans.length > 0;
  return [
    bold(faultName === NONE ? `${name}, healthy` : `${name}, fault ${faultName}`),
    dim(evidence(prediction)),
    "",
    bold("Sub-clusters"),
    ...prediction.subClusters.map(
      (map) =>
        `  ${named(map)}: ${map.members.join(", ")} (${map.members.length} of ${topology.nodes.length})`,
    ),
    ...(alive ? [] : ["  None: every node is down"]),
    ...(prediction.orphans.length > 0
      ? [`  In no cluster (orphans): ${prediction.orphans.map(({ id }) => id).join(", ")}`]
      : []),
    ...(prediction.down.length > 0 ? [`  Down: ${prediction.down.join(", ")}`] : []),
    "",
    ...prediction.subClusters.flatMap((map) => [
      bold(whole ? "As every node sees it" : `As ${named(map)} sees it`),
      showPmap(topology, map),
      ...(topology.namespace.strongConsistency ? ["", showRoster(topology, map)] : []),
      "",
    ]),
    showRacks(topology),
    "",
    ...(places.length === 0 ? [] : [showClients(healthy, prediction, places), ""]),
    ...showTimes(healthy, preview.times, preview.roundTrips, sides),
    heartbeatsText(topology),
    "",
    bold("Verdict (predicted)"),
    ...[...verdicts(preview, terminal), ...fault.notes].map((line) => `  ${line}`),
    "",
    bold("What to do"),
    ...adviceOf({ healthy, fault, prediction, refused, sides, roundTrips: preview.roundTrips }).map(
      (line) => `  - ${line}`,
    ),
  ].join("\n");
}

/** How far the prediction is backed by what was checked against a real server. */
export function evidence({ predictedBecause }: Prediction): string {
  return predictedBecause.length === 0
    ? "Predicted by the model, within what was checked against a real cluster."
    : `Predicted by the model, beyond what was checked against a real cluster: ${predictedBecause.join(", ")}.`;
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

function verdicts({ healthy, prediction, sideOf }: Preview, terminal: Terminal): string[] {
  const { green, yellow, red } = coloursOf(terminal);
  const { topology } = healthy;
  const { subClusters, down } = prediction;
  const sides = sidesOf(topology, sideOf);
  const orphans = orphansBySide(prediction, sides);
  const split = !topology.namespace.strongConsistency && subClusters.length > 1;
  const lines = subClusters.map((map) => {
    const { available, dead } = partitionCounts(map);
    const plural = [...sides.values()].filter((ids) => ids.some((id) => map.members.includes(id))).length > 1;
    const serves = `${nameOf(map, sides)} ${plural ? "serve" : "serves"} ${available} of ${PARTITIONS}`;
    if (available === PARTITIONS) {
      return split
        ? yellow(
            `${serves}, as every sub-cluster does: ${subClusters.length} masters each, and writes that collide`,
          )
        : green(serves);
    }
    const codes = (connected: "before the cut" | "after the cut") =>
      failureCodes(healthy, prediction, map, connected);
    const colour = available === 0 ? red : yellow;
    const rest = available === 0 ? "every write fails" : "writes to the rest fail";
    const until = dead > 0 ? "revived" : "healed";
    return colour(
      `${serves}; ${rest} until ${until}: ${codes("before the cut")} in running clients, ` +
        `${codes("after the cut")} in new ones`,
    );
  });
  const lost = [...sides].filter(([, ids]) => ids.every((id) => down.includes(id)));
  const left = orphans.map((ids) => red(orphansText(ids, healthy, prediction, sides)));
  const active = activeRackVerdict(healthy).map(({ line, holds }) => (holds ? line : yellow(line)));
  return [...active, ...lines, ...left, ...lost.map(([side]) => red(`${side} is down and serves nothing`))];
}
