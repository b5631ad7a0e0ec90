import { Argument, Command } from "commander";
import { addressesText, scenarioText } from "../report/scenario";
import { scenarioPicture } from "../scenario/picture";
import { scenarioNames } from "../scenario/stack";
import type { Output } from "./output";

/** `stretch scenarios`: what each scenario would build. */
export function scenariosCommand(output: Output): Command {
  return new Command("scenarios")
    .summary("what each scenario would build, and how to deploy, preview, break and heal it")
    .description(
      "Shows of each scenario the regions, racks, nodes with ids and addresses, seeds, roster and faults, read from its stack.",
    )
    .addArgument(new Argument("[SCENARIO]", "one scenario alone (default: all)"))
    .option("--addresses", "Terraform's addresses of the hosts, to renew one at a time")
    .action(async (scenario: string | undefined, { addresses }: { addresses?: true }) => {
      const names = scenario === undefined ? await scenarioNames() : [scenario];
      const pictures = await Promise.all(names.map(scenarioPicture));
      output.print(pictures.map(addresses ? addressesText : scenarioText).join("\n\n\n"));
    });
}
