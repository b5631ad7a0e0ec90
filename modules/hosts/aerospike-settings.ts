import { Token } from "cdktf";
import * as v from "valibot";
import {
  DEFAULT_HEARTBEATS,
  DEFAULT_SERVER_VERSION,
  type Heartbeats,
  isBefore,
  MOST_LATENCY_MAX_MS,
  MOST_ROUND_TRIP,
} from "../../model";
import { InputError } from "../stack/errors";
import { checked, holds, integer, number, text } from "../stack/props";
import { REGION } from "../network/region";
import { IGNORES_EVICT_SYS_MEMORY, TOOLS } from "./server-version";
import {
  KMS_KEY_ARN,
  PACKAGE_URL,
  PACKAGE_URL_WITH_SUM,
  SECRET_ARN,
  SHA256,
  type ShellKind,
  TLS_NAME,
  withoutCredentials,
} from "./shell-kinds";

/** Distribution for which Aerospike packages its server: Amazon Linux 2023, or the RHEL family's 8 and 9. */
export type Distribution = "amzn2023" | "el8" | "el9";

const DISTRIBUTIONS: readonly Distribution[] = ["amzn2023", "el8", "el9"];

const percent = integer(0, 100, "percent");

/** Heartbeats by name. */
const PRESETS = {
  cloud: { intervalMs: 150, timeout: 20 },
  article: { intervalMs: 150, timeout: 10 },
} as const;

const givenHeartbeat = v.strictObject({
  /**
   * Milliseconds between heartbeats, 50 to 600,000.
   * @default 150
   */
  intervalMs: v.optional(integer(50, 600_000, "ms between heartbeats"), PRESETS.cloud.intervalMs),
  /**
   * Heartbeats in a row that may be missed before a node counts as gone, 3 or more.
   * @default 20
   */
  timeout: v.optional(integer(3, 4_294_967_295, "heartbeats that may be missed"), PRESETS.cloud.timeout),
});

const presetNames = ["cloud", "article"] as const satisfies readonly (keyof typeof PRESETS)[];

const heartbeat = v.pipe(
  v.lazy((given) => (typeof given === "string" ? v.picklist(presetNames) : givenHeartbeat)),
  v.transform((given) => (typeof given === "string" ? PRESETS[given] : given)),
);

const regionName = text(REGION, "a region's code such as eu-west-2");
const roundTrips = v.record(
  regionName,
  v.record(regionName, number(0, MOST_ROUND_TRIP, "milliseconds there and back")),
);

const memoryStorage = v.strictObject({
  engine: v.literal("memory"),
  /**
   * Size of the file, GiB; as much memory is used.
   * @default 1
   */
  filesizeGib: v.optional(integer(1, 2048, "GiB"), 1),
});

const deviceStorage = v.strictObject({
  engine: v.literal("device"),
  /**
   * Recently written blocks kept in memory for reads, MiB.
   * @default 64
   */
  postWriteCacheMib: v.optional(integer(0, 1_048_576, "MiB"), 64),
});

const thresholds = v.strictObject({
  /**
   * Host memory in use at which eviction starts: of servers before 7.1.0.3 alone, later ones do not know it.
   * @default 50 where the server knows it
   */
  evictSysMemoryPct: v.optional(percent),
  /**
   * Host memory in use at which writes stop.
   * @default 60
   */
  stopWritesSysMemoryPct: v.optional(percent, 60),
  /**
   * Storage in use at which eviction starts.
   * @default 60 in memory, 45 on a device
   */
  evictUsedPct: v.optional(percent),
  /**
   * Storage in use at which writes stop.
   * @default 70
   */
  stopWritesUsedPct: v.optional(percent, 70),
  /**
   * Storage still free, in whole write blocks, below which writes stop.
   * @default 5
   */
  stopWritesAvailPct: v.optional(percent, 5),
});

const VERSIONS = "four numbers from 7.1.0.0 to 8.x, such as 7.1.0.25 or 8.1.2.5";

const version = v.pipe(
  text(/^\d+\.\d+\.\d+\.\d+$/, VERSIONS),
  holds(isKnownVersion, {
    problem: "is not one that aerospike.conf is written for here",
    expected: VERSIONS,
    mend: "Settings come and go between servers: choose one in that range.",
  }),
);

const secretArn = arn(SECRET_ARN);
const kmsKeyArn = arn(KMS_KEY_ARN);

