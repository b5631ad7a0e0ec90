import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import type { InstanceState } from "./backends";
import type { Agent, Ended } from "./run-command";

const DEVICES = ["null", "zero", "urandom"];
/** Seconds that a unit may take. */
const UNIT_SECONDS = 120;

/**
 * A host of the twin: its own file tree under the system's programs, as its user data writes it, with stand-ins for the server
 * and for what leads outside. Its processes live in namespaces of their own, and end with it.
 */
export class TwinHost implements Agent {
  readonly root = mkdtempSync(join(tmpdir(), "stretch-twin-"));
  readonly id: string;
  readonly region: string;
  /** Private address. */
  readonly address: string;
  /** Name of its instance profile. */
  readonly profile: string | null;
  /** Set by a test: the agent is not heard of, though the host runs. */
  deaf = false;
  /** Set by a test: its agent takes commands, and never tells their end. */
  stuck = false;
  private first: ChildProcess | undefined;
  private readonly running = new Map<string, (ended: Ended) => void>();

  /** @param door URL of the twin's own server */
  constructor(
    { id, region, address, profile, userData }: InstanceState,
    private readonly door: string,
  ) {
    this.id = id;
    this.region = region;
    this.address = address;
    this.profile = profile;
    const { root } = this;
    const dirs = [
      "usr",
      "proc",
      "dev",
      "etc/ssl",
      "run",
      "tmp",
      "var/log",
      "var/lib/stretch",
      "twin/commands",
      "twin/stand-ins",
      "local/bin",
    ];
    for (const dir of dirs) mkdirSync(join(root, dir), { recursive: true });
    for (const link of ["bin", "lib", "lib64", "sbin"]) symlinkSync(`usr/${link}`, join(root, link));
    for (const device of DEVICES) this.write(`/dev/${device}`, "");
    symlinkSync("/proc/self/fd", join(root, "dev/fd"));
    for (const name of readdirSync(join(__dirname, "stand-ins"))) {
      copyFileSync(join(__dirname, "stand-ins", name), join(root, "twin/stand-ins", name));
    }
    for (const name of ["map-addresses.js", "secured-tools.js"]) {
      copyFileSync(join(__dirname, name), join(root, "twin", name));
    }
    this.write("/local/bin/node", "");
    this.write("/var/lib/stretch/installed", "");
    this.cloudInit(userData);
  }

  get connection(): "online" | "lost" {
    return this.first === undefined || this.deaf ? "lost" : "online";
  }

  /** Boots it. */
  start(): void {
    const { root } = this;
    for (const dir of ["run", "tmp"]) {
      rmSync(join(root, dir), { recursive: true, force: true });
      mkdirSync(join(root, dir));
    }
    const enter = [
      `mount --bind /usr ${root}/usr`,
      `mount -o remount,bind,ro ${root}/usr`,
      `mount --bind ${root}/local ${root}/usr/local`,
      `mount --bind ${realpathSync(process.execPath)} ${root}/usr/local/bin/node`,
      `{ mount -t proc proc ${root}/proc 2>/dev/null || mount --rbind /proc ${root}/proc; }`,
      ...DEVICES.map((device) => `mount --bind /dev/${device} ${root}/dev/${device}`),
      `exec chroot ${root} /twin/stand-ins/agent`,
    ].join(" && ");
    const first = spawn(
      "unshare",
      ["--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", enter],
      {
        env: {
          PATH: "/twin/stand-ins:/usr/local/bin:/usr/sbin:/usr/bin",
          LC_ALL: "C",
          HOME: "/root",
          TWIN: `${this.door}/host/${this.id}`,
          AWS_ENDPOINT_URL_S3: `${this.door}/host/${this.id}/s3`,
          // The door knows whose it is, and what its role may.
          AWS_ACCESS_KEY_ID: "host",
          AWS_SECRET_ACCESS_KEY: "host",
          AWS_EC2_METADATA_DISABLED: "true",
          NODE_OPTIONS: "--require=/twin/map-addresses.js",
        },
        // The open standard input is what keeps it alive: it ends when this process does.
        stdio: ["pipe", "pipe", "ignore"],
      },
    );
    this.first = first;
    first.stdin.on("error", () => {});
    createInterface({ input: first.stdout }).on("line", (line) => {
      const [command, status] = line.split(" ");
      this.end(command, Number(status));
    });
    first.on("exit", () => {
      if (this.first === first) this.first = undefined;
      for (const command of [...this.running.keys()]) this.end(command, 137);
    });
  }

  /** Takes its power; what its processes were at is gone. */
  async stop(): Promise<void> {
    const { first } = this;
    if (first === undefined) return;
    const ended = new Promise((resolve) => first.once("exit", resolve));
    first.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  run(command: string, script: string, seconds: number): Promise<Ended> {
    if (this.stuck) return new Promise(() => {});
    this.write(`/twin/commands/${command}/script`, `${script}\n`);
    return new Promise((resolve) => {
      this.running.set(command, resolve);
      this.first?.stdin?.write(`run ${command} ${seconds}\n`);
    });
  }

  /** Whether the stack names secrets that it reads. */
  get hasSecrets(): boolean {
    return /_ARN='/.test(this.read("/etc/stretch/host.env"));
  }

  /** Carries out what one of its units does at a boot (`prepare`). @throws Error with what it said, where that fails */
  async unit(name: string): Promise<void> {
    // The volume is there, and has been used.
    const device = /^DATA_DEVICE='(.+)'$/m.exec(this.read("/etc/stretch/host.env"))?.[1];
    if (device !== undefined) this.write(device, "");
    this.write("/var/lib/stretch/zeroed", "");
    const { status, stderr } = await this.run(`unit-${name}`, `exec /opt/stretch/bin/${name}`, UNIT_SECONDS);
    if (status !== 0) throw new Error(`${this.id} ${name} ended with ${status}: ${stderr}`);
  }

  cancel(command: string): void {
    if (this.running.has(command)) this.first?.stdin?.write(`cancel ${command}\n`);
  }

  /** Writes a file of the host. */
  write(path: string, content: string): void {
    mkdirSync(join(this.root, dirname(path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  /** Reads a file of the host; empty where there is none. */
  read(path: string): string {
    try {
      return readFileSync(join(this.root, path), "utf8");
    } catch {
      return "";
    }
  }

  private end(command: string, status: number): void {
    const of = (name: string) => this.read(`/twin/commands/${command}/${name}`);
    this.running.get(command)?.({ status, stdout: of("stdout"), stderr: of("stderr") });
    this.running.delete(command);
  }

  /** Writes the files of the user data. Its units are what the stand-ins stand for: installed, prepared, running. */
  private cloudInit(userData: string | null): void {
    if (userData === null) return;
    const text = gunzipSync(Buffer.from(userData, "base64")).toString("utf8");
    const { write_files: files } = parse(text) as {
      write_files: readonly { path: string; permissions: string; content: string }[];
    };
    for (const { path, permissions, content } of files) {
      this.write(path, content);
      chmodSync(join(this.root, path), parseInt(permissions, 8));
    }
  }
}
