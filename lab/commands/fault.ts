import { Argument, Command } from "commander";
import { statusText } from "./playground-text";
import type { Output } from "./output";
import { ask, portOption } from "./playground-options";

/** `stretch fault`: cuts or heals the running playground. */
export function faultCommand(output: Output): Command {
  return new Command("fault")
    .summary("cuts the running playground by one of its faults; none heals it")
    .description(
      "Makes a fault of the scenario, or of the topology file, in the playground that runs in another terminal (stretch up): " +
        "packets between its sides are lost, between nodes and between clients and nodes. It takes the place of the fault before.",
    )
    .addArgument(new Argument("<NAME>", "name of a fault, or none"))
    .addOption(portOption())
    .action(async (name: string, { port }: { port: number }) => {
      output.print(statusText(await ask(port, { command: "fault", name })));
    });
}
