import { Argument, Command } from "commander";
import { type Fault, NONE } from "../../model";
import { UsageError } from "../errors";
import { faultOf } from "../experiment/experiment";
import { loadExperiment } from "../experiment/load";
import { deployCommand, healAt } from "../live/heal-after";
import { scenarioArgument } from "./options";
import { statusText } from "./playground-text";
import type { Output } from "./output";
import { ask, portOption } from "./playground-options";

interface Options {
  port: number;
  healAfter?: string;
}

/** `stretch fault`: cuts or heals the running playground, or says how to make a deployed fault that ends by itself. */
export function faultCommand(output: Output): Command {
  return new Command("fault")
    .summary(
      "cuts the running playground by one of its faults (none heals it), or a deployed scenario for a while",
    )
    .description(
      "Makes a fault of the scenario, or of the topology file, in the playground that runs in another terminal (stretch up): " +
        "packets between its sides are lost, between nodes and between clients and nodes. It takes the place of the fault before. " +
        "With --heal-after it prints the command that makes the fault in a deployed scenario, with an end of its own.",
    )
    .addArgument(new Argument("<NAME>", "name of a fault, or none"))
    .addArgument(scenarioArgument())
    .addOption(portOption())
    .option("--heal-after <DURATION>", "how long a deployed fault lasts: 5m to 12h, such as 30m or 1h30m")
    .action(async (name: string, scenario: string | undefined, { port, healAfter }: Options) => {
      if (healAfter !== undefined) {
        const experiment = await loadExperiment(scenario);
        assertEnds(experiment.name, name, faultOf(experiment, name));
        output.print(deployCommand(experiment.name, name, healAt(healAfter, new Date())));
        return;
      }
      if (scenario !== undefined) {
        throw new UsageError(
          `The scenario "${scenario}" was given without --heal-after: the running playground has its scenario already. Leave it out, or say how long the deployed fault shall last.`,
        );
      }
      output.print(statusText(await ask(port, { command: "fault", name })));
    });
}

/** @throws UsageError for a fault that Terraform alone can end. */
function assertEnds(experiment: string, name: string, { endsOnlyByHand }: Fault): void {
  const mend = "Leave --heal-after out, and heal with --var fault=none.";
  if (name === NONE) throw new UsageError(`The fault "${NONE}" breaks nothing that could end. ${mend}`);
  if (endsOnlyByHand !== undefined) {
    throw new UsageError(
      `The fault "${name}" of ${experiment} cannot end by itself: ${endsOnlyByHand}. ${mend}`,
    );
  }
}
