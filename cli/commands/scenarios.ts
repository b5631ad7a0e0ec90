import { Argument, Command } from "commander";
import { scenarioText } from "../report/scenario";
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
    .action(async (scenario: string | undefined) => {
      const names = scenario === undefined ? await scenarioNames() : [scenario];
      const pictures = await Promise.all(names.map(scenarioPicture));
      output.print(pictures.map(scenarioText).join("\n\n\n"));
    });
}