const usersSecretArns = v.strictObject({
  /** Of the user admin, who makes the others: read by the database hosts. */
  admin: secretArn,
  /** Of the user loader (read-write): read by the client hosts, and where the users are made. */
  loader: secretArn,
  /** Of the user operator (sys-admin, user-admin): read by the database hosts. */
  operator: secretArn,
});

const tls = v.pipe(
  v.strictObject({
    /**
     * The TLS name: a name in the certificate (subject alternative or common name), by which clients know that a node is one of
     * the cluster. One for all nodes.
     */
    name: text(TLS_NAME.form, TLS_NAME.expected),
    /** ARN of the certificate that every node shows, with its chain, as PEM. */
    certificateArn: secretArn,
    /** ARN of its private key, as PEM without a password: read by the database hosts alone. */
    keyArn: secretArn,
    /** ARN of the certificates, as PEM, of whom nodes and clients trust: read by the client hosts too. */
    caArn: secretArn,
  }),
  holds(
    (given: Readonly<Record<"name" | "certificateArn" | "keyArn" | "caArn", string>>) =>
      new Set([given.certificateArn, given.keyArn, given.caArn]).size === 3,
    {
      problem: "names one secret twice",
      expected: "a secret each for certificateArn, keyArn and caArn",
      mend: "Store the private key apart from what others may read.",
    },
  ),
);

const PGP_KEY =
  /^\s*-----BEGIN PGP PUBLIC KEY BLOCK-----[A-Za-z0-9+/=:.\s-]+-----END PGP PUBLIC KEY BLOCK-----\s*$/;

/** The settings: type, check, default and documentation of each in one place. */
const ENTRIES = {
  /**
   * Server version, 7.1.0.0 to 8.x.
   * @default "8.1.2.5"
   */
  version: v.optional(version, DEFAULT_SERVER_VERSION),
  /**
   * Version of the tools that are packed with the server.
   * @default the one known to be packed with `version`; an error asks for it where none is known
   */
  toolsVersion: v.optional(text(/^\d+\.\d+\.\d+$/, "three numbers, such as 13.0.1")),
  /**
   * Distribution of the hosts' image, for which Aerospike packages its server: Amazon Linux 2023, or the RHEL family's
   * 8 and 9.
   * @default "amzn2023"
   */
  distribution: v.optional(v.picklist(DISTRIBUTIONS), "amzn2023"),
  /**
   * Where the server's package (.tgz) comes from: an https or s3 URL, of a mirror for instance, or with `packageSha256` an
   * http one. It stands in the state and on the host: no user, password or query.
   * @default Aerospike's own download site
   */
  packageUrl: v.optional(
    v.pipe(
      v.string(),
      holds((value: string) => Token.isUnresolved(value) || PACKAGE_URL_WITH_SUM.form.test(value), {
        problem: "is malformed",
        expected: PACKAGE_URL.expected,
        mend: "Correct settings.packageUrl; s3:// is read with the host's own role, in place of a signed URL.",
        show: (value) => withoutCredentials(String(value)),
      }),
    ),
  ),
  /**
   * SHA-256 of the package, 64 hexadecimal digits: what is trusted, wherever the package comes from.
   * @default what the file `packageUrl`.sha256 says: it finds a broken download, not a forged one
   */
  packageSha256: v.optional(text(SHA256.form, SHA256.expected)),
  /**
   * PGP public key (armoured text) of whoever signs the package: the signature `packageUrl`.asc must then be a good one.
   * @default no signature is checked
   */
  packageKey: v.optional(text(PGP_KEY, "a PGP PUBLIC KEY BLOCK, as gpg --armor --export prints it")),
  /**
   * When a silent node counts as gone: `"cloud"` (150 ms x 20, as Aerospike's documents advise in clouds: "Network heartbeat
   * configuration", cloud consideration), `"article"` (150 ms x 10, the server's own default too), or figures. The more
   * may be missed, the later a cut is noticed: 3 s and 1.5 s, new clusters after 3.4 to 5.9 s and 1.7 to 3 s.
   * @default "cloud"
   */
  heartbeat: v.optional(heartbeat, "cloud"),
  /**
   * `fabric.latency-max-ms`: the one-way latency that the servers reckon with, 0 to 1,000 ms. Too low, and clusters form
   * late or flap; the higher, the later a cluster changes. Not to be changed while a server runs.
   * @default 1.5 times half of the longest round trip between the cluster's regions, at least 5 (the server's own
   * default); of an `AerospikeNode` by itself 5
   */
  latencyMaxMs: v.optional(integer(0, MOST_LATENCY_MAX_MS, "ms one way")),
  /**
   * Round trips between regions of your own, ms by region and region (`{ "eu-west-2": { "eu-west-3": 8.5 } }`), over the
   * dated table; what `latencyMaxMs` and predicted times of operations follow from.
   * @default {}
   */
  roundTrips: v.optional(roundTrips, {}),
  /**
   * Data in memory, kept in a file of the root volume over restarts, or on the data volume.
   * @default memory with a file of 1 GiB
   */
  storage: v.optional(v.variant("engine", [memoryStorage, deviceStorage]), { engine: "memory" }),
  /** Percentages at which a node starts to evict or to refuse writes. */
  thresholds: v.optional(thresholds, {}),
  /**
   * Seconds to keep a record after its last write, 0 (for ever) to 315,360,000 (ten years).
   * @default 0
   */
  defaultTtl: v.optional(integer(0, 315_360_000, "seconds"), 0),
  /**
   * Last part of a record's life in which a read renews it, percent of its TTL.
   * @default 20
   */
  defaultReadTouchTtlPct: v.optional(percent, 20),
  /**
   * Largest record, KiB, 1 to 8,192.
   * @default 128
   */
  maxRecordSizeKib: v.optional(integer(1, 8192, "KiB"), 128),
  /**
   * ARN of the secret (Secrets Manager) or parameter (SSM) that holds the feature key file; read by the host at boot.
   * @default none: the server's own evaluation limits
   */
  featureKeyArn: v.optional(secretArn),
  /**
   * ARNs of the secrets or parameters that hold the users' passwords, one a user, each the password itself: 8 or more of
   * `A-Z a-z 0-9 . _ ~ @ % + = : , / -`. Turns access control on.
   * @default none: access control is off
   */
  usersSecretArns: v.optional(usersSecretArns),
  /**
   * TLS between nodes (fabric, heartbeats) and between clients and nodes: ports 3011, 3012 and 4333 in place of 3001, 3002 and
   * 3000, which are then closed. Certificate, key and CA are read by the hosts at boot. An Enterprise feature.
   * @default none: Aerospike's traffic is plain
   */
  tls: v.optional(tls),
  /**
   * ARN of the KMS key that those are encrypted with.
   * @default none: AWS's own key of the service
   */
  kmsKeyArn: v.optional(kmsKeyArn),
};
const SETTINGS = v.strictObject(ENTRIES);

