import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import providerAws from "@cdktf/provider-aws/package.json";

type Environment = Readonly<Record<string, string | undefined>>;

/** The keys that every e2e run uses: no real account has them. */
export const MOCK_CREDENTIALS = { accessKeyId: "mock", secretAccessKey: "mock" };

/** The project's root: where cdktf.json and node_modules are. */
export const REPO = path.resolve(__dirname, "../../..");

const LOOPBACK = /^https?:\/\/(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?\/?$/;

/**
 * Throws unless every AWS call made in this environment can only reach this machine. Called by each runner before it
 * starts anything.
 */
export function refuseRealAws(env: Environment): void {
  const refuse = (why: string): never => {
    throw new Error(`${why}: this could reach a real AWS account, so the end-to-end test does not run.`);
  };
  const endpoint = env.AWS_ENDPOINT_URL;
  if (!endpoint || !LOOPBACK.test(endpoint)) {
    refuse(`AWS_ENDPOINT_URL is "${endpoint ?? ""}", expected a loopback address (http://127.0.0.1:PORT)`);
  }
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith("AWS_ENDPOINT_URL_") && value && !LOOPBACK.test(value)) {
      refuse(`${name} is "${value}", expected no endpoint of one service alone`);
    }
  }
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS && env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS !== "false") {
    refuse("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is set");
  }
  if (env.AWS_PROFILE || env.AWS_DEFAULT_PROFILE) {
    refuse(`AWS_PROFILE is "${env.AWS_PROFILE ?? env.AWS_DEFAULT_PROFILE}", expected none`);
  }
  if (env.AWS_ACCESS_KEY_ID !== MOCK_CREDENTIALS.accessKeyId) {
    refuse(`AWS_ACCESS_KEY_ID is not "${MOCK_CREDENTIALS.accessKeyId}"`);
  }
}

/**
 * The environment of terraform and cdktf in a test: nothing of the user's AWS, Terraform or CDKTF settings, mock keys,
 * one loopback endpoint, no call home.
 *
 * @param endpoint where moto listens, `http://127.0.0.1:PORT`
 * @param workDir a folder for the files that this environment names
 */
export function mockEnvironment(endpoint: string, workDir: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(AWS|TF|CDKTF|MOTO)_/i.test(entry[0]),
  );
  const nowhere = path.join(workDir, "no-such-file");
  return {
    ...Object.fromEntries(inherited),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: MOCK_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: MOCK_CREDENTIALS.secretAccessKey,
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_EC2_METADATA_DISABLED: "true",
    ...terraformInstallation(workDir),
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    DISABLE_VERSION_CHECK: "1",
    // Terraform and its providers spend a third of their time collecting garbage while they read schemas.
    GOGC: "400",
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    CI: "1",
    FORCE_COLOR: "0",
  };
}

/** Version of hashicorp/aws that the installed `@cdktf/provider-aws` asks for. */
export const AWS_PROVIDER_VERSION: string = providerAws.cdktf.provider.version;

/**
 * Where terraform takes its providers from: a folder of providers (unpacked ones are linked, not copied), and the
 * registry for what that folder does not hold; without such a folder the registry, with a cache in node_modules.
 */
function terraformInstallation(workDir: string): Record<string, string> {
  const file = path.join(workDir, "terraform.rc");
  mkdirSync(workDir, { recursive: true });
  const mirror = providerMirror();
  if (mirror) {
    const held = readdirSync(path.join(mirror, HASHICORP)).map((name) => `${HASHICORP}/${name}`);
    writeFileSync(
      file,
      `provider_installation {\n` +
        `  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n` +
        `  direct {\n    exclude = ${JSON.stringify(held)}\n  }\n}\n`,
    );
    return { TF_CLI_CONFIG_FILE: file };
  }
  const cache = path.join(REPO, "node_modules/.cache/terraform-providers");
  mkdirSync(cache, { recursive: true });
  writeFileSync(file, "");
  return {
    TF_CLI_CONFIG_FILE: file,
    TF_PLUGIN_CACHE_DIR: cache,
    TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1",
  };
}

const HASHICORP = "registry.terraform.io/hashicorp";

/** The folder that STRETCH_TF_MIRROR names, else one in a usual place that holds the AWS provider's version. */
function providerMirror(): string | undefined {
  if (process.env.STRETCH_TF_MIRROR) return path.resolve(process.env.STRETCH_TF_MIRROR);
  return [path.join(homedir(), ".terraform.d"), "/usr/local/share/terraform", "/usr/share/terraform", "/opt"]
    .filter((place) => existsSync(place))
    .flatMap((place) => readdirSync(place).map((name) => path.join(place, name)))
    .find((folder) => existsSync(path.join(folder, HASHICORP, "aws", AWS_PROVIDER_VERSION)));
}
