import { Argument, InvalidArgumentError, Option } from "commander";

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

/** A percentage, 0 to 100. */
export function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 100)) {
    throw new InvalidArgumentError("Expected a percentage, 0 to 100.");
  }
  return value;
}

/** AWS regions, one or several. */
export function regions(text: string, before: string[] = []): string[] {
  if (!/^[a-z]{2}(-[a-z]+){1,2}-\d{1,2}$/.test(text)) {
    throw new InvalidArgumentError("Expected an AWS region such as eu-west-2.");
  }
  if (before.includes(text)) throw new InvalidArgumentError("Expected each region once.");
  return [...before, text];
}
