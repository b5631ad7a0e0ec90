import { Fn, Token } from "cdktf";
import { InputError } from "../stack/errors";
import { type ShellKind, withoutCredentials } from "./shell-kinds";

/** A value on its way into a shell. */
export interface ShellValue {
  /** The prop or setting that it comes from, for errors. */
  readonly of: string;
  readonly kind: ShellKind;
  readonly value: string;
}

/** What Terraform holds a host to before it makes or changes it (a `precondition`). */
export interface HostCondition {
  readonly condition: unknown;
  readonly errorMessage: string;
}

/** A file for a shell to source. */
export interface EnvFile {
  readonly content: string;
  /** For the values that only Terraform knows. */
  readonly conditions: readonly HostCondition[];
}

/**
 * The one writer of files that a host's shell sources: every value is of its kind or refused, and quoted, so that the
 * shell gives back the very text.
 *
 * @param values by the shell's name; undefined ones are left out
 * @throws InputError for a value that is not of its kind
 */
export function envFile(values: Readonly<Record<string, ShellValue | undefined>>): EnvFile {
  const lines: string[] = [];
  const conditions: HostCondition[] = [];
  for (const [name, given] of Object.entries(values)) {
    if (given === undefined) continue;
    if (Token.isUnresolved(given.value)) conditions.push(conditionOf(given));
    else assertOfKind(given);
    lines.push(`${name}=${quoted(given.value)}\n`);
  }
  return {
    content: `# What this host is; read by the scripts of /opt/stretch. Nothing here is secret.\n${lines.join("")}`,
    conditions,
  };
}

/** @throws InputError if the value is not of its kind. What only Terraform knows passes. */
export function assertOfKind({ of, kind, value }: ShellValue): void {
  if (Token.isUnresolved(value) || kind.form.test(value)) return;
  throw new InputError({
    problem: `${of} is malformed`,
    value: withoutCredentials(value),
    expected: kind.expected,
    mend: `Correct ${of}.`,
  });
}

/** For Terraform: what of a value that only it knows is not checked at synth. */
function conditionOf({ of, kind, value }: ShellValue): HostCondition {
  return {
    condition: Fn.can(Fn.regex(kind.form.source.replaceAll("\\/", "/"), value)),
    errorMessage: `${of} is malformed: expected ${kind.expected}. Correct ${of}.`,
  };
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
