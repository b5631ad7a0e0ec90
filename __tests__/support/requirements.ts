import { spawnSync, type SpawnSyncOptions } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { AWS_PROVIDER_VERSION, mockEnvironment, REPO } from "../e2e/support/environment";

interface Requirement {
  /** Says why it is missing, or nothing. */
  readonly missing: () => string | undefined;
  /** How to get it. */
  readonly enable: string;
  /** Where it cannot be had at all, CI only skips. @default true */
  readonly requiredInCi?: boolean;
}

/** A Python that has the `aerospike` client. */
export const PYTHON = process.env.PYTHON ?? "python3";

/** The browser that pages are looked at with. */
export const CHROMIUM = process.env.CHROMIUM ?? "chromium";

const CHECKOV = readFileSync(path.join(REPO, ".ci/checkov-version"), "utf8").trim();

/** What suites need of the machine, beyond node_modules. */
const REQUIREMENTS = {
  terraform: {
    missing: () => fails("terraform", "version") ?? providerMissing("hashicorp/aws", AWS_PROVIDER_VERSION),
    enable:
      "install Terraform 1.5 or newer (https://developer.hashicorp.com/terraform/install); where its registry cannot " +
      `be reached, let STRETCH_TF_MIRROR name a folder that holds registry.terraform.io/hashicorp/aws/${AWS_PROVIDER_VERSION}`,
  },
  "hashicorp/null": {
    missing: () => providerMissing("hashicorp/null", "3.2.4"),
    enable: "Terraform's registry, or hashicorp/null 3.2.4 in the folder that STRETCH_TF_MIRROR names",
    requiredInCi: false,
  },
  moto: {
    missing: () => fails("python3", "-c", "import moto.server"),
    enable: "python3 -m pip install -r .ci/requirements.txt",
  },
  checkov: {
    missing: () => fails("checkov", "--version"),
    enable: `pipx install checkov==${CHECKOV} (an environment of its own: it pins libraries that moto has newer)`,
  },
  "npm registry": {
    missing: () =>
      fails("npm", "view", "cdktf@0.21.0", "version", "--fetch-retries=0", "--fetch-timeout=15000"),
    enable: "npm must reach a registry",
  },
  "client for Node.js": {
    missing: () => fails(process.execPath, "-e", 'require("aerospike")'),
    enable: "npm rebuild aerospike (its binaries are for 64-bit Linux)",
  },
  "client for Python": {
    missing: () => fails(PYTHON, "-c", "import aerospike"),
    enable: "python3 -m pip install -r .ci/requirements.txt, or let PYTHON name a Python that has aerospike",
  },
  chromium: { missing: () => fails(CHROMIUM, "--version"), enable: "apt-get install chromium" },
  shellcheck: { missing: () => fails("shellcheck", "--version"), enable: "apt-get install shellcheck" },
  "cloud-init": { missing: () => fails("cloud-init", "--version"), enable: "apt-get install cloud-init" },
  "systemd-analyze": {
    missing: () => fails("systemd-analyze", "--version"),
    enable: "apt-get install systemd",
  },
  jq: { missing: () => fails("jq", "--version"), enable: "apt-get install jq" },
  gpg: {
    missing: () => fails("gpg", "--version") ?? fails("gpgv", "--version"),
    enable: "apt-get install gpg gpgv",
  },
  openssl: { missing: () => fails("openssl", "version"), enable: "apt-get install openssl" },
  ncat: { missing: () => fails("ncat", "--version"), enable: "apt-get install ncat" },
  "mount namespaces": {
    missing: () => fails("unshare", "--map-root-user", "--mount", "true"),
    enable: "Linux, as root or with unprivileged user namespaces",
  },
} satisfies Record<string, Requirement>;

export type RequirementName = keyof typeof REQUIREMENTS;

/** Folder of this run, made by global-setup: what was found missing, and which suites were not run for it. */
const RUN_DIR = "STRETCH_TEST_RUN_DIR";

