import { gzipSync } from "node:zlib";
import { Fn, Token, Tokenization } from "cdktf";
import { parseRoster, rosterEntry } from "../../model/roster-text";
import { isBefore } from "../../model/server-version";
import type { Namespace } from "../../model/topology";
import { assertActiveRack } from "./active-rack";
import type { Distribution, ResolvedSettings } from "./aerospike-settings";
import type { Architecture } from "./amazon-linux";
import { assertInteger, assertMatch } from "../stack/checks";
import { InputError } from "../stack/errors";
import { type EnvFile, envFile, type HostCondition, type ShellValue } from "./env-file";
import { assertNamespace } from "./namespace";
import { packageUrl } from "./server-package";
import {
  BUCKET,
  NPM_REGISTRY,
  PACKAGE_SPEC,
  PACKAGE_URL,
  PACKAGE_URL_WITH_SUM,
  PREFIX,
  SECRET_ARN,
  SHA256,
  type ShellKind,
  TEXT,
  TLS_NAME,
} from "./shell-kinds";
import { renderTemplate, templateText } from "./template";
import { detectionMs } from "./timings";

/** A file as it lands on a host. */
export interface HostFile {
  /** Absolute path. */
  readonly path: string;
  /** Permissions, octal (`0644`). */
  readonly mode: string;
  readonly content: string;
}

/** What lands on a host at its first boot. */
export interface HostFiles {
  readonly files: readonly HostFile[];
  /** cloud-init user data that writes the files and starts the units, as text. */
  readonly userData: string;
  /**
   * The same for Terraform's `user_data_base64`, compressed, as EC2 takes 16 KB. Use this one: in the text Terraform would
   * take the shell's `${...}` for its own.
   */
  readonly userDataBase64: string;
  /** What Terraform holds the host to, of values that only it knows. @internal */
  readonly conditions: readonly HostCondition[];
}

/** Which node a host is. */
export interface NodeIdentity {
  readonly clusterName: string;
  /** Aerospike node id, hexadecimal, upper case (`A352`). */
  readonly nodeId: string;
  /** Rack id; 0 = none. */
  readonly rackId: number;
  readonly privateIp: string;
  /** AWS region of the host. */
  readonly region: string;
  /** Private addresses of the hosts that it asks for the cluster. */
  readonly seeds: readonly string[];
  readonly namespace: Namespace;
  /** Every node of the cluster in the roster's form (`A352@32`; without `@` on rack 0). The first makes the users. */
  readonly plannedNodes: readonly string[];
  /** Mapping name of the data volume (`/dev/sdf`). */
  readonly dataDevice: string;
  /** Size of the data volume, GB. */
  readonly dataVolumeSize: number;
  /** Size of the root volume, GB. */
  readonly rootVolumeSize: number;
  /** Processor architecture of the instance type. */
  readonly architecture: Architecture;
  /**
   * Quiesced for good: a tie-breaker.
   * @default false
   */
  readonly quiesced?: boolean;
  /**
   * `min-cluster-size`.
   * @default 1
   */
  readonly minClusterSize?: number;
}

export interface ClientHostFilesProps {
  /** Name of the host, for comments. */
  readonly name: string;
  /** AWS region of the host. */
  readonly region: string;
  /**
   * Distribution of the host's image.
   * @default "amzn2023"
   */
  readonly distribution?: Distribution;
  /**
   * This project's package, for the command `stretch`: NAME@VERSION in the registry, or the s3 URL of a packed tarball.
   * @default none: the host has netcat, and says how to get the loader
   */
  readonly packageSpec?: string;
  /**
   * Registry that npm gets packages from, an https URL.
   * @default npm's own
   */
  readonly npmRegistry?: string;
  /**
   * The bucket for results, and the host's own prefix in it.
   * @default none
   */
  readonly resultsBucket?: string;
  readonly resultsPrefix: string;
  /**
   * ARN of the secret with the password of the user loader, as in `AerospikeSettings`.
   * @default none: the cluster has no access control
   */
  readonly loaderSecretArn?: string;
  /**
   * TLS of the cluster, as in `AerospikeSettings`.
   * @default none: the cluster's traffic is plain
   */
  readonly tls?: Pick<NonNullable<ResolvedSettings["tls"]>, "name" | "caArn">;
}

/** What the operating system, packages and logs need of a root volume, GB. */
const ROOT_RESERVE_GB = 6;

/** Largest device or file of a namespace, GiB (AS_STORAGE_MAX_DEVICE_SIZE). */
const MAX_DEVICE_GIB = 2048;

/** Helper packages of a database host: what Amazon Linux lacks, and what other images lack beside. */
const NODE_PACKAGES: Readonly<Record<Distribution, string>> = {
  amzn2023: "chrony jq logrotate",
  el8: "chrony jq logrotate nvme-cli tar unzip",
  el9: "chrony jq logrotate nvme-cli tar unzip",
};

