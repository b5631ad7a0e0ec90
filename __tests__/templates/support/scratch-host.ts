import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import type { HostFiles } from "../../../modules/hosts/host-files";

/** Programs that a host has and a test must not touch: each is the stand-in. */
const STAND_INS = [
  "asadm",
  "asinfo",
  "aws",
  "blkid",
  "chown",
  "curl",
  "dnf",
  "lsblk",
  "npm",
  "nvme",
  "runuser",
  "sleep",
  "sysctl",
  "systemctl",
  "unzip",
  "useradd",
];

/** Time limit of one script, s. */
const TIME_LIMIT = 60;

/** Exit status of a script whose subshell was ended by SIGTERM. */
const KILLED = 143;

export interface Outcome {
  /** Exit status; 124 = ended by its time limit, -1 = ended by a signal. */
  readonly status: number;
  /** What the journal would hold. */
  readonly log: string;
}

interface CloudConfig {
  readonly write_files: readonly { path: string; permissions: string; content: string }[];
  readonly runcmd: readonly (readonly string[])[];
}

/**
 * A host in a folder: its own file tree under the system's programs, entered by chroot in a mount namespace of its own,
 * with stand-ins for what reaches outside. Nothing is started but the scripts, each under a time limit.
 */
export class ScratchHost {
  readonly root = mkdtempSync(join(tmpdir(), "stretch-host-"));

  constructor(private readonly files: HostFiles) {
    for (const dir of [
      "usr",
      "proc",
      "dev",
      "etc/ssl",
      "run",
      "tmp",
      "state/secrets",
      "state/downloads",
      "stand-ins",
      "local/bin",
    ]) {
      this.mkdir(`/${dir}`);
    }
    for (const link of ["bin", "lib", "lib64", "sbin"]) symlinkSync(`usr/${link}`, join(this.root, link));
    for (const device of ["null", "zero"]) this.write(`/dev/${device}`, "");
    symlinkSync("/proc/self/fd", join(this.root, "dev/fd"));
    for (const name of STAND_INS) {
      copyFileSync(join(__dirname, "stand-ins", "record"), join(this.root, "stand-ins", name));
    }
    this.write("/state/calls", "");
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  write(path: string, content: string | Buffer): void {
    this.mkdir(dirname(path));
    writeFileSync(join(this.root, path), content);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  bytes(path: string): Buffer {
    return readFileSync(join(this.root, path));
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  delete(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  link(path: string, target: string): void {
    symlinkSync(target, join(this.root, path));
  }

  mkdir(path: string): void {
    mkdirSync(join(this.root, path), { recursive: true });
  }

  /** A download that is there for the host, with its checksum beside it. */
  offer(url: string, content: Buffer): void {
    const name = basename(url);
    this.write(`/state/downloads/${name}`, content);
    this.write(
      `/state/downloads/${name}.sha256`,
      `${createHash("sha256").update(content).digest("hex")}  ${name}\n`,
    );
  }

  /** What cloud-init does with the user data at the first boot: writes the files, runs the commands. */
  cloudInit(): void {
    const text = gunzipSync(Buffer.from(this.files.userDataBase64, "base64")).toString("utf8");
    const config = parse(text) as CloudConfig;
    for (const { path, permissions, content } of config.write_files) {
      this.write(path, content);
      chmodSync(join(this.root, path), parseInt(permissions, 8));
    }
    for (const command of config.runcmd) this.run(command);
  }

  /** What a unit says that waits for something: it is ended when it has slept a few times. */
  startAndWait(unit: string): string {
    this.write("/state/patience", "3");
    const { status, log } = this.start(unit);
    this.delete("/state/patience");
    if (status !== -1 && status !== KILLED) throw new Error(`${unit} did not wait: status ${status}, ${log}`);
    return log;
  }

  /** Starts a unit as systemd would: runs its ExecStart. */
  start(unit: string): Outcome {
    const command = /^ExecStart=(.+)$/m.exec(this.read(`/etc/systemd/system/${unit}`))?.[1];
    if (command === undefined) throw new Error(`${unit} has no ExecStart`);
    return this.run(command.split(" "));
  }

  /** Runs a command inside. */
  run(command: readonly string[]): Outcome {
    const { root } = this;
    const enter = [
      `mount --bind /usr ${root}/usr`,
      `mount -o remount,bind,ro ${root}/usr`,
      `mount --bind ${root}/local ${root}/usr/local`,
      `mount --rbind /proc ${root}/proc`,
      `mount --bind /dev/null ${root}/dev/null`,
      `mount --bind /dev/zero ${root}/dev/zero`,
      `exec chroot ${root} /usr/bin/timeout ${TIME_LIMIT} "$@"`,
    ].join(" && ");
    const { status, stdout, stderr, error } = spawnSync(
      "unshare",
      ["--map-root-user", "--mount", "sh", "-c", `${enter} 2>&1`, "sh", ...command],
      {
        encoding: "utf8",
        env: { PATH: "/stand-ins:/usr/sbin:/usr/bin", LC_ALL: "C" },
        timeout: (TIME_LIMIT + 30) * 1000,
      },
    );
    if (error) throw error;
    return { status: status ?? -1, log: stdout + stderr };
  }

  /** What the stand-ins were asked since the last look, a line each. */
  calls(name?: string): string[] {
    const lines = this.read("/state/calls").split("\n").filter(Boolean);
    return name === undefined ? lines : lines.filter((line) => line.startsWith(`${name} `));
  }

  forgetCalls(): void {
    this.write("/state/calls", "");
  }
}
