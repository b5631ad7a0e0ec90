import { encodeFrame, FrameError, FrameType } from "./frame";

/** Bytes of an info request; clients and asadm send a few hundred. */
const MAX_REQUEST = 1024 * 1024;
/** Characters of an info response; the longest answer, `partition-info`, has some 400,000. */
const MAX_RESPONSE = 16 * 1024 * 1024;

/**
 * The commands of an info request: its lines. What stands behind the last newline is no command yet, and is dropped.
 * Throws {@link FrameError} on more than 1 MiB.
 */
export function decodeInfoRequest(body: Buffer): string[] {
  if (body.length > MAX_REQUEST) {
    throw new FrameError(`info request of ${body.length} bytes, more than ${MAX_REQUEST}`);
  }
  return linesOf(body);
}

function linesOf(body: Buffer): string[] {
  const lines = body.toString("utf8").split("\n");
  lines.pop();
  return lines;
}

/** One answered line of an info response: the command as it was asked, a tab, the answer. */
export interface InfoAnswer {
  readonly command: string;
  readonly answer: string;
}

/** An info response in the making: its answers come one by one. */
export class InfoResponse {
  private text = "";

  /** Characters so far. */
  get length(): number {
    return this.text.length;
  }

  /** Throws {@link FrameError} on more than 16 MiB in all. */
  add({ command, answer }: InfoAnswer): void {
    this.text += `${command}\t${answer}\n`;
    if (this.length > MAX_RESPONSE) throw new FrameError(`info response of more than ${MAX_RESPONSE} bytes`);
  }

  /** The whole of it, header included. */
  frame(): Buffer {
    return encodeFrame(FrameType.info, Buffer.from(this.text, "utf8"));
  }
}

/** The answers of an info response's body. */
export function decodeInfoResponse(body: Buffer): InfoAnswer[] {
  return linesOf(body).map((line) => {
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
