import type { Terminal } from "../report/terminal";

/** What a command writes to, so that tests can read it. */
export interface Output extends Terminal {
  /** Writes a line, or several, to standard output. */
  print(text: string): void;
  /** Writes a line, or several, to standard error. */
  complain(text: string): void;
}
