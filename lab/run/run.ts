import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { type Fault, NO_FAULT, rosterEntries, rosterText, type Topology } from "../../model";
import {
  type Load,
  type Metric,
  type Nodes,
  type Step,
  type StopCondition,
  type Story,
  WAIT_LIMIT_SECONDS,
} from "../../scenarios/story";
import type { Changing, Driver } from "../drivers/driver";
import { missedAfter } from "../foretell/heartbeats";
import { unsteadyText } from "../foretell/orphans";
import { makeFolder } from "../folder";
import type { HistoryOperation } from "../history";
import type { RunningLoader } from "../load/running-loader";
import { monotonic } from "../load/clock";
import { readLedger } from "../load/ledger";
import type { WorkloadName } from "../load/options";
import type { Observer } from "../observe/observer";
import type { Sample } from "../observe/samples";
import { carryOut } from "../recover/carry-out";
import type { RunbookStep } from "../recover/runbook";
import { clustersOf, rosterOf, type Situation, situationOf } from "../recover/situation";
import { Foretelling } from "./foretold";
import { recordsOfLoads, truncateLoads } from "./records";
import { writeExperiment } from "./experiment-file";
import { foretoldMasters, mastersIn, notePartitions } from "./partitions";
import { nameOf } from "./sides";
import { isAsForetold, type Observation, observationOf } from "./observation";
import type { NotProven } from "./verdict";

/** What is run. */
export interface RunPlan {
  /** Name of the scenario, or the file. */
  readonly experiment: string;
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly story: Story;
  /** Node ids by side, as the preview names the sides. */
  readonly sides: ReadonlyMap<string, readonly string[]>;
  readonly seed: number;
  /** Workload of the loads that name none and have no keys. @default "register" */
  readonly workload?: Exclude<WorkloadName, "verify">;
  /** Operations a second a place, of the loads that say nothing. @default 500 */
  readonly rate?: number;
  /** Whether records of earlier loads are removed first. @default false */
  readonly truncate?: boolean;
  /** Seconds after which the run is aborted. @default 900 */
  readonly limitSeconds?: number;
}

/** A step as it went. */
export interface StepRecord {
  readonly step: Step;
  /** In words: `fault split`. */
  readonly label: string;
  /** Microseconds of the monotonic clock. */
  readonly from: number;
  readonly to: number;
  /** What came of it, in a sentence. */
  readonly outcome?: string;
  /** Of a fault or a heal that is no moment: when the network was changed, first and last. */
  readonly changing?: Changing;
  /** Of a fault or a heal: what was foretold once it was made. */
  readonly foretold?: string;
  readonly observation?: Observation;
}

/** What came of a step. */
type Told = Pick<StepRecord, "outcome" | "changing" | "foretold" | "observation">;

/** What a run leaves to be judged. */
export interface RunRecord {
  readonly steps: readonly StepRecord[];
  /** All operations of its loaders. */
  readonly history: readonly HistoryOperation[];
  /** When the network was broken and healed, in microseconds; undefined where it never was. */
  readonly broken?: { readonly from: number; readonly healed: number };
  readonly from: number;
  readonly to: number;
  readonly before: Observation | undefined;
  /** After the fault has settled, before the first operator's step or the heal. */
  readonly during: Observation | undefined;
  readonly after: Observation | undefined;
  /** The rosters of the beginning and of the end, where they differ: steps of the runbook are not undone. */
  readonly rosters?: { readonly before: string; readonly after: string };
  readonly healed: boolean;
  readonly healReason?: string;
  readonly notProven?: { readonly kind: NotProven; readonly reason: string };
  /** Whether a load went on at every place while the network was broken. */
  readonly loadedThroughout: boolean;
}

/** Whoever is told how a run goes on. */
export interface Reporter {
  /** A step begins, or something happened. */
  says(text: string): void;
  /** How the loaders that have not ended are doing, twice a second. */
  progress(loaders: readonly RunningLoader[]): void;
}

