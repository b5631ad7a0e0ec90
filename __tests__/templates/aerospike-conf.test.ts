import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import draft06 from "ajv/dist/refs/json-schema-draft-06.json";
import { Testing } from "cdktf";
import type { AerospikeSettings } from "../../modules/hosts/aerospike-settings";
import type { NodeIdentity } from "../../modules/hosts/host-files";
import { TOOLS } from "../../modules/hosts/server-version";
import { DEFAULT_SERVER_VERSION } from "../../model";
import { scenarios } from "../../scenarios";
import { gzippedFixture } from "../support/fixture-files";
import { parseConf, parsedForm, settings } from "./support/aerospike-conf";
import { A882, FEATURE_KEY_ARN, filesOf, TLS, USERS_SECRET_ARNS } from "./support/nodes";

const PROJECT = join(__dirname, "..", "..");

/** Aerospike's published schema of each server version. */
const SCHEMA_OF = {
  "7.1.0.0": "7.1.0",
  "7.1.0.25": "7.1.0",
  "7.2.0.20": "7.2.0",
  "8.0.0.18": "8.0.0",
  "8.1.2.5": "8.1.1",
};

/** What the published schemas lack: the article's server ran with it; the schema of 7.1 is of a later one. */
const NOT_IN_SCHEMA: Readonly<Record<string, readonly string[]>> = { "7.1.0.0": ["evict-sys-memory-pct"] };

function confOf(
  version: string,
  props: AerospikeSettings = {},
  identity: Partial<NodeIdentity> = {},
): string {
  const { files } = filesOf({ ...A882, ...identity }, { version, ...props });
  return files.find(({ path }) => path === "/etc/stretch/aerospike.conf")!.content;
}

interface CompiledSchema {
  readonly schema: Parameters<typeof parsedForm>[1];
  readonly validate: ValidateFunction;
}

/** Compiled once a version: that is what takes the time. */
const compiled = new Map<string, CompiledSchema>();

function schemaOf(version: keyof typeof SCHEMA_OF): CompiledSchema {
  const name = SCHEMA_OF[version];
  const made = compiled.get(name);
  if (made !== undefined) return made;
  const schema = gzippedFixture<CompiledSchema["schema"]>(`schemas/${name}`);
  // strict: false, as the schemas carry keywords of Aerospike's own (dynamic, enterpriseOnly).
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addMetaSchema(draft06);
  const validate = ajv.compile({ ...schema, $schema: "http://json-schema.org/draft-06/schema#" });
  compiled.set(name, { schema, validate });
  return { schema, validate };
}

