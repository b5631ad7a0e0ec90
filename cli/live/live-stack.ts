import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SwitchedFault } from "../../lab/deployed/terraform";
import { cdktfCommand } from "../../modules/stack/own-command";
import { UsageError } from "../errors";
import type { Experiment } from "../experiment/experiment";
import { experimentOf, faultName } from "../scenario/experiment";
import { clusterOf, loadStack, type Stack, type StackCluster, stackOfFolder } from "../scenario/stack";

/** A stack that is deployed, as its configuration tells of it. */
export interface LiveStack {
  readonly stack: Stack;
  readonly cluster: StackCluster;
  readonly experiment: Experiment;
  /** Folder in which Terraform runs. */
  readonly folder: string;
  /** Its faults by the variables that make them. */
  readonly faults: readonly SwitchedFault[];
  /** Variables of its switches. */
  readonly switches: readonly string[];
  /** Options for each plan. */
  readonly options: readonly string[];
}

interface Where {
  readonly dir?: string;
  readonly appOutput?: string;
  readonly cluster?: string;
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
}

/**
 * The stack that a command with --live is about: the configuration in Terraform's folder, that of the app where the folder has
 * HCL alone.
 *
 * @throws UsageError where there is no such folder, or it is of another stack
 */
export async function loadLiveStack(scenario: string | undefined, where: Where): Promise<LiveStack> {
  const { dir, appOutput, cluster: named, var: variables = [], varFile = [] } = where;
  const folder = resolve(
    dir ?? join(appOutput ?? "cdktf.out", "stacks", scenario ?? (await loadStack(undefined, appOutput)).name),
  );
  if (!existsSync(folder)) {
    throw new UsageError(
      dir === undefined
        ? `There is no folder ${folder}: expected what ${cdktfCommand(`deploy ${scenario ?? "SCENARIO"}`)} leaves. Deploy first, or name Terraform's folder with --dir.`
        : `--dir ${dir} is no folder: expected the one in which Terraform has the stack.`,
    );
  }
  const stack = stackOfFolder(folder) ?? (await loadStack(scenario, appOutput));
  if (scenario !== undefined && stack.name !== scenario) {
    throw new UsageError(
      `${folder} has the configuration of ${stack.name}, and ${scenario} was asked for: leave it out, or name the other's folder with --dir.`,
    );
  }
  const { faults } = stack.metadata;
  const switches = [...new Set(faults.map(({ variable }) => variable))];
  assertNoFault(variables, [...switches, ...faults.map(({ healAt }) => healAt)]);
  for (const file of varFile) {
    if (!existsSync(file))
      throw new UsageError(`--var-file ${file} is not there: expected a file of variables.`);
  }
  const cluster = clusterOf(stack, named);
  return {
    ...{ stack, cluster, folder, switches },
    experiment: experimentOf(stack, named),
    faults: faults.map((fault) => {
      const byHand = Object.values(fault.clusters).some(({ endsOnlyByHand }) => endsOnlyByHand !== undefined);
      const name = faultName(stack, fault);
      return { name, value: fault.name, variable: fault.variable, ...(!byHand && { healAt: fault.healAt }) };
    }),
    options: [
      ...varFile.map((file) => `-var-file=${resolve(file)}`),
      ...variables.map((text) => `-var=${text}`),
    ],
  };
}

function assertNoFault(variables: readonly string[], ours: readonly string[]): void {
  const given = variables.find((text) => ours.includes(text.slice(0, text.indexOf("="))));
  if (given === undefined) return;
  throw new UsageError(
    `--var ${given} was given, which the run sets itself: expected variables that the stack was deployed with. Leave it out.`,
  );
}
