import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Command, Help, InvalidArgumentError, Option } from "commander";
import type { Driver } from "../../lab/drivers/driver";
import { PlaygroundDriver } from "../../lab/drivers/playground-driver";
import { RehearsalDriver } from "../../lab/drivers/rehearsal-driver";
import { writeReport } from "../../lab/run/report";
import { Run, type RunPlan } from "../../lab/run/run";
import { sidesOf } from "../../lab/run/sides";
import { type Summary, summaryOf } from "../../lab/run/summary";
import { ownPackage } from "../../modules/stack/own-package";
import { defaultStory, type Story } from "../../scenarios/story";
import { ExitError, UsageError } from "../errors";
import { type Experiment, faultOf } from "../experiment/experiment";
import { loadExperiment, type Source } from "../experiment/load";
import { RunProgress } from "../report/run-progress";
import { LIVE_CLIENTS, withAwsSdk } from "../live/aws-sdk";
import type { LiveRun } from "../live/live-run";
import { coloursOf } from "../report/terminal";
import { assertClient } from "../lab/aerospike-client";
import {
  appOutputOption,
  assertLive,
  clusterOption,
  dirOption,
  liveOption,
  type LiveOptions,
  scenarioArgument,
  topologyOption,
} from "./options";
import { confirm } from "./confirm";
import type { Output } from "./output";
import { ask, asked, noPortOption } from "./playground-options";
import { Interruption } from "../live/interruption";
import { loadLiveStack } from "../live/live-stack";

/** Operations a second a place at the article's pace: one in 200 ms. */
const ARTICLE_PACE = 5;

interface Options extends Source, LiveOptions {
  yes?: true;
  breakLock?: true;
  alarm?: string;
  port?: number;
  truncate?: true;
  fault?: string;
  workload?: "article" | "register" | "append" | "lifecycle";
  rate?: number;
  pace?: "article";
  seconds?: number;
  seed?: number;
  out: string;
}

