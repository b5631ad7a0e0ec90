import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { NONE } from "../../model";
import type { Changing } from "../drivers/driver";
import { monotonic } from "../load/clock";
import type { ShownPlan } from "./pending";

/** One resource that a plan changes. */
export interface PlannedChange {
  readonly address: string;
  /** `aws_network_acl_rule` */
  readonly type: string;
  readonly action: string;
}

/** A plan of Terraform, saved. */
export interface Plan {
  readonly file: string;
  readonly changes: readonly PlannedChange[];
  /** Names of outputs that change. */
  readonly outputs: readonly string[];
  readonly warnings: readonly string[];
}

/** A fault by the Terraform variables that make and end it. */
export interface SwitchedFault {
  /** What it goes by. */
  readonly name: string;
  readonly variable: string;
  /** The variable's value. */
  readonly value: string;
  /** Variable of its end; undefined where only Terraform can end it. */
  readonly healAt?: string;
}

export interface TerraformProps {
  /** Folder of the configuration, initialised. */
  readonly directory: string;
  /** Options that each plan takes: `-var=`, `-var-file=`. @default none */
  readonly options?: readonly string[];
  /** Variables of the stack's switches. */
  readonly switches: readonly string[];
  /** The command that ends faults without Terraform. */
  readonly heal: string;
  /** Is told what it does. @default nobody */
  readonly says?: (text: string) => void;
  /** Milliseconds between two tries of a heal. @default 5000 */
  readonly pause?: number;
}

/** What `terraform output -json` says, by name. */
export type Outputs = Readonly<Record<string, unknown>>;

const SECOND = 1000;
/** In a millisecond. */
const MICROSECONDS = 1000;
const MINUTE = 60 * SECOND;
/** Milliseconds that a call may take, and those that one has to end once it was told to. */
const LIMIT = { read: 3 * MINUTE, plan: 10 * MINUTE, apply: 30 * MINUTE, end: 2 * MINUTE };
/** How often a heal is tried, the pause between, and milliseconds after which it is not tried again. */
const [TRIES, PAUSE, TRIED] = [3, 5 * SECOND, 10 * MINUTE];
/** Seconds for which Terraform waits for the lock of its state. */
const LOCK_SECONDS = 60;
/** Resources that an apply changes at a time: the entries of a cut come together, not ten by ten. */
const PARALLELISM = 64;

/** What faults change, and how; `terraform_data` keep when they were asked for. */
const FAULT_CHANGES: Readonly<Record<string, readonly string[]>> = {
  aws_network_acl_rule: ["create", "delete"],
  aws_scheduler_schedule: ["create", "update", "replace", "delete"],
  aws_ec2_instance_state: ["update"],
  aws_route: ["create", "delete"],
  aws_vpc_security_group_ingress_rule: ["create", "delete"],
  terraform_data: ["create", "update", "replace", "delete"],
};
/** Those of them that nobody's packets meet. */
const NO_NETWORK = ["aws_scheduler_schedule", "terraform_data"];

/** A line of `terraform -json`. */
interface Line {
  readonly type?: string;
  readonly "@message"?: string;
  readonly "@timestamp"?: string;
  readonly hook?: { readonly resource?: { readonly resource_type?: string } };
  readonly change?: {
    readonly action: string;
    readonly resource: { readonly addr: string; readonly resource_type: string };
  };
  readonly outputs?: Readonly<Record<string, { readonly action?: string }>>;
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail?: string };
}

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Going {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  interrupted?: true;
}

/** Terraform in the folder of a deployed stack. */
export class Terraform {
  private readonly scratch = mkdtempSync(join(tmpdir(), "stretch-plans-"));
  private plans = 0;
  private runs = 0;
  private healing: Promise<Changing | undefined> | undefined;
  /** What runs now, and its end. */
  private going: Going | undefined;

  constructor(private readonly props: TerraformProps) {}

