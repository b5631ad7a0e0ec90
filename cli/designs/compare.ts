import {
  healthyCluster,
  type Loss,
  Losses,
  NO_FAULT,
  PARTITIONS,
  predict,
  type RoundTrips,
  type Topology,
} from "../../model";
import { timesOf } from "../../lab/foretell/times";

/** A design to be judged. */
export interface Design {
  readonly name: string;
  readonly topology: Topology;
  readonly roundTrips: RoundTrips;
  /** USD an hour; undefined where the table of prices lacks something. */
  readonly hourly: number | undefined;
}

/** What is left after losses, a share of the partitions. */
export interface Share {
  /** Percent of the partitions that the sub-cluster which serves most serves. */
  readonly percent: number;
  readonly losses: readonly string[];
}

/** A design judged. */
export interface Judged {
  readonly name: string;
  readonly nodes: number;
  readonly copies: number;
  /** After each single loss. */
  readonly single: readonly (Share & { readonly kind: Loss["kind"] })[];
  /** The worst single loss of each kind; a kind that the design does not have is left out. */
  readonly worst: Readonly<Partial<Record<Loss["kind"], Share>>>;
  /** The worst case of two losses. */
  readonly two: Share | undefined;
  /** Milliseconds that the network adds, a region's clients; undefined where a round trip is not known. */
  readonly times: Readonly<Record<string, { readonly write?: number; readonly linearizedRead?: number }>>;
  readonly hourly: number | undefined;
}

/** Judges a design by what is left of it and what it costs. */
export function judge({ name, topology, roundTrips, hourly }: Design): Judged {
  const healthy = healthyCluster(topology);
  const losses = new Losses(healthy);
  const shareOf = (set: readonly Loss[]): Share => ({
    percent: (losses.after(set).served * 100) / PARTITIONS,
    losses: set.map((loss) => loss.name),
  });
  const single = losses.all.map((loss) => ({ kind: loss.kind, ...shareOf([loss]) }));
  const pairs = [...losses.sets(2)].map(shareOf);
  const times = timesOf(healthy, predict(healthy, NO_FAULT), roundTrips);
  return {
    name,
    nodes: topology.nodes.length,
    copies: topology.namespace.replicationFactor,
    single,
    worst: Object.fromEntries(
      (["node", "rack", "region", "link"] as const).flatMap((kind) => {
        const least = leastOf(single.filter((share) => share.kind === kind));
        return least ? [[kind, { percent: least.percent, losses: least.losses }]] : [];
      }),
    ),
    two: leastOf(pairs),
    times: Object.fromEntries(
      Object.entries(times).map(([region, by]) => [
        region,
        { write: by.write?.mean, linearizedRead: by["linearized read"]?.mean },
      ]),
    ),
    hourly,
  };
}

function leastOf<T extends Share>(shares: readonly T[]): T | undefined {
  return shares.reduce<T | undefined>(
    (least, share) => (least && least.percent <= share.percent ? least : share),
    undefined,
  );
}

/** The least share after any single loss. */
export function surely({ single }: Judged): number {
  return Math.min(100, ...single.map(({ percent }) => percent));
}

/** Mean over the regions of what the network adds to a write; undefined where it is not known. */
export function writeTime({ times }: Judged): number | undefined {
  const writes = Object.values(times).map(({ write }) => write);
  if (writes.length === 0 || writes.includes(undefined)) return undefined;
  return (writes as number[]).reduce((sum, write) => sum + write, 0) / writes.length;
}

/**
 * Designs, the best first: by what is left after the worst single loss, then after the worst two, then by the time of a write,
 * then by price. What is not known counts as most.
 */
export function ranked(designs: readonly Judged[]): Judged[] {
  const criteria: ((design: Judged) => number)[] = [
    (design) => -surely(design),
    (design) => -(design.two?.percent ?? 0),
    (design) => writeTime(design) ?? Infinity,
    (design) => design.hourly ?? Infinity,
  ];
  return [...designs].sort((a, b) => {
    const deciding = criteria.find((of) => of(a) !== of(b));
    return deciding ? deciding(a) - deciding(b) : 0;
  });
}
