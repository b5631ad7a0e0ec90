import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** A folder that cannot be made. */
export class FolderError extends Error {
  override readonly name = "FolderError";
}

/**
 * Makes a folder and those above it, where they are not there. One by one: Node's own `recursive` tries for ever where a file
 * system lets nobody make folders (/proc).
 *
 * @throws FolderError where it cannot be made
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    throw new FolderError(
      `The folder ${path} cannot be made: ${(error as Error).message}. Expected one in a folder that you may write to.`,
    );
  }
}