  /** Outputs of the state; none where nothing is deployed. */
  async output(): Promise<Outputs> {
    const outputs = JSON.parse(await this.read("output", "-json")) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** A plan without a fault. */
  planNone(): Promise<Plan> {
    return this.plan({});
  }

  /**
   * A plan of a fault.
   *
   * @param healAt its end, for faults that have one
   * @throws Error where the plan changes anything that is no fault's
   */
  async planFault({ name, value, variable, healAt: end }: SwitchedFault, healAt: string): Promise<Plan> {
    const plan = await this.plan({ [variable]: value, ...(end !== undefined && { [end]: healAt }) });
    const others = plan.changes.filter((change) => !isFaults(change));
    if (others.length > 0) {
      throw new Error(
        `The plan of the fault ${name} changes what no fault does: ${changesText(others)}. Nothing was broken by it. Apply what is pending first, without a fault.`,
      );
    }
    return plan;
  }

  /** A saved plan in full, as JSON: secret values of the stack may be in it. */
  async shown({ file }: Plan): Promise<ShownPlan> {
    return JSON.parse(await this.read("show", "-json", file)) as ShownPlan;
  }

  /**
   * Applies a saved plan.
   *
   * @returns when the network was changed; undefined where nothing of it was
   */
  async apply({ file, changes }: Plan): Promise<Changing | undefined> {
    this.props.says?.(`terraform apply: ${changesText(changes)}`);
    const ran = await this.run(
      [
        ...["apply", "-json", "-input=false", `-lock-timeout=${LOCK_SECONDS}s`],
        ...[`-parallelism=${PARALLELISM}`, file],
      ],
      LIMIT.apply,
    );
    const lines = linesOf(ran);
    this.assertWell("apply", ran, lines);
    return changingIn(lines);
  }

  /**
   * Ends every fault, and reads that none is left. What Terraform does just now is ended first, unless it is a heal: whoever asks
   * meanwhile waits for that one.
   *
   * @returns when the network was changed; undefined where there was nothing to end
   * @throws Error where it cannot, or something is left, with the command that ends faults without Terraform
   */
  heal(): Promise<Changing | undefined> {
    this.healing ??= this.healed().finally(() => (this.healing = undefined));
    return this.healing;
  }

  /** The schedules that a plan made, as the state has them. A stack may have others of its user's. */
  async schedules({ changes }: Pick<Plan, "changes">): Promise<readonly Schedule[]> {
    const { values } = JSON.parse(await this.read("show", "-json")) as { values?: { root_module: Module } };
    const made = new Set(changes.map(({ address }) => address));
    return values === undefined
      ? []
      : schedulesIn(values.root_module).filter(({ address }) => made.has(address));
  }

  /** Interrupts what runs, as Ctrl-C does: it ends what it has begun and writes its state. */
  async interrupt(): Promise<void> {
    const { going } = this;
    if (going === undefined) return;
    const { child, ended } = going;
    // Once: at a second one Terraform ends at once, its state not written.
    if (!going.interrupted) child.kill("SIGINT");
    going.interrupted = true;
    const timer = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), LIMIT.end);
    await ended;
    clearTimeout(timer);
  }

  /** Ends what runs, as Ctrl-C does, and removes the plans. */
  async close(): Promise<void> {
    await this.interrupt();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  private async healed(): Promise<Changing | undefined> {
    const from = Date.now();
    // Where AWS cannot be reached, Terraform's provider tries for minutes and says nothing.
    const waiting = setInterval(() => {
      const minutes = Math.round((Date.now() - from) / MINUTE);
      this.props.says?.(
        `Terraform has not ended the fault after ${minutes} min. Where AWS cannot be reached from here, run elsewhere: ${this.props.heal}`,
      );
    }, MINUTE);
    try {
      return await this.healedBy(from + TRIED);
    } finally {
      clearInterval(waiting);
    }
  }

  /** @param end after which it is not tried again, milliseconds of the epoch */
  private async healedBy(end: number): Promise<Changing | undefined> {
    await this.interrupt();
    let reason = "";
    let done: Changing | undefined;
    for (let i = 0; i === 0 || (i < TRIES && Date.now() < end); i++) {
      if (i > 0) await rest(this.props.pause ?? PAUSE);
      try {
        const plan = await this.planNone();
        if (plan.changes.length > 0) {
          const now = await this.apply(plan);
          if (now) done = { first: done?.first ?? now.first, last: now.last };
        }
        const { changes, warnings } = plan.changes.length > 0 ? await this.planNone() : plan;
        const left = leftOf(warnings);
        if (changes.length === 0 && left.length === 0) return done;
        reason = [...left, changes.length > 0 ? `Still to change: ${changesText(changes)}.` : ""].join(" ");
        // What it does not know it will not end the next time either.
        if (changes.length === 0) break;
      } catch (error) {
        reason = (error as Error).message;
      }
      this.props.says?.(`The heal by Terraform did not succeed: ${reason.trim()}`);
    }
    throw new Error(`Terraform did not end the fault. Run: ${this.props.heal}. ${reason.trim()}`);
  }

  private async plan(variables: Readonly<Record<string, string>>): Promise<Plan> {
    const file = join(this.scratch, `${++this.plans}.tfplan`);
    const faults = { ...Object.fromEntries(this.props.switches.map((name) => [name, NONE])), ...variables };
    const ran = await this.run(
      [
        ...["plan", "-json", "-input=false", `-lock-timeout=${LOCK_SECONDS}s`, `-out=${file}`],
        ...(this.props.options ?? []),
        ...Object.entries(faults).map(([name, value]) => `-var=${name}=${value}`),
      ],
      LIMIT.plan,
    );
    const lines = linesOf(ran);
    this.assertWell("plan", ran, lines);
    return {
      file,
      changes: lines.flatMap(({ type, change }) =>
        type === "planned_change" && change && !/^(noop|read)$/.test(change.action)
          ? [{ address: change.resource.addr, type: change.resource.resource_type, action: change.action }]
          : [],
      ),
      outputs: lines.flatMap(({ type, outputs = {} }) =>
        type === "outputs"
          ? Object.keys(outputs).filter((name) => (outputs[name].action ?? "noop") !== "noop")
          : [],
      ),
      warnings: lines.flatMap(({ diagnostic }) =>
        diagnostic?.severity === "warning" ? [diagnostic.detail ?? diagnostic.summary] : [],
      ),
    };
  }

  private async read(...args: readonly string[]): Promise<string> {
    const ran = await this.run(args, LIMIT.read);
    this.assertWell(args[0], ran, []);
    return ran.stdout;
  }

  /** @throws Error in Terraform's own words, with what mends it where that is known */
  private assertWell(command: string, { code, stdout, stderr }: Ran, lines: readonly Line[]): void {
    const errors = lines.flatMap(({ diagnostic }) =>
      diagnostic?.severity === "error" ? [`${diagnostic.summary}: ${diagnostic.detail ?? ""}`] : [],
    );
    if (code === 0 && errors.length === 0) return;
    const plain = errors.length > 0 ? errors.join(" ") : stderr || stdout;
    const said = plain.replaceAll(/\s+/g, " ").trim().slice(0, 2000);
    const { directory } = this.props;
    throw new Error(
      `terraform ${command} in ${directory} failed: ${said || `it ended with ${String(code)}`}${mendOf(said)}`,
    );
  }

  private async run(args: readonly string[], limit: number): Promise<Ran> {
    while (this.going !== undefined) await this.going.ended;
    const program = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
    // Into files: were this process killed, a pipe would end an apply in its midst, its state not written and locked.
    const files = ["stdout", "stderr"].map((name) => join(this.scratch, `${this.runs}.${name}`));
    this.runs++;
    const [stdout, stderr] = files.map((file) => openSync(file, "w", 0o600));
    // A process group of its own: Ctrl-C reaches this process alone, which ends it when it is time.
    const child = spawn(program, args, {
      cwd: this.props.directory,
      env: { ...process.env, TF_IN_AUTOMATION: "1" },
      stdio: ["ignore", stdout, stderr],
      detached: true,
    });
    closeSync(stdout);
    closeSync(stderr);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      void this.interrupt();
    }, limit);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    this.going = { child, ended: ended.catch(() => {}) };
    try {
      const code = await ended;
      if (late) {
        throw new Error(
          `terraform ${args[0]} had not ended after ${limit / MINUTE} minutes, and was interrupted.`,
        );
      }
      const [out, err] = files.map((file) => readFileSync(file, "utf8"));
      return { code, stdout: out, stderr: err };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new Error(
        `The program ${program} was not found: install Terraform 1.5 or newer, or name another in TERRAFORM_BINARY_NAME; and see that ${this.props.directory} is there.`,
        { cause: error },
      );
    } finally {
      clearTimeout(timer);
      this.going = undefined;
    }
  }
}

