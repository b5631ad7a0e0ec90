import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Topology } from "../../model";
import { check, type CheckResult, type ServingSide } from "../check/check";
import type { HistoryOperation } from "../history";
import type { Latency } from "../load/options";
import { BREAKER } from "../load/outcome";
import { readSamples } from "../observe/samples";
import {
  type Counts,
  countsOf,
  isWrite,
  latencyOf,
  type NodeSample,
  type RecoveryFigures,
  recoveryFigures,
} from "./figures";
import type { LiveFacts } from "./live";
import { objectivesOf } from "./objectives";
import { accountingDifference, type Observation } from "./observation";
import { listed } from "./sides";
import type { RunPlan, RunRecord, StepRecord } from "./run";
import { judge, type Objective, type Verdict } from "./verdict";

/** A span of a run: what the clients met in it is counted apart. */
export interface Phase {
  readonly name: "before" | "fault" | "after";
  /** Microseconds of the run's monotonic clock. */
  readonly from: number;
  readonly to: number;
}

/** What the clients of a place met in a phase, by kind of operation. */
export interface PlaceFigures {
  readonly place: string;
  readonly phase: Phase["name"];
  readonly kind: "read" | "write";
  readonly counts: Counts;
  readonly latency?: Latency;
  /** True where the client's own circuit breaker answered: the span says nothing of availability. */
  readonly breaker: boolean;
}

/** The outcome of a run, as `summary.json` tells it. */
export interface Summary {
  readonly schema: 1;
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly reasons: readonly string[];
  /** The verdict in a sentence, with its numbers. */
  readonly sentence: string;
  readonly experiment: string;
  readonly driver: string;
  /** Of a run on a deployed stack. */
  readonly live?: LiveFacts;
  readonly command: string;
  readonly seed: number;
  readonly version: string;
  readonly node: string;
  readonly topologyHash: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly healed: boolean;
  readonly objectives: readonly Objective[];
  readonly phases: readonly Phase[];
  readonly places: readonly PlaceFigures[];
  /** By region and kind of operation: milliseconds, null: never reached. */
  readonly recovery: Readonly<
    Record<string, Readonly<Record<"read" | "write", Readonly<Record<keyof RecoveryFigures, number | null>>>>>
  >;
  readonly check: Omit<CheckResult, "findings"> & { readonly findings: readonly SummaryFinding[] };
  readonly steps: readonly StepRecord[];
  /** What was observed and was not foretold, or does not add up, by step. */
  readonly differences: readonly string[];
}

/** A key that something is wrong with. */
export interface SummaryFinding {
  readonly key: string;
  readonly class: string;
  readonly why: string;
  readonly proof: readonly HistoryOperation[];
}

/** Who ran it, and with what. */
export interface Environment {
  readonly command: string;
  readonly version: string;
  readonly driver: string;
  readonly live?: LiveFacts;
  readonly startedAt: string;
  /** Command that ends faults where the run could not. */
  readonly heal?: string;
}

/** Findings that a summary shows whole. */
const MOST_FINDINGS = 100;

/** What a run came to. */
export function summaryOf(
  plan: RunPlan,
  record: RunRecord,
  folder: string,
  { heal, ...environment }: Environment,
): Summary {
  const { history } = record;
  const phases = phasesOf(record);
  const regionOf = new Map(plan.topology.nodes.map(({ id, region }) => [id, region ?? "local"]));
  const samples = readSamples(join(folder, "samples.jsonl")).flatMap(({ at, node, state }): NodeSample[] =>
    state
      ? [{ at, node, region: regionOf.get(node)!, clusterKey: state.clusterKey, migrating: state.migrating }]
      : [],
  );
  const { strongConsistency } = plan.topology.namespace;
  const places = [...new Set(history.map(placeOf))];
  const checked = check(history, {
    serving: record.loadedThroughout && record.during && record.broken ? servingSides(plan, record) : [],
    ...(!strongConsistency && { failOn: [] }),
  });
  const recovery = Object.fromEntries(
    places.map((place) => [place, bothKinds((kind) => figuresOf(history, samples, place, kind, record))]),
  );
  const objectives = objectivesOf({
    expect: plan.story.expect ?? {},
    strongConsistency,
    sides: plan.sides,
    during: record.during,
    after: record.after,
    broken: record.broken !== undefined,
    check: checked,
    recovery: Object.fromEntries(
      places.map((place) => [place, slower(recovery[place].read, recovery[place].write)]),
    ),
  });
  const notProven =
    record.notProven ??
    (checked.verdict === "unproven" && strongConsistency
      ? ({ kind: "unproven", reason: checked.reasons.join(" ") } as const)
      : undefined);
  const judged = judge({
    objectives,
    healed: record.healed,
    ...(record.healReason !== undefined && { healReason: record.healReason }),
    ...(notProven && { notProven }),
  });
  const acknowledged = history.filter(({ kind, outcome }) => isWrite(kind) && outcome === "ok").length;
  return {
    schema: 1,
    ...judged,
    sentence: sentenceOf(record, checked, acknowledged, recovery, heal),
    experiment: plan.experiment,
    ...environment,
    seed: plan.seed,
    node: process.version,
    topologyHash: createHash("sha256").update(JSON.stringify(plan.topology)).digest("hex").slice(0, 16),
    seconds: (record.to - record.from) / 1e6,
    healed: record.healed,
    objectives,
    phases,
    places: placeFigures(history, phases, places),
    recovery: Object.fromEntries(
      Object.entries(recovery).map(([place, kinds]) => [place, bothKinds((kind) => withNulls(kinds[kind]))]),
    ),
    check: {
      ...checked,
      findings: checked.findings
        .slice(0, MOST_FINDINGS)
        .map(({ key, class: name, why, proof }) => ({ key, class: name, why, proof })),
    },
    steps: record.steps,
    differences: record.steps.flatMap(({ observation }) =>
      observation ? differencesOf(observation, plan.topology) : [],
    ),
  };
}

