/** What a loader does. */
export const WORKLOADS = ["article", "register", "append", "lifecycle", "verify"] as const;
export type WorkloadName = (typeof WORKLOADS)[number];

/** Who logs in, where clients have to. The password goes to the lab's programs by {@link PASSWORD}, never as an argument. */
export interface LoginOptions {
  readonly user?: string;
  readonly password?: string;
}

/** How clients reach a cluster's servers. */
export interface ConnectOptions extends LoginOptions {
  /**
   * TLS of the servers: a name in their certificate, and paths of PEM files: the certificates of whom to trust, and this
   * client's own where the servers ask for it.
   * @default none: plain
   */
  readonly tls?: {
    readonly name: string;
    readonly caFile: string;
    readonly certFile?: string;
    readonly keyFile?: string;
  };
  /** Whether clients use the alternate addresses. @default false */
  readonly alternate?: boolean;
}

/** Variable of the environment that holds the password of `user`. */
export const PASSWORD = "STRETCH_PASSWORD";

/** The pace of the article's application: one put at a time, 200 ms apart. */
export const ARTICLE_PACE = { rate: 5, inFlight: 1 } as const;

/** How a loader is started: plain data, so that it can be sent to another host. */
export interface LoaderOptions extends ConnectOptions {
  /** `host:port`, several separated by commas. */
  readonly hosts: string;
  readonly namespace: string;
  /** Whether the namespace is strongly consistent. @default the server is asked */
  readonly strongConsistency?: boolean;
  /** Where it stands: a region, or any name. */
  readonly place: string;
  /** Its name among the loaders of the run: `eu-west-2/1`. */
  readonly client: string;
  readonly workload: WorkloadName;
  /** Path of the ledger, which must not be there yet. */
  readonly ledger: string;
  readonly seed: number;
  /**
   * Keys to put once each, or to read back (`set/key`), in this order; it ends with them. A put waits 10 s for its answer,
   * anything else 1 s.
   * @default it goes on until it is stopped
   */
  readonly keys?: readonly (number | string)[];
  /** The first error ends it, and it does one thing at a time. @default false */
  readonly untilError?: boolean;
  /** Operations a second. @default 500 */
  readonly rate?: number;
  /** Operations at the same time. @default 64 */
  readonly inFlight?: number;
  /** Records that `register` and `append` share. @default 256 */
  readonly records?: number;
  /** Seconds after which it ends. @default none */
  readonly seconds?: number;
  /** Operations after which it ends. @default none */
  readonly count?: number;
}

/** Why a loader ended. */
export type LoaderEnd =
  | { readonly reason: "done" | "stopped" }
  | { readonly reason: "error"; readonly code: number; readonly message: string };

/** Quantiles of the latencies of operations that went well, milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What a loader says on its standard output, a line of JSON each. */
export type LoaderMessage =
  | { readonly event: "ready" }
  | {
      readonly event: "progress";
      readonly counts: Readonly<Record<"ok" | "not-sent" | "refused" | "unknown", number>>;
      readonly codes: Readonly<Record<string, number>>;
      /** Absent where nothing went well in that second. */
      readonly latency?: Latency;
    }
  | { readonly event: "end"; readonly end: LoaderEnd };
