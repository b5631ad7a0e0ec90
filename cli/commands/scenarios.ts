import { Argument, Command } from "commander";
import { addressesText, scenarioText } from "../report/scenario";
import { scenarioList } from "../report/scenario-list";
import { experimentOf } from "../scenario/experiment";
import { DEFAULT_STACK, loadStack, loadStacks, type Stack } from "../scenario/stack";
import { appOutputOption } from "./options";
import type { Output } from "./output";

interface Options {
  addresses?: true;
  appOutput?: string;
}

/** `stretch scenarios`: what there is, and what a stack would build. */
export function scenariosCommand(output: Output): Command {
  return new Command("scenarios")
    .summary("the scenarios or stacks and what their faults do; of one, what it would build")
    .description(
      "Lists the stacks of this folder's app, or the scenarios, with who serves how many partitions in each of their faults (predicted). " +
        "Of one it shows the regions, racks, nodes with ids and addresses, seeds, roster and faults, read from what is synthesised, and " +
        "how to deploy, preview, break and heal it.",
    )
    .addArgument(new Argument("[SCENARIO]", "one stack or scenario, and what it would build"))
    .addOption(appOutputOption())
    .option("--addresses", "Terraform's addresses of the hosts, to renew one at a time")
    .action(async (scenario: string | undefined, { addresses, appOutput }: Options) => {
      const stacks =
        scenario === undefined ? await loadStacks(appOutput) : [await loadStack(scenario, appOutput)];
      if (scenario === undefined && !addresses && stacks.length > 0) {
        // The one that is taken where none is named comes first; an app has them in alphabetical order.
        const isDefault = ({ name }: Stack) => Number(name === DEFAULT_STACK);
        const listed = stacks
          .sort((a, b) => isDefault(b) - isDefault(a))
          .map((stack) => ({
            name: stack.name,
            summary: stack.metadata.summary,
            experiments: stack.metadata.clusters.map(({ id }) => experimentOf(stack, id)),
          }));
        return output.print(scenarioList(listed, output));
      }
      const text = addresses ? addressesText : scenarioText;
      output.print(stacks.map((stack) => text(stack, output)).join("\n\n\n"));
    });
}
