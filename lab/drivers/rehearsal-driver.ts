import type { Fault, StopKind, Topology } from "../../model";
import { Rehearsal, type RehearsalOptions } from "../../rehearsal";
import { LoaderProcess } from "../load/loader-process";
import type { Driver, DrivenNode, LoaderTask } from "./driver";

/** Drives a rehearsal cluster of its own, on free ports of this machine. */
export class RehearsalDriver implements Driver {
  readonly name = "the rehearsal cluster";
  readonly nodes: readonly DrivenNode[];
  readonly places: readonly string[];

  private constructor(
    private readonly rehearsal: Rehearsal,
    private readonly topology: Topology,
    private readonly faults: Readonly<Record<string, Fault>>,
  ) {
    this.nodes = rehearsal.nodes.map(({ id, rack, region, ownAddress }) => ({
      id,
      rack,
      region,
      address: ownAddress,
    }));
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

  fault(name: string): Promise<void> {
    return this.rehearsal.setFault(this.faults[name]);
  }

  heal(): Promise<void> {
    return this.rehearsal.heal();
  }

  stop(node: string, kind: StopKind): Promise<void> {
    return this.rehearsal.stopNode(node, kind);
  }

  start(node: string): Promise<void> {
    return this.rehearsal.startNode(node);
  }

  load(place: string, task: LoaderTask): LoaderProcess {
    const { name, strongConsistency } = this.topology.namespace;
    const hosts = this.nodesOf(place);
    return new LoaderProcess({ ...task, hosts, namespace: name, strongConsistency, place });
  }

  close(): Promise<void> {
    return this.rehearsal.stop();
  }

  /** The addresses of the place's own nodes, as the clients there know them: seeds of its clients. */
  private nodesOf(place: string): string {
    return this.rehearsal.nodes
      .filter(({ region }) => region === place)
      .map(({ addresses }) => addresses[place])
      .join(",");
  }
}
