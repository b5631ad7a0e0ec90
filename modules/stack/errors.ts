import { Construct } from "constructs";
import { ModelError } from "../../model/errors";

/** What a wrong input is told: what is wrong, the value given, what was expected and how to mend it. */
export interface InputErrorProps {
  readonly problem: string;
  readonly value: unknown;
  readonly expected: string;
  readonly mend: string;
}

/** A mistake in what the user gave; its message is all that a person needs, so show it without the stack. */
export class InputError extends Error {
  private located = false;

  constructor({ problem, value, expected, mend }: InputErrorProps) {
    super(`${problem}: got ${shown(value)}; expected ${expected}. ${mend}`);
    this.name = "InputError";
  }

  /** The same mistake, told with the path of the construct that it was made at; the innermost one stays. */
  at(path: string): this {
    if (!this.located && !this.message.includes(path)) this.message = `${path}: ${this.message}`;
    this.located = true;
    return this;
  }
}

/** A value as JSON writes it, with what JSON has no words for; of a construct its path. */
function shown(value: unknown): string {
  if (value === undefined || typeof value === "number") return String(value);
  if (typeof value === "function") return "a function";
  if (Construct.isConstruct(value)) return `the construct ${value.node.path}`;
  try {
    return JSON.stringify(value, (_, part: unknown) => (Construct.isConstruct(part) ? part.node.path : part));
  } catch {
    return "an object that leads back to itself";
  }
}

/** How cdktf begins the error of validations that failed at synth. */
const SYNTH_VALIDATION = "Validation failed with the following errors:";

/**
 * Runs an app so that a mistake in what the user gave ends it with its message alone, on standard error, and exit code
 * 1. Every other error passes with its stack.
 */
export function reportInputErrors(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const inputIsWrong =
      error instanceof InputError ||
      error instanceof ModelError ||
      error.message.startsWith(SYNTH_VALIDATION);
    if (!inputIsWrong) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
