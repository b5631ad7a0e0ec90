import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AerospikeSettings, resolveSettings } from "../../../modules/hosts/aerospike-settings";
import { type HostFiles, type NodeIdentity, nodeHostFiles } from "../../../modules/hosts/host-files";
import { ScratchHost } from "./scratch-host";

/** The article's six nodes, as the roster lists them. */
export const PLANNED = ["A882@33", "A600@32", "A517@33", "A352@32", "A129@32", "A70@33"];

/** Node A882 of the article: the principal, and the one that makes the users. */
export const A882: NodeIdentity = {
  clusterName: "test-aerocluster.eu",
  nodeId: "A882",
  rackId: 33,
  privateIp: "172.33.8.38",
  region: "eu-west-3",
  seeds: ["172.32.15.231", "172.32.4.2", "172.33.11.90"],
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  plannedNodes: PLANNED,
  dataDevice: "/dev/sdf",
  dataVolumeSize: 8,
  rootVolumeSize: 10,
  architecture: "x86_64",
};

export const FEATURE_KEY_ARN = "arn:aws:ssm:eu-west-1:123456789012:parameter/aerospike-feature-key";
const userArn = (user: string) =>
  `arn:aws:secretsmanager:eu-west-2:123456789012:secret:aerospike-users/${user}-Ab12Cd`;
export const USERS_SECRET_ARNS = {
  admin: userArn("admin"),
  loader: userArn("loader"),
  operator: userArn("operator"),
};

const tlsArn = (name: string) =>
  `arn:aws:secretsmanager:eu-west-2:123456789012:secret:aerospike-tls/${name}-Ab12Cd`;
export const TLS = {
  name: "aerospike.example.internal",
  certificateArn: tlsArn("certificate"),
  keyArn: tlsArn("key"),
  caArn: tlsArn("ca"),
};

export const FEATURE_KEY = "feature-key-version 2\nserial-number 123456789\n";
export const PASSWORDS = { admin: "Adm-in.9secret", loader: "Load_er~8secret", operator: "Oper+ator7secret" };

/** Bytes that whoever had the volume before left on it. */
export const LEFTOVERS = Buffer.alloc(9 * 1024 * 1024, 0xaa);

let packed: Buffer | undefined;

/** A package as Aerospike packs its own: one folder with the packages of server and tools. */
function serverPackage(): Buffer {
  if (packed !== undefined) return packed;
  const dir = mkdtempSync(join(tmpdir(), "stretch-package-"));
  try {
    const folder = "aerospike-server-enterprise_8.1.2.5_tools-13.0.3_amzn2023_x86_64";
    mkdirSync(join(dir, folder));
    for (const name of [
      "aerospike-server-enterprise-8.1.2.5-1.amzn2023.x86_64.rpm",
      "aerospike-tools-13.0.3-1.amzn2023.x86_64.rpm",
    ]) {
      writeFileSync(join(dir, folder, name), name);
    }
    const { status } = spawnSync("tar", [
      "--create",
      // The same bytes whenever it is made.
      "--sort=name",
      "--mtime=@0",
      "--file",
      join(dir, "p.tar"),
      "--directory",
      dir,
      folder,
    ]);
    if (status !== 0) throw new Error("tar failed");
    packed = gzipSync(readFileSync(join(dir, "p.tar")));
    return packed;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The checksum of the package. */
export const PACKAGE_SHA256 = createHash("sha256").update(serverPackage()).digest("hex");

export interface NodeProps {
  readonly identity?: Partial<NodeIdentity>;
  readonly settings?: AerospikeSettings;
}

/**
 * A database host before its first boot, and its surroundings: an Amazon Linux image with the data volume linked, the
 * package to download, a cluster in which all nodes are met and no roster is set.
 */
export function newNode({ identity = {}, settings = {} }: NodeProps = {}): {
  host: ScratchHost;
  files: HostFiles;
} {
  const files = filesOf({ ...A882, ...identity }, settings);
  const host = new ScratchHost(files);
  const url = /^PACKAGE_URL='(.+)'$/m.exec(
    files.files.find(({ path }) => path === "/etc/stretch/host.env")!.content,
  )![1];
  host.offer(url, serverPackage());
  host.write("/dev/nvme0n1", "the root volume");
  host.write("/dev/nvme1n1", LEFTOVERS);
  host.link("/dev/sdf", "nvme1n1");
  for (const setting of ["enabled", "defrag"]) {
    host.write(`/sys/kernel/mm/transparent_hugepage/${setting}`, "always [madvise] never\n");
  }
  host.write("/state/units/amazon-ssm-agent.service", "");
  host.write("/state/metadata/local-ipv4", "172.33.8.38");
  host.write("/state/metadata/public-ipv4", "13.38.38.248");
  for (const [file, content] of Object.entries({
    roster: "null",
    pending: "null",
    observed: PLANNED.join(","),
    principal: "A882",
    self: { ...A882, ...identity }.nodeId,
  })) {
    host.write(`/state/${file}`, `${content}\n`);
  }
  return { host, files };
}

/** Turns access control on around a host: the server knows only admin, by its first password. */
export function withUsers(host: ScratchHost, firstPassword: string = PASSWORDS.admin): void {
  for (const [user, password] of Object.entries(PASSWORDS)) {
    host.write(`/state/secrets/${user}-Ab12Cd`, password);
  }
  host.write("/state/passwords/admin", `${firstPassword}\n`);
  host.mkdir("/state/roles");
}

/** Gives a host what AWS holds of {@link TLS}: its server listens with TLS alone. */
export function withTls(host: ScratchHost, made = "first"): void {
  for (const name of ["certificate", "key", "ca"]) {
    host.write(`/state/secrets/${name}-Ab12Cd`, `${made} ${name}\n`);
  }
  host.write("/state/tls-name", TLS.name);
}

/** What lands on a database host with these settings. */
export function filesOf(identity: NodeIdentity, settings: AerospikeSettings = {}): HostFiles {
  return nodeHostFiles(identity, resolveSettings(settings));
}
