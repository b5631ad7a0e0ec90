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
/** Bytes that a client may leave unread before it is disconnected. */
const MAX_UNREAD = 64 * 1024 * 1024;
/** Bytes left unread at which a long answer rests until the client has read them. */
const REST_AT = 1024 * 1024;

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
  /** Bytes on their way to it. */
  underWay: number;
  /** Bytes read from it before its link was cut. */
  readBefore: number;
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

  /** @param port first port; 0 = free ones. */
  constructor(
    private readonly services: Services,
    places: readonly string[],
    port: number,
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
        client.underWay += bytes.length;
        toClient.send(() => {
          client.underWay -= bytes.length;
          if (client.lost) client.toClient.push(bytes);
          else if (!client.gone) socket.write(bytes);
          if (socket.writableLength > MAX_UNREAD) socket.destroy();
          connection.drained();
        });
      },
      reset: () => socket.resetAndDestroy(),
      isFull: () =>
        client.toClient.reduce((sum, { length }) => sum + length, socket.writableLength + client.underWay) >
        REST_AT,
    });
    const lost = this.isHeld(node, place);
    const client: Client = {
      ...{ node, place, socket, connection },
      ...{
        lost,
        toClient: [],
        toNode: [],
        underWay: 0,
        readBefore: 0,
        gone: false,
        never: this.isLost(node, place),
      },
    };
    this.clients.add(client);
    socket.on("data", (bytes: Buffer) =>
      toNode.send(() => {
        if (!client.lost) return connection.receive(bytes);
        client.toNode.push(bytes);
        // A real network would take no more than the client's own buffer.
        if (socket.bytesRead - client.readBefore > MAX_UNREAD) socket.destroy();
      }),
    );
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
    this.clients.delete(client);
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
    client.readBefore = client.socket.bytesRead;
    if (lost) return;
    for (const bytes of client.toClient.splice(0)) if (!client.gone) client.socket.write(bytes);
    client.connection.drained();
    for (const bytes of client.toNode.splice(0)) client.connection.receive(bytes);
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
