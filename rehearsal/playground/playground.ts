import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { type Fault, NO_FAULT, NONE, type RoundTrips, type SlowLink, type Topology } from "../../model";
import type { LogEvent } from "../cluster/event-log";
import { RefusedError } from "../errors";
import { Rehearsal } from "../process/rehearsal";
import { askPlayground } from "./control-client";
import {
  type ControlAnswer,
  type ControlRequest,
  controlSocket,
  type LinkChange,
  type PlaygroundStatus,
} from "./control-socket";
import { linkNamed, type NamedLink } from "./link-name";

/** What a playground is made of. */
export interface PlaygroundOptions {
  /** Name of the scenario, or the file. */
  readonly experiment: string;
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly port: number;
  /** Ids of the nodes of each side, by its name. @default none: links are named by regions and nodes */
  readonly sides?: Readonly<Record<string, readonly string[]>>;
  /** How far regions are from each other. @default no time at all */
  readonly roundTrips?: RoundTrips;
  /** @default false */
  readonly security?: boolean;
  readonly onEvent?: (event: LogEvent) => void;
}

/** Links that were made slow by one name. */
interface SlowByName {
  readonly slowness: Omit<SlowLink, "between">;
  readonly between: NamedLink["between"];
}

/** A rehearsal cluster in the foreground, which other terminals cut, heal and ask: see {@link askPlayground}. */
export class Playground {
  private fault = NONE;
  /** Links that were made slow beside the fault, by their names. */
  private slow: ReadonlyMap<string, SlowByName> = new Map();

  private constructor(
    private readonly options: PlaygroundOptions,
    readonly rehearsal: Rehearsal,
    private readonly server: Server,
  ) {
    server.on("connection", (socket) => this.accept(socket));
  }

  /** Starts it. Rejects where one runs on that port already, or a port is taken. */
  static async start(options: PlaygroundOptions): Promise<Playground> {
    const { port, topology, security, roundTrips, onEvent } = options;
    const path = controlSocket(port);
    const other = await askPlayground(port, { command: "status" }).catch(() => undefined);
    if (other) {
      throw new Error(
        `A playground of ${other.experiment} already runs on port ${port}: end it with Ctrl-C, or choose another --port.`,
      );
    }
    const rehearsal = await Rehearsal.start({ topology, port, security, roundTrips, onEvent });
    // What a playground that was killed left behind.
    rmSync(path, { force: true });
    // Whoever asks has said all when the answer is still to come.
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    return new Playground(options, rehearsal, server);
  }

  /** Resolves when the nodes' process has ended by itself, or with {@link stop}. */
  get ended(): Promise<void> {
    return this.rehearsal.ended;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.server.close();
    rmSync(controlSocket(this.options.port), { force: true });
    await this.rehearsal.stop();
  }

  private accept(socket: Socket): void {
    let text = "";
    socket.setEncoding("utf8");
    // Whoever asked may be gone before the answer.
    socket.on("error", () => {});
    socket.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0) return;
      const line = text.slice(0, end);
      text = "";
      void this.answer(line).then((answer) => socket.end(JSON.stringify(answer)));
    });
  }

  private async answer(line: string): Promise<ControlAnswer> {
    try {
      await this.carryOut(JSON.parse(line) as ControlRequest);
      return { status: await this.status() };
    } catch (error) {
      const { message } = error as Error;
      return error instanceof RefusedError ? { refused: message } : { failed: message };
    }
  }

  private async carryOut(request: ControlRequest): Promise<void> {
    switch (request.command) {
      case "status":
        return;
      case "fault":
        return this.setFault(request.name, request.links ?? []);
      case "stop":
        return this.rehearsal.stopNode(request.node, request.kind);
      case "start":
        return this.rehearsal.startNode(request.node);
      case "pause":
        return this.rehearsal.pauseNode(request.node);
      case "resume":
        return this.rehearsal.resumeNode(request.node);
      case "clock":
        return this.rehearsal.setClock(request.node, request.ahead);
    }
  }

  private async setFault(given: string | undefined, changes: readonly LinkChange[]): Promise<void> {
    const { faults, experiment, topology, sides = {} } = this.options;
    const name = given ?? this.fault;
    if (name !== NONE && !Object.hasOwn(faults, name)) {
      const names = [NONE, ...Object.keys(faults)].join(", ");
      throw new RefusedError(`${experiment} has no fault "${name}": expected one of ${names}.`);
    }
    const slow = new Map(given === undefined ? this.slow : []);
    for (const { link, ...change } of changes) {
      const named = linkNamed(link, topology, sides);
      const slowness = { ...slow.get(named.name)?.slowness, ...change };
      slow.delete(named.name);
      if (Object.values(slowness).some((value) => value > 0)) {
        slow.set(named.name, { slowness, between: named.between });
      }
    }
    const fault = name === NONE ? NO_FAULT : faults[name];
    const links = [...slow.values()].flatMap(({ slowness, between }) =>
      between.map((ends) => ({ between: ends, ...slowness })),
    );
    await (name === NONE && slow.size === 0
      ? this.rehearsal.heal()
      : this.rehearsal.setFault({ ...fault, links: [...(fault.links ?? []), ...links] }));
    this.fault = name;
    this.slow = slow;
  }

  private async status(): Promise<PlaygroundStatus> {
    const { experiment } = this.options;
    const links = [...this.slow].map(([link, { slowness }]) => ({ link, ...slowness }));
    return { experiment, fault: this.fault, links, cluster: await this.rehearsal.status() };
  }
}
