import {
  AWS_ROUND_TRIPS,
  connections,
  type Fault,
  type HealthyCluster,
  healthyCluster,
  operations,
  type Outcome,
  outcomeCounts,
  partitionCounts,
  PARTITIONS,
  type Prediction,
  type Topology,
} from "../../model";
import { adviceOf } from "../../lab/foretell/advice";
import { evidence } from "../../lab/foretell/evidence";
import { orphansText, unsteadyText } from "../../lab/foretell/orphans";
import type { Foretelling } from "../../lab/run/foretold";
import { orphansBySide, placesOf, refusalsInWords } from "../../lab/foretell/places";
import { type Times, timesOf } from "../../lab/foretell/times";
import { nameOf, sidesOf } from "../../lab/run/sides";
import { type Owners, orderOf, ownersOf } from "../drawings/owners";
import { regionOf } from "../drawings/topology";
import {
  brokenAfter,
  continued,
  type Design,
  type ExplorerStep,
  faultOf,
  foretell,
  topologyOf,
} from "./state";

/** What clients at a place get, by code. */
export interface ClientRow {
  readonly operation: (typeof operations)[number];
  readonly connected: (typeof connections)[number];
  readonly place: string;
  readonly counts: Readonly<Record<Outcome, number>>;
}

/** A cluster that there is. */
export interface ClusterView {
  readonly name: string;
  readonly members: readonly string[];
  readonly serves: number;
  readonly unavailable: number;
  readonly dead: number;
}

/** All that is shown of a design after the steps. */
export interface View {
  readonly topology: Topology;
  readonly fault: Fault;
  readonly clusters: readonly ClusterView[];
  readonly orphans: readonly string[];
  readonly down: readonly string[];
  /** What orphans do until they block and after, and what does not stay as it is, a sentence each. */
  readonly remarks: readonly string[];
  /** How far it is backed by what was checked against a real server. */
  readonly evidence: string;
  readonly healthyOwners: Owners;
  /** By cluster as {@link clusters}; after them of all together. */
  readonly owners: readonly Owners[];
  readonly order: readonly number[];
  readonly clients: readonly ClientRow[];
  readonly advice: readonly string[];
  readonly times: Times;
  readonly roundTrips: string;
}

/** What comes of the steps, all by the model: as `stretch preview` says it. */
export function viewOf(
  design: Design,
  steps: readonly ExplorerStep[],
  names: Readonly<Record<string, string>> = {},
): View {
  const topology = topologyOf(design);
  const healthy = healthyOf(design);
  const fault = faultOf(topology, brokenAfter(steps));
  const foretelling = foretoldOf(design, steps, healthy);
  const prediction = foretelling.prediction();
  const sides = sidesOf(topology, (node) => names[regionOf(node)] ?? regionOf(node));
  const maps = prediction.subClusters;
  const healthyOwners = ownersOf(topology, [healthy.map]);
  const all = ownersOf(topology, maps);
  const refused = refusalsInWords(topology, fault, sides);
  return {
    topology,
    fault,
    clusters: maps.map((map) => {
      const { available: serves, unavailable, dead } = partitionCounts(map);
      return { name: nameOf(map, sides), members: map.members, serves, unavailable, dead };
    }),
    orphans: prediction.orphans.map(({ id }) => id),
    down: prediction.down,
    remarks: [
      ...orphansBySide(prediction, sides).map((ids) => orphansText(ids, healthy, prediction, sides)),
      ...unsteadyText(prediction),
    ].map((text) => `${text}.`),
    evidence: evidence(prediction),
    healthyOwners,
    owners: [...maps.map((map) => ownersOf(topology, [map])), all],
    order: orderOf(healthyOwners, all),
    clients: clientsOf(healthy, prediction, topology, fault, sides),
    advice: adviceOf({ healthy, fault, prediction, refused, sides, roundTrips: AWS_ROUND_TRIPS }),
    times: timesOf(healthy, prediction, AWS_ROUND_TRIPS, fault),
    roundTrips: AWS_ROUND_TRIPS.source,
  };
}

/** What clients at each place get; where all is well, those of every region. */
function clientsOf(
  healthy: HealthyCluster,
  prediction: Prediction,
  topology: Topology,
  fault: Fault,
  sides: ReadonlyMap<string, readonly string[]>,
): ClientRow[] {
  const everywhere = prediction.subClusters.flatMap(({ members }) => members);
  const broken = placesOf(prediction, topology, fault, sides);
  const places =
    broken.length > 0
      ? broken
      : [...sides.keys()].map((name) => ({
          name,
          reach: { "before the cut": everywhere, "after the cut": everywhere },
        }));
  return operations.flatMap((operation) =>
    connections.flatMap((connected) =>
      places.map(({ name, reach }) => ({
        ...{ operation, connected, place: name },
        counts: outcomeCounts(healthy, prediction, { reach: reach[connected], operation, connected }),
      })),
    ),
  );
}

/** What was foretold last of a design, and after which steps: mostly one more step is taken. */
const last = new WeakMap<
  Design,
  { readonly steps: readonly ExplorerStep[]; readonly foretelling: Foretelling }
>();

function foretoldOf(design: Design, steps: readonly ExplorerStep[], healthy: HealthyCluster): Foretelling {
  const known = last.get(design);
  const goesOn =
    known && known.steps.every((step, i) => steps[i] === step) && steps.length >= known.steps.length;
  const foretelling = goesOn
    ? continued(known.foretelling, design, steps.slice(known.steps.length))
    : foretell(design, steps, healthy.roster);
  last.set(design, { steps, foretelling });
  return foretelling;
}

/** Healthy clusters of the designs of late: dear to make, and the same while only the fault changes. */
const healthyClusters = new WeakMap<Design, HealthyCluster>();

function healthyOf(design: Design): HealthyCluster {
  const made = healthyClusters.get(design) ?? healthyCluster(topologyOf(design));
  healthyClusters.set(design, made);
  return made;
}

/** The state in a sentence, for those who compare. */
export function sentenceOf({ clusters, orphans, down }: View): string {
  const whole = clusters.length === 1 && orphans.length === 0 && down.length === 0;
  const parts = [
    ...clusters.map(({ name, serves, dead }) => {
      const rest = dead > 0 ? `, ${dead} dead` : "";
      return `${name}: ${serves} of ${PARTITIONS} served${rest}`;
    }),
    ...(orphans.length > 0 ? [`in no cluster: ${orphans.join(", ")}`] : []),
    ...(down.length > 0 ? [`down: ${down.join(", ")}`] : []),
  ];
  return `${whole ? "Whole. " : ""}${parts.join("; ")}.`;
}
