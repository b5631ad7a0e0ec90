import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is answered: the status, and a body (text or bytes, or what becomes JSON). */
export interface DoorAnswer {
  readonly status?: number;
  readonly body?: unknown;
}

/** Answers a request: its method, the parts of its path and its body. */
export type Handler = (
  method: string,
  path: readonly string[],
  body: Buffer,
) => Promise<DoorAnswer> | DoorAnswer;

/** The twin's own server on loopback: moto and the hosts' stand-ins ask it. */
export class Door {
  static async open(handler: Handler): Promise<Door> {
    const door = new Door(handler);
    await new Promise<void>((resolve) => door.server.listen(0, "127.0.0.1", resolve));
    return door;
  }

  private readonly server = createServer((from, to) => void this.answer(from, to));

  private constructor(private readonly handler: Handler) {}

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of from) chunks.push(chunk as Buffer);
    const path = new URL(from.url!, this.url).pathname.split("/").slice(1).map(decodeURIComponent);
    try {
      const { status = 200, body = {} } = await this.handler(from.method!, path, Buffer.concat(chunks));
      to.writeHead(status);
      to.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    } catch (error) {
      to.writeHead(500);
      to.end((error as Error).stack);
    }
  }
}
