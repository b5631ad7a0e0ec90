import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { refuseRealAws } from "./environment";
import type { Moto } from "./moto";
import { run } from "./run";

const MINUTE = 60_000;

/** One line of a plan: what terraform would do with one resource. */
export interface ResourceChange {
  /** `aws_vpc.london` */
  readonly address: string;
  readonly action: "create" | "update" | "replace" | "delete" | "move" | "import" | "forget";
}

/** What `terraform plan` found. */
export interface Plan {
  /** The saved plan, for {@link Terraform.apply} and {@link Terraform.show}. */
  readonly file: string;
  /** Every resource that would change, in order of address; empty if none. What is only read is not among them. */
  readonly changes: readonly ResourceChange[];
  /** Names of the outputs that would change. */
  readonly outputs: readonly string[];
  /** What it warns of, in Terraform's words. */
  readonly warnings: readonly string[];
}

/** Of some changes those in AWS: what keeps the time of a fault changes with each. */
export function inAws(changes: readonly ResourceChange[]): ResourceChange[] {
  return changes.filter(({ address }) => address.startsWith("aws_"));
}

// Terraform's own JSON: read, never written.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type TerraformJson = any;

export type Variables = Readonly<Record<string, string>>;

/**
 * Terraform in one folder, against one moto. Each call has a time limit, after which terraform and its providers are
 * killed and the error shows moto's log.
 */
export class Terraform {
  constructor(
    /** Folder of the synthesised configuration (`cdktf.out/stacks/NAME`). */
    readonly dir: string,
    private readonly moto: Moto,
  ) {}

  /** `terraform init`; the state stays in this folder, whatever path the backend names. */
  async init(): Promise<void> {
    const file = ["cdk.tf.json", "cdk.tf"].find((name) => existsSync(path.join(this.dir, name)));
    if (file === undefined) throw new Error(`There is no synthesised stack in ${this.dir}.`);
    const local = /"backend":\s*\{\s*"local"|backend "local"/.test(
      readFileSync(path.join(this.dir, file), "utf8"),
    );
    await this.run(["init", ...(local ? ["-backend-config=path=terraform.tfstate"] : [])], 2 * MINUTE);
  }

  async validate(): Promise<void> {
    await this.run(["validate"], MINUTE);
  }

  /** `terraform plan`; its errors are thrown in terraform's own words, unwrapped. */
  async plan(variables: Variables = {}): Promise<Plan> {
    const file = path.join(this.dir, "plan.bin");
    // The stream of -json names every change; `show -json` would start the provider once more, 2.5 s.
    const printed = await this.run(
      ["plan", "-json", `-out=${file}`, ...asFlags(variables)],
      3 * MINUTE,
      [0, 1],
    );
    const lines = printed.split("\n").filter(Boolean).map(parsed);
    const errors = lines.filter((line) => line["@level"] === "error");
    if (errors.length > 0) {
      const said = errors.map((line) => `${line["@message"]}\n${line.diagnostic?.detail ?? ""}`);
      throw new Error(`terraform plan (in ${this.dir}) failed\n${said.join("\n")}\n${this.moto.log()}`);
    }
    return {
      file,
      changes: lines
        .filter(({ type, change }) => type === "planned_change" && !/^(noop|read)$/.test(change.action))
        .map(({ change }) => ({ address: change.resource.addr, action: change.action }))
        .sort((a, b) => (a.address < b.address ? -1 : 1)),
      outputs: lines
        .filter(({ type }) => type === "outputs")
        .flatMap(({ outputs }) => Object.keys(outputs).filter((name) => outputs[name].action !== "noop")),
      warnings: lines.filter((line) => line["@level"] === "warn").map(({ diagnostic }) => diagnostic.detail),
    };
  }

  /** Applies a saved plan, or plans and applies with these variables; resolves with what it printed. */
  apply(what: Plan | Variables = {}): Promise<string> {
    const args = isPlan(what) ? [what.file] : asFlags(what);
    return this.run(["apply", "-auto-approve", ...args], 10 * MINUTE);
  }

  /** Begins an apply, and kills it with its providers, as `kill -9` does, when `when` says so of what it printed. */
  async kill(variables: Variables, when: (printed: string) => boolean): Promise<void> {
    refuseRealAws(this.moto.env);
    const args = ["apply", "-no-color", "-auto-approve", ...asFlags(variables)];
    const child = spawn("terraform", args, { cwd: this.dir, env: this.moto.env, detached: true });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (printed += text));
    const ended = new Promise((resolve) => child.once("close", resolve));
    const deadline = Date.now() + 3 * MINUTE;
    while (!when(printed)) {
      if (child.exitCode !== null || Date.now() > deadline) {
        if (child.exitCode === null) process.kill(-child.pid!, "SIGKILL");
        throw new Error(`terraform was not to be killed (${child.exitCode})\n${printed}\n${this.moto.log()}`);
      }
      await sleep(50);
    }
    process.kill(-child.pid!, "SIGKILL");
    await ended;
  }

  async destroy(variables: Variables = {}): Promise<void> {
    await this.run(["destroy", "-auto-approve", ...asFlags(variables)], 10 * MINUTE);
  }

  /** `terraform show -json`, of the state or of a plan. */
  async show(plan?: Plan): Promise<TerraformJson> {
    return JSON.parse(await this.run(["show", "-json", ...(plan ? [plan.file] : [])], MINUTE));
  }

  /** Outputs by name, their values only. */
  async output(): Promise<Record<string, TerraformJson>> {
    const outputs: TerraformJson = JSON.parse(await this.run(["output", "-json"], MINUTE));
    return Object.fromEntries(
      Object.entries<TerraformJson>(outputs).map(([name, { value }]) => [name, value]),
    );
  }

  /** Runs `terraform COMMAND ARGS`; resolves with what it printed. */
  async run([command, ...args]: readonly string[], timeoutMs: number, okCodes = [0]): Promise<string> {
    refuseRealAws(this.moto.env);
    const { stdout } = await run("terraform", [command, "-no-color", ...args], {
      cwd: this.dir,
      env: this.moto.env,
      timeoutMs,
      okCodes,
      evidence: () => this.moto.log(),
    });
    return stdout;
  }
}

function asFlags(variables: Variables): string[] {
  return Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`);
}

function isPlan(what: Plan | Variables): what is Plan {
  return Array.isArray(what.changes);
}

function parsed(line: string): TerraformJson {
  return JSON.parse(line);
}
