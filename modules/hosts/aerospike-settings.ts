import { Token } from "cdktf";
import type { Namespace } from "../../model/topology";
import { assertInteger, assertMatch } from "../stack/checks";
import { InputError } from "../stack/errors";

/** Distribution for which Aerospike packages its server: Amazon Linux 2023, or the RHEL family's 8 and 9. */
export type Distribution = "amzn2023" | "el8" | "el9";

export interface HeartbeatSettings {
  /**
   * Milliseconds between heartbeats, 50 to 600,000.
   * @default 150
   */
  readonly intervalMs?: number;
  /**
   * Heartbeats in a row that may be missed before a node counts as gone, 3 or more.
   * @default 10
   */
  readonly timeout?: number;
}

/** Data in memory, kept in a file of the root volume over restarts. */
export interface MemoryStorage {
  readonly engine: "memory";
  /**
   * Size of the file, GiB; as much memory is used.
   * @default 1
   */
  readonly filesizeGib?: number;
}

/** Data on the data volume. */
export interface DeviceStorage {
  readonly engine: "device";
  /**
   * Recently written blocks kept in memory for reads, MiB.
   * @default 64
   */
  readonly postWriteCacheMib?: number;
}

/** Percentages at which a node starts to evict or to refuse writes. */
export interface Thresholds {
  /**
   * Host memory in use at which eviction starts.
   * @default 50
   */
  readonly evictSysMemoryPct?: number;
  /**
   * Host memory in use at which writes stop.
   * @default 60
   */
  readonly stopWritesSysMemoryPct?: number;
  /**
   * Storage in use at which eviction starts.
   * @default 60 in memory, 45 on a device
   */
  readonly evictUsedPct?: number;
  /**
   * Storage in use at which writes stop.
   * @default 70
   */
  readonly stopWritesUsedPct?: number;
  /**
   * Storage still free, in whole write blocks, below which writes stop.
   * @default 5
   */
  readonly stopWritesAvailPct?: number;
}

/**
 * What may be set of the Aerospike servers of a cluster. The defaults are the article's.
 *
 * In `packageUrl` and the ARNs `{region}` stands for the host's own region: a mirror, a replicated secret or a
 * multi-region key in each.
 */
export interface AerospikeSettings {
  /**
   * Server version, 7.1.0.0 to 8.x.
   * @default "7.1.0.25"
   */
  readonly version?: string;
  /**
   * Version of the tools that are packed with the server.
   * @default the one known to be packed with `version`; an error asks for it where none is known
   */
  readonly toolsVersion?: string;
  /**
   * Distribution of the hosts' image.
   * @default "amzn2023"
   */
  readonly distribution?: Distribution;
  /**
   * Where the server's package (.tgz) comes from: an https, http or s3 URL, of a mirror for instance.
   * @default Aerospike's own download site
   */
  readonly packageUrl?: string;
  /**
   * SHA-256 of the package, 64 hexadecimal digits.
   * @default what the file `packageUrl`.sha256 says
   */
  readonly packageSha256?: string;
  readonly heartbeat?: HeartbeatSettings;
  /** @default memory with a file of 1 GiB */
  readonly storage?: MemoryStorage | DeviceStorage;
  readonly thresholds?: Thresholds;
  /**
   * Seconds to keep a record after its last write, 0 (for ever) to 315,360,000 (ten years).
   * @default 0
   */
  readonly defaultTtl?: number;
  /**
   * Last part of a record's life in which a read renews it, percent of its TTL.
   * @default 20
   */
  readonly defaultReadTouchTtlPct?: number;
  /**
   * Largest record, KiB, 1 to 8,192.
   * @default 128
   */
  readonly maxRecordSizeKib?: number;
  /**
   * ARN of the secret (Secrets Manager) or parameter (SSM) that holds the feature key file; read by the host at boot.
   * @default none: the server's own evaluation limits
   */
  readonly featureKeyArn?: string;
  /**
   * ARN of the secret or parameter that holds the users' passwords, as JSON: `{ "admin", "loader", "operator" }`. Turns
   * access control on.
   * @default none: access control is off
   */
  readonly usersSecretArn?: string;
  /**
   * ARN of the KMS key that those two are encrypted with.
   * @default none: AWS's own key of the service
   */
  readonly kmsKeyArn?: string;
}

/** Settings that may say `{region}`. */
const REGIONAL = ["packageUrl", "featureKeyArn", "usersSecretArn", "kmsKeyArn"] as const;

/**
 * The settings as hosts of a region use them: `{region}` replaced.
 * @throws InputError for a setting that does not exist or is of another type
 */
