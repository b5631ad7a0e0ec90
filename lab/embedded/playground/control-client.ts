import { connect } from "node:net";
import {
  type ControlAnswer,
  type ControlRequest,
  controlSocket,
  type PlaygroundStatus,
} from "./control-socket";

/** No playground listens on that port. */
export class NoPlaygroundError extends Error {}

/** The playground refused the request. */
export class RefusedError extends Error {}

/** Milliseconds that a playground may take to answer. */
const LIMIT = 10_000;

/**
 * Asks the playground on a port.
 *
 * @throws NoPlaygroundError where none runs there, RefusedError where it does not do what was asked.
 */
export function askPlayground(port: number, request: ControlRequest): Promise<PlaygroundStatus> {
  return new Promise((resolve, reject) => {
    const socket = connect(controlSocket(port));
    let text = "";
    socket.setTimeout(LIMIT, () => socket.destroy(new Error(`No answer within ${LIMIT / 1000} s.`)));
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.end(`${JSON.stringify(request)}\n`));
    socket.on("data", (chunk: string) => (text += chunk));
    socket.on("error", ({ message }) => reject(new NoPlaygroundError(message)));
    socket.on("close", (failed) => {
      if (failed) return;
      if (text === "") return reject(new NoPlaygroundError("The playground ended before it answered."));
      const answer = JSON.parse(text) as ControlAnswer;
      if ("error" in answer) reject(new RefusedError(answer.error));
      else resolve(answer.status);
    });
  });
}
