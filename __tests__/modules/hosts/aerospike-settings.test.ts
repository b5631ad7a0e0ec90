import { TerraformVariable } from "cdktf";
import { type AerospikeSettings, resolveSettings } from "../../../modules/hosts/aerospike-settings";
import { errorOf } from "../../support/errors";
import { Template } from "../../support/template";

describe("the settings of Aerospike servers", () => {
  it("are the article's by default, but for heartbeats as Aerospike advises in clouds", () => {
    expect(resolveSettings()).toMatchObject({
      heartbeat: { intervalMs: 150, timeout: 20 },
      latencyMaxMs: 5,
      roundTrips: {},
      storage: { engine: "memory", filesizeGib: 1 },
      thresholds: {
        stopWritesSysMemoryPct: 60,
        evictUsedPct: 60,
        stopWritesUsedPct: 70,
        stopWritesAvailPct: 5,
      },
      defaultTtl: 0,
      defaultReadTouchTtlPct: 20,
      maxRecordSizeKib: 128,
    });
  });

  it("are of today's server by default, with its tools", () => {
    expect(resolveSettings()).toMatchObject({ version: "8.1.2.5", toolsVersion: "13.0.3" });
  });

  it("evict by the host's memory at the article's 50 percent where the server knows that", () => {
    const percent = (version: string) => resolveSettings({ version }).thresholds.evictSysMemoryPct;
    expect(["7.1.0.0", "7.1.0.5", "8.1.2.5"].map(percent)).toEqual([50, undefined, undefined]);
  });

  it("evict from a device at the article's 45 percent", () => {
    expect(resolveSettings({ storage: { engine: "device" } }).thresholds.evictUsedPct).toBe(45);
  });

  it("give a third of themselves in place of one default", () => {
    expect(resolveSettings({ heartbeat: { timeout: 12 } }).heartbeat).toEqual({
      intervalMs: 150,
      timeout: 12,
    });
    expect(resolveSettings({ thresholds: { evictUsedPct: 30 } }).thresholds.stopWritesUsedPct).toBe(70);
  });

  it.each([
    ["cloud", 20],
    ["article", 10],
  ] as const)("know the heartbeats by name: %s", (heartbeat, timeout) => {
    expect(resolveSettings({ heartbeat }).heartbeat).toEqual({ intervalMs: 150, timeout });
  });

  it("take an ARN that only Terraform knows", () => {
    Template.of((stack) => {
      const arn = new TerraformVariable(stack, "arn", { type: "string" }).stringValue;
      expect(resolveSettings({ featureKeyArn: arn }).featureKeyArn).toBe(arn);
    });
  });

  it.each<[string, AerospikeSettings, string[]]>([
    [
      "interval below the server's least",
      { heartbeat: { intervalMs: 49 } },
      ["heartbeat.intervalMs", "49", "50 to 600000"],
    ],
    ["interval above its most", { heartbeat: { intervalMs: 600_001 } }, ["heartbeat.intervalMs", "600001"]],
    [
      "heartbeats of a name that there is not",
      { heartbeat: "fast" as "cloud" },
      ["heartbeat", '"fast"', "cloud, article"],
    ],
    ["latency above what the server takes", { latencyMaxMs: 1001 }, ["latencyMaxMs", "1001", "0 to 1000"]],
    ["latency that is no whole number", { latencyMaxMs: 8.5 }, ["latencyMaxMs", "8.5", "whole number"]],
    [
      "round trip below nothing",
      { roundTrips: { "eu-west-2": { "eu-west-3": -1 } } },
      ["roundTrips.eu-west-2.eu-west-3", "-1", "0 to 10000"],
    ],
    [
      "round trip to no region",
      { roundTrips: { "eu-west-2": { paris: 8 } } },
      ["roundTrips.eu-west-2.paris", "paris", "eu-west-2"],
    ],
    ["timeout below its least", { heartbeat: { timeout: 2 } }, ["heartbeat.timeout", "2", "3 to"]],
    [
      "interval that is no whole number",
      { heartbeat: { intervalMs: 150.5 } },
      ["heartbeat.intervalMs", "150.5"],
    ],
    [
      "version that is not one",
      { version: "latest" },
      ["version is malformed", '"latest"', "7.1.0.0 to 8.x"],
    ],
    ["version of three numbers", { version: "7.1.0" }, ["version is malformed", '"7.1.0"']],
    ["version before 7.1", { version: "7.0.0.3" }, ["version is not one", '"7.0.0.3"']],
    [
      "a threshold that the server does not know",
      { thresholds: { evictSysMemoryPct: 50 } },
      ["evictSysMemoryPct", "server 8.1.2.5", "got 50", "7.1.0.3", "would not start", "evictUsedPct"],
    ],
    [
      "a threshold that the server ignores",
      { version: "7.1.0.25", thresholds: { evictSysMemoryPct: 40 } },
      ["evictSysMemoryPct", "server 7.1.0.25", "Leave it out"],
    ],
    ["version after 8", { version: "9.0.0.0" }, ["version is not one", '"9.0.0.0"']],
    ["version whose tools are not known", { version: "8.1.0.1" }, ["toolsVersion is needed", "8.1.0.1"]],
    ["tools version that is not one", { toolsVersion: "new" }, ["toolsVersion is malformed", '"new"']],
    [
      "distribution that has no package",
      { distribution: "ubuntu" as "el8" },
      ["distribution", '"ubuntu"', "amzn2023, el8, el9"],
    ],
    [
      "package address that is none",
      { packageUrl: "server.tgz" },
      ["packageUrl is malformed", '"server.tgz"'],
    ],
    [
      "package in a bucket without a key",
      { packageUrl: "s3://bucket" },
      ["packageUrl is malformed", '"s3://bucket"'],
    ],
    [
      "package over http without a checksum",
      { packageUrl: "http://mirror/server.tgz" },
      ["packageSha256 is needed", "sha256sum"],
    ],
    [
      "signed address, whose query is a credential",
      { packageUrl: "https://mirror/server.tgz?X-Amz-Signature=2", packageSha256: "0".repeat(64) },
      ["packageUrl is malformed", "https://mirror/server.tgz?***", "without user, password or query"],
    ],
    [
      "package address with a password",
      { packageUrl: "https://me:hunter2@mirror/server.tgz" },
      ["packageUrl is malformed", "https://***@mirror/server.tgz"],
    ],
    ["key that is none", { packageKey: "RSA" }, ["packageKey is malformed", "gpg --armor --export"]],
    ["checksum that is none", { packageSha256: "abc" }, ["packageSha256 is malformed", "64 hexadecimal"]],
    [
      "storage engine that is not supported",
      { storage: { engine: "pmem" } as never },
      ["storage.engine", '"pmem"'],
    ],
    [
      "file of no size",
      { storage: { engine: "memory", filesizeGib: 0 } },
      ["storage.filesizeGib", "1 to 2048"],
    ],
    [
      "threshold above 100 percent",
      { thresholds: { evictUsedPct: 101 } },
      ["thresholds.evictUsedPct", "101"],
    ],
    ["TTL beyond ten years", { defaultTtl: 315_360_001 }, ["defaultTtl", "315360001", "seconds"]],
    ["record larger than a write block", { maxRecordSizeKib: 8193 }, ["maxRecordSizeKib", "8193", "KiB"]],
    ["KMS key by alias", { kmsKeyArn: "alias/mine" }, ["kmsKeyArn is not an ARN", "arn:aws:kms"]],
  ])("fails for a(n) %s", (_, settings, parts) => {
    const message = errorOf(() => resolveSettings(settings));
    for (const part of parts) expect(message).toContain(part);
  });

  it.each<[string, object, string]>([
    [
      "setting that does not exist",
      { featureKeyARN: "arn" },
      'settings has no such setting: got "featureKeyARN"',
    ],
    [
      "threshold that does not exist",
      { thresholds: { used: 1 } },
      'settings.thresholds has no such setting: got "used"',
    ],
    [
      "number where a text belongs",
      { version: 8 },
      "settings.version is of another type: got 8; expected a string",
    ],
    [
      "text where a number belongs",
      { heartbeat: { timeout: "10" } },
      "settings.heartbeat.timeout is of another type",
    ],
    [
      "text where an object belongs",
      { storage: "device" },
      'settings.storage is of another type: got "device"',
    ],
  ])("fails for a %s, as JSON may have it", (_, settings, message) => {
    expect(errorOf(() => resolveSettings(settings))).toContain(message);
    expect(errorOf(() => resolveSettings(settings, "eu-west-2"))).toContain(message);
  });

  const ARN = "arn:aws:secretsmanager:{region}:123456789012:secret:admin";

  it.each([
    ["featureKeyArn", { featureKeyArn: "hunter2-hunter2" }],
    ["usersSecretArns.admin", { usersSecretArns: { admin: "hunter2-hunter2", loader: ARN, operator: ARN } }],
  ])("fails for a secret itself in place of %s, without showing it", (name, settings) => {
    const message = errorOf(() => resolveSettings(settings));
    expect(message).toContain(`settings.${name} is not an ARN`);
    expect(message).toContain("arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME");
    expect(message).not.toContain("hunter2");
  });

  it("fails for a secret's name, or an ARN of something else, in place of its ARN", () => {
    for (const featureKeyArn of ["aerospike-users", "arn:aws:s3:::bucket/key"]) {
      expect(errorOf(() => resolveSettings({ featureKeyArn }))).toContain("featureKeyArn is not an ARN");
    }
  });

  it("fails for one secret for all users, and where a user has none", () => {
    expect(errorOf(() => resolveSettings({ usersSecretArn: ARN } as object))).toContain(
      'settings has no such setting: got "usersSecretArn"',
    );
    const users = { admin: ARN, loader: ARN };
    expect(errorOf(() => resolveSettings({ usersSecretArns: users } as object))).toContain(
      "settings.usersSecretArns.operator is missing",
    );
  });

  it("reads certificate, key and CA of the host's own region", () => {
    const arns = { certificateArn: `${ARN}-1`, keyArn: `${ARN}-2`, caArn: `${ARN}-3` };
    const { tls } = resolveSettings({ tls: { name: "db.example.internal", ...arns } }, "eu-west-3");
    expect(tls).toEqual(
      JSON.parse(
        JSON.stringify({ name: "db.example.internal", ...arns }).replaceAll("{region}", "eu-west-3"),
      ),
    );
  });

  it.each([
    ["a name that no certificate has", { name: "<cluster-name>" }, "settings.tls.name is malformed"],
    ["a secret itself", { keyArn: "-----BEGIN PRIVATE KEY-----" }, "settings.tls.keyArn is not an ARN"],
    ["one secret for two", { keyArn: ARN, caArn: ARN }, "settings.tls names one secret twice"],
    ["no key", { keyArn: undefined }, "settings.tls.keyArn is missing"],
    ["a setting that there is not", { port: 4333 }, 'settings.tls has no such setting: got "port"'],
  ])("fails for TLS with %s", (_, change, message) => {
    const tls = {
      name: "db.example.internal",
      certificateArn: `${ARN}-1`,
      keyArn: `${ARN}-2`,
      caArn: `${ARN}-3`,
    };
    const error = errorOf(() => resolveSettings({ tls: { ...tls, ...change } } as object));
    expect(error).toContain(message);
    expect(error).not.toContain("BEGIN");
  });

  it("reads the users' secrets of the host's own region", () => {
    const { usersSecretArns } = resolveSettings(
      { usersSecretArns: { admin: ARN, loader: ARN, operator: ARN } },
      "eu-west-3",
    );
    const here = ARN.replace("{region}", "eu-west-3");
    expect(usersSecretArns).toEqual({ admin: here, loader: here, operator: here });
  });
});
