import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { AWS_PROVIDER_VERSION, mockEnvironment } from "./environment";

interface Requirement {
  /** Says why it is missing, or nothing. */
  readonly missing: () => string | undefined;
  /** How to get it. */
  readonly enable: string;
  /** Where it cannot be had at all, CI only skips. @default true */
  readonly requiredInCi?: boolean;
}

/** Programs outside of node_modules that suites need. */
const REQUIREMENTS = {
  terraform: {
    missing: () => fails("terraform", ["version"]) ?? providerMissing("hashicorp/aws", AWS_PROVIDER_VERSION),
    enable:
      "install Terraform 1.5 or newer; where its registry cannot be reached, let STRETCH_TF_MIRROR name a folder " +
      "that holds registry.terraform.io/hashicorp/aws",
  },
  "provider-null": {
    missing: () => providerMissing("hashicorp/null", "3.2.4"),
    enable: "terraform's registry, or hashicorp/null 3.2.4 in the folder named by STRETCH_TF_MIRROR",
    requiredInCi: false,
  },
  moto: {
    missing: () => fails("python3", ["-c", "import moto.server"]),
    enable: "pip install -r .ci/requirements.txt",
  },
  checkov: {
    missing: () => fails("checkov", ["--version"]),
    enable:
      "pip install checkov==3.3.30 into an environment of its own (it pins boto3), its bin/ on the PATH",
  },
  "npm registry": {
    missing: () =>
      fails("npm", ["view", "cdktf@0.21.0", "version", "--fetch-retries=0", "--fetch-timeout=15000"]),
    enable: "npm must reach a registry",
  },
} satisfies Record<string, Requirement>;

export type RequirementName = keyof typeof REQUIREMENTS;

/** Folder of this run, made by global-setup: which requirements are there, which suites were skipped. */
const RUN_DIR = "STRETCH_E2E_RUN_DIR";

/**
 * A suite that needs programs outside of node_modules. Where one is missing the suite is skipped and named at the end of
 * the run; with CI=true it fails.
 */
export function describeE2e(name: string, needs: readonly RequirementName[], suite: () => void): void {
  const lacking = needs.map((need) => ({ need, why: whyMissing(need) })).filter(({ why }) => why !== "");
  if (lacking.length === 0) return describe(name, suite);

  const reasons = lacking.map(({ need, why }) => `${need} is missing (${why}): ${REQUIREMENTS[need].enable}`);
  const fatal = lacking.some(({ need }) => (REQUIREMENTS[need] as Requirement).requiredInCi !== false);
  if (process.env.CI === "true" && fatal) {
    describe(name, () => {
      it("has what it needs", () => {
        throw new Error(reasons.join("\n"));
      });
    });
    return;
  }
  appendFileSync(path.join(runDir(), "skipped"), `${name}: ${reasons.join("; ")}\n`);
  describe.skip(name, suite);
}

/** Called once before the first e2e suite. */
export function startRun(): void {
  process.env[RUN_DIR] = mkdtempSync(path.join(tmpdir(), "stretch-e2e-"));
}

/** Called once after the last e2e suite: says what was skipped. */
export function endRun(): void {
  const skipped = path.join(runDir(), "skipped");
  if (existsSync(skipped)) {
    process.stderr.write(
      `\nSkipped end-to-end suites:\n${readFileSync(skipped, "utf8").replace(/^(?=.)/gm, "  - ")}`,
    );
  }
  rmSync(runDir(), { recursive: true, force: true });
}

/** Asked once a run; the empty string = it is there. */
function whyMissing(need: RequirementName): string {
  const memo = path.join(runDir(), need);
  if (!existsSync(memo)) writeFileSync(memo, REQUIREMENTS[need].missing() ?? "");
  return readFileSync(memo, "utf8");
}

function runDir(): string {
  const dir = process.env[RUN_DIR];
  if (!dir) throw new Error("The e2e project's globalSetup did not run: start e2e tests by jest.config.js.");
  return dir;
}

/** Why a command cannot be run to its end, or nothing. */
function fails(command: string, args: readonly string[], options = {}): string | undefined {
  const { error, status, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: 60_000,
    ...options,
  });
  if (error) return error.message;
  return status === 0 ? undefined : `${command} ${args[0]} ended with ${status}: ${errorIn(stderr)}`;
}

/** Why `terraform init` does not find a provider, or nothing. */
function providerMissing(source: string, version: string): string | undefined {
  const dir = path.join(runDir(), `init-${path.basename(source)}`);
  mkdirSync(dir);
  const required = { p: { source, version } };
  writeFileSync(
    path.join(dir, "main.tf.json"),
    JSON.stringify({ terraform: { required_providers: required } }),
  );
  // No call is made to AWS; the endpoint only has to be this machine.
  return fails("terraform", ["init", "-no-color"], {
    cwd: dir,
    env: mockEnvironment("http://127.0.0.1:1", dir),
  });
}

/** The first line that names an error, and the one after it; terraform frames its own. */
function errorIn(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^[\s│╷╵]+/, ""))
    .filter(Boolean);
  const first = Math.max(
    0,
    lines.findIndex((line) => /error/i.test(line)),
  );
  return lines.slice(first, first + 2).join(" ");
}
