import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";

/**
 * Asks for a word on a terminal.
 * @returns whether the word was typed; an end of input is a no
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
      void lines.question(question).then((answer) => resolve(answer.trim() === word));
    });
  } finally {
    lines.close();
  }
}
