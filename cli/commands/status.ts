import { Command } from "commander";
import { UsageError } from "../errors";
import { tellTraces } from "./heal";
import { regions } from "./options";
import { statusText } from "./playground-text";
import type { Output } from "./output";
import { ask, portOption } from "./playground-options";

interface Options {
  port: number;
  json?: true;
  traces?: string;
  region?: string[];
}

/** `stretch status`: sub-clusters and availability of the running playground, now; or what faults left in AWS. */
export function statusCommand(output: Output): Command {
  return new Command("status")
    .summary("sub-clusters and availability of the running playground, now")
    .description(
      "Shows the playground that runs in another terminal (stretch up) as it is now: observed, not predicted. With --traces it " +
        "lists what faults of a deployed stack left in AWS, as stretch heal does, and removes nothing.",
    )
    .addOption(portOption())
    .option("--json", "the status as JSON")
    .option(
      "--traces <STACK>",
      "what faults of a deployed stack left in AWS; exit code 1 where something is left",
    )
    .option("--region <REGION...>", "with --traces, where to look", regions)
    .action(async ({ port, json, traces, region }: Options) => {
      if (traces !== undefined) return tellTraces(output, traces, region);
      if (region !== undefined)
        throw new UsageError("--region was given without --traces: expected the stack to look for.");
      const status = await ask(port, { command: "status" });
      output.print(json ? JSON.stringify(status) : statusText(status));
    });
}
