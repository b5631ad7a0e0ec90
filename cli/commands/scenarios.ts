import { Argument, Command } from "commander";
import { addressesText, scenarioText } from "../report/scenario";
import { loadStack, loadStacks } from "../scenario/stack";
import { appOutputOption } from "./options";
import type { Output } from "./output";

interface Options {
  addresses?: true;
  appOutput?: string;
}

/** `stretch scenarios`: what each stack would build. */
export function scenariosCommand(output: Output): Command {
  return new Command("scenarios")
    .summary("what each scenario or stack would build, and how to deploy, preview, break and heal it")
    .description(
      "Shows of each stack of this folder's app, or of each scenario, the regions, racks, nodes with ids and addresses, seeds, " +
        "roster and faults, read from what is synthesised.",
    )
    .addArgument(new Argument("[SCENARIO]", "one stack or scenario alone (default: all)"))
    .addOption(appOutputOption())
    .option("--addresses", "Terraform's addresses of the hosts, to renew one at a time")
    .action(async (scenario: string | undefined, { addresses, appOutput }: Options) => {
      const stacks =
        scenario === undefined ? await loadStacks(appOutput) : [await loadStack(scenario, appOutput)];
      output.print(stacks.map(addresses ? addressesText : scenarioText).join("\n\n\n"));
    });
}
