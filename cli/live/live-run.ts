import { Alarm } from "../../lab/deployed/alarm";
import { DeployedDriver } from "../../lab/deployed/deployed-driver";
import { deployedCluster, DeploymentError } from "../../lab/deployed/deployment";
import { assertLeverOff, RunLock } from "../../lab/deployed/run-lock";
import {
  changesText,
  isFaults,
  leftOf,
  type Plan,
  type SwitchedFault,
  Terraform,
} from "../../lab/deployed/terraform";
import { TerraformBreaker } from "../../lab/deployed/terraform-breaker";
import { stretchCommand } from "../../modules/stack/own-command";
import { NONE } from "../../model";
import type { Story } from "../../scenarios/story";
import { ExitError, UsageError } from "../errors";
import { stackBill } from "../scenario/bill";
import type { Interruption } from "./interruption";
import { assertNoneLeft, removeLeftByFaults } from "./left-by-faults";
import type { LiveStack } from "./live-stack";
import { ownTags } from "./tagged-resource";

/** Seconds that a run may take beside the waits that its story names: each fault and heal is an apply. */
const RUN_SECONDS = 1800;
/** Seconds for which hosts go on after that, to bring what they have. */
const HOST_SECONDS = 600;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const UNBROKEN = "Nothing was broken";
/** Exit code: nothing was proven. */
const NOT_PROVEN = 3;

/** How it is run. */
interface LiveRunOptions {
  readonly story: Story;
  /** Of this run alone. */
  readonly run: string;
  readonly says: (text: string) => void;
  readonly complains: (text: string) => void;
  /** Asks whether to go on, by a word to type. */
  readonly confirmed: (question: string, word: string) => Promise<boolean>;
  readonly interruption: Interruption;
  readonly yes?: true;
  readonly breakLock?: true;
  readonly alarm?: string;
}

/** A run on a deployed stack: what has to hold before, and what has to be given back after. */
export class LiveRun {
  private readonly begun = Date.now();

