import { encodeFrame, FrameType } from "./frame";

/** The commands of an info request: its lines. What stands behind the last newline is no command yet, and is dropped. */
export function decodeInfoRequest(body: Buffer): string[] {
  const lines = body.toString("utf8").split("\n");
  lines.pop();
  return lines;
}

/** One answered line of an info response: the command as it was asked, a tab, the answer. */
export interface InfoAnswer {
  readonly command: string;
  readonly answer: string;
}

/** A whole info response, header included. */
export function encodeInfoResponse(answers: readonly InfoAnswer[]): Buffer {
  const text = answers.map(({ command, answer }) => `${command}\t${answer}\n`).join("");
  return encodeFrame(FrameType.info, Buffer.from(text, "utf8"));
}

/** The answers of an info response's body. */
export function decodeInfoResponse(body: Buffer): InfoAnswer[] {
  return decodeInfoRequest(body).map((line) => {
    const tab = line.indexOf("\t");
    return tab < 0
      ? { command: line, answer: "" }
      : { command: line.slice(0, tab), answer: line.slice(tab + 1) };
  });
}

/** A whole info request, header included. */
export function encodeInfoRequest(commands: readonly string[]): Buffer {
  return encodeFrame(FrameType.info, Buffer.from(commands.map((command) => `${command}\n`).join(""), "utf8"));
}
