import { InputError } from "./errors";

/** @throws InputError unless `value` has the form */
export function assertMatch(name: string, value: string, form: RegExp, expected: string): void {
  if (!form.test(value)) {
    throw new InputError({ problem: `${name} is malformed`, value, expected, mend: `Correct ${name}.` });
  }
}

/** @throws InputError unless `value` is a whole number of `least` to `most` */
export function assertInteger(name: string, value: number, least: number, most: number, unit: string): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new InputError({
      problem: `${name} is out of range`,
      value,
      expected: `a whole number of ${unit}, ${least} to ${most}`,
      mend: `Correct ${name}.`,
    });
  }
}
