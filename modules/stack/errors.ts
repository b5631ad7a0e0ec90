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
  constructor({ problem, value, expected, mend }: InputErrorProps) {
    // JSON has no NaN and no Infinity.
    const given =
      typeof value === "string"
        ? `"${value}"`
        : typeof value === "number"
          ? String(value)
          : JSON.stringify(value);
    super(`${problem}: got ${given}; expected ${expected}. ${mend}`);
    this.name = "InputError";
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