/** Microseconds in a second. */
const SECOND = 1_000_000;
/** Milliseconds between two messages on how the loaders are doing. */
const PROGRESS = 500;
/** Milliseconds between two looks at the cluster while a step waits. */
const LOOK = 200;
/** Looks in a row at which nothing migrates: right after a change nothing does yet. */
const QUIET = 4;
/** Seconds for which the clusters stay as they are before a step no longer waits for what was foretold. */
const UNCHANGED = 20;

class Aborted extends Error {
  constructor(
    readonly kind: NotProven,
    message: string,
  ) {
    super(message);
  }
}

/** Runs a story on a driven cluster; whatever happens the network is whole again at its end, or it says that it is not. */
export class Run {
  private readonly foretelling: Foretelling;
  private readonly steps: StepRecord[] = [];
  /** Files of ledgers that are not read yet, and what the others tell. */
  private readonly ledgers: string[] = [];
  private readonly read: (readonly HistoryOperation[])[] = [];
  private readonly loaders: RunningLoader[] = [];
  /** Those that have not ended. */
  private readonly active = new Set<RunningLoader>();
  /** Those that go on beside the steps. */
  private readonly going: RunningLoader[] = [];
  private over = false;
  private readonly stopped = new Set<string>();
  private readonly loadersOf = new Map<string, number>();
  private readonly abort: { promise: Promise<never>; reject: (error: Error) => void };
  private observer: Observer | undefined;
  private fault: string | undefined;
  private broken: { from: number; healed?: number } | undefined;
  private during: Observation | undefined;
  private duringClosed = false;
  private verified = false;
  private loadedThroughout = true;

  constructor(
    private readonly driver: Driver,
    private readonly plan: RunPlan,
    /** The run's folder, which must not be there yet. */
    readonly folder: string,
    private readonly reporter: Reporter,
  ) {
    this.foretelling = new Foretelling(plan.topology);
    let reject: (error: Error) => void = () => {};
    const promise = new Promise<never>((_, rejected) => (reject = rejected));
    promise.catch(() => {});
    this.abort = { promise, reject };
    makeFolder(folder);
    writeFileSync(join(folder, "steps.jsonl"), "", { flag: "wx" });
    const { topology, faults, sides } = plan;
    writeExperiment(folder, { topology, faults, sides: Object.fromEntries(sides) });
  }

  /** Ends the run at once; the network is healed first. */
  interrupt(reason: string): void {
    this.abort.reject(new Aborted("aborted", reason));
  }

  /** Runs the story. Never rejects for what the cluster does: the record says it. */
  async run(): Promise<RunRecord> {
    const from = monotonic();
    const limitSeconds = this.plan.limitSeconds ?? 900;
    const limit = setTimeout(
      () => this.interrupt(`The run was not at its end after ${limitSeconds} s.`),
      limitSeconds * 1000,
    );
    const progress = setInterval(() => this.reporter.progress([...this.active]), PROGRESS);
    let notProven: RunRecord["notProven"];
    let before: Observation | undefined;
    let rosterBefore: string | undefined;
    try {
      await this.unlessAborted(this.observe());
      before = await this.unlessAborted(this.begin());
      rosterBefore = await this.unlessAborted(this.roster());
      for (const step of this.plan.story.steps) await this.unlessAborted(this.take(step));
    } catch (error) {
      const { message } = error as Error;
      notProven =
        error instanceof Aborted
          ? { kind: error.kind, reason: message }
          : { kind: "aborted", reason: message };
      this.reporter.says(message);
    }
    // What an aborted step still waits for ends by itself.
    this.over = notProven !== undefined;
    const healing = await this.rollBack();
    if (!healing.healed) this.reporter.says(`The network may still be cut: ${healing.healReason}`);
    clearTimeout(limit);
    await Promise.allSettled(this.loaders.map((loader) => loader.stop()));
    if (!notProven && healing.healed && !this.verified) {
      try {
        await this.record({ verify: true }, () => this.verify());
      } catch (error) {
        notProven = { kind: "aborted", reason: (error as Error).message };
      }
    }
    clearInterval(progress);
    const after = await this.look("after").catch(() => undefined);
    const rosterAfter = await this.roster().catch(() => undefined);
    await this.observer?.stop().catch(() => {});
    return {
      steps: this.steps,
      history: this.history(),
      ...(this.broken && { broken: { from: this.broken.from, healed: this.broken.healed ?? monotonic() } }),
      from,
      to: monotonic(),
      before,
      during: this.during,
      after,
      ...(rosterBefore !== undefined &&
        rosterAfter !== undefined &&
        rosterBefore !== rosterAfter && { rosters: { before: rosterBefore, after: rosterAfter } }),
      ...healing,
      ...(notProven && { notProven }),
      loadedThroughout: this.loadedThroughout,
    };
  }