/** `stretch run`: the experiment whole, and its verdict. */
export function runCommand(output: Output): Command {
  return new Command("run")
    .summary("loads, breaks, watches, recovers, heals and judges: which acknowledged writes were lost")
    .description(
      "Runs the experiment of a scenario, or of a topology file, on a rehearsal cluster of its own on this machine, or with --port on " +
        "the playground that stretch up started, which then is of the same scenario or file; with --live on the deployed stack in AWS: its story, " +
        "or with --fault 3 s of steady load, the fault under load from every place, the heal, and every key read back. " +
        "Exit codes, the worst wins: 5 the network may still be cut, 1 an objective was missed, 3 nothing was proven, " +
        "4 safe but not as predicted, 0 as it should be; 129, 130 or 143 where it was interrupted (a lost terminal, Ctrl-C, kill), and healed.",
    )
    .addArgument(scenarioArgument())
    .addOption(topologyOption())
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .addOption(noPortOption("the playground on this port (stretch up), in place of a cluster of its own"))
    .addOption(
      liveOption("on the deployed stack: Terraform breaks and heals it").conflicts(["port", "topology"]),
    )
    .addOption(dirOption())
    .option("--var <NAME=VALUE...>", "with --live, a variable that the stack was deployed with", variable)
    .option("--var-file <FILE...>", "with --live, a file of such variables", list)
    .option("--yes", "with --live, breaks without a question")
    .option("--alarm <ARN>", "with --live, an alarm of CloudWatch that stops and heals the run")
    .option("--break-lock", "with --live, removes the lock of a run that was killed")
    .option("--truncate", "removes the records of earlier loads first (with --port or --live)")
    .option("--fault <NAME>", "the fault to make, in place of the story's steps")
    .addOption(
      new Option("--workload <NAME>", "what the clients do where the story says nothing")
        .choices(["article", "register", "append", "lifecycle"])
        .default(undefined, "register"),
    )
    .option("--rate <N>", "operations a second a place (default: 500)", positive("operations a second"))
    .addOption(
      new Option("--pace <NAME>", "the article's application: an operation in 200 ms")
        .choices(["article"])
        .conflicts("rate"),
    )
    .option("--seconds <N>", "how long the fault lasts, with --fault (default: 10)", positive("seconds"))
    .option("--seed <N>", "seed of everything that is random (default: by the clock; it is printed)", seed)
    .option("--out <DIR>", "folder in which the run gets its own", "out")
    .action(async (scenario: string | undefined, options: Options) => {
      const { live, dir, var: variables, varFile, yes, alarm, breakLock } = options;
      assertLive({ live, dir, var: variables, varFile, yes, alarm, breakLock });
      if (!live) assertClient();
      if (options.truncate && options.port === undefined && !live) {
        throw new UsageError(
          "--truncate was given without --port or --live: a cluster of the run's own has no records.",
        );
      }
      const deployed = live ? await loadLiveStack(scenario, options) : undefined;
      const experiment =
        deployed?.experiment ??
        (options.port === undefined
          ? await loadExperiment(scenario, options)
          : await playgroundExperiment(options.port, scenario, options));
      const story = storyOf(experiment, options);
      const chosen = options.seed ?? Date.now() % 1_000_000;
      const { name, sideOf } = experiment;
      const folder = folderOf(options.out, name);
      const { prepareReportPage, writeReportPage } = await import("../../pages/report/write");
      prepareReportPage();
      const interruption = new Interruption();
      let session: LiveRun | undefined;
      let progress: RunProgress | undefined;
      if (deployed) {
        const { LiveRun } = await withAwsSdk(LIVE_CLIENTS, () => import("../live/live-run"));
        const run = basename(folder).replaceAll("_", "-");
        session = await LiveRun.begin(deployed, {
          ...{ yes, breakLock, alarm, story, run, interruption },
          // While the story goes on, beneath its steps.
          says: (text) => (progress ? progress.says(`  ${text}`) : output.print(text)),
          complains: (text) => output.complain(text),
          confirmed: confirm,
        });
      }
      const driver = session?.driver ?? (await driverOf(experiment, options.port, chosen));
      const { topology, faults } = driver;
      const plan: RunPlan = {
        ...(session && { limitSeconds: session.limitSeconds }),
        experiment: name,
        topology,
        faults,
        story,
        sides: sidesOf(topology, sideOf),
        seed: chosen,
        ...(options.workload && { workload: options.workload }),
        ...(options.truncate && { truncate: true }),
        rate: options.pace ? ARTICLE_PACE : (options.rate ?? 500),
      };
      const startedAt = new Date().toISOString();
      output.print(`${name}: seed ${chosen}, everything goes to ${folder}`);
      let summary: Summary;
      try {
        progress = new RunProgress(output);
        const run = new Run(driver, plan, folder, progress);
        interruption.onSignal((reason) => run.interrupt(reason));
        session?.watch((reason) => run.interrupt(reason));
        const record = await run.run();
        summary = summaryOf(plan, record, folder, {
          command: commandOf(scenario, options, chosen),
          version: ownPackage().version,
          driver: driver.name,
          ...(session && { live: session.facts }),
          startedAt,
          ...(session && { heal: session.heal }),
        });
      } finally {
        progress = undefined;
        await driver.close();
        await session?.close();
        interruption.close();
      }
      writeReport(folder, summary);
      const report = writeReportPage(folder);
      output.print(verdictText(summary, report, output));
      const { exitCode: signalled } = interruption;
      if (signalled !== undefined && summary.healed) throw new ExitError(signalled);
      if (summary.exitCode !== 0) throw new ExitError(summary.exitCode);
    });
}

/**
 * What the playground on a port runs.
 *
 * @throws UsageError where something else was asked for, or none runs there.
 */
async function playgroundExperiment(
  port: number,
  scenario: string | undefined,
  { topology, appOutput, cluster }: Source,
): Promise<Experiment> {
  const { experiment, file } = await ask(port, { command: "status" });
  // As experiments are named: a stack's own name has no space.
  const [stack, ownCluster] = experiment.split(" ");
  const [given, wanted] = [scenario ?? (topology && resolve(topology)), file ?? stack];
  if (given !== undefined && given !== wanted) {
    throw new UsageError(
      `The playground on port ${port} is of ${experiment}, and ${scenario ?? topology} was asked for: leave it out, or start another playground with "stretch up".`,
    );
  }
  return file === undefined
    ? loadExperiment(stack, { appOutput, cluster: cluster ?? ownCluster })
    : loadExperiment(undefined, { topology: file });
}