const CLIENT_PACKAGES: Readonly<Record<Distribution, string>> = {
  amzn2023: "chrony jq nmap-ncat",
  el8: "chrony jq nmap-ncat unzip",
  el9: "chrony jq nmap-ncat unzip",
};

/** What a client host with loaders has beside, and what npm is, which gets the package. */
const NODE_JS: Readonly<Record<Distribution, string>> = {
  amzn2023: "nodejs24 tar gzip",
  el8: "nodejs tar gzip",
  el9: "nodejs tar gzip",
};

const NPM: Readonly<Record<Distribution, string>> = { amzn2023: "nodejs24-npm", el8: "npm", el9: "npm" };

/**
 * Everything that lands on a database host.
 * @throws InputError for settings that the server would refuse or that do not fit the host
 */
export function nodeHostFiles(identity: NodeIdentity, settings: ResolvedSettings): HostFiles {
  assertNamespace(identity.namespace, identity.plannedNodes.length);
  assertActiveRack(
    identity.namespace,
    parseRoster(identity.plannedNodes.join(","))?.nodes.map(({ rack }) => rack) ?? [],
    settings.version,
  );
  assertFits(identity, settings);
  // AS_CLUSTER_NAME_SZ, less the end of the string.
  assertMatch(
    "clusterName",
    identity.clusterName,
    /^[A-Za-z0-9._-]{1,63}$/,
    'letters, digits, ".", "_" and "-", at most 63',
  );

  const makesUsers =
    settings.usersSecretArns !== undefined &&
    isFirst(identity.nodeId, identity.rackId, identity.plannedNodes);
  const env = nodeEnv(identity, settings, makesUsers);
  const files: HostFile[] = [
    { path: "/etc/stretch/aerospike.conf", mode: "0644", content: aerospikeConf(identity, settings) },
    { path: "/etc/stretch/host.env", mode: "0644", content: env.content },
    ...(settings.packageKey === undefined
      ? []
      : [{ path: "/etc/stretch/package-key.asc", mode: "0644", content: `${settings.packageKey.trim()}\n` }]),
    copy("/opt/stretch/lib.sh", "lib.sh", "0644"),
    copy("/opt/stretch/bin/install", "node-install.sh", "0755"),
    copy("/opt/stretch/bin/prepare", "node-prepare.sh", "0755"),
    copy("/opt/stretch/bin/asinfo", "asinfo.sh", "0755"),
    copy("/etc/sysctl.d/90-stretch.conf", "sysctl.conf", "0644"),
    copy("/etc/chrony.conf", "chrony.conf", "0644"),
    copy("/etc/logrotate.d/aerospike", "logrotate.conf", "0644"),
    copy("/etc/systemd/system/stretch-install.service", "stretch-install.service", "0644"),
    copy("/etc/systemd/system/stretch-prepare.service", "stretch-prepare.service", "0644"),
    copy("/etc/systemd/system/aerospike.service.d/stretch.conf", "aerospike.service.conf", "0644"),
  ];
  const units = ["stretch-install.service", "stretch-prepare.service"];
  if (makesUsers) {
    files.push(
      copy("/opt/stretch/bin/users", "node-users.sh", "0755"),
      copy("/etc/systemd/system/stretch-users.service", "stretch-users.service", "0644"),
    );
    units.push("stretch-users.service");
  }
  if (identity.namespace.strongConsistency) {
    files.push(
      copy("/opt/stretch/bin/roster", "node-roster.sh", "0755"),
      copy("/etc/systemd/system/stretch-roster.service", "stretch-roster.service", "0644"),
    );
    units.push("stretch-roster.service");
  }
  return hostFiles(`${identity.clusterName}, node ${identity.nodeId}`, files, units, env.conditions);
}

/**
 * Everything that lands on a client host: netcat and the unit `chat`; with a `packageSpec` Node.js and the package.
 * @throws InputError for a value that is not of its kind
 */
