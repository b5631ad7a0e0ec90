import { mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { StopKind } from "../../model";
import type { ClusterStatus } from "../cluster-status";

/** What another terminal can ask of a running playground. */
export type ControlRequest =
  | { readonly command: "status" }
  | { readonly command: "fault"; readonly name: string }
  | { readonly command: "stop"; readonly node: string; readonly kind: StopKind }
  | { readonly command: "start"; readonly node: string };

/** What a playground says of itself. */
export interface PlaygroundStatus {
  /** Name of the scenario, or the file. */
  readonly experiment: string;
  readonly fault: string;
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
