import { type HealthyCluster, predict, type Prediction } from "../../model";
import { Foretelling } from "../../lab/run/foretold";
import { type Experiment, faultOf } from "./experiment";

/** The fault that is asked for, and the one that was on before it. */
interface Asked {
  readonly fault: string;
  readonly after?: string;
}

/** "half", "half after split". */
export function faultInWords({ fault, after }: Asked): string {
  return after === undefined ? fault : `${fault} after ${after}`;
}

/**
 * What a fault does to a healthy cluster; with `after` to what that fault has left, its migrations ended: clusters that have formed
 * stay while they can.
 *
 * @throws UsageError where the experiment has no such fault.
 */
export function predicted(
  healthy: HealthyCluster,
  experiment: Experiment,
  { fault, after }: Asked,
): Prediction {
  if (after === undefined) return predict(healthy, faultOf(experiment, fault));
  const foretelling = new Foretelling(healthy.topology, healthy.roster);
  foretelling.setFault(faultOf(experiment, after));
  foretelling.migrated();
  foretelling.setFault(faultOf(experiment, fault));
  return foretelling.prediction();
}