export function clientHostFiles(props: ClientHostFilesProps): HostFiles {
  const { distribution = "amzn2023", packageSpec } = props;
  const loads = packageSpec !== undefined;
  // The loaders of an experiment on the deployed cluster come through the bucket, without npm.
  const runsNode = loads || props.resultsBucket !== undefined;
  const env = envFile({
    REGION: own(props.region),
    MODULES: runsNode && distribution !== "amzn2023" ? own("nodejs:22") : undefined,
    HELPER_PACKAGES: own(
      [
        CLIENT_PACKAGES[distribution],
        ...(runsNode ? [NODE_JS[distribution]] : []),
        ...(loads ? [NPM[distribution]] : []),
      ].join(" "),
    ),
    PACKAGE_SPEC: given("packageSpec", PACKAGE_SPEC, packageSpec),
    NPM_REGISTRY: given("npmRegistry", NPM_REGISTRY, props.npmRegistry),
    RESULTS_BUCKET: given("results", BUCKET, props.resultsBucket),
    RESULTS_PREFIX:
      props.resultsBucket === undefined
        ? undefined
        : given("the id, which is the prefix of its results,", PREFIX, props.resultsPrefix),
    LOADER_SECRET_ARN: given("settings.usersSecretArns.loader", SECRET_ARN, props.loaderSecretArn),
    TLS_NAME: given("settings.tls.name", TLS_NAME, props.tls?.name),
    TLS_CA_ARN: given("settings.tls.caArn", SECRET_ARN, props.tls?.caArn),
  });
  const files: HostFile[] = [
    { path: "/etc/stretch/host.env", mode: "0644", content: env.content },
    copy("/opt/stretch/lib.sh", "lib.sh", "0644"),
    copy("/opt/stretch/bin/install", "client-install.sh", "0755"),
    ...(loads ? [] : [copy("/opt/stretch/bin/no-loader", "no-loader.sh", "0755")]),
    copy("/etc/chrony.conf", "chrony.conf", "0644"),
    copy("/etc/systemd/system/stretch-client.service", "stretch-client.service", "0644"),
    copy("/etc/systemd/system/chat.service", "chat.service", "0644"),
  ];
  return hostFiles(props.name, files, ["stretch-client.service"], env.conditions);
}

/** Whether a node is the first of the roster to be: the one that makes the users. */
export function isFirst(id: string, rack: number, plannedNodes: readonly string[]): boolean {
  return rosterEntry({ id, rack }) === plannedNodes[0];
}

function hostFiles(
  name: string,
  files: readonly HostFile[],
  units: readonly string[],
  conditions: readonly HostCondition[],
): HostFiles {
  const userData = renderTemplate("cloud-config.yaml.hbs", {
    // In a comment.
    name: name.replaceAll(/[^\x20-\x7e]/g, "?"),
    files: files.map(({ path, mode, content }) => ({ path, mode, content })),
    units,
  });
  return { files, userData, userDataBase64: encode(userData), conditions };
}

/** Base64 of user data, at synth; where it holds values that only Terraform knows, Terraform puts them in and encodes. */
function encode(userData: string): string {
  const { tokens, literals } = fragments(userData);
  if (tokens.length === 0) {
    return gzipSync(userData, { level: 9 }).toString("base64");
  }
  const text = literals.reduce((joined, literal, i) => `${joined}@TERRAFORM_${i - 1}@${literal}`);
  return Fn.base64gzip(
    tokens.reduce<string>(
      (encoded, token, i) => Fn.replace(encoded, `@TERRAFORM_${i}@`, token),
      Fn.base64decode(Buffer.from(text, "utf8").toString("base64")),
    ),
  );
}

/** A text cut at its tokens: literals[0] tokens[0] literals[1] ... */
function fragments(text: string): { literals: string[]; tokens: string[] } {
  const tokens = Tokenization.reverseString(text).tokens.map((token) => Token.asString(token));
  const literals: string[] = [];
  let rest = text;
  for (const token of tokens) {
    const at = rest.indexOf(token);
    literals.push(rest.slice(0, at));
    rest = rest.slice(at + token.length);
  }
  return { literals: [...literals, rest], tokens };
}

function copy(path: string, template: string, mode: string): HostFile {
  return { path, mode, content: templateText(template) };
}

