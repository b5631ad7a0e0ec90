import type { CannotHear, Topology, TopologyNode } from "../model";
import { UsageError } from "./errors";
import { loadScenario } from "./scenario-loader";
import { loadTopologyFile } from "./topology-file";

/** A cluster and its faults, of a scenario's stack or of a file. */
export interface Experiment {
  /** Name of the scenario, or the file. */
  readonly name: string;
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, CannotHear>>;
  /**
   * Nodes that refuse new connections from a region, by fault and region; established ones go on.
   * @default none
   */
  readonly refusals?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Why a deployed fault cannot end by itself; undefined = it can. */
  timerRefusal?(fault: string): string | undefined;
  /** What a fault does beside who hears whom, a line each. */
  notes(fault: string): readonly string[];
  /** The side that a node stands on, in words ("London"). */
  sideOf(node: TopologyNode): string;
}

/** No fault: the healthy cluster. */
export const NO_FAULT = "none";

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
 * Who cannot hear whom in a fault of the experiment.
 *
 * @throws UsageError where the experiment has no such fault.
 */
export function faultOf(experiment: Experiment, name: string): CannotHear {
  if (name === NO_FAULT) return {};
  if (!Object.hasOwn(experiment.faults, name)) {
    const names = [NO_FAULT, ...Object.keys(experiment.faults)].join(", ");
    throw new UsageError(`${experiment.name} has no fault "${name}": expected one of ${names}.`);
  }
  return experiment.faults[name];
}
