import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { ModelError } from "../../model/errors";
import type { HistoryOperation, OperationKind, OperationOutcome } from "../history";
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
  /**
   * Of a ledger that another host wrote: the microseconds to add to its times for the clock of the run, and by how many
   * those may then be wrong.
   * @default the run's own clock
   */
  readonly clock?: { readonly ahead: number; readonly within: number };
}

/** What is written before an operation is given to the client. */
export type Attempt = Pick<HistoryOperation, "kind" | "key" | "value" | "replaced" | "mode">;

/** What came of it. */
export interface Answer {
  readonly outcome: OperationOutcome;
  readonly code: number;
  readonly seen?: HistoryOperation["seen"];
}

/** Microseconds within which two clocks are read: less than the wall clock's own millisecond. */
const MOST_BETWEEN = 500;

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

  constructor(path: string, header: Omit<LedgerHeader, "ledger" | "wall" | "monotonic" | "clock">) {
    this.file = openSync(path, "wx");
    const full: LedgerHeader = {
      ledger: 1,
      ...header,
      ...bothClocks(),
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

/** The wall clock and the monotonic one at a moment: read anew where something came between, as on a busy host. */
function bothClocks(): Pick<LedgerHeader, "wall" | "monotonic"> {
  for (;;) {
    const before = monotonic();
    const wall = new Date().toISOString();
    const after = monotonic();
    if (after - before < MOST_BETWEEN) return { wall, monotonic: after };
  }
}

/** A ledger as read. */
export interface LedgerContents {
  readonly header: LedgerHeader;
  readonly operations: readonly HistoryOperation[];
  /** True where the last line is torn: the loader was killed while it wrote; what it says was never sent. */
  readonly torn: boolean;
}

const KINDS: readonly unknown[] = ["put", "append", "delete", "read"] satisfies OperationKind[];
const OUTCOMES: readonly unknown[] = ["ok", "not-sent", "refused", "unknown"] satisfies OperationOutcome[];

/** Characters of a line that are shown. */
const SHOWN = 60;

/**
 * Reads a ledger. An attempt without outcome is unknown and open-ended. An operation of another host begins as early and
 * ends as late as the clocks allow: those that may have overlapped count as concurrent.
 *
 * @throws ModelError with file and line where it is none, or of another version, or a line before the last is damaged.
 */
export function readLedger(path: string): LedgerContents {
  const lines = textOf(path).split("\n");
  // What a whole file ends with is a line break, so that nothing follows it.
  const last = lines.pop()!;
  const torn = last !== "";
  const refuse = (index: number, expected: string): never => {
    const got = JSON.stringify((lines[index] ?? last).slice(0, SHOWN));
    throw new ModelError(
      `${path}:${index + 1}: this is no line of a ledger: got ${got}; expected ${expected}. Give a file that stretch load or stretch run wrote, as it wrote it.`,
    );
  };
  const parsed = lines.map((line, index): Record<string, unknown> => {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
    } catch {
      // Told below.
    }
    return refuse(index, "an object in JSON");
  });
  const [header, ...entries] = parsed as [LedgerHeader | undefined, ...Record<string, unknown>[]];
  if (typeof header?.client !== "string" || header.ledger !== 1) {
    return refuse(0, 'the first line of a ledger that this version reads, with "ledger": 1 and "client"');
  }
  const { ahead = 0, within = 0 } = header.clock ?? {};
  const operations: HistoryOperation[] = [];
  for (const [i, { a, o, t, ...rest }] of entries.entries()) {
    if (a !== undefined) {
      const attempt = rest as unknown as Attempt;
      if (
        a !== operations.length ||
        typeof t !== "number" ||
        !KINDS.includes(attempt.kind) ||
        !isKey(attempt.key)
      ) {
        refuse(i + 1, `attempt ${operations.length}: a, t, kind and key (SET/KEY)`);
      }
      operations.push({
        client: header.client,
        ...attempt,
        outcome: "unknown",
        start: (t as number) + ahead - within,
      });
    } else {
      const { outcome, code, seen } = rest as unknown as Answer;
      const asked = operations[o as number];
      if (
        asked === undefined ||
        asked.end !== undefined ||
        typeof t !== "number" ||
        !OUTCOMES.includes(outcome)
      ) {
        refuse(i + 1, "the outcome of an attempt before it that has none: o, t, outcome and code");
      }
      operations[o as number] = {
        ...asked,
        outcome,
        code,
        ...(seen !== undefined && { seen }),
        end: (t as number) + ahead + within,
      };
    }
  }
  return { header, operations, torn };
}

function isKey(key: unknown): boolean {
  return typeof key === "string" && key.indexOf("/") > 0;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ModelError(
      `The ledger ${path} cannot be read: ${(error as Error).message}. Expected a file that stretch load or stretch run wrote.`,
    );
  }
}
