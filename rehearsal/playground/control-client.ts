import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { RefusedError } from "../errors";
import { type ControlAnswer, type ControlRequest, type ControlResult, controlSocket } from "./control-socket";

/** No playground listens on that port. */
export class NoPlaygroundError extends Error {}

/** Milliseconds that a playground may take to answer. */
const LIMIT = 10_000;
/** What connecting to a control socket says that nobody listens on. */
const NOBODY: readonly (string | undefined)[] = ["ENOENT", "ECONNREFUSED"];

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** A connection to the playground on a port: requests, and their answers, one by one. */
export class PlaygroundConnection {
  private ids = 0;
  private readonly waiting = new Map<number, Waiting>();

  private constructor(private readonly socket: Socket) {
    createInterface({ input: socket }).on("line", (line) => this.hear(JSON.parse(line) as ControlAnswer));
    // What is wrong with it shows in the answers that do not come.
    socket.on("error", () => {});
    socket.on("close", () => {
      for (const { reject } of this.waiting.values()) {
        reject(new Error("The playground ended before it answered."));
      }
      this.waiting.clear();
    });
  }

  /** @throws NoPlaygroundError where none runs on the port. */
  static connect(port: number): Promise<PlaygroundConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(controlSocket(port), () => resolve(new PlaygroundConnection(socket)));
      socket.once("error", (error: NodeJS.ErrnoException) =>
        reject(NOBODY.includes(error.code) ? new NoPlaygroundError(error.message) : error),
      );
    });
  }

  /** @throws RefusedError where it refuses what was asked, Error where it failed or has ended. */
  async ask<Request extends ControlRequest>(request: Request): Promise<ControlResult<Request>> {
    const id = this.ids++;
    let limit: NodeJS.Timeout | undefined;
    try {
      return await new Promise<ControlResult<Request>>((resolve, reject) => {
        limit = setTimeout(
          () => reject(new Error(`The playground did not answer within ${LIMIT / 1000} s.`)),
          LIMIT,
        );
        if (this.socket.destroyed) return reject(new Error("The playground has ended."));
        this.waiting.set(id, { resolve, reject });
        this.socket.write(`${JSON.stringify({ id, ...request })}\n`);
      });
    } finally {
      clearTimeout(limit);
    }
  }

  close(): void {
    this.socket.destroy();
  }

  private hear(answer: ControlAnswer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ("refused" in answer) waiting?.reject(new RefusedError(answer.refused));
    else if ("failed" in answer) waiting?.reject(new Error(answer.failed));
    else waiting?.resolve(answer.result as never);
  }
}

/**
 * Asks the playground on a port.
 *
 * @throws NoPlaygroundError where none runs there, RefusedError where it refuses what was asked, Error where it failed.
 */
export async function askPlayground<Request extends ControlRequest>(
  port: number,
  request: Request,
): Promise<ControlResult<Request>> {
  const connection = await PlaygroundConnection.connect(port);
  try {
    return await connection.ask(request);
  } finally {
    connection.close();
  }
}

/** The ports on which playgrounds of this user run. */
export async function playgroundPorts(): Promise<number[]> {
  const ports = readdirSync(dirname(controlSocket(0)))
    .map((name) => Number(/^(\d+)\.sock$/.exec(name)?.[1]))
    .filter((port) => !Number.isNaN(port))
    .sort((a, b) => a - b);
  // A playground that was killed leaves its socket behind.
  const running = await Promise.all(
    ports.map((port) =>
      askPlayground(port, { command: "status" }).then(
        () => true,
        () => false,
      ),
    ),
  );
  return ports.filter((_, i) => running[i]);
}
