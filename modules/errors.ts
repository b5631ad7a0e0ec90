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
    const given = typeof value === "string" ? `"${value}"` : JSON.stringify(value);
    super(`${problem}: got ${given}; expected ${expected}. ${mend}`);
    this.name = "InputError";
  }
}