/** What the schema of a version has against a configuration, `known` exceptions aside. */
function complaints(
  conf: string,
  version: keyof typeof SCHEMA_OF,
  known = NOT_IN_SCHEMA[version] ?? [],
): string[] {
  const { schema, validate } = schemaOf(version);
  validate(parsedForm(parseConf(conf), schema));
  return (validate.errors ?? [])
    .filter(({ params }) => !known.includes(params.additionalProperty as string))
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

describe("the published JSON Schemas", () => {
  const versions = Object.keys(SCHEMA_OF) as (keyof typeof SCHEMA_OF)[];

  it("are of each series of servers, the default one among them", () => {
    expect(versions).toContain(DEFAULT_SERVER_VERSION);
    expect(new Set(versions.map((version) => version.slice(0, 3)))).toEqual(
      new Set(Object.keys(TOOLS).map((version) => version.slice(0, 3))),
    );
  });

  it.each(versions)("accept the configuration of a node of server %s", (version) => {
    expect(complaints(confOf(version), version)).toEqual([]);
  });

  it.each(versions)("accept every optional part of it for server %s", (version) => {
    const conf = confOf(
      version,
      {
        storage: { engine: "device" },
        heartbeat: { intervalMs: 50, timeout: 3 },
        featureKeyArn: FEATURE_KEY_ARN,
        usersSecretArns: USERS_SECRET_ARNS,
      },
      {
        quiesced: true,
        minClusterSize: 3,
        namespace: {
          ...A882.namespace,
          preferUniformBalance: false,
          flushMaxMs: 100,
          commitToDevice: true,
          autoRevive: true,
          strongConsistencyAllowExpunge: true,
        },
      },
    );
    expect(conf).toMatch(
      /min-cluster-size 3[^]*stay-quiesced[^]*connect-timeout-ms[^]*default-password-file[^]*allow-expunge true[^]*auto-revive true[^]*prefer-uniform-balance[^]*flush-max-ms 100[^]*commit-to-device true/,
    );
    expect(complaints(conf, version)).toEqual([]);
  });

  it.each(versions)("accept TLS for server %s", (version) => {
    expect(complaints(confOf(version, { tls: TLS }), version)).toEqual([]);
    const twisted = confOf(version, { tls: TLS }).replace("cert-file", "certificate");
    expect(complaints(twisted, version)).toHaveLength(1);
  });

  it.each(["7.2.0.20", "8.1.2.5"] as const)("accept an active rack: %s", (version) => {
    const conf = confOf(version, {}, { namespace: { ...A882.namespace, activeRack: 32 } });
    expect(settings(parseConf(conf)).get("namespace.active-rack")).toEqual(["32"]);
    expect(complaints(conf, version)).toEqual([]);
  });

  /** Each with servers of each version, but for an active rack, which 7.1 does not know. */
  const builds = scenarios.flatMap((scenario) =>
    versions
      .filter((version) => scenario.name !== "active-passive" || !version.startsWith("7.1."))
      .map((version) => [scenario.name, version, scenario] as const),
  );
  it.each(builds)("accept the configuration of every node of %s with server %s", (_, version, scenario) => {
    const [{ nodes }] = scenario.build(Testing.app({ context: { settings: { version } } })).clusters;
    expect(nodes.length).toBeGreaterThan(0);
    for (const { files } of nodes) {
      const conf = files.files.find(({ path }) => path === "/etc/stretch/aerospike.conf")!.content;
      expect(complaints(conf, version)).toEqual([]);
    }
  });

  it("refuse a setting that does not exist, so that the tests above mean something", () => {
    const conf = confOf("7.1.0.25");
    expect(complaints(conf.replace("replication-factor 2", "replication-factor 0"), "7.1.0.25")).toHaveLength(
      1,
    );
    expect(complaints(conf.replace("nsup-period", "memory-size"), "7.1.0.25")).toHaveLength(1);
    expect(complaints(conf.replace("\tfilesize 1G", "\tfilesize many"), "7.1.0.25")).not.toEqual([]);
  });

  it.each(versions)("lack, for server %s, just what is listed as missing in them", (version) => {
    const lacking = complaints(confOf(version), version, []).map(
      (line) => /"additionalProperty":"(.+)"/.exec(line)?.[1],
    );
    expect(lacking).toEqual(NOT_IN_SCHEMA[version] ?? []);
  });
});

/**
 * What the public source of each server says as it reads its file (cfg.c): the reading of 7.1.0.3 only warns, 7.2 and later
 * do not start.
 */
describe("evict-sys-memory-pct, which later servers refuse", () => {
  it.each([
    ["7.1.0.0", ["50"]],
    ["7.1.0.5", undefined],
    ["7.1.0.25", undefined],
    ["7.2.0.20", undefined],
    ["8.1.2.5", undefined],
  ])("is there for the servers alone that act on it: %s", (version, expected) => {
    expect(settings(parseConf(confOf(version))).get("namespace.evict-sys-memory-pct")).toEqual(expected);
  });
});

describe("the article's configuration", () => {
  const article = settings(
    parseConf(readFileSync(join(PROJECT, "__tests__", "fixtures", "article-aerospike.conf"), "utf8")),
  );
  // The article's own server.
  const memory = settings(parseConf(confOf("7.1.0.0")));
  const device = settings(parseConf(confOf("7.1.0.0", { storage: { engine: "device" } })));
  const rows = readFileSync(join(PROJECT, "docs", "aerospike-conf.md"), "utf8")
    .split("\n## ")[0]
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, setting, given, here, why]) => ({ setting: setting.replaceAll("`", ""), given, here, why }));

  it("is in the docs' table, setting by setting and value by value", () => {
    expect(rows.map(({ setting }) => setting).sort()).toEqual([...article.keys()].sort());
    for (const { setting, given } of rows) {
      expect([setting, given]).toEqual([
        setting,
        article
          .get(setting)!
          .map((value) => `\`${value}\``)
          .join(", "),
      ]);
    }
  });

  it.each(rows)("is kept or its absence explained: $setting", ({ setting, given, here, why }) => {
    const rendered = (setting.includes("storage-engine device") ? device : memory).get(setting);
    if (here === "absent") {
      expect(rendered).toBeUndefined();
      expect(why).not.toBe("");
    } else if (here.startsWith("per ")) {
      expect(rendered?.join("")).toMatch(/\S/);
    } else {
      expect(rendered).toEqual([here.replaceAll("`", "")]);
      if (here.toLowerCase() !== given.toLowerCase()) expect(why).not.toBe("");
    }
  });
});