  // ---- The parts of a run ----

  private async observe(): Promise<void> {
    this.observer = this.driver.observe(join(this.folder, "samples.jsonl"), (sample) =>
      this.checkStop(sample),
    );
    await this.observer.ready;
    this.observer.ended.catch((error: Error) => this.interrupt(error.message));
  }

  /** The state that the run begins with. */
  private async begin(): Promise<Observation> {
    const { stopKinds, name: driven, clocks, places } = this.driver;
    if (clocks !== undefined) {
      writeFileSync(join(this.folder, "clocks.json"), `${JSON.stringify(clocks, null, 2)}\n`);
    }
    for (const step of this.plan.story.steps) {
      const without =
        "load" in step && this.placesOf(step.load.from).find((place) => !places.includes(place));
      if (without) {
        throw new Aborted(
          "not-run",
          `The step "${labelOf(step)}" loads from ${without}, where ${driven} has no clients: expected ${places.join(" or ")}. Give the stack a ClientHost with its results there. Nothing was broken.`,
        );
      }
      const kind = "stop" in step ? (step.stop.kind ?? "clean") : "clean";
      if (stopKinds.includes(kind)) continue;
      throw new Aborted(
        "not-run",
        `The step "${labelOf(step)}" is of the kind ${kind}, which ${driven} has no way to make: expected ${stopKinds.join(" or ")}. Nothing was broken.`,
      );
    }
    await this.settled("migrated");
    const { name } = this.plan.topology.namespace;
    const ask = (id: string, command: string) => this.driver.ask(id, command);
    if (this.plan.truncate) await truncateLoads(this.ids, ask, name);
    const records = await recordsOfLoads(this.ids, ask, name);
    if (records.size > 0) {
      throw new Aborted(
        "not-run",
        `The cluster holds records of earlier loads (${[...records.keys()].map((set) => `set ${set}`).join(", ")}), and what is read of them nobody could tell from what is wrong. --truncate removes them first. Nothing was broken.`,
      );
    }
    const before = await this.look("before");
    const { unavailable = 0, dead = 0, migrating = 0 } = this.plan.story.expect?.before ?? {};
    const [cluster] = before.clusters;
    const seen = {
      unavailable: cluster?.unavailable ?? 4096,
      dead: cluster?.dead ?? 0,
      migrating: before.migrating,
    };
    if (seen.unavailable !== unavailable || seen.dead !== dead || seen.migrating !== migrating) {
      throw new Aborted(
        "not-run",
        `The cluster is not as the run has to find it: expected ${unavailable} partitions unavailable, ${dead} dead, ${migrating} migrating; it has ${seen.unavailable}, ${seen.dead}, ${seen.migrating}. Nothing was broken.`,
      );
    }
    return before;
  }

  private async take(step: Step): Promise<void> {
    await this.record(step, async () => {
      if ("load" in step) return this.load(step.load);
      if ("wait" in step) return this.wait(step.wait);
      if ("fault" in step) return this.breakIt(step.fault);
      if ("observe" in step) return this.observed(step.observe);
      if ("stop" in step) return this.stop(this.idsOf(step.stop), step.stop.kind ?? "clean");
      if ("start" in step) return this.start(this.idsOf(step.start));
      if ("recover" in step) return this.recover(step.recover);
      if ("heal" in step) return this.heal();
      return this.verify();
    });
  }

  private async record(step: Step, take: () => Promise<Told | void>): Promise<void> {
    const label = labelOf(step);
    this.reporter.says(label);
    const from = monotonic();
    const told = (await take()) ?? {};
    const record: StepRecord = { step, label, from, to: monotonic(), ...told };
    this.steps.push(record);
    appendFileSync(join(this.folder, "steps.jsonl"), `${JSON.stringify(record)}\n`);
    if (told.outcome !== undefined) this.reporter.says(`  ${told.outcome}`);
  }

