import { createServer, type Server, type Socket } from "node:net";
import { Line } from "../cluster/line";
import type { Node } from "../cluster/node";
import type { Connection, Services } from "../service/connection";

/** Where nodes listen: loopback, always. */
export const HOST = "127.0.0.1";
/** The place of whoever asks a node on its own host: no fault between places is in its way. */
const OWN_HOST = "own host";
/** Ports from one node's first to the next node's. */
const MAX_PLACES = 10;
/** Bytes left unread at which nothing more is done for a client, or read from it, until it has read them. */
const REST_AT = 1024 * 1024;

/** What all clients together may take. */
export interface Limits {
  /** Connections to all nodes: more are reset at once. */
  readonly connections: number;
  /** Bytes of unfinished and unanswered requests and of unread answers: above, the connection that holds most is reset. */
  readonly memory: number;
}

const LIMITS: Limits = { connections: 2048, memory: 256 * 1024 * 1024 };

/** A node's door for the clients of one place. */
interface Door {
  readonly node: Node;
  readonly place: number;
  port: number;
  server: Server | undefined;
}

interface Client {
  readonly node: Node;
  readonly place: number;
  readonly socket: Socket;
  readonly connection: Connection;
  /** Whether its link is cut, or the node paused: nothing arrives on either side until that ends. */
  lost: boolean;
  /** What was sent meanwhile, by the node and by the client: it arrives when the link heals, as TCP delivers it. */
  readonly toClient: Buffer[];
  readonly toNode: Buffer[];
  /** Bytes that wait for it, and from it: on their way, or until the link heals. */
  waitingToClient: number;
  waitingToNode: number;
  /** Whether more is read from it. */
  reads: boolean;
  /** Bytes of memory that it was last found to take. */
  memory: number;
  /** The client is gone: what it sent may still arrive. */
  gone: boolean;
  /** It connected while its link was cut: on a real network it would not even have connected, so nothing arrives late. */
  readonly never: boolean;
}

/** The sockets of a rehearsal cluster: node i listens once for each place j, at port + 10 i + j. */
export class Listeners {
  private readonly doors: Door[] = [];
  private readonly places: readonly string[];
  private readonly clients = new Set<Client>();
  private applying: Promise<void> = Promise.resolve();
  private failure: Error | undefined;
  /** Bytes of memory that clients take. */
  private memory = 0;
  /** There are as many connections as may be. */
  private crowded = false;

  /** @param port first port; 0 = free ones. */
  constructor(
    private readonly services: Services,
    places: readonly string[],
    port: number,
    private readonly limits = LIMITS,
  ) {
    if (places.length > MAX_PLACES) {
      throw new Error(
        `The topology has ${places.length} regions: expected at most ${MAX_PLACES}, since each node has ${MAX_PLACES} ports, one a region.`,
      );
    }
    this.places = [...places, OWN_HOST];
    services.cluster.nodes.forEach((node, i) => {
      this.places.forEach((name, place) => {
        this.doors.push({
          node,
          place,
          port: port === 0 || name === OWN_HOST ? 0 : port + MAX_PLACES * i + place,
          server: undefined,
        });
      });
    });
  }

  /** Opens every door. Rejects where a port is taken. */
  async open(): Promise<void> {
    await Promise.all(this.doors.map((door) => this.listen(door)));
    this.services.cluster.onConnectivity = () => this.apply();
  }

  /** `host:port` of a node for the clients of a place. */
  address(node: Node, place: number): string {
    return `${HOST}:${this.doors.find((door) => door.node === node && door.place === place)!.port}`;
  }

  /** `host:port` of a node for whoever asks on its own host, whatever the network is like. */
  ownAddress(node: Node): string {
    return this.address(node, this.places.length - 1);
  }

  /** Closes doors and connections. */
  async close(): Promise<void> {
    this.services.cluster.onConnectivity = () => {};
    await this.applying;
    for (const client of this.clients) client.socket.destroy();
    await Promise.all(this.doors.map((door) => shut(door)));
  }

  /** Resolves when the doors are as the last fault, stop or start wants them. Rejects where one could not be opened again. */
  async settled(): Promise<void> {
    await this.applying;
    const failure = this.failure;
    this.failure = undefined;
    if (failure) throw failure;
  }

