import { createServer, type Server, type Socket } from "node:net";
import type { Node } from "../cluster/node";
import type { Connection, Services } from "../service/connection";

/** Where nodes listen: loopback, always. */
export const HOST = "127.0.0.1";
/** Bytes that a client may leave unread before it is disconnected. */
const MAX_UNREAD = 64 * 1024 * 1024;

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
  /** What the client loses while its link is cut; sent when that heals, as TCP would. */
  held: Buffer[];
  lost: boolean;
}

/** The sockets of a rehearsal cluster: node i listens once for each place j, at port + 10 i + j. */
export class Listeners {
  private readonly doors: Door[] = [];
  private readonly clients = new Set<Client>();
  private applying: Promise<void> = Promise.resolve();

  /** @param port first port; 0 = free ones. */
  constructor(
    private readonly services: Services,
    readonly places: readonly string[],
    port: number,
  ) {
    services.cluster.nodes.forEach((node, i) => {
      places.forEach((_, place) => {
        this.doors.push({ node, place, port: port === 0 ? 0 : port + 10 * i + place, server: undefined });
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

  /** Closes doors and connections. */
  async close(): Promise<void> {
    this.services.cluster.onConnectivity = () => {};
    await this.applying;
    for (const client of this.clients) client.socket.destroy();
    await Promise.all(this.doors.map((door) => shut(door)));
  }

  /** Resolves when the doors are as the last fault, stop or start wants them. */
  settled(): Promise<void> {
    return this.applying;
  }

  private listen(door: Door): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => this.accept(door, socket));
    door.server = server;
    return new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
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
    const connection = this.services.connect(node, peers, {
      send: (bytes) => {
        if (client.lost) client.held.push(bytes);
        else socket.write(bytes);
        if (socket.writableLength > MAX_UNREAD) socket.destroy();
      },
      reset: () => socket.resetAndDestroy(),
    });
    const client: Client = { node, place, socket, connection, held: [], lost: false };
    this.clients.add(client);
    socket.on("data", (bytes: Buffer) => connection.receive(bytes));
    // A client that is gone, or was cut off: the close that follows says it all.
    socket.on("error", () => {});
    socket.on("close", () => {
      connection.close();
      this.clients.delete(client);
    });
    this.applyTo(client);
  }

  /** Brings doors and connections in line with what the cluster's links now say. */
  private apply(): void {
    for (const client of this.clients) {
      if (client.node.up) this.applyTo(client);
      else client.socket.destroy();
    }
    this.applying = this.applying.then(async () => {
      await Promise.all(
        this.doors.map((door) => {
          const { cluster } = this.services;
          const open = door.node.up && cluster.links.client(this.places[door.place], door.node) !== "refused";
          if (open === (door.server !== undefined)) return undefined;
          return open ? this.listen(door) : shut(door);
        }),
      );
    });
  }

  /** A lost link is silent: nothing is read and nothing is sent until it heals. What was under way then arrives, as TCP delivers it. */
  private applyTo(client: Client): void {
    const { cluster } = this.services;
    const lost = cluster.links.client(this.places[client.place], client.node) === "lost";
    if (lost === client.lost) return;
    client.lost = lost;
    if (lost) {
      client.socket.pause();
      return;
    }
    for (const bytes of client.held.splice(0)) client.socket.write(bytes);
    client.socket.resume();
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