function aerospikeConf(identity: NodeIdentity, settings: ResolvedSettings): string {
  const { heartbeat, storage, thresholds } = settings;
  const detection = detectionMs(settings);
  return renderTemplate("aerospike.conf.hbs", {
    clusterName: identity.clusterName,
    nodeId: identity.nodeId,
    rackId: identity.rackId,
    privateIp: identity.privateIp,
    quiesced: identity.quiesced ?? false,
    seeds: identity.seeds,
    namespace: { name: identity.namespace.name, replicationFactor: identity.namespace.replicationFactor },
    strongConsistency: identity.namespace.strongConsistency,
    activeRack: identity.namespace.activeRack || false,
    unevenBalance: identity.namespace.preferUniformBalance === false,
    allowExpunge: identity.namespace.strongConsistencyAllowExpunge ?? false,
    autoRevive: identity.namespace.autoRevive ?? false,
    flushMaxMs: identity.namespace.flushMaxMs ?? false,
    commitToDevice: identity.namespace.commitToDevice ?? false,
    minClusterSize: identity.minClusterSize ?? false,
    adminPort: isBefore(settings.version, "8.1") ? false : 3008,
    heartbeat: { interval: heartbeat.intervalMs, timeout: heartbeat.timeout },
    detectionMs: detection,
    latencyMaxMs: settings.latencyMaxMs,
    // The server refuses a connect timeout above a third of the detection time; its default is 500.
    connectTimeoutMs: detection / 3 < 500 ? Math.floor(detection / 3) : false,
    featureKey: settings.featureKeyArn ?? false,
    security: settings.usersSecretArns !== undefined,
    tlsName: settings.tls?.name ?? false,
    thresholds: { ...thresholds, evictSysMemoryPct: thresholds.evictSysMemoryPct ?? false },
    defaultTtl: settings.defaultTtl,
    defaultReadTouchTtlPct: settings.defaultReadTouchTtlPct,
    maxRecordSize: `${settings.maxRecordSizeKib}K`,
    memory:
      storage.engine === "memory"
        ? { file: "/opt/aerospike/ns1.dat", filesize: `${storage.filesizeGib}G` }
        : false,
    device:
      storage.engine === "device"
        ? { name: identity.dataDevice, postWriteCache: `${storage.postWriteCacheMib}M` }
        : false,
  });
}

function nodeEnv(identity: NodeIdentity, settings: ResolvedSettings, makesUsers: boolean): EnvFile {
  const { usersSecretArns: users, tls } = settings;
  const { activeRack } = identity.namespace;
  return envFile({
    NODE_ID: own(identity.nodeId),
    REGION: own(identity.region),
    NAMESPACE: own(identity.namespace.name),
    PLANNED_NODES: own(identity.plannedNodes.join(" ")),
    ACTIVE_RACK: activeRack ? own(String(activeRack)) : undefined,
    HELPER_PACKAGES: own(NODE_PACKAGES[settings.distribution]),
    PACKAGE_URL: given(
      "settings.packageUrl",
      settings.packageSha256 === undefined ? PACKAGE_URL : PACKAGE_URL_WITH_SUM,
      packageUrl(settings, identity.architecture),
    ),
    PACKAGE_SHA256: given("settings.packageSha256", SHA256, settings.packageSha256),
    DATA_DEVICE: own(identity.dataDevice),
    TLS_NAME: given("settings.tls.name", TLS_NAME, tls?.name),
    TLS_CERTIFICATE_ARN: given("settings.tls.certificateArn", SECRET_ARN, tls?.certificateArn),
    TLS_KEY_ARN: given("settings.tls.keyArn", SECRET_ARN, tls?.keyArn),
    TLS_CA_ARN: given("settings.tls.caArn", SECRET_ARN, tls?.caArn),
    FEATURE_KEY_ARN: given("settings.featureKeyArn", SECRET_ARN, settings.featureKeyArn),
    ADMIN_SECRET_ARN: given("settings.usersSecretArns.admin", SECRET_ARN, users?.admin),
    OPERATOR_SECRET_ARN: given("settings.usersSecretArns.operator", SECRET_ARN, users?.operator),
    LOADER_SECRET_ARN: given(
      "settings.usersSecretArns.loader",
      SECRET_ARN,
      makesUsers ? users?.loader : undefined,
    ),
  });
}

/** What a prop or setting says. */
function given(of: string, kind: ShellKind, value: string | undefined): ShellValue | undefined {
  return value === undefined ? undefined : { of, kind, value };
}

/** What is decided or checked here. */
function own(value: string): ShellValue {
  return { of: "a value of a host", kind: TEXT, value };
}

/** @throws InputError if the storage does not fit the host's volumes */
function assertFits(identity: NodeIdentity, { storage }: ResolvedSettings): void {
  if (!/^\/dev\/(sd[f-p]|xvd[f-p])$/.test(identity.dataDevice)) {
    throw new InputError({
      problem: "the data volume's device name is not one that EC2 gives to data volumes",
      value: identity.dataDevice,
      expected: "/dev/sdf to /dev/sdp",
      mend: "See EC2's device naming.",
    });
  }
  const root = identity.rootVolumeSize;
  if (storage.engine === "memory" && storage.filesizeGib > root - ROOT_RESERVE_GB) {
    throw new InputError({
      problem: "storage.filesizeGib does not fit the root volume",
      value: storage.filesizeGib,
      expected: `at most ${Math.max(0, root - ROOT_RESERVE_GB)} GiB: the volume has ${root}, and system, packages and logs need ${ROOT_RESERVE_GB}`,
      mend: "Make the root volume larger (rootVolumeSize) or the file smaller.",
    });
  }
  if (storage.engine === "device") {
    assertInteger(
      "the data volume's size",
      identity.dataVolumeSize,
      1,
      MAX_DEVICE_GIB,
      "GB that one device may have",
    );
  }
}
