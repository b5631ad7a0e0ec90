import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import type { HistoryOperation, OperationOutcome } from "../history";
import { monotonic } from "./clock";

/** The first line of a ledger. */
export interface LedgerHeader {
  readonly ledger: 1;
  /** Where the clients stand: a region. */
  readonly place: string;
  /** The client of all its operations: `eu-west-2/1`. */
  readonly client: string;
  readonly workload: string;
  readonly seed: number;
  /** The wall clock when the ledger was begun, ISO 8601. */
  readonly wall: string;
  /** The monotonic clock at that moment, in microseconds. */
  readonly monotonic: number;
}

/** What is written before an operation is given to the client. */
export type Attempt = Pick<HistoryOperation, "kind" | "key" | "value" | "replaced" | "mode">;

/** What came of it. */
export interface Answer {
  readonly outcome: OperationOutcome;
  readonly code: number;
  readonly seen?: HistoryOperation["seen"];
}

/** Milliseconds after which outcomes are written though no attempt follows. */
const LATEST = 50;

/**
 * A ledger of attempts and their outcomes, JSON lines. An attempt is written, and `write(2)` has returned, before the
 * operation is given to the client: a loader that is killed loses no evidence (a power failure may). The attempts of one
 * turn of the event loop are written together; outcomes ride on the next write.
 */
export class Ledger {
  private readonly file: number;
  private serial = 0;
  private lines: string[] = [];
  private waiting: (() => void)[] = [];
  private scheduled = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(path: string, header: Omit<LedgerHeader, "ledger" | "wall" | "monotonic">) {
    this.file = openSync(path, "wx");
    const full: LedgerHeader = {
      ledger: 1,
      ...header,
      wall: new Date().toISOString(),
      monotonic: monotonic(),
    };
    writeSync(this.file, `${JSON.stringify(full)}\n`);
  }

  /** Writes the attempt; resolves with its number when the operation may be given to the client. */
  attempt(attempt: Attempt): Promise<number> {
    const serial = this.serial++;
    this.lines.push(JSON.stringify({ a: serial, t: monotonic(), ...attempt }));
    if (!this.scheduled) {
      this.scheduled = true;
      setImmediate(() => this.flush());
    }
    return new Promise((resolve) => this.waiting.push(() => resolve(serial)));
  }

  /** Notes what came of an attempt. */
  answered(serial: number, answer: Answer): void {
    this.lines.push(JSON.stringify({ o: serial, t: monotonic(), ...answer }));
    this.timer ??= setTimeout(() => this.flush(), LATEST);
  }

  /** Writes what is left, and closes it. */
  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.scheduled = false;
    if (this.lines.length > 0) {
      const bytes = Buffer.from(`${this.lines.join("\n")}\n`);
      for (let done = 0; done < bytes.length;) done += writeSync(this.file, bytes, done);
      this.lines = [];
    }
    const { waiting } = this;
    this.waiting = [];
    for (const go of waiting) go();
  }
}

/** A ledger as read. */
export interface LedgerContents {
  readonly header: LedgerHeader;
  readonly operations: readonly HistoryOperation[];
  /** True where the last line is torn: the loader was killed while it wrote; what it says was never sent. */
  readonly torn: boolean;
}

/**
 * Reads a ledger. An attempt without outcome is unknown and open-ended.
 *
 * @throws Error where the file is none, or a line before the last is damaged.
 */
export function readLedger(path: string): LedgerContents {
  const lines = readFileSync(path, "utf8").split("\n");
  // What a whole file ends with is a line break, so that nothing follows it.
  const torn = lines.pop() !== "";
  const parsed = lines.map((line, i) => {
    try {
      return JSON.parse(line) as Record<string, unknown>;
    } catch {
      throw new Error(`${path}:${i + 1}: expected a line of JSON, got ${JSON.stringify(line.slice(0, 60))}.`);
    }
  });
  const header = parsed.shift() as unknown as LedgerHeader | undefined;
  if (header?.ledger !== 1) {
    throw new Error(`${path}: expected a ledger, whose first line says { "ledger": 1 }.`);
  }
  const operations: HistoryOperation[] = [];
  for (const { a, o, t, ...rest } of parsed) {
    if (a !== undefined) {
      operations[a as number] = {
        client: header.client,
        ...(rest as unknown as Attempt),
        outcome: "unknown",
        start: t as number,
      };
    } else {
      const { outcome, code, seen } = rest as unknown as Answer;
      operations[o as number] = {
        ...operations[o as number],
        outcome,
        code,
        ...(seen !== undefined && { seen }),
        end: t as number,
      };
    }
  }
  return { header, operations, torn };
}
