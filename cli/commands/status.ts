import { Command } from "commander";
import { statusText } from "./playground-text";
import type { Output } from "./output";
import { ask, portOption } from "./playground-options";

/** `stretch status`: sub-clusters and availability of the running playground, now. */
export function statusCommand(output: Output): Command {
  return new Command("status")
    .summary("sub-clusters and availability of the running playground, now")
    .description(
      "Shows the playground that runs in another terminal (stretch up) as it is now: observed, not predicted.",
    )
    .addOption(portOption())
    .option("--json", "the status as JSON")
    .action(async ({ port, json }: { port: number; json?: true }) => {
      const status = await ask(port, { command: "status" });
      output.print(json ? JSON.stringify(status) : statusText(status));
    });
}
