/**
 * The experiment of a scenario or of a topology file, as plain data: what is done, in order, and what is expected.
 * Sides are named as the preview names them ("London"), or by region ("eu-west-2").
 */
export interface Story {
  readonly steps: readonly Step[];
  /** @default full service and nothing lost at the end, and during the fault what the model predicts */
  readonly expect?: Objectives;
}

/** One step. The keys say which: each has one. */
export type Step =
  | { readonly load: Load }
  | { readonly wait: number | Wait }
  | { readonly fault: string }
  | { readonly observe: string }
  | { readonly stop: Nodes & { readonly kind?: "clean" | "unclean" | "empty" | "reboot" } }
  | { readonly start: Nodes }
  | { readonly recover: Recovery }
  | { readonly heal: true }
  | { readonly verify: true };

/**
 * For what a step waits, at most {@link WAIT_LIMIT_SECONDS}, on a deployed cluster 300 s: that all know their cluster, or that
 * migrations have ended too.
 */
export type Wait = "settled" | "migrated";

/** Clients that load: a process a place, connected when the step begins. */
export interface Load {
  /** Sides whose clients load. @default all */
  readonly from?: string | readonly string[];
  /** What they do. @default "article" with keys, "register" without */
  readonly workload?: "article" | "register" | "append" | "lifecycle";
  /** Keys to put once each, in this order: a list, or from a first one to before a last one. The step ends with them. @default none: the load goes on beside the next steps until the first `heal` is settled, or the story's end */
  readonly keys?: readonly number[] | { readonly from: number; readonly to: number };
  /** `error`: the first error ends the step, as it ends the article's application. @default "done" */
  readonly until?: "done" | "error";
  /** Operations a second a place. @default 500 */
  readonly rate?: number;
}

/** Nodes by id or by rack. */
export type Nodes = { readonly nodes: readonly string[] } | { readonly rack: number };

/** An operator's step of the runbook. */
export type Recovery =
  | { readonly step: "reroster"; readonly confirmedDown: number }
  | { readonly step: "promote"; readonly rack: number; readonly confirmedDown?: number }
  | { readonly step: "bring-back"; readonly rack: number }
  | { readonly step: "revive" };

/** What a run has to show. What is left out of `during` is what the model predicts. */
export interface Objectives {
  /** The state that the run begins with; where it is not so, nothing is broken. @default { unavailable: 0, dead: 0, migrating: 0 } */
  readonly before?: { readonly unavailable?: number; readonly dead?: number; readonly migrating?: number };
  /** Partitions that each side serves once the fault has settled; a side is what the preview names as one. */
  readonly during?: Readonly<Record<string, { readonly serves: number }>>;
  /** Partitions served at the end, acknowledged writes lost, and stale reads. @default { serves: 4096, lost: 0, stale: 0 } */
  readonly after?: { readonly serves?: number; readonly lost?: number; readonly stale?: number };
  /** By when, for the clients of each region, a fault is detected, the partitions that are served at all are served again, and full service is back after the heal: `5s`, `500ms`, `2m`. */
  readonly recovery?: { readonly detect?: string; readonly serve?: string; readonly full?: string };
  /** What ends the run at once, healed. */
  readonly stopIf?: readonly StopCondition[];
}

/** A figure of the cluster, as the observer sees it from any node, above which the run stops. */
export interface StopCondition {
  readonly metric: Metric;
  readonly above: number;
}

/** Figures that can stop a run: partitions dead or unavailable, partitions to migrate, clusters. */
export const METRICS = ["dead", "unavailable", "migrating", "clusters"] as const;

/** One of {@link METRICS}. */
export type Metric = (typeof METRICS)[number];

/** Seconds that a step waits for the cluster. */
export const WAIT_LIMIT_SECONDS = 120;

/** The story of whatever has none: 3 s steady, the fault, 10 s more, healed and read back; every place loads throughout. */
export function defaultStory(fault: string): Story {
  return {
    steps: [
      { load: {} },
      { wait: 3 },
      { observe: "steady" },
      { fault },
      { wait: 10 },
      // Nodes that are left out block 10 to 15 s after the fault: until then they seem to serve.
      { wait: "settled" },
      { observe: fault },
      { heal: true },
      { wait: "migrated" },
      { observe: "healed" },
      { verify: true },
    ],
  };
}
