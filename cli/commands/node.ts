import { Argument, Command, Option } from "commander";
import { statusText } from "./playground-text";
import type { Output } from "./output";
import { ask, portOption } from "./playground-options";

interface StopOptions {
  port: number;
  reboot?: true;
  unclean?: true;
  empty?: true;
}

/** `stretch node`: stops and starts nodes of the running playground. */
export function nodeCommand(output: Output): Command {
  const id = () => new Argument("<ID>", "node id, as A352");
  return new Command("node")
    .summary("stops or starts a node of the running playground")
    .description("Stops and starts nodes of the playground that runs in another terminal (stretch up).")
    .addCommand(
      new Command("stop")
        .summary("stops a node: cleanly, for its host's reboot, uncleanly or empty")
        .description(
          "Stops a node. A clean stop keeps its data and the trust in it, a host's reboot too, but a cold start follows; an " +
            "unclean one (a crash) keeps the data but no trust, and loses what was written within flush-max-ms; an empty one " +
            "keeps neither. A partition all of whose roster-replicas come back unclean or empty is dead until revive and recluster.",
        )
        .addArgument(id())
        .addOption(
          new Option("--reboot", "as a host's reboot: its index goes, a cold start follows").conflicts([
            "unclean",
            "empty",
          ]),
        )
        .addOption(
          new Option(
            "--unclean",
            "as a crash: keeps all but its last writes, and nobody trusts it",
          ).conflicts("empty"),
        )
        .addOption(new Option("--empty", "keeps nothing"))
        .addOption(portOption())
        .action(async (node: string, { port, reboot, unclean, empty }: StopOptions) => {
          const kind = empty ? "empty" : unclean ? "unclean" : reboot ? "reboot" : "clean";
          output.print(statusText(await ask(port, { command: "stop", node: node.toUpperCase(), kind })));
        }),
    )
    .addCommand(
      new Command("start")
        .summary("starts a stopped node")
        .addArgument(id())
        .addOption(portOption())
        .action(async (node: string, { port }: { port: number }) => {
          output.print(statusText(await ask(port, { command: "start", node: node.toUpperCase() })));
        }),
    );
}
