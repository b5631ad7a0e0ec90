import {
  type Fault,
  type HealthyCluster,
  isWhole,
  NO_FAULT,
  type Operation,
  operations,
  operationTime,
  type OperationTime,
  partitionCounts,
  type PartitionMap,
  type Prediction,
  type RoundTrips,
} from "../../model";
import { sidesOf } from "../run/sides";

/** What the network adds to each operation from a region, in milliseconds; undefined where the table lacks a pair. */
export type Times = Readonly<Record<string, Readonly<Record<Operation, OperationTime | undefined>>>>;

/**
 * The times of operations from each region where something is served, by region. Clients of a region are beside the
 * sub-cluster that has most of its nodes.
 */
export function timesOf(
  healthy: HealthyCluster,
  prediction: Prediction,
  roundTrips: RoundTrips,
  { links }: Fault = NO_FAULT,
): Times {
  const { topology } = healthy;
  const sides = sidesOf(topology, ({ region }) => region ?? "");
  const maps = isWhole(prediction) ? [healthy.map] : prediction.subClusters;
  const times: Record<string, Record<Operation, OperationTime | undefined>> = {};
  for (const [region, ids] of sides) {
    const here = (map: PartitionMap) => ids.filter((id) => map.members.includes(id)).length;
    const beside = maps.reduce<PartitionMap | undefined>(
      (best, map) => (here(map) > (best ? here(best) : 0) ? map : best),
      undefined,
    );
    if (region === "" || beside === undefined || partitionCounts(beside).available === 0) continue;
    times[region] = Object.fromEntries(
      operations.map((operation) => [
        operation,
        operationTime(topology, beside, roundTrips, region, operation, links),
      ]),
    ) as Record<Operation, OperationTime | undefined>;
  }
  return times;
}