/**
 * What may be set of the Aerospike servers of a cluster. The defaults are the article's, but for `heartbeat`.
 *
 * In `packageUrl` and the ARNs `{region}` stands for the host's own region: a mirror, a replicated secret or a
 * multi-region key in each.
 */
export interface AerospikeSettings extends Given {}

type Given = { readonly [K in keyof typeof ENTRIES]?: v.InferInput<(typeof ENTRIES)[K]> };

type Thresholds = v.InferOutput<typeof thresholds>;

/** The settings with every default filled in. */
export type ResolvedSettings = Readonly<v.InferOutput<typeof SETTINGS>> & {
  readonly latencyMaxMs: number;
  readonly thresholds: Required<Omit<Thresholds, "evictSysMemoryPct">> &
    Pick<Thresholds, "evictSysMemoryPct">;
};

/** What of the settings decides how fast a cluster changes, as the model names it. */
export function heartbeatsOf({ heartbeat, latencyMaxMs }: ResolvedSettings): Required<Heartbeats> {
  return { interval: heartbeat.intervalMs, timeout: heartbeat.timeout, latencyMaxMs };
}

/** Settings that may say `{region}`. */
const REGIONAL = ["packageUrl", "featureKeyArn", "kmsKeyArn"] as const;

/**
 * Settings checked and completed, as hosts of a region use them: `{region}` replaced.
 *
 * @param region @default `{region}` stays
 * @throws InputError for a setting that does not exist, is of another type, or that the server, or the package's address,
 * would refuse
 */
