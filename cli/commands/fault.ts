import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { MOST_LINK, NONE } from "../../model";
import type { LinkChange } from "../../rehearsal/playground/control-socket";
import { UsageError } from "../errors";
import { didYouMean } from "../nearest";
import { deployCommand, healAt } from "../live/heal-after";
import { faultName, type StackFault } from "../scenario/experiment";
import { loadStack, type Stack } from "../scenario/stack";
import { appOutputOption, scenarioArgument } from "./options";
import { statusText } from "./playground-text";
import type { Output } from "./output";
import { ask, portOption } from "./playground-options";

interface Options {
  appOutput?: string;
  port: number;
  healAfter?: string;
  delay?: LinkChange[];
  jitter?: LinkChange[];
  loss?: LinkChange[];
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
        "With --delay, --jitter or --loss it makes links slow beside the fault that is on, or beside NAME; a link is named by two " +
        "sides, regions or nodes (London-Paris, A1B32-Paris), and 0 ends its part. " +
        "With --heal-after it prints the command that makes the fault in a deployed scenario, with an end of its own.",
    )
    .addArgument(new Argument("[NAME]", "name of a fault, or none"))
    .addArgument(scenarioArgument())
    .addOption(appOutputOption())
    .addOption(portOption())
    .addOption(linkOption("delay", "MS", "milliseconds that packets of a link take longer, one way"))
    .addOption(linkOption("jitter", "MS", "milliseconds that they take longer at most beside that"))
    .addOption(linkOption("loss", "PERCENT", "percent of a link's packets that are lost"))
    .option("--heal-after <DURATION>", "how long a deployed fault lasts: 5m to 12h, such as 30m or 1h30m")
    .action(async (name: string | undefined, scenario: string | undefined, options: Options) => {
      const { port, healAfter, delay = [], jitter = [], loss = [] } = options;
      const links = [...delay, ...jitter, ...loss];
      if (name === undefined && links.length === 0) {
        throw new UsageError(
          `What shall break was not said: expected the name of a fault ("${NONE}" heals), or --delay, --jitter or --loss LINK=N.`,
        );
      }
      if (healAfter !== undefined) {
        if (name === undefined || links.length > 0) {
          throw new UsageError(
            "--heal-after is for the faults of a deployed scenario, whose links cannot be made slow: expected NAME, without --delay, --jitter and --loss.",
          );
        }
        const stack = await loadStack(scenario, options.appOutput);
        const fault = endingFault(stack, name);
        output.print(deployCommand(stack.name, fault, healAt(healAfter, new Date())));
        return;
      }
      if (scenario !== undefined) {
        throw new UsageError(
          `The scenario "${scenario}" was given without --heal-after: the running playground has its scenario already. Leave it out, or say how long the deployed fault shall last.`,
        );
      }
      output.print(statusText(await ask(port, { command: "fault", name, links }), port, output));
    });
}

/** `--delay LINK=MS`, several times. */
function linkOption(what: keyof typeof MOST_LINK, unit: string, description: string): Option {
  return new Option(`--${what} <LINK=${unit}>`, description).argParser(
    (text: string, before: LinkChange[] = []) => {
      const [, link, number] = /^(.+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
      if (link === undefined || Number(number) > MOST_LINK[what]) {
        throw new InvalidArgumentError(`Expected LINK=${unit}, as London-Paris=50; 0 to ${MOST_LINK[what]}.`);
      }
      return [...before, { link, [what]: Number(number) }];
    },
  );
}

/**
 * A fault of a stack that can end by itself.
 *
 * @throws UsageError where there is no such fault, or Terraform alone can end it
 */
function endingFault(stack: Stack, name: string): StackFault {
  const mend = "Leave --heal-after out, and heal with --var fault=none.";
  if (name === NONE) throw new UsageError(`The fault "${NONE}" breaks nothing that could end. ${mend}`);
  const { faults } = stack.metadata;
  const fault = faults.find((one) => faultName(stack, one) === name);
  if (fault === undefined) {
    const names = [NONE, ...faults.map((one) => faultName(stack, one))];
    throw new UsageError(
      `${stack.name} has no fault "${name}": expected one of ${names.join(", ")}.${didYouMean(name, names)}`,
    );
  }
  const reason = Object.values(fault.clusters).find(({ endsOnlyByHand }) => endsOnlyByHand)?.endsOnlyByHand;
  if (reason === undefined) return fault;
  throw new UsageError(`The fault "${name}" of ${stack.name} cannot end by itself: ${reason}. ${mend}`);
}
