import type { Fault, StopKind, Topology } from "../../model";
import { PlaygroundConnection } from "../../rehearsal/playground/control-client";
import type { PlaygroundDescription } from "../../rehearsal/playground/control-socket";
import type { RunningLoader } from "../load/running-loader";
import type { Observer } from "../observe/observer";
import type { Sample } from "../observe/samples";
import type { Driver, DrivenNode, LoaderTask } from "./driver";
import { HEAL_SECONDS, loaderAt, observerOf, STOP_KINDS } from "./rehearsal-programs";

/** Drives the playground that `stretch up` started. Should this process die, the playground remembers what it had changed. */
export class PlaygroundDriver implements Driver {
  readonly name: string;
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly stopKinds = STOP_KINDS;
  readonly healSeconds = HEAL_SECONDS;
  readonly nodes: readonly DrivenNode[];
  readonly places: readonly string[];

  private constructor(
    private readonly connection: PlaygroundConnection,
    private readonly playground: PlaygroundDescription,
    port: number,
  ) {
    this.name = `the playground on port ${port}`;
    this.topology = playground.topology;
    this.faults = playground.faults;
    this.nodes = playground.nodes;
    this.places = [...new Set(playground.nodes.map(({ region }) => region))];
  }

  /**
   * Begins a run on the playground on a port.
   *
   * @throws NoPlaygroundError where none runs there; RefusedError where another run drives it, or something is broken already.
   */
  static async begin(port: number): Promise<PlaygroundDriver> {
    const connection = await PlaygroundConnection.connect(port);
    try {
      const playground = await connection.ask({ command: "run", pid: process.pid });
      return new PlaygroundDriver(connection, playground, port);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async ask(node: string, info: string): Promise<string | undefined> {
    return (await this.connection.ask({ command: "info", node, info })) ?? undefined;
  }

  async fault(name: string): Promise<undefined> {
    await this.connection.ask({ command: "fault", name });
  }

  heal(): Promise<undefined> {
    return this.fault("none");
  }

  async stop(node: string, kind: StopKind): Promise<void> {
    await this.connection.ask({ command: "stop", node, kind });
  }

  async start(node: string): Promise<void> {
    await this.connection.ask({ command: "start", node });
  }

  load(place: string, task: LoaderTask): RunningLoader {
    return loaderAt(place, this.playground.nodes, this.topology.namespace, task);
  }

  observe(path: string, onSample: (sample: Sample) => void): Observer {
    return observerOf(this.playground.nodes, this.topology.namespace, path, onSample);
  }

  /** Lets go of it; it goes on. */
  async close(): Promise<void> {
    // It may have ended meanwhile.
    await this.connection.ask({ command: "end" }).catch(() => {});
    this.connection.close();
  }
}
