import { writeFileSync } from "node:fs";
import { UsageError } from "../errors";

/** Writes a drawing. @throws UsageError where the file cannot be written */
export function writeSvg(path: string, svg: string): void {
  try {
    writeFileSync(path, svg);
  } catch (error) {
    throw new UsageError(
      `The drawing cannot be written to ${path}: ${(error as Error).message}. Name another file with --svg.`,
    );
  }
}