export function settingsIn(region: string, settings: AerospikeSettings = {}): AerospikeSettings {
  assertShape("settings", settings, SHAPE);
  const regional = REGIONAL.map((name) => [name, settings[name]?.replaceAll("{region}", region)] as const);
  return { ...settings, ...Object.fromEntries(regional) };
}

/** The settings with every default filled in. */
export interface ResolvedSettings {
  readonly version: string;
  readonly toolsVersion?: string;
  readonly distribution: Distribution;
  readonly packageUrl?: string;
  readonly packageSha256?: string;
  readonly heartbeat: Required<HeartbeatSettings>;
  readonly storage: Required<MemoryStorage> | Required<DeviceStorage>;
  readonly thresholds: Required<Thresholds>;
  readonly defaultTtl: number;
  readonly defaultReadTouchTtlPct: number;
  readonly maxRecordSizeKib: number;
  readonly featureKeyArn?: string;
  readonly usersSecretArn?: string;
  readonly kmsKeyArn?: string;
}

type Shape = { readonly [name: string]: "string" | "number" | Shape };

/** Types of all settings, for those who write them in JSON or JavaScript. */
const SHAPE = {
  version: "string",
  toolsVersion: "string",
  distribution: "string",
  packageUrl: "string",
  packageSha256: "string",
  heartbeat: { intervalMs: "number", timeout: "number" } satisfies Record<keyof HeartbeatSettings, "number">,
  storage: { engine: "string", filesizeGib: "number", postWriteCacheMib: "number" } satisfies Record<
    keyof MemoryStorage | keyof DeviceStorage,
    "string" | "number"
  >,
  thresholds: {
    evictSysMemoryPct: "number",
    stopWritesSysMemoryPct: "number",
    evictUsedPct: "number",
    stopWritesUsedPct: "number",
    stopWritesAvailPct: "number",
  } satisfies Record<keyof Thresholds, "number">,
  defaultTtl: "number",
  defaultReadTouchTtlPct: "number",
  maxRecordSizeKib: "number",
  featureKeyArn: "string",
  usersSecretArn: "string",
  kmsKeyArn: "string",
} satisfies Record<keyof AerospikeSettings, "string" | "number" | Shape>;

/** Tools packed with a server version, from the names of Aerospike's published packages. */
const TOOLS: Readonly<Record<string, string>> = {
  "7.1.0.0": "11.0.0",
  "7.1.0.5": "11.0.2",
  "7.1.0.25": "13.0.1",
  "7.2.0.20": "13.0.1",
  "8.0.0.18": "13.0.1",
  "8.1.2.3": "13.0.1",
  "8.1.2.5": "13.0.3",
};

const DISTRIBUTIONS: readonly string[] = ["amzn2023", "el8", "el9"];

/**
 * Settings checked and completed.
 * @throws InputError for a value that the server, or the package's address, would refuse
 */
