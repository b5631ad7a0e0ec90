import type { Topology } from "../../model";
import type { PlaygroundStatus } from "../../rehearsal/playground/control-socket";
import type { LoadLane } from "../drawings/lanes";
import type { Broken } from "../explorer/state";

/** What the live page is given when it is loaded. */
export interface LiveData {
  readonly experiment: string;
  readonly topology: Topology;
  /** Names of regions. */
  readonly names: Readonly<Record<string, string>>;
  /** Names of the experiment's faults. */
  readonly faults: readonly string[];
}

/** Something that happened. */
export interface LiveEvent {
  /** Seconds since the playground's start. */
  readonly at: number;
  readonly text: string;
}

/** What the built-in load has met of late, a place a lane. */
export interface LiveLoad {
  readonly running: boolean;
  /** Seconds that the lanes show. */
  readonly seconds: number;
  readonly lanes: readonly LoadLane[];
}

/** What every tab is told, twice a second and after each change. */
export interface LiveState {
  readonly status: PlaygroundStatus;
  /** What is broken by pressing; empty where a named fault is on, or nothing. */
  readonly broken: readonly Broken[];
  /** Which partitions each node says it is the working master of: bitmaps, base64. */
  readonly masters: Readonly<Record<string, string>>;
  /** The last ones, in order. */
  readonly events: readonly LiveEvent[];
  readonly load: LiveLoad;
}

/** What the server sends. */
export type ToPage = { readonly state: LiveState } | { readonly refused: string };

/** What a page asks for. */
export type ToServer =
  | { readonly press: Broken }
  | { readonly fault: string }
  | { readonly heal: true }
  | { readonly load: boolean };
