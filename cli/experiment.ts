import { type Fault, NO_FAULT, NONE, type Topology, type TopologyNode } from "../model";
import { UsageError } from "./errors";
import { loadScenario } from "./scenario-loader";
import { loadTopologyFile } from "./topology-file";

/** A cluster and its faults, of a scenario's stack or of a file. */
export interface Experiment {
  /** Name of the scenario, or the file. */
  readonly name: string;
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, Fault>>;
  /** The side that a node stands on, in words ("London"). */
  sideOf(node: TopologyNode): string;
}

/**
 * The experiment that a command is about: a topology file's, or a scenario's.
 *
 * @param scenario name of a scenario. @default the first one, even-split
 * @throws UsageError where both are given, the file is not valid or no scenario has the name.
 */
export async function loadExperiment(scenario?: string, topologyFile?: string): Promise<Experiment> {
  if (topologyFile === undefined) return loadScenario(scenario);
  if (scenario !== undefined) {
    throw new UsageError(
      `Both the scenario "${scenario}" and --topology ${topologyFile} were given: expected one of them.`,
    );
  }
  return loadTopologyFile(topologyFile);
}

/**
 * A fault of the experiment by name; `none` breaks nothing.
 *
 * @throws UsageError where the experiment has no such fault.
 */
export function faultOf(experiment: Experiment, name: string): Fault {
  if (name === NONE) return NO_FAULT;
  if (!Object.hasOwn(experiment.faults, name)) {
    const names = [NONE, ...Object.keys(experiment.faults)].join(", ");
    throw new UsageError(`${experiment.name} has no fault "${name}": expected one of ${names}.`);
  }
  return experiment.faults[name];
}
