import {
  type Fault,
  type HealthyCluster,
  isWhole,
  NO_FAULT,
  type Operation,
  operations,
  operationTime,
  type OperationTime,
  type PartitionMap,
  type Prediction,
  type RoundTrips,
} from "../../model";
import { nameOf, sidesOf } from "../../lab/run/sides";
import { table } from "./table";

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
    if (region === "" || beside === undefined) continue;
    times[region] = Object.fromEntries(
      operations.map((operation) => [
        operation,
        operationTime(topology, beside, roundTrips, region, operation, links),
      ]),
    ) as Record<Operation, OperationTime | undefined>;
  }
  return times;
}

/** The times as a table, a place a column; nothing where all nodes are in one region. */
export function showTimes(
  { topology }: HealthyCluster,
  times: Times,
  roundTrips: RoundTrips,
  sides: ReadonlyMap<string, readonly string[]>,
): string[] {
  if (new Set(topology.nodes.map(({ region }) => region)).size < 2 || Object.keys(times).length === 0)
    return [];
  const places = Object.keys(times);
  const names = places.map((place) =>
    nameOf({ members: topology.nodes.filter(({ region }) => region === place).map(({ id }) => id) }, sides),
  );
  const rows = operations.map((operation) => [
    operation,
    ...places.map((place) => timeText(times[place][operation])),
  ]);
  return [
    table(
      "What the network adds to an operation, ms (predicted)",
      ["Operation", ...names.map((name) => `from ${name}`)],
      rows,
    ),
    `Round trips: ${roundTrips.source}.`,
    "",
  ];
}

function timeText(time: OperationTime | undefined): string {
  if (time === undefined) return "not known";
  const mean = Number(time.mean.toFixed(1));
  return mean === time.worst ? `${mean}` : `${mean}, at worst ${Number(time.worst.toFixed(1))}`;
}
