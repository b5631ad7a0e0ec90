import { Command, InvalidArgumentError, Option } from "commander";
import { healthyCluster, Losses, PARTITIONS } from "../../model";
import { loadExperiment, type Source } from "../experiment/load";
import { worstText } from "../report/worst";
import { appOutputOption, clusterOption, scenarioArgument, topologyOption } from "./options";
import type { Output } from "./output";

/** More would be tried for hours, and no design is judged by five losses at once. */
const MOST_LOSSES = 4;

interface Options extends Source {
  upTo: number;
  json?: true;
}

/** `stretch worst`: the fewest losses that harm a cluster. */
export function worstCommand(output: Output): Command {
  return new Command("worst")
    .summary("the smallest sets of losses that make partitions unavailable, all of them, or dead")
    .description(
      "Tries every set of losses of nodes, racks, regions and links between regions (predicted), and names the smallest that make any " +
        "partition unavailable in the sub-cluster that serves most, or all of them, or that leave some without a copy: dead, where the lost nodes " +
        "come back empty.",
    )
    .addArgument(scenarioArgument())
    .addOption(topologyOption())
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .addOption(new Option("--up-to <K>", "most losses at once").default(2).argParser(losses))
    .option("--json", "every set as JSON")
    .action(async (scenario: string | undefined, options: Options) => {
      const { name, topology } = await loadExperiment(scenario, options);
      const sets = new Losses(healthyCluster(topology)).smallestSets(options.upTo);
      output.print(
        options.json
          ? JSON.stringify(
              {
                scenario: name,
                partitions: PARTITIONS,
                sets: sets.map(({ losses: all, ...rest }) => ({
                  ...rest,
                  losses: all.map(({ kind, name: loss }) => ({ kind, name: loss })),
                })),
              },
              null,
              2,
            )
          : worstText(name, options.upTo, sets, output),
      );
    });
}

function losses(text: string): number {
  const count = Number(text);
  if (!/^\d$/.test(text) || count < 1 || count > MOST_LOSSES) {
    throw new InvalidArgumentError(`Expected a number of losses, 1 to ${MOST_LOSSES}.`);
  }
  return count;
}