/** A schedule that ends a fault. */
export interface Schedule {
  /** In Terraform's state. */
  readonly address: string;
  readonly region: string;
  readonly group: string;
  readonly name: string;
}

interface Module {
  readonly resources?: readonly {
    readonly address: string;
    readonly type: string;
    readonly values: Readonly<Record<string, string>>;
  }[];
  readonly child_modules?: readonly Module[];
}

function schedulesIn({ resources = [], child_modules: children = [] }: Module): Schedule[] {
  return [
    ...resources.flatMap(({ address, type, values: { arn = "", group_name: group, name } }) =>
      type === "aws_scheduler_schedule" ? [{ address, region: arn.split(":")[3], group, name }] : [],
    ),
    ...children.flatMap(schedulesIn),
  ];
}

/** Whether a change is one that faults make, or that ends them. */
function isFaults({ type, action }: PlannedChange): boolean {
  return FAULT_CHANGES[type]?.includes(action) ?? false;
}

/** Of a plan's warnings those of entries that a fault made and Terraform's state does not know. */
export function leftOf(warnings: readonly string[]): string[] {
  return warnings.filter((text) => /hold entries of a fault/.test(text));
}

/**
 * Changes in words, by what is done with what: `12 aws_network_acl_rule to create`.
 *
 * @param most kinds that are told. @default all
 */
