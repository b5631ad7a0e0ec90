import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { statusText } from "./playground-text";
import type { Output } from "./output";
import { ask, portOption } from "./playground-options";

interface StopOptions {
  port: number;
  reboot?: true;
  unclean?: true;
  empty?: true;
}

/** `stretch node`: stops, starts and pauses nodes of the running playground, and sets their clocks. */
export function nodeCommand(output: Output): Command {
  const id = () => new Argument("<ID>", "node id, as A352").argParser(nodeId);
  return new Command("node")
    .summary("stops, starts or pauses a node of the running playground, or sets its clock")
    .description(
      "Stops, starts and pauses nodes of the playground that runs in another terminal (stretch up), and sets their clocks.",
    )
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
          output.print(statusText(await ask(port, { command: "stop", node, kind }), port, output));
        }),
    )
    .addCommand(
      new Command("start")
        .summary("starts a stopped node")
        .addArgument(id())
        .addOption(portOption())
        .action(async (node: string, { port }: { port: number }) => {
          output.print(statusText(await ask(port, { command: "start", node }), port, output));
        }),
    )
    .addCommand(
      new Command("pause")
        .summary("pauses a node, as SIGSTOP does")
        .description(
          "Pauses a node: it answers nothing and sends no heartbeats, while connections to it stay and requests wait. The others " +
            "lose it as they lose a crashed one. Resumed, it goes on as a member of the cluster that it knew until it joins the others' " +
            "again: its reads may be stale meanwhile, its writes time out in doubt.",
        )
        .addArgument(id())
        .addOption(portOption())
        .action(async (node: string, { port }: { port: number }) => {
          output.print(statusText(await ask(port, { command: "pause", node }), port, output));
        }),
    )
    .addCommand(
      new Command("resume")
        .summary("resumes a paused node")
        .addArgument(id())
        .addOption(portOption())
        .action(async (node: string, { port }: { port: number }) => {
          output.print(statusText(await ask(port, { command: "resume", node }), port, output));
        }),
    )
    .addCommand(
      new Command("clock")
        .summary("sets a node's clock ahead or behind")
        .description(
          "Sets a node's clock: so far ahead (+15s) or behind (-500ms, -2m), 0 for right. Where the clocks of a cluster differ too much, " +
            "its servers warn, then refuse writes (22): the status says from when on.",
        )
        .addArgument(id())
        .addArgument(
          new Argument("<TIME>", "how far ahead or behind: +15s, -500ms, +2m, 0").argParser(clockTime),
        )
        .addOption(portOption())
        // -2s is no option.
        .allowUnknownOption()
        .action(async (node: string, ahead: number, { port }: { port: number }) => {
          output.print(statusText(await ask(port, { command: "clock", node, ahead }), port, output));
        }),
    );
}

function nodeId(text: string): string {
  if (!/^[0-9a-f]{1,16}$/i.test(text)) {
    throw new InvalidArgumentError("Expected a node id: 1 to 16 hexadecimal digits, such as A352.");
  }
  return text.toUpperCase();
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a time such as +15s. */
function clockTime(text: string): number {
  if (/^[+-]?0$/.test(text)) return 0;
  const [, sign, number, unit] = /^([+-]?)(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  if (unit === undefined) {
    throw new InvalidArgumentError("Expected a time with its unit: +15s, -500ms, +2m, or 0.");
  }
  return Number(number) * UNITS[unit] * (sign === "-" ? -1 : 1);
}
