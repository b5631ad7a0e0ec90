import { Alarm } from "../../lab/deployed/alarm";
import { type DeployedCluster, DeployedDriver } from "../../lab/deployed/deployed-driver";
import { deployedCluster, DeploymentError } from "../../lab/deployed/deployment";
import { otherVersion } from "../../lab/deployed/version";
import { firstLaunch } from "../../lab/deployed/launched";
import { causesOf } from "../../lab/deployed/pending";
import { assertLeverOff, RunLock } from "../../lab/deployed/run-lock";
import { changesText, leftOf, type Plan, type SwitchedFault, Terraform } from "../../lab/deployed/terraform";
import { TerraformBreaker } from "../../lab/deployed/terraform-breaker";
import { clocksText, costText, dollars, type LiveCost, type LiveFacts } from "../../lab/run/live";
import { ownPackage } from "../../modules/stack/own-package";
import { stretchCommand } from "../../modules/stack/own-command";
import { NONE } from "../../model";
import type { Story } from "../../scenarios/story";
import { ExitError, UsageError } from "../errors";
import { stackBill } from "../scenario/bill";
import type { Stack } from "../scenario/stack";
import type { Interruption } from "./interruption";
import { assertNoneLeft, removeLeftByFaults } from "./left-by-faults";
import type { LiveStack } from "./live-stack";
import { pendingText } from "./pending-text";
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
    private readonly stack: Pick<LiveFacts, "stack" | "regions">,
    private readonly price: Price | undefined,
    private readonly alarm: Alarm | undefined,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** What is known of the stack by now, for the report. */
  get facts(): LiveFacts {
    const { clocks, operatorWithin } = this.driver;
    return {
      ...this.stack,
      clocks: {
        hosts: clocks.length,
        fast: Math.max(...clocks.map(({ fast }) => Math.abs(fast))),
        within: Math.max(...clocks.map(({ within }) => within)),
        operator: Number.isFinite(operatorWithin) ? operatorWithin : null,
      },
      ...(this.price && { cost: this.costOf(this.price) }),
    };
  }

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
    if (this.price) this.says(costText(this.costOf(this.price)));
  }

  private costOf({ hourly, since }: Price): LiveCost {
    const run = costSince(hourly, this.begun);
    if (since === undefined) return { hourly, run };
    return {
      hourly,
      run,
      deployed: { since: since.toISOString(), cost: costSince(hourly, since.getTime()) },
    };
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
  const outputs = await terraform.output();
  const deployed = deployedCluster(stack.name, cluster.topology, outputs, ownPackage());
  const version = otherVersion(stack.name, outputs, ownPackage());
  // No reason to refuse: what it needs of the outputs is there, and where more differs the plan tells.
  if (version !== undefined) says(`Warning: ${version}`);
  const price = await priceOf(live, deployed, says);
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
  await assertNothingPending(stack.name, switches, terraform, await terraform.planNone());
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
  const names = { stack: stack.name, regions };
  const begins = new LiveRun(driver, limitSeconds, heal, says, names, price, alarm, cleanUp);
  says(clocksText(begins.facts.clocks));
  return begins;
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
async function assertNothingPending(
  stack: string,
  switches: readonly string[],
  terraform: Terraform,
  plan: Plan,
): Promise<void> {
  const left = leftOf(plan.warnings);
  if (left.length > 0) {
    throw new Error(
      `A fault was left on ${stack}: ${left.join(" ")} Run: ${stretchCommand(`heal ${stack}`)}. Nothing was broken by this run.`,
    );
  }
  if (plan.changes.length === 0 && plan.outputs.length === 0) return;
  const causes = causesOf(await terraform.shown(plan));
  if (causes.length > 0) throw new Error(pendingText(stack, switches, plan, causes));
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

/** What a stack costs an hour, USD, and since when it does. */
interface Price {
  readonly hourly: number;
  readonly since?: Date;
}

/** Tells what it costs; undefined where it is HCL, or the table has no price. */
async function priceOf(
  { stack }: LiveStack,
  { nodes, clients }: DeployedCluster,
  says: (text: string) => void,
): Promise<Price | undefined> {
  const hourly = stack.json === undefined ? undefined : await hourlyPrice(stack);
  if (hourly === undefined) {
    says("What it costs is not known: it is HCL, or of a type or a region without a price here.");
    return undefined;
  }
  const each = `It costs about ${dollars(hourly)} an hour`;
  try {
    const since = await firstLaunch([...nodes, ...clients]);
    if (since === undefined) throw new Error("AWS knows none of its hosts");
    const sofar = dollars(costSince(hourly, since.getTime()));
    says(`${each}, and has cost about ${sofar} since its first host was launched (${since.toISOString()}).`);
    return { hourly, since };
  } catch (error) {
    says(`${each}; what it has cost so far is not known: ${(error as Error).message}`);
    return { hourly };
  }
}

async function hourlyPrice(stack: Stack): Promise<number | undefined> {
  const { estimate } = await import("../price/estimate");
  try {
    return estimate(stackBill(stack)).reduce((sum, { hourly }) => sum + hourly, 0);
  } catch {
    return undefined;
  }
}

const costSince = (hourly: number, begun: number) => (hourly * (Date.now() - begun)) / HOUR;