  constructor(
    readonly driver: DeployedDriver,
    readonly limitSeconds: number,
    /** Command that ends faults where the run cannot. */
    readonly heal: string,
    private readonly says: (text: string) => void,
    private readonly hourly: number | undefined,
    private readonly alarm: Alarm | undefined,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /**
   * Sees that the stack can be broken and healed, and starts what looks at it. Nothing is broken by it.
   *
   * @throws UsageError where it is not deployed as it has to be; ExitError where something else forbids the run, told before
   */
  static async begin(live: LiveStack, options: LiveRunOptions): Promise<LiveRun> {
    const closing: (() => Promise<void>)[] = [];
    const cleanUp = async () => {
      for (const close of closing.reverse()) {
        await close().catch((error: Error) => options.complains(error.message));
      }
    };
    try {
      return await begun(live, options, closing, cleanUp);
    } catch (error) {
      await cleanUp();
      options.interruption.close();
      if (error instanceof DeploymentError) throw new UsageError(error.message);
      if (error instanceof UsageError) throw error;
      const { reason: message = (error as Error).message } = options.interruption;
      // Some say it themselves.
      const said = message.includes(UNBROKEN);
      options.complains(
        `stretch: ${said ? message : `${message}${message.endsWith(".") ? " " : "\n"}${UNBROKEN}.`}`,
      );
      throw new ExitError(options.interruption.exitCode ?? NOT_PROVEN);
    }
  }

  /** Has the alarm stop the run. */
  watch(stop: (reason: string) => void): void {
    this.alarm?.watch(stop);
  }

  /** Gives back what it took. */
  async close(): Promise<void> {
    await this.cleanUp();
    if (this.hourly === undefined) return;
    const cost = (this.hourly * (Date.now() - this.begun)) / HOUR;
    this.says(
      `The stack cost about ${dollars(cost)} during this run, and ${dollars(this.hourly)} each hour that it stays.`,
    );
  }
}

async function begun(
  live: LiveStack,
  { story, run, says, confirmed, interruption, yes, breakLock, alarm: arn }: LiveRunOptions,
  closing: (() => Promise<void>)[],
  cleanUp: () => Promise<void>,
): Promise<LiveRun> {
  const { stack, cluster, experiment, folder, faults, switches, options } = live;
  const alarm = arn === undefined ? undefined : new Alarm(arn);
  if (alarm) closing.push(async () => alarm.close());
  const heal = stretchCommand(`heal ${stack.name}`);
  const terraform = new Terraform({ directory: folder, options, switches, heal, says });
  closing.push(() => terraform.close());
  interruption.onSignal((reason) => {
    says(`${reason} What goes on is ended first.`);
    void terraform.interrupt();
  });
  says(`${stack.name} as ${folder} has it: reading what is deployed`);
  const deployed = deployedCluster(stack.name, cluster.topology, await terraform.output());
  const hourly = await hourlyPrice(live);
  says(hourly === undefined ? "What it costs is not known." : `It costs about ${dollars(hourly)} an hour.`);
  const limitSeconds = limitOf(story);
  // A question may wait for its answer: it outlives the run's last possible moment by a day.
  const tags = ownTags(stack.name, deployed.results.bucket, Date.now() + limitSeconds * 1000 + DAY);
  const lock = await RunLock.take({ stack: stack.name, run, tags }, deployed.results, breakLock);
  closing.push(() => lock.release());
  const regions = [...new Set([...deployed.nodes, ...deployed.clients].map(({ region }) => region))];
  await assertLeverOff(regions);
  await alarm?.assertQuiet();
  interruption.assertNone();
  says("Planning without a fault: nothing may change");
  assertNothingPending(stack.name, await terraform.planNone());
  await assertNoneLeft(stack.name, regions);
  interruption.assertNone();
  const runEnds = Date.now() + limitSeconds * 1000;
  const removeLeft = () => removeLeftByFaults(stack.name, regions);
  const breaker = new TerraformBreaker({ terraform, faults, regions, runEnds, says, removeLeft });
  await showFaults(terraform, breaker, faultsOf(story, faults), says);
  interruption.assertNone();
  if (!yes && !(await confirmed(`Breaks ${stack.name} in AWS. Type its name to go on: `, stack.name))) {
    throw new Error("Nothing was broken. Where no terminal asks, --yes goes on.");
  }
  interruption.assertNone();
  const driver = await DeployedDriver.start({
    name: `the stack ${stack.name}`,
    cluster: deployed,
    topology: cluster.topology,
    faults: experiment.faults,
    breaker,
    run,
    seconds: limitSeconds + HOST_SECONDS,
    says,
  });
  const within = Math.max(...driver.clocks.map(({ within }) => within));
  const fast = Math.max(...driver.clocks.map(({ fast }) => Math.abs(fast)));
  says(
    `Clocks of ${driver.clocks.length} hosts: at most ${milliseconds(fast)} from true time, known within ${milliseconds(within)}.`,
  );
  return new LiveRun(driver, limitSeconds, heal, says, hourly, alarm, cleanUp);
}

/** Plans every fault of the story, as the run will again. */
async function showFaults(
  terraform: Terraform,
  breaker: TerraformBreaker,
  faults: readonly SwitchedFault[],
  says: (text: string) => void,
): Promise<void> {
  for (const fault of faults) {
    const { changes } = await terraform.planFault(fault, breaker.healAt());
    says(`The fault ${fault.name} would change: ${changes.length === 0 ? "nothing" : changesText(changes)}`);
    if (fault.healAt === undefined) says("  it has no end of its own: only Terraform ends it");
  }
}

/** @throws Error where an apply would change anything, or a fault's entries are there that Terraform does not know */
function assertNothingPending(stack: string, { changes, outputs, warnings }: Plan): void {
  const left = leftOf(warnings);
  if (left.length > 0) {
    throw new Error(
      `A fault was left on ${stack}: ${left.join(" ")} Run: ${stretchCommand(`heal ${stack}`)}. Nothing was broken by this run.`,
    );
  }
  if (changes.length === 0 && outputs.length === 0) return;
  const created = changes.length > 0 && changes.every(({ action }) => action === "create");
  const what = changes.length > 0 ? changesText(changes) : `only outputs (${outputs.join(", ")})`;
  throw new Error(
    `The stack ${stack} is not as this definition has it: without any fault Terraform would still change ${what}. ` +
      (changes.length > 0 && !created && changes.every(isFaults)
        ? "A fault was left: apply it without a fault first."
        : created
          ? "It is half deployed, or a fault was left: apply it without a fault until it ends well."
          : "Was it deployed with variables (--var, --var-file, as they were given then), by another version, or from another definition? Apply what is pending first, without a fault.") +
      " Nothing was broken.",
  );
}

function faultsOf({ steps }: Story, faults: readonly SwitchedFault[]): SwitchedFault[] {
  const names = new Set(
    steps.flatMap((step) => ("fault" in step && step.fault !== NONE ? [step.fault] : [])),
  );
  return [...names].map((name) => faults.find((fault) => fault.name === name)!);
}

function limitOf({ steps }: Story): number {
  const waits = steps.map((step) => ("wait" in step && typeof step.wait === "number" ? step.wait : 0));
  return RUN_SECONDS + Math.ceil(waits.reduce((sum, wait) => sum + wait, 0));
}

/** USD an hour; undefined where it is HCL, or the table has no price. */
async function hourlyPrice({ stack }: LiveStack): Promise<number | undefined> {
  if (stack.json === undefined) return undefined;
  const { estimate } = await import("../price/estimate");
  try {
    return estimate(stackBill(stack)).reduce((sum, { hourly }) => sum + hourly, 0);
  } catch {
    return undefined;
  }
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`;
const milliseconds = (microseconds: number) => `${(microseconds / 1000).toFixed(1)} ms`;