/** A rehearsal cluster of the run's own, or with a port the playground there. */
async function driverOf(
  { topology, faults, confs }: Experiment,
  port: number | undefined,
  chosen: number,
): Promise<Driver> {
  if (port === undefined) return RehearsalDriver.start(topology, faults, { seed: chosen, confs: confs?.() });
  return asked(port, () => PlaygroundDriver.begin(port));
}

/** The experiment's own story, or with a fault the default one. */
function storyOf({ name, story, ...experiment }: Experiment, { fault, seconds }: Options): Story {
  const faults = Object.keys(experiment.faults);
  if (fault === undefined && story) {
    if (seconds !== undefined) {
      throw new UsageError(
        `--seconds was given without --fault: the story of ${name} has its own times. Name the fault that shall last ${seconds} s.`,
      );
    }
    return story;
  }
  if (fault === undefined && faults.length !== 1) {
    throw new UsageError(
      faults.length === 0
        ? `${name} has no faults: there is nothing to run. Give it one under "faults".`
        : `${name} has no story and several faults: name one with --fault, one of ${faults.join(", ")}.`,
    );
  }
  const chosen = fault ?? faults[0];
  faultOf({ name, ...experiment }, chosen);
  const { steps } = defaultStory(chosen);
  const lasts = { wait: seconds ?? 10 };
  const expect = story?.expect;
  return {
    steps: steps.map((step) => ("wait" in step && step.wait === 10 ? lasts : step)),
    ...(expect && { expect: { after: expect.after, stopIf: expect.stopIf } }),
  };
}

/** A folder that is not there yet: `out/2026-11-28T05-20-00-even-split`. */
function folderOf(out: string, name: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const plain = name
    .replace(/^.*\//, "")
    .replace(/\.\w+$/, "")
    .replace(/[^\w-]/g, "-");
  const first = join(out, `${time}-${plain}`);
  let folder = first;
  for (let i = 2; existsSync(folder); i++) folder = `${first}-${i}`;
  return folder;
}

function verdictText(summary: Summary, report: string, output: Output): string {
  const colours = coloursOf(output);
  const colour =
    summary.exitCode === 0 ? colours.green : summary.exitCode === 4 ? colours.yellow : colours.red;
  const text = [
    "",
    `${colour(summary.verdict)}: ${summary.sentence}`,
    ...summary.reasons.map((reason) => `  ${reason}`),
    ...summary.check.findings.slice(0, 5).map(({ key, class: name, why }) => `  ${name}: ${key}: ${why}`),
    `The whole of it: ${report}`,
    `Play with this cluster: ${join(dirname(report), "explorer.html")}`,
  ].join("\n");
  return new Help().boxWrap(text, output.columns);
}

function commandOf(scenario: string | undefined, options: Options, chosen: number): string {
  const { topology, appOutput, cluster, port, truncate, fault, workload, rate, pace, seconds } = options;
  const { live, dir, var: variables = [], varFile = [], alarm } = options;
  return [
    "stretch run",
    scenario,
    topology !== undefined && `--topology ${topology}`,
    appOutput !== undefined && `--app-output ${appOutput}`,
    cluster !== undefined && `--cluster ${cluster}`,
    port !== undefined && `--port ${port}`,
    live && "--live",
    dir !== undefined && `--dir ${dir}`,
    ...variables.map((text) => `--var ${text.replace(/=.*$/s, "=...")}`),
    ...varFile.map((file) => `--var-file ${file}`),
    alarm !== undefined && `--alarm ${alarm}`,
    truncate && "--truncate",
    fault !== undefined && `--fault ${fault}`,
    workload && `--workload ${workload}`,
    rate !== undefined && `--rate ${rate}`,
    pace && `--pace ${pace}`,
    seconds !== undefined && `--seconds ${seconds}`,
    `--seed ${chosen}`,
  ]
    .filter((part) => part)
    .join(" ");
}

function list(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function variable(text: string, before: string[] = []): string[] {
  if (!/^[A-Za-z_][\w-]*=/.test(text)) throw new InvalidArgumentError("Expected NAME=VALUE.");
  return [...before, text];
}

function positive(what: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value <= 0)
      throw new InvalidArgumentError(`Expected ${what}, more than 0.`);
    return value;
  };
}

function seed(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError("Expected a whole number of up to nine digits.");
  return Number(text);
}
