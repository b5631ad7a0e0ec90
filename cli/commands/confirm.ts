import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";

/**
 * Asks for a word on a terminal.
 * @returns whether the word was typed; an end of input is a no, and so is Ctrl-C, which this process is told of as SIGINT
 */
export async function confirm(
  question: string,
  word: string,
  input: Readable = process.stdin,
  output: Writable = process.stderr,
): Promise<boolean> {
  const lines = createInterface({ input, output });
  try {
    return await new Promise<boolean>((resolve) => {
      lines.once("close", () => resolve(false));
      // A terminal that is read line by line gives Ctrl-C to its reader, in place of a signal.
      lines.once("SIGINT", () => {
        process.emit("SIGINT");
        lines.close();
      });
      lines.question(question).then(
        (answer) => resolve(answer.trim() === word),
        () => resolve(false),
      );
    });
  } finally {
    lines.close();
  }
}
