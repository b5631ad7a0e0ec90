import type { LoaderEnd, LoaderMessage, LoaderOptions } from "./options";

/** What a loader has done so far. */
export type LoaderProgress = Omit<Extract<LoaderMessage, { event: "progress" }>, "event">;

/** What a loader has done before its first message. */
export const NOTHING_DONE: LoaderProgress = {
  counts: { ok: 0, "not-sent": 0, refused: 0, unknown: 0 },
  codes: {},
};

/** A loader at work, in a process of this machine or on another host. */
export interface RunningLoader {
  readonly options: Pick<LoaderOptions, "client" | "place">;
  readonly progress: LoaderProgress;
  /** Resolves when its client is connected; rejects where it ended before. */
  readonly ready: Promise<void>;
  /** Resolves with its end, its ledger whole and in its place; rejects where it died. */
  readonly ended: Promise<LoaderEnd>;
  /** Ends it once what is in flight is answered. */
  stop(): Promise<LoaderEnd>;
}