function bothKinds<T>(of: (kind: "read" | "write") => T): Record<"read" | "write", T> {
  return { read: of("read"), write: of("write") };
}

function differencesOf(observation: Observation, { namespace }: Topology): string[] {
  const accounting = accountingDifference(observation, namespace.replicationFactor);
  return [...observation.differences, ...(accounting === undefined ? [] : [accounting])].map(
    (text) => `${observation.label}: ${text}`,
  );
}

function phasesOf({ from, to, broken }: RunRecord): Phase[] {
  if (!broken) return [{ name: "before", from, to }];
  return [
    { name: "before", from, to: broken.from },
    { name: "fault", from: broken.from, to: broken.healed },
    { name: "after", from: broken.healed, to },
  ];
}

function placeOf({ client }: HistoryOperation): string {
  return client.slice(0, client.lastIndexOf("/"));
}

function figuresOf(
  history: readonly HistoryOperation[],
  samples: readonly NodeSample[],
  place: string,
  kind: "read" | "write",
  { broken, to }: RunRecord,
): RecoveryFigures {
  const none = undefined;
  if (!broken) {
    return { firstFailure: none, detected: none, reformed: none, serving: none, migrated: none, full: none };
  }
  return recoveryFigures(
    history.filter(
      (operation) => placeOf(operation) === place && isWrite(operation.kind) === (kind === "write"),
    ),
    samples.filter(({ region }) => region === place),
    { ...broken, end: to },
  );
}

/** The later of two; never is later than anything, but where one kind was not done at all. */
function slower(a: RecoveryFigures, b: RecoveryFigures): RecoveryFigures {
  const later = (x: number | undefined, y: number | undefined) =>
    x === undefined || y === undefined ? (x ?? y) : Math.max(x, y);
  return {
    firstFailure: later(a.firstFailure, b.firstFailure),
    detected: later(a.detected, b.detected),
    reformed: later(a.reformed, b.reformed),
    serving: later(a.serving, b.serving),
    migrated: later(a.migrated, b.migrated),
    full: later(a.full, b.full),
  };
}

function withNulls(figures: RecoveryFigures): Record<keyof RecoveryFigures, number | null> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]: [string, number | undefined]) => [name, value ?? null]),
  ) as Record<keyof RecoveryFigures, number | null>;
}

/** Sides whose clients stand beside nodes that serve something: they must have had writes acknowledged. */
function servingSides({ topology }: RunPlan, { during, broken }: RunRecord): ServingSide[] {
  const region = new Map(topology.nodes.map((node) => [node.id, node.region ?? "local"]));
  return during!.clusters
    .filter(({ serves }) => serves > 0)
    .map(({ name, members }) => ({
      name,
      places: [...new Set(members.map((id) => region.get(id)!))],
      from: broken!.from,
      to: broken!.healed,
    }));
}

function placeFigures(
  history: readonly HistoryOperation[],
  phases: readonly Phase[],
  places: readonly string[],
): PlaceFigures[] {
  return places.flatMap((place) =>
    phases.flatMap(({ name, from, to }) =>
      (["write", "read"] as const).flatMap((kind): PlaceFigures[] => {
        const own = history.filter(
          (operation) =>
            placeOf(operation) === place &&
            isWrite(operation.kind) === (kind === "write") &&
            operation.start >= from &&
            operation.start < to,
        );
        if (own.length === 0) return [];
        const latency = latencyOf(own);
        return [
          {
            ...{ place, phase: name, kind, counts: countsOf(own) },
            ...(latency && { latency }),
            breaker: own.some(({ code }) => code === BREAKER),
          },
        ];
      }),
    ),
  );
}

function sentenceOf(
  { during, notProven, broken, rosters, healed }: RunRecord,
  { rpo }: CheckResult,
  acknowledged: number,
  recovery: Readonly<Record<string, Record<"read" | "write", RecoveryFigures>>>,
  heal: string | undefined,
): string {
  const count = (n: number) => n.toLocaleString("en-GB");
  if (notProven?.kind === "not-run") return "Nothing was run: the cluster was not as the run has to find it.";
  const kept = during?.clusters.map(
    ({ name, serves }) => `${name} kept ${count(serves)} of 4,096 partitions`,
  );
  const full = Object.values(recovery).flatMap(({ read, write }) => [read.full, write.full]);
  const slowest = full.some((ms) => ms === undefined) ? undefined : Math.max(...(full as number[]));
  return `${[
    ...(healed ? [] : [`The network may still be cut${heal === undefined ? "" : ` (${heal})`}`]),
    ...(healed && notProven ? [broken ? "The network is whole again" : "Nothing was broken"] : []),
    ...(kept && kept.length > 0 ? [kept.join(", ")] : during ? ["no partition was served"] : []),
    ...(during && during.orphans.length > 0 ? [`${listed(during.orphans)} in no cluster`] : []),
    `${count(rpo.writes)} of ${count(acknowledged)} acknowledged writes lost`,
    ...(broken && slowest !== undefined && slowest > 0
      ? [`full service ${(slowest / 1000).toFixed(1)} s after the heal`]
      : []),
    ...(rosters ? [`the roster was ${rosters.before}, and is left as ${rosters.after}`] : []),
  ].join("; ")}.`;
}