  private async load({
    from,
    workload,
    keys,
    until,
    rate = this.plan.rate ?? 500,
  }: Load): Promise<{ outcome: string } | undefined> {
    const places = this.placesOf(from);
    const list =
      keys === undefined || Array.isArray(keys) ? keys : range(keys as { from: number; to: number });
    const loaders = places.map((place, i) => {
      // The keys are shared out among the places.
      const own = (list as readonly number[] | undefined)?.filter((_, n) => n % places.length === i);
      return this.loader(place, {
        workload: workload ?? (own ? "article" : (this.plan.workload ?? "register")),
        rate,
        ...(own && { keys: own }),
        ...(until === "error" && { untilError: true }),
      });
    });
    await Promise.all(loaders.map(({ ready }) => ready));
    if (!list) return undefined;
    const ends = await Promise.all(loaders.map(({ ended }) => ended));
    const counts = loaders.map(({ progress }) => progress.counts.ok).reduce((a, b) => a + b);
    const error = ends.find((end) => end.reason === "error");
    if (error?.reason === "error" && until !== "error") {
      throw new Aborted("aborted", `A load ended with ${error.message} [${error.code}].`);
    }
    return {
      outcome: `${counts} acknowledged${error?.reason === "error" ? `, then: ${error.message} [${error.code}]` : ""}.`,
    };
  }

  private loader(
    place: string,
    task: { workload: WorkloadName; rate: number; keys?: readonly (number | string)[]; untilError?: boolean },
  ): RunningLoader {
    const number = (this.loadersOf.get(place) ?? 0) + 1;
    this.loadersOf.set(place, number);
    const client = `${place}/${number}`;
    const name = `ledger-${place}-${number}.jsonl`;
    const ledger = join(this.folder, name);
    this.ledgers.push(name);
    const loader = this.driver.load(place, {
      ...task,
      client,
      ledger,
      seed: this.plan.seed + this.loaders.length + 1,
    });
    this.loaders.push(loader);
    this.active.add(loader);
    loader.ended.catch(() => {}).finally(() => this.active.delete(loader));
    if (!task.keys) {
      this.going.push(loader);
      loader.ended.then(
        (end) => {
          if (end.reason === "error") this.interrupt(`The load at ${place} ended with ${end.message}.`);
        },
        (error: Error) => this.interrupt(error.message),
      );
    }
    return loader;
  }

  private async wait(what: number | "settled" | "migrated"): Promise<{ outcome?: string }> {
    if (typeof what === "number") {
      const end = Date.now() + what * 1000;
      while (Date.now() < end && !this.over) {
        await rest(Math.min(500, end - Date.now()));
      }
      return {};
    }
    const from = monotonic();
    await this.settled(what);
    if (what === "migrated") this.foretelling.migrated();
    return { outcome: `after ${((monotonic() - from) / SECOND).toFixed(1)} s` };
  }

  private async breakIt(name: string): Promise<Told> {
    if (this.going.length < this.driver.places.length) this.loadedThroughout = false;
    this.broken = { from: monotonic() };
    this.duringClosed = false;
    this.during = undefined;
    this.fault = name;
    const changing = await this.driver.fault(name);
    // What came before, such as a plan, broke nothing.
    if (changing) this.broken.from = changing.first;
    this.foretelling.setFault(name === "none" ? NO_FAULT : this.plan.faults[name]);
    const foretold = this.foretoldText();
    return {
      outcome: `foretold: ${foretold}${changingText(changing, "made")}${this.slowText(changing)}`,
      ...(changing && { changing }),
      foretold,
    };
  }

  private async observed(label: string): Promise<{ outcome: string; observation: Observation }> {
    const observation = await this.look(label);
    if (this.fault !== undefined && !this.duringClosed) this.during = observation;
    const { clusters, orphans, differences } = observation;
    return {
      observation,
      outcome: [
        [
          ...clusters.map(
            ({ name, serves, dead }) => `${servesText(name, serves)}${dead > 0 ? `, ${dead} dead` : ""}`,
          ),
          ...(orphans.length > 0 ? [`${orphans.join(", ")} in no cluster`] : []),
        ].join("; "),
        ...differences.map((difference) => `  not as foretold: ${difference}`),
      ].join("\n  "),
    };
  }

