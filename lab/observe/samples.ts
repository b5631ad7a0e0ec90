import { readFileSync } from "node:fs";
import type { NodeState } from "./node-state";

/** A node as the observer saw it at a time, or that it did not answer. */
export type Sample = {
  /** Microseconds of the host's monotonic clock, when the answer came. */
  readonly at: number;
  readonly node: string;
  /** Milliseconds until the answer came, or until it was given up. */
  readonly took: number;
} & (
  | { readonly state: NodeState; readonly gap?: undefined }
  | { readonly gap: string; readonly state?: undefined }
);

/** Reads a file of samples, JSON lines, up to a torn last one. */
export function readSamples(path: string): Sample[] {
  const lines = readFileSync(path, "utf8").split("\n");
  lines.pop();
  return lines.map((line) => JSON.parse(line) as Sample);
}
