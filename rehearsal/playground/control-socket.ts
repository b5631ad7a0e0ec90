import { mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { SlowLink, StopKind } from "../../model";
import type { ClusterStatus } from "../cluster-status";

/** A link by its name, such as London-Paris, and what changes about it; 0 = no longer. */
export interface LinkChange extends Omit<SlowLink, "between"> {
  readonly link: string;
}

/** What another terminal can ask of a running playground. */
export type ControlRequest =
  | { readonly command: "status" }
  /** Without a name the fault stays, and its links change. */
  | { readonly command: "fault"; readonly name?: string; readonly links?: readonly LinkChange[] }
  | { readonly command: "stop"; readonly node: string; readonly kind: StopKind }
  | { readonly command: "start" | "pause" | "resume"; readonly node: string }
  | { readonly command: "clock"; readonly node: string; readonly ahead: number };

/** What a playground says of itself. */
export interface PlaygroundStatus {
  /** Name of the scenario, or the file. */
  readonly experiment: string;
  readonly fault: string;
  /** Links that were made slow beside the fault. */
  readonly links: readonly LinkChange[];
  readonly cluster: ClusterStatus;
}

/** Its answer: a status, or what was wrong with the request, or what went wrong with it. */
export type ControlAnswer =
  { readonly status: PlaygroundStatus } | { readonly refused: string } | { readonly failed: string };

/** The socket of the playground on a port: in a folder of the user's own. */
export function controlSocket(port: number): string {
  const folder = join(tmpdir(), `stretch-playground-${userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${port}.sock`);
}
