import { type HealthyCluster, predict, type Prediction } from "../../model";
import { Foretelling } from "../../lab/run/foretold";
import { type Experiment, faultOf } from "./experiment";

/**
 * What a fault does to a healthy cluster; with `after` to what that fault has left, its migrations ended: clusters that have formed
 * stay while they can.
 *
 * @throws UsageError where the experiment has no such fault.
 */
export function predicted(
  healthy: HealthyCluster,
  experiment: Experiment,
  { fault, after }: { readonly fault: string; readonly after?: string },
): Prediction {
  if (after === undefined) return predict(healthy, faultOf(experiment, fault));
  const foretelling = new Foretelling(healthy.topology, healthy.roster);
  foretelling.setFault(faultOf(experiment, after));
  foretelling.migrated();
  foretelling.setFault(faultOf(experiment, fault));
  return foretelling.prediction();
}