export function resolveSettings(settings: AerospikeSettings = {}): ResolvedSettings {
  assertShape("settings", settings, SHAPE);
  const version = settings.version ?? "7.1.0.25";
  assertVersion(version);
  const distribution = settings.distribution ?? "amzn2023";
  if (!DISTRIBUTIONS.includes(distribution)) {
    throw new InputError({
      problem: "distribution is not one that Aerospike packages its server for",
      value: distribution,
      expected: DISTRIBUTIONS.join(", "),
      mend: "Give the one of the hosts' image.",
    });
  }
  const toolsVersion = settings.toolsVersion ?? TOOLS[version];
  if (settings.packageUrl === undefined && toolsVersion === undefined) {
    throw new InputError({
      problem: `toolsVersion is needed: which tools are packed with server ${version} is not known here`,
      value: toolsVersion ?? "none",
      expected: `a version such as ${TOOLS["7.1.0.25"]}, or packageUrl`,
      mend: "See the packages' names at https://download.aerospike.com/artifacts/aerospike-server-enterprise/.",
    });
  }
  if (settings.packageUrl !== undefined) {
    assertMatch(
      "packageUrl",
      settings.packageUrl,
      /^(https?|s3):\/\/[^\s"'$`\\/]+\/[^\s"'$`\\]+$/,
      "an https, http or s3 URL of a .tgz package",
    );
    if (settings.packageUrl.includes("?") && settings.packageSha256 === undefined) {
      throw new InputError({
        problem: "packageSha256 is needed: a URL with a query has no .sha256 file beside it",
        value: settings.packageUrl,
        expected: "packageSha256, 64 hexadecimal digits",
        mend: "Give it; `sha256sum PACKAGE.tgz` tells it.",
      });
    }
  }
  if (settings.packageSha256 !== undefined) {
    assertMatch(
      "packageSha256",
      settings.packageSha256,
      /^[0-9a-f]{64}$/,
      "64 hexadecimal digits in lower case",
    );
  }
  if (toolsVersion !== undefined) {
    assertMatch("toolsVersion", toolsVersion, /^\d+\.\d+\.\d+$/, "three numbers, such as 13.0.1");
  }

  const heartbeat = {
    intervalMs: settings.heartbeat?.intervalMs ?? 150,
    timeout: settings.heartbeat?.timeout ?? 10,
  };
  assertInteger("heartbeat.intervalMs", heartbeat.intervalMs, 50, 600_000, "ms between heartbeats");
  assertInteger("heartbeat.timeout", heartbeat.timeout, 3, 4_294_967_295, "heartbeats that may be missed");

  const storage = resolveStorage(settings.storage);
  const thresholds = {
    evictSysMemoryPct: settings.thresholds?.evictSysMemoryPct ?? 50,
    stopWritesSysMemoryPct: settings.thresholds?.stopWritesSysMemoryPct ?? 60,
    evictUsedPct: settings.thresholds?.evictUsedPct ?? (storage.engine === "memory" ? 60 : 45),
    stopWritesUsedPct: settings.thresholds?.stopWritesUsedPct ?? 70,
    stopWritesAvailPct: settings.thresholds?.stopWritesAvailPct ?? 5,
  };
  for (const [name, value] of Object.entries(thresholds))
    assertInteger(`thresholds.${name}`, value, 0, 100, "percent");

  const defaultTtl = settings.defaultTtl ?? 0;
  assertInteger("defaultTtl", defaultTtl, 0, 315_360_000, "seconds");
  const defaultReadTouchTtlPct = settings.defaultReadTouchTtlPct ?? 20;
  assertInteger("defaultReadTouchTtlPct", defaultReadTouchTtlPct, 0, 100, "percent");
  const maxRecordSizeKib = settings.maxRecordSizeKib ?? 128;
  assertInteger("maxRecordSizeKib", maxRecordSizeKib, 1, 8192, "KiB");

  if (settings.featureKeyArn !== undefined) assertSecretArn("featureKeyArn", settings.featureKeyArn);
  if (settings.usersSecretArn !== undefined) assertSecretArn("usersSecretArn", settings.usersSecretArn);
  if (settings.kmsKeyArn !== undefined) {
    assertArn("kmsKeyArn", settings.kmsKeyArn, KMS_KEY_ARN, "arn:aws:kms:REGION:ACCOUNT:key/ID");
  }
  return {
    version,
    toolsVersion,
    distribution,
    packageUrl: settings.packageUrl,
    packageSha256: settings.packageSha256,
    heartbeat,
    storage,
    thresholds,
    defaultTtl,
    defaultReadTouchTtlPct,
    maxRecordSizeKib,
    featureKeyArn: settings.featureKeyArn,
    usersSecretArn: settings.usersSecretArn,
    kmsKeyArn: settings.kmsKeyArn,
  };
}

function resolveStorage(
  storage: MemoryStorage | DeviceStorage = { engine: "memory" },
): ResolvedSettings["storage"] {
  switch (storage.engine) {
    case "memory": {
      const filesizeGib = storage.filesizeGib ?? 1;
      assertInteger("storage.filesizeGib", filesizeGib, 1, 2048, "GiB");
      return { engine: "memory", filesizeGib };
    }
    case "device": {
      const postWriteCacheMib = storage.postWriteCacheMib ?? 64;
      assertInteger("storage.postWriteCacheMib", postWriteCacheMib, 0, 1_048_576, "MiB");
      return { engine: "device", postWriteCacheMib };
    }
    default:
      throw new InputError({
        problem: "storage.engine is not one that is supported here",
        value: (storage as { engine: unknown }).engine,
        expected: '"memory" or "device"',
        mend: "Choose memory (with a file) or device (the data volume).",
      });
  }
}

/**
 * Namespace settings that the server would refuse.
 * @param nodes how many nodes the roster will have
 * @throws InputError
 */
export function assertNamespace(namespace: Namespace, nodes: number): void {
  // as_namespace_create and the info protocol: at most 31 characters, none of the protocol's separators.
  assertMatch(
    "namespace.name",
    namespace.name,
    /^(?!null$)[A-Za-z0-9_-]{1,31}$/,
    'letters, digits, "-" and "_", at most 31 of them, and not "null"',
  );
  assertInteger("namespace.replicationFactor", namespace.replicationFactor, 1, 256, "copies");
  if (namespace.strongConsistency && namespace.replicationFactor > nodes) {
    throw new InputError({
      problem:
        "namespace.replicationFactor is more than the nodes of the roster, so that strong consistency could serve nothing",
      value: namespace.replicationFactor,
      expected: `at most ${nodes}`,
      mend: "Add nodes or lower the replication factor.",
    });
  }
}

/** What follows from the heartbeat settings. */
export interface Timings {
  /** A silent node is taken for gone after so many ms: interval x timeout. */
  readonly detectionMs: number;
  /** Difference between the hosts' clocks, ms, that strong consistency bears. */
  readonly clockSkewMs: number;
  /** Difference between the hosts' clocks, ms, at which strong consistency stops writes. */
  readonly stopWritesSkewMs: number;
}

/** Regimes that a record's last-update time may be ahead or behind by. */
const REGIMES = 15;
/** `fabric.latency-max-ms`, at its default. */
const LATENCY_MAX_MS = 5;

/**
 * What follows from the heartbeat settings. The detection time is the server's documented rule. The clock skew is 15 quantum
 * intervals (the public server source's `quantum_interval`), three quarters of it for stopping writes: that gives the 27 s and
 * 20 s documented for the defaults, and is an estimate for other settings, as the Enterprise source is not public.
 */
export function timings(settings: AerospikeSettings = {}): Timings {
  const { intervalMs, timeout } = resolveSettings(settings).heartbeat;
  const detectionMs = intervalMs * timeout;
  const quantumMs = Math.min(Math.max(5000, 2 * intervalMs), detectionMs + 2 * (intervalMs + LATENCY_MAX_MS));
  const clockSkewMs = REGIMES * quantumMs;
  return { detectionMs, clockSkewMs, stopWritesSkewMs: (clockSkewMs * 3) / 4 };
}

/** Address of the server's package on Aerospike's download site, or what was given in its place. */
export function packageUrl(settings: ResolvedSettings, architecture: "x86_64" | "arm64"): string {
  if (settings.packageUrl !== undefined) return settings.packageUrl;
  const { version, toolsVersion, distribution } = settings;
  const machine = architecture === "arm64" ? "aarch64" : "x86_64";
  const file = `aerospike-server-enterprise_${version}_tools-${toolsVersion}_${distribution}_${machine}.tgz`;
  return `https://download.aerospike.com/artifacts/aerospike-server-enterprise/${version}/${file}`;
}

/** [major, minor] of a server version. */
export function majorMinor(version: string): readonly [number, number] {
  const [major, minor] = version.split(".").map(Number);
  return [major, minor];
}

function assertShape(path: string, value: unknown, shape: Shape): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw misshapen(path, value, "an object");
  for (const [name, part] of Object.entries(value)) {
    if (part === undefined) continue;
    const expected = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (expected === undefined) {
      throw new InputError({
        problem: `${path} has no such setting`,
        value: name,
        expected: `one of ${Object.keys(shape).join(", ")}`,
        mend: "See the docs of AerospikeSettings.",
      });
    }
    if (typeof expected === "object") assertShape(`${path}.${name}`, part, expected);
    else if (typeof part !== expected) throw misshapen(`${path}.${name}`, part, `a ${expected}`);
  }
}

