import { type HealthyCluster, operations, type OperationTime, type RoundTrips } from "../../model";
import type { Times } from "../../lab/foretell/times";
import { nameOf } from "../../lab/run/sides";
import { table } from "./table";
import type { Terminal } from "./terminal";
import { wrapped } from "./text";

/** The times as a table, a place a column; nothing where all nodes are in one region. */
export function showTimes(
  { topology }: HealthyCluster,
  times: Times,
  roundTrips: RoundTrips,
  sides: ReadonlyMap<string, readonly string[]>,
  terminal: Terminal,
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
      terminal,
    ),
    wrapped(`Round trips: ${roundTrips.source}.`, terminal.columns),
    "",
  ];
}

function timeText(time: OperationTime | undefined): string {
  if (time === undefined) return "not known";
  const mean = Number(time.mean.toFixed(1));
  return mean === time.worst ? `${mean}` : `${mean}, at worst ${Number(time.worst.toFixed(1))}`;
}
