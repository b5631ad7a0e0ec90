import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../errors";

const SCENARIO = "name of a stack of this folder's app (cdktf.json), or of a scenario";

/** `[SCENARIO]` */
export function scenarioArgument(): Argument {
  return new Argument("[SCENARIO]", `${SCENARIO} (default: the only one, or even-split)`);
}

/** `<SCENARIO>` */
export function neededScenarioArgument(): Argument {
  return new Argument("<SCENARIO>", SCENARIO);
}

/** `--app-output DIR` */
export function appOutputOption(): Option {
  return new Option(
    "--app-output <DIR>",
    "what the app has synthesised already, such as cdktf.out (default: the app is run)",
  );
}

/** `--cluster NAME` */
export function clusterOption(): Option {
  return new Option("--cluster <NAME>", "which cluster of a stack that has several");
}

/** `--topology FILE` */
export function topologyOption(): Option {
  return new Option("--topology <FILE>", "a topology of your own, in YAML or JSON, in place of a scenario");
}

/** `--fault NAME` */
export function faultOption(): Option {
  return new Option("--fault <NAME>", "the fault to predict").default("none", "none: the healthy cluster");
}

/** `--after NAME` */
export function afterOption(): Option {
  return new Option(
    "--after <FAULT>",
    "the fault that was on before it, its migrations ended: clusters that have formed stay while they can (default: none was)",
  );
}

/** `--live` and where its stack is. */
export interface LiveOptions {
  live?: true;
  dir?: string;
  var?: string[];
  varFile?: string[];
}

/** `--live` */
export function liveOption(does: string): Option {
  return new Option("--live", `${does}, with your own AWS credentials`);
}

/** `--dir DIR` */
export function dirOption(): Option {
  return new Option(
    "--dir <DIR>",
    "with --live, folder in which Terraform has the stack (default: cdktf.out/stacks/SCENARIO)",
  );
}

/** @throws UsageError where what belongs to --live was given without it */
export function assertLive({ live, ...given }: LiveOptions & Readonly<Record<string, unknown>>): void {
  const [name] = Object.keys(given).filter((key) => given[key] !== undefined);
  if (live || name === undefined) return;
  const long = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(`--${long} is for a deployed stack: expected --live too.`);
}

/** A parser of numbers written in decimal digits, from `least` to `most`. */
export function decimal(expected: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected ${expected}.`);
    }
    return value;
  };
}

/** A parser of whole numbers written in decimal digits, from `least` to `most`. */
export function whole(expected: string, least: number, most: number): (text: string) => number {
  const parse = decimal(expected, least, most);
  return (text) => {
    if (!/^\d+$/.test(text)) throw new InvalidArgumentError(`Expected ${expected}.`);
    return parse(text);
  };
}

/** A stack's name, which is a folder's and part of a path of parameters too. */
export function stackName(text: string): string {
  if (!/^[\w-][\w.-]{0,127}$/.test(text)) {
    throw new InvalidArgumentError(
      "Expected the name of a stack: letters, digits, - _ and dots, at most 128.",
    );
  }
  return text;
}

/**
 * A shell whose variable is not set gives an empty value: nobody means one. What has a parser of its own decides for itself.
 *
 * @throws UsageError for an empty value of an option or an argument
 */
export function assertNothingEmpty(command: Command): void {
  const isEmpty = (value: unknown) => [value].flat().includes("");
  const { registeredArguments, processedArgs, options } = command;
  const empty = [
    ...registeredArguments
      .filter(({ parseArg }, i) => !parseArg && isEmpty(processedArgs[i]))
      .map((one) => one.name()),
    ...options
      .filter((one) => !one.parseArg && isEmpty(command.getOptionValue(one.attributeName())))
      .map(({ long }) => long),
  ];
  if (empty.length > 0) {
    throw new UsageError(
      `${empty.join(" and ")} got "": expected a value that is not empty. Is a variable of the shell not set?`,
    );
  }
}

/** AWS regions, one or several. */
export function regions(text: string, before: string[] = []): string[] {
  if (!/^[a-z]{2}(-[a-z]+){1,2}-\d{1,2}$/.test(text)) {
    throw new InvalidArgumentError("Expected an AWS region such as eu-west-2.");
  }
  if (before.includes(text)) throw new InvalidArgumentError("Expected each region once.");
  return [...before, text];
}
