import { shortened } from "./experiment/field";

/** Control characters but the line break: a terminal acts on them. */
const CONTROL = /[^\P{Cc}\n]/gu;

/**
 * A complaint as a terminal may show it: what was given on the command line is cut off where it is long, and control
 * characters, which may come from a file too, are written as JSON writes them.
 */
export function told(complaint: string, args: readonly string[]): string {
  const values = args.flatMap((arg) => [arg, arg.slice(arg.indexOf("=") + 1)]);
  return values
    .sort((a, b) => b.length - a.length)
    .reduce((text, value) => text.replaceAll(value, shortened(value)), complaint)
    .replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
