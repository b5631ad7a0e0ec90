import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fault, SlowLink, StopKind, Topology } from "../../model";
import type { ClusterStatus } from "../cluster-status";
import { RefusedError } from "../errors";
import type { NodeAddresses } from "../process/protocol";

/** A link by its name, such as London-Paris, and what changes about it; 0 = no longer. */
export interface LinkChange extends Omit<SlowLink, "between"> {
  readonly link: string;
}

/** What another terminal can ask of a running playground. */
export type ControlRequest =
  | { readonly command: "status" }
  /** Without a name the fault stays, and its links change. */
  | { readonly command: "fault"; readonly name?: string; readonly links?: readonly LinkChange[] }
  /** A fault that is drawn, not named: what a page breaks by pressing. */
  | { readonly command: "fault"; readonly drawn: Pick<Fault, "cannotHear" | "refuses"> }
  | { readonly command: "stop"; readonly node: string; readonly kind: StopKind }
  | { readonly command: "start" | "pause" | "resume"; readonly node: string }
  | { readonly command: "clock"; readonly node: string; readonly ahead: number }
  /** Ends the fault, makes links fast again, starts and resumes nodes. */
  | { readonly command: "heal" }
  /** What a node answers to an info command asked on its own host. */
  | { readonly command: "info"; readonly node: string; readonly info: string }
  /** Begins a run: from now on only this connection changes anything, until it says `end` or closes. */
  | { readonly command: "run"; readonly pid: number }
  | { readonly command: "end" };

/** What is answered to a request. */
export type ControlResult<Request extends ControlRequest> = Request extends { readonly command: "info" }
  ? string | null
  : Request extends { readonly command: "run" }
    ? PlaygroundDescription
    : PlaygroundStatus;

/** A run on the playground, and what it has changed. */
export interface PlaygroundRun {
  /** Its process. */
  readonly pid: number;
  /** When it began, ISO 8601. */
  readonly since: string;
  /** What it did, in order: `fault split`, `stop A1B32 (clean)`, `A3B33: roster-set:...`. */
  readonly changes: readonly string[];
  /** Whether it ended without a word: it was killed, and has healed nothing. */
  readonly killed: boolean;
}

/** What a run has to know of a playground. */
export interface PlaygroundDescription {
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly nodes: readonly NodeAddresses[];
}

/** What a playground says of itself. */
export interface PlaygroundStatus {
  /** Name of the scenario, or the file. */
  readonly experiment: string;
  /** The topology file that it was started with, absolute; undefined for a scenario. */
  readonly file?: string;
  readonly fault: string;
  /** Links that were made slow beside the fault. */
  readonly links: readonly LinkChange[];
  readonly cluster: ClusterStatus;
  /** The run that drives it, or one that was killed and is not yet healed. */
  readonly run?: PlaygroundRun;
}

/** The answer to a request by its number: a result, or what was wrong with the request, or what went wrong with it. */
export type ControlAnswer = { readonly id: number } & (
  { readonly result: unknown } | { readonly refused: string } | { readonly failed: string }
);

/**
 * The socket of the playground on a port: in a folder of the user's own.
 *
 * @throws RefusedError where the folder is somebody else's, or others may write to it.
 */
export function controlSocket(port: number): string {
  // Not os.userInfo(): a uid needs no entry in the system's list of users.
  const uid = process.getuid!();
  return join(ownFolder(join(tmpdir(), `stretch-playground-${uid}`), uid), `${port}.sock`);
}

/** Bits of a mode that let others write. */
const OTHERS_WRITE = 0o022;

/**
 * Makes a folder that its owner alone may use, or takes the one that is there: anybody may make one of any name where
 * temporary files are.
 *
 * @throws RefusedError where it is not such a folder.
 */
export function ownFolder(folder: string, uid: number): string {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST")
      throw new RefusedError(`${folder} cannot be made: ${message}. Set TMPDIR to a folder of yours.`);
  }
  const found = lstatSync(folder);
  const wrong = found.isSymbolicLink()
    ? "is a symbolic link"
    : !found.isDirectory()
      ? "is no folder"
      : found.uid !== uid
        ? `belongs to uid ${found.uid}`
        : found.mode & OTHERS_WRITE
          ? `lets others write (mode ${(found.mode & 0o777).toString(8)})`
          : undefined;
  if (wrong === undefined) return folder;
  throw new RefusedError(
    `${folder} ${wrong}: expected a folder of uid ${uid} that only that user may write to, since playgrounds take orders there. Remove it, or set TMPDIR to a folder of yours.`,
  );
}