  private listen(door: Door): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => this.accept(door, socket));
    door.server = server;
    return new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        door.server = undefined;
        reject(
          error.code === "EADDRINUSE"
            ? new Error(
                `Port ${door.port} is taken: node ${door.node.id} cannot listen there. Choose another with --port, or end what listens on it.`,
              )
            : error,
        );
      });
      server.listen(door.port, HOST, () => {
        const address = server.address();
        if (address && typeof address === "object") door.port = address.port;
        resolve();
      });
    });
  }

  private accept({ node, place }: Door, socket: Socket): void {
    if (this.clients.size >= this.limits.connections) {
      socket.resetAndDestroy();
      if (!this.crowded) this.refuse(node);
      return;
    }
    const peers = { address: (other: Node) => this.address(other, place) };
    const { links, clock } = this.services.cluster;
    const here = { region: this.places[place] };
    const toClient = new Line(clock, () => links.transit(node, here));
    // A connection is made in a round trip before anything is sent.
    const toNode = new Line(
      clock,
      () => links.transit(here, node),
      links.areSlow ? clock.now() + links.roundTrip(here, node) : 0,
    );
    const connection = this.services.connect(node, peers, {
      send: (bytes) => {
        client.waitingToClient += bytes.length;
        toClient.send(() => {
          if (client.lost) client.toClient.push(bytes);
          else {
            client.waitingToClient -= bytes.length;
            if (!client.gone) socket.write(bytes);
            connection.drained();
          }
        });
      },
      reset: () => socket.resetAndDestroy(),
      isFull: () => client.waitingToClient + socket.writableLength > REST_AT,
      turned: () => this.look(client),
    });
    const client: Client = {
      ...{ node, place, socket, connection },
      lost: this.isHeld(node, place),
      ...{ toClient: [], toNode: [], waitingToClient: 0, waitingToNode: 0 },
      ...{ reads: true, memory: 0, gone: false },
      never: this.isLost(node, place),
    };
    this.clients.add(client);
    socket.on("data", (bytes: Buffer) => {
      client.waitingToNode += bytes.length;
      toNode.send(() => {
        if (client.lost) client.toNode.push(bytes);
        else {
          client.waitingToNode -= bytes.length;
          connection.receive(bytes);
        }
        this.look(client);
      });
      if (client.waitingToNode > 0) this.look(client);
    });
    socket.on("drain", () => connection.drained());
    // A client that is gone, or was cut off: the close that follows says it all.
    socket.on("error", () => {});
    socket.on("close", () => {
      client.gone = true;
      toNode.send(() => {
        if (!client.lost || client.never || client.toNode.length === 0) this.forget(client);
      });
    });
  }

  private forget(client: Client): void {
    client.connection.close();
    if (!this.clients.delete(client)) return;
    this.memory -= client.memory;
    this.crowded = false;
  }

  /** No room for one more connection: said once, until there is some again. */
  private refuse(node: Node): void {
    this.crowded = true;
    this.services.cluster.log.add("connection-failed", {
      node: node.id,
      error: `there are ${this.limits.connections} connections, and that is the most: end some`,
    });
  }

  /** Reads on from a client, or no longer, and counts what it takes. */
  private look(client: Client): void {
    if (!this.clients.has(client)) return;
    const { socket, connection } = client;
    // What was sent is begun before more is read; TCP tells the client to wait.
    const reads = !connection.isBehind && client.waitingToNode <= REST_AT;
    if (reads !== client.reads) {
      client.reads = reads;
      if (reads) socket.resume();
      else socket.pause();
    }
    this.count(client);
    if (this.memory > this.limits.memory) this.free();
  }

  private count(client: Client): void {
    const { socket, connection, waitingToClient, waitingToNode } = client;
    this.memory -= client.memory;
    client.memory = connection.memory + socket.writableLength + waitingToClient + waitingToNode;
    this.memory += client.memory;
  }

  /** Resets those that take most, until what is left is within the limit: the small ones live on. */
  private free(): void {
    for (const client of this.clients) this.count(client);
    while (this.memory > this.limits.memory) {
      const largest = [...this.clients].reduce((a, b) => (b.memory > a.memory ? b : a));
      const held = Math.round(largest.memory / 2 ** 20);
      largest.connection.reset(
        `clients hold more than ${this.limits.memory / 2 ** 20} MiB in requests that are not finished and answers that are not read, and this one most, ${held} MiB`,
      );
      this.forget(largest);
    }
  }

  /** Brings doors and connections in line with what the cluster's links now say. */
  private apply(): void {
    for (const client of this.clients) {
      if (client.node.up) this.applyTo(client);
      else {
        client.socket.destroy();
        this.forget(client);
      }
    }
    this.applying = this.applying.then(async () => {
      const done = await Promise.allSettled(
        this.doors.map((door) => {
          const { cluster } = this.services;
          const open = door.node.up && cluster.links.client(this.places[door.place], door.node) !== "refused";
          if (open === (door.server !== undefined)) return undefined;
          return open ? this.listen(door) : shut(door);
        }),
      );
      const failed = done.find((one) => one.status === "rejected");
      if (failed) this.failure = failed.reason as Error;
    });
  }

  private isLost(node: Node, place: number): boolean {
    return this.services.cluster.links.client(this.places[place], node) === "lost";
  }

  /** A paused node's connections stay, and are made: its host answers for it. */
  private isHeld(node: Node, place: number): boolean {
    return node.paused || this.isLost(node, place);
  }

  /** A lost link is silent; what was under way arrives when it heals. */
  private applyTo(client: Client): void {
    const lost = this.isHeld(client.node, client.place);
    if (lost === client.lost) return;
    client.lost = lost;
    if (lost) return;
    for (const bytes of client.toClient.splice(0)) {
      client.waitingToClient -= bytes.length;
      if (!client.gone) client.socket.write(bytes);
    }
    client.connection.drained();
    for (const bytes of client.toNode.splice(0)) {
      client.waitingToNode -= bytes.length;
      client.connection.receive(bytes);
    }
    this.look(client);
    if (client.gone) this.forget(client);
  }
}

/** Refuses new connections; established ones go on. */
function shut(door: Door): Promise<void> {
  const { server } = door;
  door.server = undefined;
  return new Promise((resolve) => {
    if (!server) return resolve();
    // `close` calls back only when the connections have ended: refusing does not wait for that.
    server.close();
    resolve();
  });
}
