import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { App } from "cdktf";
import type { AerospikeSettings } from "../../../../modules";
import { scenarios } from "../../../../scenarios";
import { REPO, refuseRealAws } from "../environment";
import type { Moto } from "../moto";
import { run } from "../run";
import { SynthDir } from "../synth";
import { Terraform } from "../terraform";
import { OWN } from "./roles";
import { Twin, type TwinCall } from "./twin";

/** Minutes that a command may take. */
const LIMIT = 6;

/** A scenario's stack, deployed on a twin of AWS of its own, and the command `stretch` to work with it. */
export class DeployedStack {
  /**
   * Deploys it.
   *
   * @param name the scenario's
   * @param settings makes what they name in the account, and resolves with those of the context. @default none
   */
  static async start(
    name: string,
    settings: (moto: Moto) => Promise<AerospikeSettings> = async () => ({}),
  ): Promise<DeployedStack> {
    const folder = new SynthDir();
    const { build } = scenarios.find((one) => one.name === name)!;
    const twin = await Twin.start(build(new App()).clusters[0].topology());
    const context = { settings: await settings(twin.moto) };
    const deployed = new DeployedStack(
      folder,
      twin,
      new Terraform(folder.synth(name, build, context), twin.moto),
    );
    try {
      await deployed.terraform.init();
      await deployed.terraform.apply();
      await twin.boot();
      return deployed;
    } catch (error) {
      await deployed.stop();
      throw error;
    }
  }

  /** Where runs go. */
  readonly out = mkdtempSync(join(tmpdir(), "stretch-live-"));

  /** Whose key the command has, in place of the account's own. */
  private key: Readonly<Record<string, string>> = {};
  private users = 0;

  private constructor(
    private readonly folder: SynthDir,
    readonly twin: Twin,
    readonly terraform: Terraform,
  ) {}

  /** From now on the command has the key of a user of IAM who may do what a policy allows, and nothing else; again: another one. */
  async actAs(policy: object): Promise<void> {
    const iam = new IAMClient({ ...this.twin.moto.client("us-east-1"), customUserAgent: OWN });
    const UserName = `operator-${(this.users += 1)}`;
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(
      new PutUserPolicyCommand({ UserName, PolicyName: "stretch", PolicyDocument: JSON.stringify(policy) }),
    );
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    this.key = {
      AWS_ACCESS_KEY_ID: AccessKey!.AccessKeyId!,
      AWS_SECRET_ACCESS_KEY: AccessKey!.SecretAccessKey!,
    };
  }

  /** Runs `stretch ARGS`; what it printed. */
  async command(...args: readonly string[]): Promise<{ code: number | null; text: string; stdout: string }> {
    const { env } = this.twin.moto;
    refuseRealAws(env);
    const { code, stdout, stderr } = await run(
      process.execPath,
      ["--import", "tsx", join(REPO, "cli/cli.ts"), ...args],
      {
        cwd: REPO,
        env: { ...env, ...this.key, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
        timeoutMs: LIMIT * 60_000,
        okCodes: [0, 1, 2, 3, 4, 5],
        evidence: () => this.twin.moto.log(),
      },
    );
    return { code, text: stdout + stderr, stdout };
  }

  /** Runs `stretch ARGS --live` on it; all that it printed. */
  async stretch(...args: readonly string[]): Promise<{ code: number | null; text: string }> {
    const { code, text } = await this.command(...args, "--live", "--dir", this.terraform.dir);
    return { code, text };
  }

  /** `stretch run ARGS --live --yes` */
  run(...args: readonly string[]): Promise<{ code: number | null; text: string }> {
    return this.stretch("run", ...args, "--yes", "--out", this.out);
  }

  /** What the operator's machine has asked of AWS so far: the command itself, and Terraform. */
  calls(): (TwinCall & { readonly by: "terraform" | "stretch" })[] {
    return this.twin
      .calls()
      .filter(({ agent }) => !agent.includes(OWN) && !agent.includes("stretch-twin"))
      .map((call) => ({ ...call, by: /terraform/i.test(call.agent) ? "terraform" : "stretch" }));
  }

  async stop(): Promise<void> {
    await this.twin.stop();
    this.folder.remove();
    rmSync(this.out, { recursive: true, force: true });
  }
}