  private async stop(ids: readonly string[], kind: "clean" | "unclean" | "empty" | "reboot"): Promise<void> {
    if (this.over) return;
    await Promise.all(
      ids.map((id) => {
        const already = this.stopped.has(id);
        // Before it is: an end meanwhile starts it again.
        this.stopped.add(id);
        return this.driver.stop(id, kind).catch((error: Error) => {
          if (!already) this.stopped.delete(id);
          throw error;
        });
      }),
    );
    this.foretelling.stop(ids, kind);
  }

  private async start(ids: readonly string[]): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        await this.driver.start(id);
        this.stopped.delete(id);
      }),
    );
    this.foretelling.start(ids);
  }

  private async recover(given: Extract<Step, { recover: unknown }>["recover"]): Promise<{ outcome: string }> {
    await this.closeDuring();
    const down = "confirmedDown" in given && given.confirmedDown !== undefined ? [given.confirmedDown] : [];
    const step = ("confirmedDown" in given ? { ...given, confirmedDown: down } : given) as RunbookStep;
    const { name } = this.plan.topology.namespace;
    const now = await carryOut(step, this.ids, (id, command) => this.driver.ask(id, command), name, {
      confirmedDown: down,
    });
    const { roster } = clustersOf(now)[0][0];
    if (step.step === "revive") this.foretelling.revive();
    else {
      this.foretelling.reroster(
        roster.nodes.map(({ id }) => id),
        roster.activeRack,
      );
    }
    return { outcome: `roster: ${rosterEntries(roster.nodes, roster.activeRack).join(", ")}` };
  }

  private async heal(): Promise<Told> {
    await this.closeDuring();
    return this.endFault();
  }

  private async endFault(): Promise<Told> {
    const changing = await this.driver.heal();
    this.fault = undefined;
    if (this.broken) this.broken.healed ??= changing?.last ?? monotonic();
    this.foretelling.setFault(NO_FAULT);
    return {
      outcome: `the links are open again${changingText(changing, "ended")}`,
      ...(changing && { changing }),
      foretold: this.foretoldText(),
    };
  }

  /** What a cut that takes longer than heartbeats do to be missed may come to. */
  private slowText(changing: Changing | undefined): string {
    const missed = missedAfter(this.plan.topology);
    return changing !== undefined && (changing.last - changing.first) / SECOND > missed
      ? `, longer than the ${missed} s after which a node is missed: clusters may have formed in between, and left partitions dead`
      : "";
  }

  private foretoldText(): string {
    const { clusters, orphans } = this.foretelling.now();
    return [
      ...clusters.map(({ members, serves }) => servesText(this.nameOf(members), serves)),
      ...(orphans.length > 0 ? [`${orphans.join(", ")} in no cluster`] : []),
      ...unsteadyText(this.foretelling.prediction()),
    ].join("; ");
  }

  /** Reads every key back, linearized, from every place. */
  private async verify(): Promise<{ outcome: string }> {
    const loads = this.going.splice(0);
    await Promise.all(loads.map((loader) => loader.stop()));
    const keys = this.writtenKeys();
    const readers = this.driver.places.map((place) =>
      this.loader(place, { workload: "verify", rate: 5000, keys }),
    );
    await Promise.all(readers.map(({ ended }) => ended));
    this.verified = true;
    return { outcome: `${keys.length} keys read back from ${this.driver.places.length} places` };
  }

  /** All that the loaders' ledgers tell, once they have ended; each is read once. */
  private history(): HistoryOperation[] {
    for (const name of this.ledgers.splice(0)) {
      const path = join(this.folder, name);
      // A loader that could not be started has none.
      if (existsSync(path)) this.read.push(readLedger(path).operations);
    }
    return this.read.flat();
  }

  /** Keys that any loader tried to write. */
  private writtenKeys(): string[] {
    return [...new Set(this.history().flatMap(({ kind, key }) => (kind === "read" ? [] : [key])))];
  }

  // ---- Looking ----

  private async situation(): Promise<Situation> {
    return situationOf(
      this.ids,
      (id, command) => this.driver.ask(id, command),
      this.plan.topology.namespace.name,
    );
  }

  /** The roster in effect, with the active rack, as servers write it. */
  private async roster(): Promise<string> {
    const { nodes, activeRack } = rosterOf(await this.situation());
    return rosterText(nodes, activeRack);
  }

  private async look(label: string): Promise<Observation> {
    const situation = await this.situation();
    const at = monotonic();
    const observation = observationOf(label, at, situation, this.foretelling.now(), this.plan.sides);
    await this.notePartitions(observation);
    return observation;
  }

  /** Who serves what, by each node's own word, beside what was foretold. */
  private async notePartitions({ label, at, clusters }: Observation): Promise<void> {
    const { name } = this.plan.topology.namespace;
    const answers = await Promise.all(
      this.ids.map(async (id) => [id, await this.driver.ask(id, "replicas")] as const),
    );
    const seen = answers.flatMap(([id, answer]) => {
      const masters = mastersIn(answer ?? "", name);
      return masters === undefined ? [] : [[id, masters] as const];
    });
    const foretold = foretoldMasters(this.foretelling.maps());
    notePartitions(this.folder, {
      ...{ label, at, clusters: clusters.map(({ members }) => members), seen: Object.fromEntries(seen) },
      ...foretold,
    });
  }

  /** What is seen before an operator or the heal changes it. */
  private async closeDuring(): Promise<void> {
    if (this.fault === undefined || this.duringClosed) return;
    this.during ??= await this.look("during");
    this.duringClosed = true;
  }

  /** Until the clusters are what was foretold, or stay as they are for long; and until nothing migrates, where asked. */
  private async settled(what: "settled" | "migrated"): Promise<void> {
    // Hosts that were stopped boot meanwhile.
    const limit = Math.max(WAIT_LIMIT_SECONDS, this.driver.healSeconds);
    const end = Date.now() + limit * 1000;
    let shape = "";
    let since = Date.now();
    for (let quiet = 0; ;) {
      const situation = await this.situation();
      const now = situation.nodes.map(({ id, clusterKey }) => `${id}=${clusterKey}`).join(" ");
      if (now !== shape) since = Date.now();
      shape = now;
      const stands = isAsForetold(situation, this.foretelling.now()) || Date.now() - since > UNCHANGED * 1000;
      const moving = situation.nodes.some(({ migrating }) => migrating > 0);
      quiet = stands && (what === "settled" || !moving) ? quiet + 1 : 0;
      if (quiet === (what === "settled" ? 2 : QUIET)) return;
      if (Date.now() > end) {
        throw new Aborted("aborted", `The cluster was not ${what} within ${limit} s.`);
      }
      if (this.over) return;
      await rest(LOOK);
    }
  }

  // ---- Ending ----

  /** Heals, starts what was stopped, and sees that the network is whole: whatever happened before. */
  private async rollBack(): Promise<{ healed: boolean; healReason?: string }> {
    try {
      if (this.fault !== undefined) await this.record({ heal: true }, () => this.endFault());
      if (this.broken) this.broken.healed ??= monotonic();
      const down = [...this.stopped];
      const untouched = down.length === 0 && this.steps.every(({ step }) => !("stop" in step));
      if (!this.broken && untouched) return { healed: true };
      const up = this.ids.filter((id) => !down.includes(id));
      // A node that comes while a cluster forms interrupts it before it serves, and leaves partitions dead (a double pump).
      if (down.length > 0 && up.length > 0) await this.whole(up);
      await this.start(down);
      return await this.whole(this.ids);
    } catch (error) {
      return { healed: false, healReason: (error as Error).message };
    }
  }

  /** Waits until nodes are one cluster, and nothing migrates. */
  private async whole(ids: readonly string[]): Promise<{ healed: boolean; healReason?: string }> {
    const { healSeconds } = this.driver;
    const end = Date.now() + healSeconds * 1000;
    for (let quiet = 0; ;) {
      const situation = await this.situation();
      const clusters = clustersOf(situation);
      const whole = clusters.length === 1 && clusters[0].length === ids.length;
      const still = situation.nodes.every(({ migrating }) => migrating === 0);
      quiet = whole && still ? quiet + 1 : 0;
      if (quiet === QUIET) return { healed: true };
      if (Date.now() > end) {
        return {
          healed: false,
          healReason: whole
            ? `migrations still run ${healSeconds} s after the heal`
            : `${healSeconds} s after the heal the nodes are ${clusters.map((members) => this.nameOf(members.map(({ id }) => id))).join(" | ") || "in no cluster"}, silent: ${situation.silent.join(", ") || "none"}`,
        };
      }
      await rest(LOOK);
    }
  }

  private checkStop({ node, state }: Sample): void {
    const { stopIf = [] } = this.plan.story.expect ?? {};
    if (!state || stopIf.length === 0) return;
    const figure = (metric: Metric) =>
      metric === "clusters"
        ? new Set(
            [...this.observer!.last.values()].flatMap((last) =>
              last.state?.clusterSize ? [last.state.clusterKey] : [],
            ),
          ).size
        : state[metric];
    const met = stopIf.find(({ metric, above }: StopCondition) => figure(metric) > above);
    if (met) {
      this.interrupt(
        `Stop condition: ${met.metric} is ${figure(met.metric)} at node ${node}, above ${met.above}.`,
      );
    }
  }

  // ---- Names ----

  private get ids(): string[] {
    return this.driver.nodes.map(({ id }) => id);
  }

  private nameOf(members: readonly string[]): string {
    return nameOf({ members }, this.plan.sides);
  }

  private idsOf(nodes: Nodes): string[] {
    if ("nodes" in nodes && nodes.nodes) return [...nodes.nodes];
    const { rack } = nodes as { rack: number };
    return this.driver.nodes.filter((node) => node.rack === rack).map(({ id }) => id);
  }

  /** Regions of sides. */
  private placesOf(from: Load["from"]): readonly string[] {
    if (from === undefined) return this.driver.places;
    return [from].flat().map((side) => {
      const ids = this.plan.sides.get(side as string);
      return this.driver.nodes.find(({ id, region }) => ids?.includes(id) || region === side)!.region;
    });
  }

  private unlessAborted<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.abort.promise]);
  }
}

