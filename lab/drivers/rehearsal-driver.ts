import type { Fault, StopKind, Topology } from "../../model";
import { Rehearsal, type RehearsalOptions } from "../../rehearsal";
import type { RunningLoader } from "../load/running-loader";
import type { Observer } from "../observe/observer";
import type { Sample } from "../observe/samples";
import type { Driver, DrivenNode, LoaderTask } from "./driver";
import { HEAL_SECONDS, loaderAt, observerOf, STOP_KINDS } from "./rehearsal-programs";

/** Drives a rehearsal cluster of its own, on free ports of this machine. */
export class RehearsalDriver implements Driver {
  readonly name = "the rehearsal cluster";
  readonly stopKinds = STOP_KINDS;
  readonly healSeconds = HEAL_SECONDS;
  readonly nodes: readonly DrivenNode[];
  readonly places: readonly string[];

  private constructor(
    private readonly rehearsal: Rehearsal,
    readonly topology: Topology,
    readonly faults: Readonly<Record<string, Fault>>,
  ) {
    this.nodes = rehearsal.nodes;
    this.places = Object.keys(rehearsal.seeds);
  }

  /** Starts the cluster. */
  static async start(
    topology: Topology,
    faults: Readonly<Record<string, Fault>>,
    options: Omit<RehearsalOptions, "topology"> = {},
  ): Promise<RehearsalDriver> {
    return new RehearsalDriver(await Rehearsal.start({ ...options, topology }), topology, faults);
  }

  ask(node: string, command: string): Promise<string | undefined> {
    return this.rehearsal.info(node, command);
  }

  async fault(name: string): Promise<undefined> {
    await this.rehearsal.setFault(this.faults[name]);
  }

  async heal(): Promise<undefined> {
    await this.rehearsal.heal();
  }

  stop(node: string, kind: StopKind): Promise<void> {
    return this.rehearsal.stopNode(node, kind);
  }

  start(node: string): Promise<void> {
    return this.rehearsal.startNode(node);
  }

  load(place: string, task: LoaderTask): RunningLoader {
    return loaderAt(place, this.rehearsal.nodes, this.topology.namespace, task);
  }

  observe(path: string, onSample: (sample: Sample) => void): Observer {
    return observerOf(this.rehearsal.nodes, this.topology.namespace, path, onSample);
  }

  close(): Promise<void> {
    return this.rehearsal.stop();
  }
}
