import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
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
  type PlaygroundDescription,
  type PlaygroundRun,
  type PlaygroundStatus,
} from "./control-socket";
import { linkNamed, type NamedLink } from "./link-name";

/** What a playground is made of. */
export interface PlaygroundOptions {
  /** Name of the scenario, or the file. */
  readonly experiment: string;
  /** The topology file, absolute. @default none: a scenario */
  readonly file?: string;
  readonly topology: Topology;
  /** The text of each node's aerospike.conf by its id. @default the server's own defaults */
  readonly confs?: Readonly<Record<string, string>>;
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

/** A run and the connection that it drives the playground by. */
interface Driving {
  readonly by: Socket | undefined;
  readonly run: PlaygroundRun;
}

/** What a fault is called that was drawn. */
const DRAWN = "drawn by hand";

/** Info commands that change something. */
const CHANGES = /^(roster-set|recluster|revive|quiesce|quiesce-undo|set-config|truncate|truncate-namespace):/;

/** A rehearsal cluster in the foreground, which other terminals cut, heal and ask: see {@link askPlayground}. */
export class Playground {
  private fault = NONE;
  /** Links that were made slow beside the fault, by their names. */
  private slow: ReadonlyMap<string, SlowByName> = new Map();
  private driving: Driving | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly options: PlaygroundOptions,
    readonly rehearsal: Rehearsal,
    private readonly server: Server,
  ) {
    server.on("connection", (socket) => this.accept(socket));
  }

  /** Starts it. Rejects where one runs on that port already, or a port is taken. */
  static async start(options: PlaygroundOptions): Promise<Playground> {
    const { port, topology, confs, security, roundTrips, onEvent } = options;
    const path = controlSocket(port);
    const other = await askPlayground(port, { command: "status" }).catch(() => undefined);
    if (other) {
      throw new Error(
        `A playground of ${other.experiment} already runs on port ${port}: end it with Ctrl-C, or choose another --port.`,
      );
    }
    const rehearsal = await Rehearsal.start({ topology, confs, port, security, roundTrips, onEvent });
    // What a playground that was killed left behind.
    rmSync(path, { force: true });
    const server = createServer();
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
    for (const socket of this.sockets) socket.destroy();
    rmSync(controlSocket(this.options.port), { force: true });
    await this.rehearsal.stop();
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    // Whoever asked may be gone before the answer.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.sockets.delete(socket);
      if (this.driving?.by === socket) {
        this.driving = { by: undefined, run: { ...this.driving.run, killed: true } };
      }
    });
    createInterface({ input: socket }).on("line", (line) => {
      void this.answer(line, socket).then((answer) => socket.write(`${JSON.stringify(answer)}\n`));
    });
  }

  private async answer(line: string, by: Socket): Promise<ControlAnswer> {
    const { id, ...request } = JSON.parse(line) as ControlRequest & { readonly id: number };
    try {
      return { id, result: await this.carryOut(request, by) };
    } catch (error) {
      const { message } = error as Error;
      return error instanceof RefusedError ? { id, refused: message } : { id, failed: message };
    }
  }

  private async carryOut(
    request: ControlRequest,
    by: Socket,
  ): Promise<PlaygroundStatus | PlaygroundDescription | string | null> {
    if (request.command === "status") return this.status();
    if (request.command === "info") {
      const { node, info } = request;
      const changes = CHANGES.test(info);
      if (changes) this.assertDrivenBy(by);
      const answer = await this.rehearsal.info(node, info);
      if (changes) this.note(by, `${node}: ${info}`);
      return answer ?? null;
    }
    this.assertDrivenBy(by);
    if (request.command === "run") return this.beginRun(request.pid, by);
    switch (request.command) {
      case "fault":
        if ("drawn" in request) {
          await this.draw(request.drawn);
          break;
        }
        await this.setFault(request.name, request.links ?? []);
        this.note(by, `fault ${request.name ?? this.fault}`);
        break;
      case "stop":
        await this.rehearsal.stopNode(request.node, request.kind);
        this.note(by, `stop ${request.node} (${request.kind})`);
        break;
      case "start":
        await this.rehearsal.startNode(request.node);
        this.note(by, `start ${request.node}`);
        break;
      case "pause":
        await this.rehearsal.pauseNode(request.node);
        break;
      case "resume":
        await this.rehearsal.resumeNode(request.node);
        break;
      case "clock":
        await this.rehearsal.setClock(request.node, request.ahead);
        break;
      case "heal":
        await this.heal();
        break;
      case "end":
        this.driving = undefined;
    }
    return this.status();
  }

  /** @throws RefusedError where a run that lives drives the playground by another connection. */
  private assertDrivenBy(by: Socket): void {
    if (!this.driving || this.driving.run.killed || this.driving.by === by) return;
    const { pid, since } = this.driving.run;
    throw new RefusedError(
      `A run drives this playground (process ${pid}, since ${since}), and nobody else changes it meanwhile: wait for its end, or end it with Ctrl-C, which heals.`,
    );
  }

  /** @throws RefusedError where a run could not tell what it breaks from what is broken. */
  private async beginRun(pid: number, by: Socket): Promise<PlaygroundDescription> {
    const { topology, faults, security } = this.options;
    if (security) {
      throw new RefusedError(
        'Clients have to log in here, and those of a run do not: start the playground without "--security".',
      );
    }
    const { nodes } = await this.rehearsal.status();
    const broken = [
      ...(this.fault === NONE ? [] : [`the fault ${this.fault} is on`]),
      ...(this.slow.size === 0 ? [] : [`slow: ${[...this.slow.keys()].join(", ")}`]),
      ...nodes.flatMap(({ id, up, paused }) => (up && !paused ? [] : [`${id} is ${up ? "paused" : "down"}`])),
    ];
    if (broken.length > 0) {
      throw new RefusedError(
        `A run begins with a whole network, and here ${broken.join("; ")}: "stretch heal --port ${this.options.port}" makes it whole.`,
      );
    }
    this.driving = { by, run: { pid, since: new Date().toISOString(), changes: [], killed: false } };
    return { topology, faults, nodes: this.rehearsal.nodes };
  }

  /** Remembers what a run changes, for whoever has to heal after it. */
  private note(by: Socket, change: string): void {
    if (this.driving?.by !== by) return;
    const { run } = this.driving;
    this.driving = { by, run: { ...run, changes: [...run.changes, change] } };
  }

  private async heal(): Promise<void> {
    await this.setFault(NONE, []);
    const { nodes } = await this.rehearsal.status();
    for (const { id, up, paused } of nodes) {
      if (!up) await this.rehearsal.startNode(id);
      else if (paused) await this.rehearsal.resumeNode(id);
    }
    this.driving = undefined;
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

  /** A fault in place of the one before, by what it parts. */
  private async draw({ cannotHear, refuses }: Pick<Fault, "cannotHear" | "refuses">): Promise<void> {
    await this.rehearsal.setFault({ ...NO_FAULT, cannotHear, refuses });
    this.fault = DRAWN;
    this.slow = new Map();
  }

  private async status(): Promise<PlaygroundStatus> {
    const { experiment, file } = this.options;
    const links = [...this.slow].map(([link, { slowness }]) => ({ link, ...slowness }));
    return {
      experiment,
      ...(file !== undefined && { file }),
      fault: this.fault,
      links,
      cluster: await this.rehearsal.status(),
      ...(this.driving && { run: this.driving.run }),
    };
  }
}