export function resolveSettings(settings: AerospikeSettings = {}, region = "{region}"): ResolvedSettings {
  const all = { ...checked(SETTINGS, settings, "settings") };
  for (const name of REGIONAL) all[name] = all[name]?.replaceAll("{region}", region);
  all.usersSecretArns = inRegion(all.usersSecretArns, region);
  all.tls = inRegion(all.tls, region);
  const toolsVersion = all.toolsVersion ?? TOOLS[all.version];
  if (all.packageUrl === undefined && toolsVersion === undefined) {
    throw new InputError({
      problem: `toolsVersion is needed: which tools are packed with server ${all.version} is not known here`,
      value: "none",
      expected: `a version such as ${TOOLS[DEFAULT_SERVER_VERSION]}, or packageUrl`,
      mend: "See the packages' names at https://download.aerospike.com/artifacts/aerospike-server-enterprise/.",
    });
  }
  if (all.packageUrl?.startsWith("http:") && all.packageSha256 === undefined) {
    throw new InputError({
      problem: "packageSha256 is needed: over http anybody on the way may change the package",
      value: all.packageUrl,
      expected: "packageSha256, 64 hexadecimal digits, or an https or s3 URL",
      mend: "Give it; `sha256sum PACKAGE.tgz` tells it.",
    });
  }
  const evictUsedPct = all.thresholds.evictUsedPct ?? (all.storage.engine === "memory" ? 60 : 45);
  const evictSysMemoryPct = evictSysMemoryOf(all.version, all.thresholds.evictSysMemoryPct);
  assertEvictsFirst("SysMemoryPct", evictSysMemoryPct ?? 0, all.thresholds.stopWritesSysMemoryPct);
  assertEvictsFirst("UsedPct", evictUsedPct, all.thresholds.stopWritesUsedPct);
  const latencyMaxMs = all.latencyMaxMs ?? DEFAULT_HEARTBEATS.latencyMaxMs;
  return {
    ...all,
    toolsVersion,
    latencyMaxMs,
    thresholds: { ...all.thresholds, evictSysMemoryPct, evictUsedPct },
  };
}

function evictSysMemoryOf(server: string, given: number | undefined): number | undefined {
  if (isBefore(server, IGNORES_EVICT_SYS_MEMORY)) return given ?? 50;
  if (given === undefined) return undefined;
  throw new InputError({
    problem: `settings.thresholds.evictSysMemoryPct is a setting that server ${server} does not know any more`,
    value: given,
    expected: `no such threshold from server ${IGNORES_EVICT_SYS_MEMORY} on: from 7.2 on the server would not start with it`,
    mend: "Leave it out; evictUsedPct, of the storage, evicts in its place.",
  });
}

function inRegion<T extends Readonly<Record<string, string>>>(
  texts: T | undefined,
  region: string,
): T | undefined {
  if (texts === undefined) return undefined;
  const replaced = Object.entries(texts).map(([name, text]) => [name, text.replaceAll("{region}", region)]);
  return Object.fromEntries(replaced) as T;
}

/** What hosts read by ARN at boot: the setting's name and the ARN. */
export function secretsOf(
  settings: Pick<AerospikeSettings, "featureKeyArn" | "usersSecretArns" | "tls">,
): (readonly [setting: string, arn: string])[] {
  const { featureKeyArn, usersSecretArns, tls } = settings;
  return [
    ...(featureKeyArn === undefined ? [] : [["featureKeyArn", featureKeyArn] as const]),
    ...Object.entries(usersSecretArns ?? {}).map(([user, arn]) => [`usersSecretArns.${user}`, arn] as const),
    ...(tls === undefined
      ? []
      : (["certificateArn", "keyArn", "caArn"] as const).map((name) => [`tls.${name}`, tls[name]] as const)),
  ];
}

/** 0 turns a threshold off. */
function assertEvictsFirst(of: string, evict: number, stopWrites: number): void {
  if (evict === 0 || stopWrites === 0 || evict <= stopWrites) return;
  throw new InputError({
    problem: `settings.thresholds.evict${of} is above stopWrites${of}, so that writes stop before anything is evicted`,
    value: evict,
    expected: `at most stopWrites${of}, ${stopWrites}`,
    mend: `Lower evict${of}, or raise stopWrites${of}.`,
  });
}

function isKnownVersion(value: string): boolean {
  return !isBefore(value, "7.1") && isBefore(value, "9");
}

/** The value is not shown: it may well be the secret itself. */
function arn({ form, expected }: ShellKind) {
  return v.pipe(
    v.string(),
    holds((value: string) => Token.isUnresolved(value) || form.test(value), {
      problem: "is not an ARN",
      expected,
      mend: "Store the secret itself in AWS (stretch secret create) and give its ARN here.",
      show: (value) => `${String(value).length} characters, not shown`,
    }),
  );
}
