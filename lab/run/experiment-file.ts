import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault, Topology } from "../../model";

/** What a run was about, in its folder: so that a report can be made of the files alone. */
export interface ExperimentFile {
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, Fault>>;
  /** Node ids by side, as the preview names the sides. */
  readonly sides: Readonly<Record<string, readonly string[]>>;
}

const FILE = "experiment.json";

/** Writes the file, which must not be there yet. */
export function writeExperiment(folder: string, experiment: ExperimentFile): void {
  writeFileSync(join(folder, FILE), `${JSON.stringify(experiment)}\n`, { flag: "wx" });
}

/** @throws Error where it is missing or none. */
export function readExperiment(folder: string): ExperimentFile {
  return JSON.parse(readFileSync(join(folder, FILE), "utf8")) as ExperimentFile;
}
