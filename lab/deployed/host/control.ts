import type { LoaderEnd, LoaderOptions } from "../../load/options";
import type { LoaderProgress } from "../../load/running-loader";

/** A loader as the operator wants it on a host. */
export interface WantedLoader {
  /** Addresses without ports, and the ledger's name without a folder: the host knows the rest. */
  readonly options: Omit<LoaderOptions, "user" | "password" | "tls">;
  /** Ends it once what is in flight is answered. */
  readonly stop?: boolean;
}

/** What the operator wants of a host: the object `control.json` below its prefix. */
export interface Control {
  readonly loaders: readonly WantedLoader[];
  /** Whether it ends, loaders and all. */
  readonly end?: boolean;
}

/** A loader as its host tells. */
export interface LoaderState {
  readonly client: string;
  readonly ready: boolean;
  readonly progress: LoaderProgress;
  readonly end?: LoaderEnd;
  /** Why it died. */
  readonly error?: string;
  /** Whether its ledger is in the bucket. */
  readonly put?: boolean;
}

/** How a host goes on: the object `state.json` below its prefix. */
export interface HostState {
  /** Milliseconds of the epoch, by its clock. */
  readonly at: number;
  readonly loaders: readonly LoaderState[];
  readonly ended: boolean;
  /** Why it does not know what is wanted now. */
  readonly deaf?: string;
}

/** Names of the objects below the prefix of a run on a host. */
export const CONTROL = "control.json";
export const STATE = "state.json";
/** The object of a ledger. */
export const ledgerObject = (ledger: string) => `${ledger}.gz`;
