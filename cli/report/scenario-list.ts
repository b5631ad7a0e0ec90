import { type Fault, healthyCluster, partitionCounts, predict } from "../../model";
import { cdktfCommand, stretchCommand } from "../../modules/stack/own-command";
import { orphansBySide } from "../../lab/foretell/places";
import { nameOf, sidesOf } from "../../lab/run/sides";
import type { Experiment } from "../experiment/experiment";
import { coloursOf, type Terminal } from "./terminal";
import { wrapped } from "./text";

/** A stack as it is listed. */
export interface ListedStack {
  readonly name: string;
  readonly summary?: string;
  /** One a cluster. */
  readonly experiments: readonly Experiment[];
}

/** Where the text beside the name of a fault begins. */
const MARGIN = 18;

/** Every stack in a line, what each of its faults does to whom, and which commands go on from here. */
export function scenarioList(stacks: readonly ListedStack[], terminal: Terminal): string {
  const { bold } = coloursOf(terminal);
  const lines = (text: string, indent: string) => wrapped(text, terminal.columns, indent);
  const experiments = stacks.flatMap((stack) => stack.experiments);
  const { name } = stacks[0];
  const [fault] = experiments.flatMap(({ faults }) => Object.keys(faults));
  return [
    bold("Scenarios, their faults, and who then serves how many of the 4096 partitions"),
    "",
    ...stacks.flatMap((stack) => [
      lines(stack.summary === undefined ? stack.name : `${stack.name}: ${stack.summary}`, "  "),
      ...stack.experiments.flatMap((experiment) =>
        Object.entries(experiment.faults).map(([faultName, effect]) => {
          const cluster = stack.experiments.length > 1 ? ` (${experiment.name})` : "";
          const label = `  ${faultName}${cluster} `.padEnd(MARGIN);
          return lines(label + servedText(experiment, effect), " ".repeat(MARGIN));
        }),
      ),
    ]),
    "",
    "Predicted. What goes on from here:",
    `  ${stretchCommand(`scenarios ${name}`)}  # what it builds`,
    ...(fault === undefined
      ? []
      : [`  ${stretchCommand(`preview ${name} --fault ${fault}`)}  # who gets what`]),
    `  ${stretchCommand(`up ${name}`)}  # for a client of yours`,
    `  ${cdktfCommand(`deploy ${name}`)}  # in AWS`,
  ].join("\n");
}

/** "London 2048, Paris 2048": the sub-clusters, then orphans, and sides that are down. */
function servedText({ topology, sideOf }: Experiment, fault: Fault): string {
  const sides = sidesOf(topology, sideOf);
  const prediction = predict(healthyCluster(topology), fault);
  const { subClusters, down } = prediction;
  const lost = [...sides].filter(([, ids]) => ids.every((id) => down.includes(id)));
  return [
    ...subClusters.map((map) => `${nameOf(map, sides)} ${partitionCounts(map).available}`),
    ...orphansBySide(prediction, sides).map((members) => `${nameOf({ members }, sides)} 0 (in no cluster)`),
    ...lost.map(([side]) => `${side} 0`),
    ...(Object.keys(fault.refuses).length > 0 ? ["new connections refused"] : []),
  ].join(", ");
}
