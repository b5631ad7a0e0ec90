import { UsageError } from "../errors";
import { loadScenario } from "../scenario/experiment";
import type { Experiment } from "./experiment";
import { loadTopologyFile } from "./topology-file";

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
