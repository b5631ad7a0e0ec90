/** Wrong use or bad input: the command ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What was asked for did not hold: the command ends with exit code 1. */
export class VerdictError extends Error {
  override readonly name = "VerdictError";
}

/** The command ends with an exit code of its own, and has said why. */
export class ExitError extends Error {
  override readonly name = "ExitError";

  constructor(readonly exitCode: number) {
    super(`exit code ${exitCode}`);
  }
}
