import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { REPO, refuseRealAws } from "./environment";
import type { Moto } from "./moto";
import { run } from "./run";

/** What a run leaves behind, or must not see: everything else in the repo is linked into the run's folder. */
const NOT_LINKED = [/^\.git$/, /^cdktf\.out$/, /^dist$/, /^coverage$/, /\.tfstate/, /\.tgz$/, /^\.terraform/];

/**
 * The `cdktf` command as a user runs it in a clone of the repo, in a temporary folder full of links to the repo, so
 * that neither `cdktf.out` nor a state file is ever left in it. Offline: the provider's lock file is not asked for.
 */
export class Cdktf {
  /** The folder in which the commands run; the states are here. */
  readonly dir = mkdtempSync(path.join(tmpdir(), "stretch-cdktf-"));

  constructor(private readonly moto: Moto) {
    for (const name of readdirSync(REPO).filter(
      (entry) => !NOT_LINKED.some((pattern) => pattern.test(entry)),
    )) {
      symlinkSync(path.join(REPO, name), path.join(this.dir, name));
    }
  }

  /** `cdktf synth ARGS`; resolves with what it printed, without colours. */
  synth(...args: string[]): Promise<string> {
    return this.run("synth", args, 2);
  }

  /** `cdktf diff STACK ARGS` */
  diff(...args: string[]): Promise<string> {
    return this.run("diff", [...args, "--skip-provider-lock"], 5);
  }

  /** `cdktf deploy STACK ARGS`, approved */
  deploy(...args: string[]): Promise<string> {
    return this.run("deploy", [...args, "--auto-approve", "--skip-provider-lock"], 12);
  }

  /** `cdktf destroy STACK ARGS`, approved */
  destroy(...args: string[]): Promise<string> {
    return this.run("destroy", [...args, "--auto-approve", "--skip-provider-lock"], 12);
  }

  /** Where `cdktf` left a stack's configuration. */
  stackDir(stack: string): string {
    return path.join(this.dir, "cdktf.out/stacks", stack);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  private async run(command: string, args: readonly string[], minutes: number): Promise<string> {
    refuseRealAws(this.moto.env);
    if (!existsSync(path.join(this.dir, "cdktf.json"))) throw new Error(`There is no cdktf.json in ${REPO}.`);
    const cli = path.join(REPO, "node_modules/.bin/cdktf");
    const { stdout, stderr } = await run(process.execPath, [cli, command, ...args], {
      cwd: this.dir,
      env: this.moto.env,
      timeoutMs: minutes * 60_000,
      evidence: () => this.moto.log(),
    });
    // eslint-disable-next-line no-control-regex
    return (stdout + stderr).replace(/\u001b\[[0-9;]*[A-Za-z]/g, "");
  }
}
