import { connect } from "node:net";
import { RefusedError } from "../errors";
import {
  type ControlAnswer,
  type ControlRequest,
  controlSocket,
  type PlaygroundStatus,
} from "./control-socket";

/** No playground listens on that port. */
export class NoPlaygroundError extends Error {}

/** Milliseconds that a playground may take to answer. */
const LIMIT = 10_000;
/** What connecting to a control socket says that nobody listens on. */
const NOBODY: readonly (string | undefined)[] = ["ENOENT", "ECONNREFUSED"];

/**
 * Asks the playground on a port.
 *
 * @throws NoPlaygroundError where none runs there, RefusedError where it refuses what was asked, Error where it failed.
 */
export function askPlayground(port: number, request: ControlRequest): Promise<PlaygroundStatus> {
  return new Promise((resolve, reject) => {
    const socket = connect(controlSocket(port));
    let text = "";
    socket.setTimeout(LIMIT, () =>
      socket.destroy(new Error(`The playground did not answer within ${LIMIT / 1000} s.`)),
    );
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.end(`${JSON.stringify(request)}\n`));
    socket.on("data", (chunk: string) => (text += chunk));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      reject(NOBODY.includes(error.code) ? new NoPlaygroundError(error.message) : error),
    );
    socket.on("close", (failed) => {
      if (failed) return;
      if (text === "") return reject(new Error("The playground ended before it answered."));
      const answer = JSON.parse(text) as ControlAnswer;
      if ("refused" in answer) reject(new RefusedError(answer.refused));
      else if ("failed" in answer) reject(new Error(answer.failed));
      else resolve(answer.status);
    });
  });
}