describe("aerospike.conf", () => {
  it("tells how far the farthest nodes are, by default as far as the server itself reckons", () => {
    const latency = (props?: AerospikeSettings) =>
      settings(parseConf(confOf("7.1.0.25", props))).get("network.fabric.latency-max-ms");
    expect([latency(), latency({ latencyMaxMs: 21 })]).toEqual([["5"], ["21"]]);
  });

  it("names the node, its addresses and its seeds", () => {
    const conf = settings(parseConf(confOf("7.1.0.25")));
    expect(conf.get("service.node-id")).toEqual(["A882"]);
    expect(conf.get("service.cluster-name")).toEqual(["test-aerocluster.eu"]);
    expect(conf.get("network.service.access-address")).toEqual(["172.33.8.38"]);
    expect(conf.get("network.heartbeat.address")).toEqual(["172.33.8.38"]);
    expect(conf.get("network.heartbeat.mesh-seed-address-port")).toEqual([
      "172.32.15.231 3002",
      "172.32.4.2 3002",
      "172.33.11.90 3002",
    ]);
    expect(conf.get("namespace.rack-id")).toEqual(["33"]);
  });

  it("has, with TLS, its ports in place of the plain ones, everywhere", () => {
    const conf = settings(parseConf(confOf("8.1.2.5", { tls: TLS })));
    const network = [...conf].flatMap(([key, values]) =>
      key.startsWith("network.") && /port|tls|address|file/.test(key)
        ? [[key.slice(8), values.join(", ")]]
        : [],
    );
    expect(Object.fromEntries(network)).toEqual({
      "tls.cert-file": "/etc/aerospike/tls/certificate.pem",
      "tls.key-file": "/etc/aerospike/tls/key.pem",
      "tls.ca-file": "/etc/aerospike/tls/ca.pem",
      "service.tls-address": "any",
      "service.tls-port": "4333",
      "service.tls-name": TLS.name,
      "service.tls-authenticate-client": "false",
      "service.tls-access-address": "172.33.8.38",
      "service.tls-alternate-access-address": "@PUBLIC_IPV4@",
      "admin.address": "127.0.0.1",
      "admin.port": "3008",
      "heartbeat.tls-address": "172.33.8.38",
      "heartbeat.tls-port": "3012",
      "heartbeat.tls-name": TLS.name,
      "heartbeat.tls-mesh-seed-address-port": "172.32.15.231 3012, 172.32.4.2 3012, 172.33.11.90 3012",
      "fabric.tls-port": "3011",
      "fabric.tls-name": TLS.name,
    });
  });

  it("has no security block without a secret for users: its presence would turn access control on", () => {
    expect(confOf("7.1.0.25")).not.toMatch(/^security/m);
  });

  it("logs what the article's security block logs where it has one", () => {
    const conf = settings(parseConf(confOf("7.1.0.25", { usersSecretArns: USERS_SECRET_ARNS })));
    for (const report of ["authentication", "sys-admin", "user-admin", "violation"]) {
      expect(conf.get(`security.log.report-${report}`)).toEqual(["true"]);
    }
  });

  it("has an admin port from server 8.1 on, for this host only", () => {
    expect(settings(parseConf(confOf("8.1.2.5"))).get("network.admin.address")).toEqual(["127.0.0.1"]);
    expect(settings(parseConf(confOf("8.0.0.18"))).has("network.admin.address")).toBe(false);
  });

  it("leaves strong consistency out of an availability mode namespace", () => {
    const conf = confOf("7.1.0.25", {}, { namespace: { ...A882.namespace, strongConsistency: false } });
    expect(settings(parseConf(conf)).has("namespace.strong-consistency")).toBe(false);
  });

  it.each([
    [1500, undefined],
    [1200, "400"],
    [150, "50"],
  ])("keeps the connect timeout within a third of %d ms", (detection, expected) => {
    const heartbeat =
      detection === 150 ? { intervalMs: 50, timeout: 3 } : { intervalMs: detection / 10, timeout: 10 };
    const conf = settings(parseConf(confOf("7.1.0.25", { heartbeat })));
    expect(conf.get("network.heartbeat.connect-timeout-ms")?.[0]).toBe(expected);
  });
});
