import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault, Topology } from "../../model";
import type { HistoryOperation } from "../../lab/history";
import { readLedger } from "../../lab/load/ledger";
import { readSamples, type Sample } from "../../lab/observe/samples";
import { type PartitionsRecord, readPartitions } from "../../lab/run/partitions";
import { readExperiment } from "../../lab/run/experiment-file";
import type { Summary } from "../../lab/run/summary";
import { namesOfRegions } from "../explorer/presets";
import type { LoadLane, Mark, NodeLane } from "../drawings/lanes";
import { OUTCOMES, type OutcomeName } from "../drawings/style";

/** What a node said, whenever it said something else than before: for the script that points at moments. */
export interface Moment {
  /** Seconds since the run began. */
  readonly at: number;
  /** Null: it did not answer. */
  readonly says: {
    readonly key: string;
    readonly size: number;
    readonly unavailable: number;
    readonly dead: number;
    readonly migrating: number;
    readonly records: number;
  } | null;
}

/** All that a report shows, read from a run's folder. */
export interface ReportData {
  readonly summary: Summary;
  readonly topology: Topology;
  /** The faults that the run made, in its order. */
  readonly faults: readonly { readonly name: string; readonly fault: Fault }[];
  readonly sides: Readonly<Record<string, readonly string[]>>;
  /** Names of regions, where a side is a region: `London`. */
  readonly names: Readonly<Record<string, string>>;
  readonly loads: readonly LoadLane[];
  readonly nodes: readonly NodeLane[];
  readonly marks: readonly Mark[];
  readonly partitions: readonly PartitionsRecord[];
  readonly moments: Readonly<Record<string, readonly Moment[]>>;
}

/** Parts into which the time of a lane is cut. */
const PARTS = 240;
/** Seconds without an answer that show as a gap. */
const GAP = 2.5;

/**
 * Reads the folder of a run.
 *
 * @throws Error where a file of it is missing or damaged.
 */
export function reportData(folder: string, ledgers: readonly string[]): ReportData {
  const summary = whole(folder, "summary.json", (path) => JSON.parse(readFileSync(path, "utf8")) as Summary);
  const { topology, faults, sides } = whole(folder, "experiment.json", () => readExperiment(folder));
  const made = [...new Set(summary.steps.flatMap(({ step }) => ("fault" in step ? [step.fault] : [])))];
  const names = namesOfRegions(topology, sides);
  const { from } = summary.phases[0];
  const seconds = (at: number) => (at - from) / 1e6;
  const ids = topology.nodes.map(({ id }) => id);
  const byNode = new Map<string, Sample[]>(ids.map((id) => [id, []]));
  for (const sample of whole(folder, "samples.jsonl", readSamples)) byNode.get(sample.node)?.push(sample);
  return {
    summary,
    topology,
    faults: made.flatMap((name) => (faults[name] ? [{ name, fault: faults[name] }] : [])),
    sides,
    names,
    loads: loadLanes(folder, ledgers, seconds, summary.seconds).map((lane) => ({
      ...lane,
      name: names[lane.name] ?? lane.name,
    })),
    nodes: ids.map((id) => ({ name: id, spans: spansOf(byNode.get(id)!, seconds) })),
    marks: summary.steps
      .filter(({ step }) => !("observe" in step) && !("wait" in step))
      .map(({ label, from: at, changing }) => ({ at: seconds(changing?.first ?? at), name: label })),
    partitions: readPartitions(folder),
    moments: Object.fromEntries(ids.map((id) => [id, momentsOf(byNode.get(id)!, seconds)])),
  };
}

/** What a file of a run says. @throws Error with its name, where it is damaged */
function whole<T>(folder: string, name: string, read: (path: string) => T): T {
  const path = join(folder, name);
  try {
    return read(path);
  } catch (error) {
    throw new Error(
      `${path} is damaged: ${(error as Error).message}. Expected it as stretch run wrote it; run the experiment again.`,
      { cause: error },
    );
  }
}

/** Operations by place and by part of the time, counted as they end; one ledger in memory at a time. */
function loadLanes(
  folder: string,
  ledgers: readonly string[],
  secondsOf: (at: number) => number,
  seconds: number,
): LoadLane[] {
  const lanes = new Map<string, Record<OutcomeName, number[]>>();
  for (const name of ledgers) {
    const { header, operations } = readLedger(join(folder, name));
    if (!lanes.has(header.place)) {
      lanes.set(
        header.place,
        Object.fromEntries(OUTCOMES.map((one) => [one, new Array<number>(PARTS).fill(0)])) as Record<
          OutcomeName,
          number[]
        >,
      );
    }
    const counts = lanes.get(header.place)!;
    for (const operation of operations) {
      const at = secondsOf(operation.end ?? operation.start);
      const part = Math.min(PARTS - 1, Math.max(0, Math.floor((at / seconds) * PARTS)));
      counts[nameOf(operation)][part]++;
    }
  }
  return [...lanes].map(([name, counts]) => ({ name, counts }));
}

function nameOf({ outcome }: HistoryOperation): OutcomeName {
  return outcome === "not-sent" ? "not sent" : outcome;
}

/** Times in which a node was in one cluster, or in none, as far as it answered. */
function spansOf(samples: readonly Sample[], seconds: (at: number) => number): NodeLane["spans"] {
  const spans: { from: number; to: number; key: string | null }[] = [];
  let open = false;
  for (const { at, state } of samples) {
    const now = seconds(at);
    // Nodes of a deployed stack are looked at before the run begins.
    if (!state || now < 0) {
      open = false;
      continue;
    }
    const key = state.clusterSize === 0 ? null : state.clusterKey;
    const last = spans.at(-1);
    if (open && last && now - last.to <= GAP) {
      last.to = now;
      if (last.key === key) continue;
    }
    spans.push({ from: now, to: now, key });
    open = true;
  }
  return spans;
}

function momentsOf(samples: readonly Sample[], seconds: (at: number) => number): Moment[] {
  const moments: Moment[] = [];
  let before = "";
  for (const { at, state } of samples) {
    const says = state
      ? {
          key: state.clusterKey,
          size: state.clusterSize,
          unavailable: state.unavailable,
          dead: state.dead,
          migrating: state.migrating,
          records: state.masterObjects,
        }
      : null;
    const text = JSON.stringify(says);
    if (text === before) continue;
    before = text;
    moments.push({ at: Math.round(seconds(at) * 100) / 100, says });
  }
  return moments;
}
