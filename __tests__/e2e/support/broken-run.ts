import { join } from "node:path";
import { type Ran, stretchRun } from "./stretch-run";

/** What a broken cluster does wrong, once, at one record. */
export type Wrong =
  /** Acknowledges a write that it does not do. */
  | "drops"
  /** Answers a linearized read as it did an earlier one, long after two later writes. */
  | "answers-stale"
  /** Does not answer a write, shows its value once, and then the one before. */
  | "takes-back"
  /** Does an append twice. */
  | "appends-twice"
  /** Has the record again that it deleted. */
  | "resurrects";

/** A cluster's wrong, and the record that it befalls. */
export interface BrokenNode {
  readonly wrong: Wrong;
  readonly set: string;
  readonly id: number | string;
}

/** Runs `stretch run` on a rehearsal cluster that is made to do wrong. */
export function brokenRun(broken: BrokenNode, args: readonly string[]): Promise<Ran> {
  return stretchRun(args, {
    env: {
      BROKEN_NODE: JSON.stringify(broken),
      NODE_OPTIONS: `--require ${join(__dirname, "broken-node-preload.js")}`,
    },
  });
}