export function changesText(changes: readonly PlannedChange[], most = Infinity): string {
  const counts = new Map<string, string[]>();
  for (const { type, action, address } of changes) {
    const kind = `${type} to ${action}`;
    counts.set(kind, [...(counts.get(kind) ?? []), address]);
  }
  const kinds = [...counts].map(([kind, [first, ...others]]) =>
    others.length === 0 ? `${kind} (${first})` : `${others.length + 1} ${kind}`,
  );
  return kinds.length > most ? `${kinds.slice(0, most).join(", ")}, ...` : kinds.join(", ");
}

function linesOf({ stdout }: Ran): Line[] {
  return stdout.split("\n").flatMap((text) => {
    try {
      return text.startsWith("{") ? [JSON.parse(text) as Line] : [];
    } catch {
      return [];
    }
  });
}

/** When changes of the network began and ended, by the lines of an apply that ends now. */
function changingIn(lines: readonly Line[]): Changing | undefined {
  const toMonotonic = monotonic() - Date.now() * MICROSECONDS;
  const times = (type: string) =>
    lines.flatMap(({ type: own, hook, "@timestamp": at }) =>
      own === type && at !== undefined && !NO_NETWORK.includes(hook?.resource?.resource_type ?? "")
        ? [Date.parse(at) * MICROSECONDS + toMonotonic]
        : [],
    );
  const [first] = times("apply_start");
  const last = times("apply_complete").at(-1);
  return first === undefined || last === undefined ? undefined : { first, last };
}

function mendOf(said: string): string {
  if (/acquiring the state lock/i.test(said)) {
    const id = /\bID:\s+(\S+)/.exec(said)?.[1] ?? "ID";
    return ` Somebody else's Terraform has the state, or one that was killed left its lock: wait, or where none runs: terraform force-unlock ${id}`;
  }
  if (/terraform init|initialization required|Required plugins are not installed/i.test(said)) {
    return " Run terraform init there, with the backend that the stack was deployed with.";
  }
  return "";
}