/**
 * A suite that needs something of the machine. Where that is missing the suite is skipped and named at the end of the run,
 * with the command that enables it; with CI=true it fails.
 */
export function describeWith(needs: readonly RequirementName[], name: string, suite: () => void): void {
  const lacking = needs.filter((need) => whyMissing(need) !== "");
  if (lacking.length === 0) return describe(name, suite);

  const file = path.relative(REPO, expect.getState().testPath!);
  for (const need of lacking) {
    appendFileSync(path.join(runDir(), "not-run"), `${JSON.stringify({ need, file, name })}\n`);
  }
  const fatal = lacking.some((need) => (REQUIREMENTS[need] as Requirement).requiredInCi !== false);
  if (process.env.CI === "true" && fatal) {
    describe(name, () => {
      it("has what it needs", () => {
        throw new Error(lacking.map(told).join("\n"));
      });
    });
    return;
  }
  // The suite itself may ask for what is missing as soon as it is read.
  describe.skip(name, () => it(`needs ${lacking.join(", ")}`, () => {}));
}

/** Called once before the first suite. */
export function startRun(): void {
  process.env[RUN_DIR] = mkdtempSync(path.join(tmpdir(), "stretch-tests-"));
}

/** Called once after the last suite: says what is missing and what was not run for it. */
export function endRun(): void {
  const file = path.join(runDir(), "not-run");
  if (existsSync(file)) {
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const suites = lines.map((line): NotRun => JSON.parse(line));
    const needs = [...new Set(suites.map(({ need }) => need))].sort();
    const text = needs.flatMap((need) => [
      `  ${told(need)}`,
      ...suites.filter((one) => one.need === need).map((one) => `    ${one.file}: ${one.name}`),
    ]);
    process.stderr.write(`\nNot run, for want of something on this machine:\n${text.join("\n")}\n`);
  }
  rmSync(runDir(), { recursive: true, force: true });
}

interface NotRun {
  readonly need: RequirementName;
  readonly file: string;
  readonly name: string;
}

function told(need: RequirementName): string {
  return `${need} is missing (${whyMissing(need)}). To enable: ${REQUIREMENTS[need].enable}`;
}

/** Asked once a run; the empty string = it is there. */
function whyMissing(need: RequirementName): string {
  const memo = path.join(runDir(), need.replaceAll("/", "-"));
  if (!existsSync(memo)) {
    // Suites run side by side: a memo is there whole or not at all.
    const draft = `${memo}.${process.pid}`;
    writeFileSync(draft, REQUIREMENTS[need].missing() ?? "");
    renameSync(draft, memo);
  }
  return readFileSync(memo, "utf8");
}

function runDir(): string {
  const dir = process.env[RUN_DIR];
  if (!dir) throw new Error("jest's globalSetup did not run: start the tests by jest.config.js.");
  return dir;
}

/** Why a command cannot be run to its end, or nothing. */
function fails(command: string, ...args: string[]): string | undefined {
  return failsIn({}, command, ...args);
}

function failsIn(options: SpawnSyncOptions, command: string, ...args: string[]): string | undefined {
  const { error, status, stderr } = spawnSync(command, args, { timeout: 60_000, ...options });
  if (error) return error.message;
  return status === 0 ? undefined : `${command} ${args[0]} ended with ${status}: ${errorIn(String(stderr))}`;
}

/** Why `terraform init` does not find a provider, or nothing. */
function providerMissing(source: string, version: string): string | undefined {
  const cwd = mkdtempSync(path.join(runDir(), "init-"));
  const required = { p: { source, version } };
  writeFileSync(
    path.join(cwd, "main.tf.json"),
    JSON.stringify({ terraform: { required_providers: required } }),
  );
  // No call is made to AWS; the endpoint only has to be this machine.
  return failsIn({ cwd, env: mockEnvironment("http://127.0.0.1:1", cwd) }, "terraform", "init", "-no-color");
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
