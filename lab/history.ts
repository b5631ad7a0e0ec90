/** What became of an operation: `error.inDoubt` alone decides unknown, else a negative code is the client's own (never sent). */
export type OperationOutcome = "ok" | "not-sent" | "refused" | "unknown";

/** What an operation did: put a value, append an element, delete durably, or read. */
export type OperationKind = "put" | "append" | "delete" | "read";

/** The modes in which a record is read: by the order of one client, or by the order of all (linearized). */
export type ReadMode = "session" | "linearized";

/**
 * One operation of a run, as the ledger of its place tells it. Values are written once in a run, so that a read tells
 * which write it saw.
 */
export interface HistoryOperation {
  /** Who asked, one client process with its own connections: `London/1`. Session reads are held to its own order. */
  readonly client: string;
  readonly kind: OperationKind;
  readonly key: string;
  /** The value put, or the element appended; absent in reads and deletes. */
  readonly value?: string;
  /** The value that a conditional put replaced, null where it created the record; absent where the put had no condition. */
  readonly replaced?: string | null;
  /** The mode of a read. */
  readonly mode?: ReadMode;
  /** What an acknowledged read saw: a value, the elements of a list in order, or null where there was no record. */
  readonly seen?: string | readonly string[] | null;
  readonly outcome: OperationOutcome;
  /** The client's code: 0 ok, positive from the server, negative from the client itself. Absent while nothing came back. */
  readonly code?: number;
  /** When it was given to the client, in microseconds of the host's monotonic clock. */
  readonly start: number;
  /** When its answer came, in the same unit; absent where none came (the loader died): open-ended. */
  readonly end?: number;
}
