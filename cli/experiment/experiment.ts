import { type Fault, NO_FAULT, NONE, type RoundTrips, type Topology, type TopologyNode } from "../../model";
import type { Story } from "../../scenarios";
import { UsageError } from "../errors";
import { didYouMean } from "../nearest";

/** A cluster and its faults, of a scenario's stack or of a file. */
export interface Experiment {
  /** Name of the scenario, or the file. */
  readonly name: string;
  readonly topology: Topology;
  /** Round trips between its regions. */
  readonly roundTrips: RoundTrips;
  readonly faults: Readonly<Record<string, Fault>>;
  /** Its own story, where it has one. */
  readonly story?: Story;
  /** What its stack would deploy: the text of each node's aerospike.conf, by its id. Without, there is the topology alone. */
  confs?(): Readonly<Record<string, string>>;
  /** The side that a node stands on, in words ("London"). */
  sideOf(node: TopologyNode): string;
}

/**
 * A fault of the experiment by name; `none` breaks nothing.
 *
 * @throws UsageError where the experiment has no such fault.
 */
export function faultOf(experiment: Experiment, name: string): Fault {
  if (name === NONE) return NO_FAULT;
  if (!Object.hasOwn(experiment.faults, name)) {
    const names = [NONE, ...Object.keys(experiment.faults)];
    throw new UsageError(
      `${experiment.name} has no fault "${name}": expected one of ${names.join(", ")}.${didYouMean(name, names)}`,
    );
  }
  return experiment.faults[name];
}
