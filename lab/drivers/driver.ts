import type { Fault, StopKind, Topology } from "../../model";
import type { LoaderOptions } from "../load/options";
import type { HostClock } from "../deployed/clocks";
import type { RunningLoader } from "../load/running-loader";
import type { Observer } from "../observe/observer";
import type { Sample } from "../observe/samples";

/** A node as a driver knows it. */
export interface DrivenNode {
  readonly id: string;
  readonly rack: number;
  readonly region: string;
}

/** When a network was changed, from the begin of the first change to the end of the last: microseconds of the run's clock. */
export interface Changing {
  readonly first: number;
  readonly last: number;
}

/** What a loader is told beside where it connects. */
export type LoaderTask = Omit<LoaderOptions, "hosts" | "namespace" | "strongConsistency" | "place">;

/** What drives a cluster in an experiment: the rehearsal cluster's, or a deployed one's. */
export interface Driver {
  /** What it drives, in words: `the rehearsal cluster`. */
  readonly name: string;
  /** The cluster as it was started. */
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly nodes: readonly DrivenNode[];
  /** Regions in which clients stand. */
  readonly places: readonly string[];
  /** How it can stop nodes. */
  readonly stopKinds: readonly StopKind[];
  /** Seconds in which a heal has to show: one cluster, and no migrations. */
  readonly healSeconds: number;
  /** Where its clients stand on hosts of their own: what their clocks said. */
  readonly clocks?: readonly HostClock[];
  /** Asks a node an info command, from its own side; undefined where it does not answer. */
  ask(node: string, command: string): Promise<string | undefined>;
  /** Makes a fault in place of the one before. @returns when, where it is not a moment */
  fault(name: string): Promise<Changing | undefined>;
  /** Ends the fault. @returns when, where it is not a moment */
  heal(): Promise<Changing | undefined>;
  stop(node: string, kind: StopKind): Promise<void>;
  start(node: string): Promise<void>;
  /** Starts a loader at a place. */
  load(place: string, task: LoaderTask): RunningLoader;
  /** Looks at every node while the run goes on. @param path file of the samples, JSON lines */
  observe(path: string, onSample: (sample: Sample) => void): Observer;
  /** Lets go of the cluster. */
  close(): Promise<void>;
}