/** A step in words. */
export function labelOf(step: Step): string {
  if ("load" in step) {
    const { from, keys, workload } = step.load;
    const what =
      keys === undefined
        ? (workload ?? "")
        : `${Array.isArray(keys) ? keys.length : (keys as { from: number; to: number }).to - (keys as { from: number; to: number }).from} keys`;
    return `load ${what && `${what} `}from ${from === undefined ? "every place" : [from].flat().join(" and ")}`;
  }
  if ("wait" in step)
    return typeof step.wait === "number" ? `wait ${step.wait} s` : `wait until ${step.wait}`;
  if ("fault" in step) return `fault ${step.fault}`;
  if ("observe" in step) return `observe: ${step.observe}`;
  if ("stop" in step || "start" in step) {
    const [name, nodes] = "stop" in step ? ["stop", step.stop] : ["start", step.start];
    return `${name} ${"rack" in nodes && nodes.rack !== undefined ? `rack ${nodes.rack}` : (nodes as { nodes: readonly string[] }).nodes.join(", ")}`;
  }
  if ("recover" in step) {
    const { step: name, ...how } = step.recover;
    return `recover: ${[name, ...Object.entries(how).map(([key, value]) => `${key} ${value as number}`)].join(", ")}`;
  }
  return "heal" in step ? "heal" : "verify";
}

/** `London and Paris serve 4096` */
function servesText(name: string, partitions: number): string {
  return `${name} ${name.includes(" and ") ? "serve" : "serves"} ${partitions}`;
}

/** How long the changes of a network took, for the end of an outcome. */
function changingText(changing: Changing | undefined, done: string): string {
  if (changing === undefined) return "";
  return `\n  ${done} one by one within ${((changing.last - changing.first) / SECOND).toFixed(1)} s`;
}

function range({ from, to }: { readonly from: number; readonly to: number }): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
