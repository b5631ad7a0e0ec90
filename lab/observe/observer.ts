import type { Sample } from "./samples";

/** What looks at every node from its own side, and writes what it sees. */
export interface Observer {
  /** Resolves when it looks; rejects where it ended before. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended, its file whole; rejects where it died. */
  readonly ended: Promise<void>;
  /** The last sample of each node. */
  readonly last: ReadonlyMap<string, Sample>;
  stop(): Promise<void>;
}
