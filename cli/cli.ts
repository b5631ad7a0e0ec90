#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { FolderError } from "../lab/folder";
import { ModelError } from "../model";
import { ownPackage } from "../modules/stack/own-package";
import { InputError } from "../modules/stack/errors";
import { RefusedError } from "../rehearsal/errors";
import { checkCommand } from "./commands/check";
import { exploreCommand } from "./commands/explore";
import { faultCommand } from "./commands/fault";
import { healCommand } from "./commands/heal";
import { loadCommand } from "./commands/load";
import { mapCommand } from "./commands/map";
import { nodeCommand } from "./commands/node";
import type { Output } from "./commands/output";
import { policyCommand } from "./commands/policy";
import { previewCommand } from "./commands/preview";
import { priceCommand } from "./commands/price";
import { renderCommand } from "./commands/render";
import { recoverCommand } from "./commands/recover";
import { reportCommand } from "./commands/report";
import { runCommand } from "./commands/run";
import { scenariosCommand } from "./commands/scenarios";
import { secretCommand } from "./commands/secret";
import { statusCommand } from "./commands/status";
import { compareCommand } from "./commands/compare";
import { topologyCommand } from "./commands/topology";
import { verifyCommand } from "./commands/verify";
import { upCommand } from "./commands/up";
import { compareDesignsCommand } from "./commands/compare-designs";
import { whereCommand } from "./commands/where";
import { worstCommand } from "./commands/worst";
import { sweepCommand } from "./commands/sweep";
import { assertNothingEmpty } from "./commands/options";
import { ExitError, UsageError } from "./errors";
import { told } from "./told";

/** Exit codes: all well, a verdict or a failure, wrong use or bad input. */
const [OK, FAILED, USAGE] = [0, 1, 2];

/** What is wrong with what the user gave. */
const MISTAKES = [UsageError, ModelError, InputError, RefusedError, FolderError];

/**
 * Runs `stretch` with the arguments after its name.
 *
 * @returns the exit code: 0 ok, 1 a verdict or failure while running, 2 wrong use or bad input; `stretch run` and `stretch check` have more.
 */
export async function run(args: readonly string[], output: Output): Promise<number> {
  const program = programOf(output);
  program.hook("preAction", (_, acting) => assertNothingEmpty(acting));
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .showHelpAfterError("(--help tells more)")
      .configureOutput({
        writeOut: (text) => output.print(text.trimEnd()),
        writeErr: (text) => output.complain(told(text.trimEnd(), args)),
      });
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return OK;
  } catch (error) {
    // commander has said already what is wrong.
    if (error instanceof CommanderError) return error.exitCode === OK ? OK : USAGE;
    // Its verdict has been printed.
    if (error instanceof ExitError) return error.exitCode;
    output.complain(`stretch: ${told(error instanceof Error ? error.message : String(error), args)}`);
    return MISTAKES.some((mistake) => error instanceof mistake) ? USAGE : FAILED;
  }
}

/** The command with all of its own. */
export function programOf(output: Output): Command {
  const program = new Command("stretch")
    .description(
      "Predicts, runs and judges what happens to a stretched Aerospike cluster when its regions lose each other.",
    )
    .version(ownPackage().version);
  for (const command of [
    scenariosCommand,
    previewCommand,
    topologyCommand,
    worstCommand,
    compareDesignsCommand,
    runCommand,
    verifyCommand,
    compareCommand,
    checkCommand,
    reportCommand,
    exploreCommand,
    recoverCommand,
    mapCommand,
    whereCommand,
    renderCommand,
    secretCommand,
    upCommand,
    faultCommand,
    healCommand,
    statusCommand,
    nodeCommand,
    loadCommand,
    priceCommand,
    policyCommand,
    sweepCommand,
  ]) {
    program.addCommand(command(output));
  }
  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Standard output and error. Colours only on a terminal, and never with NO_COLOR. */
function standardOutput(): Output {
  const { stdout, stderr } = process;
  // Whoever reads may stop early (stretch map | head), and a terminal may be lost: what goes on is ended in order all the same.
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  }
  return {
    // Not undefined, as in a pipe: the library of colours would then decide by itself, and CI=1 puts them into pipes.
    colour: stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb",
    columns: stdout.columns ?? 80,
    print: (text) => void stdout.write(`${text}\n`),
    complain: (text) => void stderr.write(`${text}\n`),
  };
}

if (require.main === module) {
  void run(process.argv.slice(2), standardOutput()).then((code) => (process.exitCode = code));
}
