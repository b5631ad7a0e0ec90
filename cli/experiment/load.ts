import { UsageError } from "../errors";
import { experimentOf } from "../scenario/experiment";
import { loadStack } from "../scenario/stack";
import type { Experiment } from "./experiment";
import { loadTopologyFile } from "./topology-file";

/** Where an experiment is, beside its name. */
export interface Source {
  /** A topology file. */
  readonly topology?: string;
  /** Folder that an app has synthesised into. @default the app is run */
  readonly appOutput?: string;
  /** Which cluster of a stack. @default its only one */
  readonly cluster?: string;
}

/**
 * The experiment that a command is about: a topology file's, or that of a stack.
 *
 * @param stack name of a stack of this folder's app, or of a scenario. @default the only one; even-split
 * @throws UsageError where both are given, the file is not valid or no stack has the name.
 */
export async function loadExperiment(
  stack: string | undefined,
  { topology, appOutput, cluster }: Source,
): Promise<Experiment> {
  if (topology === undefined) return experimentOf(await loadStack(stack, appOutput), cluster);
  const beside =
    stack !== undefined
      ? `the scenario "${stack}"`
      : appOutput !== undefined
        ? `--app-output ${appOutput}`
        : cluster !== undefined && `--cluster ${cluster}`;
  if (beside) {
    throw new UsageError(`Both ${beside} and --topology ${topology} were given: expected one of them.`);
  }
  return loadTopologyFile(topology);
}
