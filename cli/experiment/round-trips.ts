import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { ModelError, overRoundTrips, type RoundTrips } from "../../model";
import { UsageError } from "../errors";

const FORM = 'expected regions and milliseconds, such as { "eu-west-2": { "eu-west-3": 8.5 } }';

/**
 * The round trips that a prediction reckons with: those of the experiment, or a file's figures over them.
 *
 * @throws UsageError where the file cannot be read, or holds something else
 */
export function roundTripsOf(path: string | undefined, table: RoundTrips): RoundTrips {
  if (path === undefined) return table;
  const between = read(path);
  if (!isTable(between)) throw new UsageError(`${path}: ${FORM}.`);
  try {
    return overRoundTrips({ source: path, between }, table);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

function read(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(
      `The file of round trips ${path} cannot be read: ${(error as Error).message}; ${FORM}.`,
    );
  }
}

function isTable(value: unknown): value is Record<string, Record<string, number>> {
  return (
    isObject(value) &&
    Object.values(value).every(
      (row) => isObject(row) && Object.values(row).every((ms) => typeof ms === "number"),
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
