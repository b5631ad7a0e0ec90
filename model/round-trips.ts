import { ModelError } from "./errors";
import { DEFAULT_HEARTBEATS } from "./quantum";

/** Round trips between regions, in milliseconds. */
export interface RoundTrips {
  /** Where the figures come from, and of when. */
  readonly source: string;
  /** Milliseconds by region and region; a pair needs to stand in one direction only. */
  readonly between: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Milliseconds between two hosts of one region. */
  readonly within: number;
}

const REGIONS = [
  "us-east-1",
  "us-east-2",
  "us-west-2",
  "ca-central-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-central-1",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
] as const;

/** Row by row, from each region to those that stand behind it in {@link REGIONS}. */
const ROWS = [
  [15, 64, 16, 70, 78, 84, 93, 191, 219, 200, 149],
  [51, 27, 80, 88, 95, 104, 202, 203, 188, 135],
  [61, 118, 129, 135, 142, 222, 161, 141, 98],
  [69, 79, 86, 93, 192, 215, 198, 145],
  [14, 20, 27, 126, 182, 256, 201],
  [11, 18, 117, 172, 266, 212],
  [12, 109, 167, 280, 218],
  [129, 161, 252, 227],
  [64, 154, 134],
  [95, 71],
  [107],
];

/**
 * Round trips between AWS regions: TCP connects to public endpoints, not over peering, the mean of both directions of
 * the median of a year (cloudping.co, captured 2025-05-29). Within a region the table has public endpoints too, so 1 ms
 * is taken in its place: hosts in zones of one region.
 */
export const AWS_ROUND_TRIPS: RoundTrips = {
  source: "cloudping.co, medians of a year, captured 2025-05-29",
  between: Object.fromEntries(
    ROWS.map((row, i) => [
      REGIONS[i],
      Object.fromEntries(row.map((milliseconds, j) => [REGIONS[i + 1 + j], milliseconds])),
    ]),
  ),
  within: 1,
};

/**
 * The round trip between hosts of two regions, in milliseconds; undefined where the table has no such pair. A host
 * without a region is in a place of its own that no table knows, but beside others without one.
 */
export function roundTrip(
  table: RoundTrips,
  a: string | undefined,
  b: string | undefined,
): number | undefined {
  if (a === b) return table.within;
  if (a === undefined || b === undefined) return undefined;
  return table.between[a]?.[b] ?? table.between[b]?.[a];
}

/** Round trips of one's own over a table: pairs that they name win. */
export function overRoundTrips(
  own: Pick<RoundTrips, "source" | "between"> & Partial<Pick<RoundTrips, "within">>,
  table: RoundTrips = AWS_ROUND_TRIPS,
): RoundTrips {
  const between: Record<string, Record<string, number>> = {};
  for (const from of [table.between, own.between]) {
    for (const [a, row] of Object.entries(from)) {
      for (const [b, milliseconds] of Object.entries(row)) {
        if (!(milliseconds >= 0 && milliseconds <= MOST_ROUND_TRIP)) {
          throw new ModelError(
            `The round trip ${a} - ${b} is ${milliseconds}: expected milliseconds from 0 to ${MOST_ROUND_TRIP}. Correct it.`,
          );
        }
        // One home a pair, so that a pair given the other way round wins too.
        const [first, second] = [a, b].sort();
        (between[first] ??= {})[second] = milliseconds;
      }
    }
  }
  return { source: `${own.source}; else ${table.source}`, between, within: own.within ?? table.within };
}

/** Most that a server takes for `fabric.latency-max-ms` (configuration reference, network/fabric). */
export const MOST_LATENCY_MAX_MS = 1000;
/** Milliseconds: more is no round trip on earth. */
export const MOST_ROUND_TRIP = 10_000;

/** One-way latency between the farthest regions, in whole milliseconds, and pairs that the table lacks. */
export interface LatencyMax {
  /** 1.5 times half of the largest round trip: at least the server's default 5, at most its limit 1000. */
  readonly milliseconds: number;
  /** Pairs of regions without a figure: they are not in it. */
  readonly unknown: readonly (readonly [string, string])[];
}

/**
 * What `fabric.latency-max-ms` has to be for nodes in these regions. It is the one-way latency that the server reckons
 * with; too low, and clusters form late or flap.
 */
export function latencyMax(
  regions: Iterable<string | undefined>,
  table: RoundTrips = AWS_ROUND_TRIPS,
): LatencyMax {
  const pairs = pairsOf(regions);
  const known = pairs.map(([a, b]) => roundTrip(table, a, b)).filter((ms) => ms !== undefined);
  const largest = Math.max(0, ...known);
  return {
    milliseconds: Math.min(
      MOST_LATENCY_MAX_MS,
      Math.max(DEFAULT_HEARTBEATS.latencyMaxMs, Math.ceil((1.5 * largest) / 2)),
    ),
    unknown: pairs.filter(([a, b]) => roundTrip(table, a, b) === undefined),
  };
}

/** Two regions and the one-way latency between them, in milliseconds. */
export interface Distance {
  readonly regions: readonly [string, string];
  readonly oneWay: number;
}

/** Pairs of regions that are farther apart, one way, than `fabric.latency-max-ms` says; the farthest first. */
export function beyondLatencyMax(
  regions: Iterable<string | undefined>,
  latencyMaxMs: number,
  table: RoundTrips = AWS_ROUND_TRIPS,
): Distance[] {
  return pairsOf(regions)
    .map(([a, b]) => ({ regions: [a, b] as const, oneWay: (roundTrip(table, a, b) ?? 0) / 2 }))
    .filter(({ oneWay }) => oneWay > latencyMaxMs)
    .sort((a, b) => b.oneWay - a.oneWay);
}

function pairsOf(regions: Iterable<string | undefined>): (readonly [string, string])[] {
  const all = [...new Set(regions)].filter((region) => region !== undefined);
  return all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b] as const));
}
