import { type ChildProcess, fork } from "node:child_process";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Fault, StopKind } from "../../model";
import type { LogEvent } from "../cluster/event-log";
import { RefusedError } from "../errors";
import type { ClusterStatus } from "../cluster-status";
import type { FromHost, HostOptions, NodeAddresses, Requests } from "./protocol";

/** How a rehearsal cluster is started. */
export interface RehearsalOptions extends HostOptions {
  /** Called with each event of the cluster's log as it happens. */
  readonly onEvent?: (event: LogEvent) => void;
}

/** Milliseconds that a process of nodes has to come up. */
const START_LIMIT = 30_000;
const ENDED = "The process of the nodes has ended.";

/**
 * A rehearsal cluster on loopback, in a process of its own: it speaks Aerospike's wire protocol, so unmodified
 * clients work. A model of a cluster, never a database. Every call rejects once the nodes' process has ended.
 *
 * @example
 * ```ts
 * import { halves } from "cdktf-stretch-cluster/model";
 * import { Rehearsal } from "cdktf-stretch-cluster/rehearsal";
 *
 * const cluster = await Rehearsal.start({ topology });
 * const client = await Aerospike.connect({ hosts: cluster.seeds["eu-west-2"] });
 * await cluster.setFault(halves(["A1B32", "A2B32"], ["A1B33", "A2B33"]));
 * await cluster.until(({ settled }) => settled);
 * // ... what the application does now ...
 * await cluster.heal();
 * await cluster.stop();
 * ```
 */
export class Rehearsal {
  private ids = 0;
  private readonly open = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  /** Where each node listens, by region. */
  nodes: readonly NodeAddresses[] = [];
  /** Resolves when the process of the nodes has ended, whoever ended it. */
  readonly ended: Promise<void>;

  private constructor(
    private readonly process: ChildProcess,
    private readonly onEvent: (event: LogEvent) => void,
  ) {
    process.on("message", (message: FromHost) => this.hear(message));
    this.ended = new Promise((resolve) => {
      process.on("exit", () => {
        this.end(new Error(ENDED));
        resolve();
      });
    });
    process.on("error", (error) => this.end(error));
  }

  /** Starts the nodes; resolves when all listen. Rejects where a port is taken. */
  static async start({ onEvent = () => {}, ...options }: RehearsalOptions): Promise<Rehearsal> {
    const extension = extname(__filename);
    const rehearsal = new Rehearsal(
      fork(join(__dirname, `host${extension}`), [], {
        // From its TypeScript sources the process needs the loader that the project's own commands use.
        execArgv: extension === ".ts" ? ["--import", pathToFileURL(require.resolve("tsx")).href] : [],
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      }),
      onEvent,
    );
    const limit = setTimeout(
      () => rehearsal.end(new Error(`The nodes did not start within ${START_LIMIT / 1000} s.`)),
      START_LIMIT,
    );
    try {
      rehearsal.nodes = await rehearsal.ask("start", options);
      return rehearsal;
    } catch (error) {
      await rehearsal.stop();
      throw error;
    } finally {
      clearTimeout(limit);
    }
  }

  /** One seed address for the clients of each region: the first node there. */
  get seeds(): Readonly<Record<string, string>> {
    const regions = [...new Set(this.nodes.map(({ region }) => region))];
    return Object.fromEntries(
      regions.map((region) => [region, this.nodes.find((node) => node.region === region)!.addresses[region]]),
    );
  }

  /** Cuts links, in place of the fault before. Rejects where it names an unknown node. */
  async setFault(fault: Fault): Promise<void> {
    await this.ask("fault", fault);
  }

  /** Ends the fault. */
  async heal(): Promise<void> {
    await this.ask("fault", null);
  }

  /**
   * Stops a node; rejects where it is stopped already: cleanly (keeps data and trust), for its host's reboot (those too, but a cold start follows), uncleanly (a crash:
   * data but what was not flushed, no trust) or empty (neither).
   *
   * @default "clean"
   */
  async stopNode(id: string, kind: StopKind = "clean"): Promise<void> {
    await this.ask("stopNode", id, kind);
  }

  /** Starts a stopped node. Rejects where it is up. */
  async startNode(id: string): Promise<void> {
    await this.ask("startNode", id);
  }

  /**
   * What a node answers to an info command asked on its own host, whatever the network is like: `statistics`,
   * `namespace/NAME`, `roster-set:namespace=NAME;nodes=...`, `recluster:`. Undefined where it is down.
   */
  async info(id: string, command: string): Promise<string | undefined> {
    return (await this.ask("info", id, command)) ?? undefined;
  }

  /**
   * Pauses a node, as SIGSTOP does: it answers nothing and sends no heartbeats, and clients' requests wait. Rejects where it is
   * stopped or paused already.
   */
  async pauseNode(id: string): Promise<void> {
    await this.ask("pauseNode", id);
  }

  /** Resumes a paused node: it goes on as a member of the cluster that it knew. Rejects where it is not paused. */
  async resumeNode(id: string): Promise<void> {
    await this.ask("resumeNode", id);
  }

  /** Sets a node's clock: so many milliseconds ahead, negative for behind, a day at most; 0 = right. */
  async setClock(id: string, ahead: number): Promise<void> {
    await this.ask("setClock", id, ahead);
  }

  /** What the cluster is like now. */
  status(): Promise<ClusterStatus> {
    return this.ask("status");
  }

  /** Its event log so far: one line of JSON an event. */
  log(): Promise<string> {
    return this.ask("log");
  }

  /**
   * Resolves with the first status for which `holds` is true.
   *
   * @param limit milliseconds. @default 20,000
   * @throws Error where it does not hold in time.
   */
  async until(holds: (status: ClusterStatus) => boolean, limit = 20_000): Promise<ClusterStatus> {
    const end = Date.now() + limit;
    for (;;) {
      const status = await this.status();
      if (holds(status)) return status;
      if (Date.now() > end) {
        throw new Error(
          `The rehearsal cluster did not come to the state within ${limit} ms: ${JSON.stringify(status)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends the nodes. */
  async stop(): Promise<void> {
    const { process } = this;
    if (process.exitCode !== null || process.signalCode !== null || process.pid === undefined) return;
    process.kill("SIGKILL");
    await this.ended;
  }

  private ask<Name extends keyof Requests>(
    name: Name,
    ...args: Requests[Name]["args"]
  ): Promise<Requests[Name]["result"]> {
    const id = this.ids++;
    const answer = new Promise<unknown>((resolve, reject) => {
      if (!this.process.connected) return reject(new Error(ENDED));
      this.open.set(id, { resolve, reject });
      this.process.send({ id, name, args });
    });
    return answer as Promise<Requests[Name]["result"]>;
  }

  private hear(message: FromHost): void {
    if ("event" in message) return this.onEvent(message.event);
    const waiting = this.open.get(message.id);
    this.open.delete(message.id);
    if ("error" in message) waiting?.reject(new (message.refused ? RefusedError : Error)(message.error));
    else waiting?.resolve(message.result);
  }

  private end(error: Error): void {
    for (const { reject } of this.open.values()) reject(error);
    this.open.clear();
  }
}
