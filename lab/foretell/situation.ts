import type { Fault, HealthyCluster, Prediction, RoundTrips } from "../../model";

/** What advice is given on. */
export interface Situation {
  readonly healthy: HealthyCluster;
  readonly fault: Fault;
  readonly prediction: Prediction;
  /** New connections that are refused, in words, a line a region. */
  readonly refused: readonly string[];
  readonly roundTrips: RoundTrips;
  readonly sides: ReadonlyMap<string, readonly string[]>;
}