function misshapen(path: string, value: unknown, expected: string): InputError {
  return new InputError({ problem: `${path} is of another type`, value, expected, mend: `Correct ${path}.` });
}

function assertVersion(version: string): void {
  const expected = "four numbers from 7.1.0.0 to 8.x, such as 7.1.0.25 or 8.1.2.5";
  assertMatch("version", version, /^\d+\.\d+\.\d+\.\d+$/, expected);
  const [major, minor] = majorMinor(version);
  if (major < 7 || major > 8 || (major === 7 && minor < 1)) {
    throw new InputError({
      problem: "version is not one that aerospike.conf is written for here",
      value: version,
      expected,
      mend: "Settings come and go between servers: choose one in that range.",
    });
  }
}

const SECRET_ARN =
  /^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+|ssm:[a-z0-9-]+:\d{12}:parameter\/[A-Za-z0-9/_.-]+)$/;
const KMS_KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;

function assertSecretArn(name: string, value: string): void {
  assertArn(
    name,
    value,
    SECRET_ARN,
    "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME",
  );
}

/** The value is not shown: it may well be the secret itself. */
function assertArn(name: string, value: string, form: RegExp, expected: string): void {
  if (!Token.isUnresolved(value) && !form.test(value)) {
    throw new InputError({
      problem: `${name} is not an ARN`,
      value: `${value.length} characters, not shown`,
      expected,
      mend: "Store the secret itself in AWS (stretch secret create) and give its ARN here.",
    });
  }
}
