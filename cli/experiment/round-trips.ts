import { z } from "zod";
import { ModelError, overRoundTrips, type RoundTrips } from "../../model";
import { UsageError } from "../errors";
import { number } from "./numbers";
import { messagesOf } from "./schema-messages";
import { readYaml } from "./yaml-file";

const FORM = 'expected regions and milliseconds, such as { "eu-west-2": { "eu-west-3": 8.5 } }';

const table = z.record(
  z.string(),
  z.record(z.string(), number("expected milliseconds, 0 to 10000", 0, 10_000), { error: FORM }),
  { error: FORM },
);

/**
 * The round trips that a prediction reckons with: those of the experiment, or a file's figures over them.
 *
 * @throws UsageError where the file cannot be read, or holds something else
 */
export function roundTripsOf(path: string | undefined, of: RoundTrips): RoundTrips {
  if (path === undefined) return of;
  const { value, complaint } = readYaml(path, "file of round trips", new Set());
  const { success, data, error } = table.safeParse(value);
  if (!success) {
    throw new UsageError(
      error.issues
        .flatMap((issue) => messagesOf(issue, value))
        .map(({ path: field, message }) => complaint(field, message))
        .join("\n"),
    );
  }
  try {
    return overRoundTrips({ source: path, between: data }, of);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}
