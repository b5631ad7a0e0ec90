import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";

/** `stretch up` in a process of its own, as in a terminal. */
export class Up {
  private out = "";
  private constructor(private readonly process: ChildProcess) {
    process.stdout!.on("data", (chunk: Buffer) => (this.out += chunk.toString()));
    process.stderr!.on("data", (chunk: Buffer) => (this.out += chunk.toString()));
  }

  static async start(args: readonly string[]): Promise<Up> {
    const root = join(__dirname, "..", "..");
    const up = new Up(
      spawn(process.execPath, ["--import", "tsx", "cli/cli.ts", "up", ...args], {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    return up;
  }

  /** Pid of the process that its nodes live in. */
  get nodes(): number {
    const processes = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
    const [pid] = processes
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(
        ([, parent, ...args]) => Number(parent) === this.process.pid && /host\.[jt]s/.test(args.join(" ")),
      );
    return Number(pid[0]);
  }

  async says(text: string | RegExp): Promise<string> {
    const end = Date.now() + 30_000;
    // Sentences go on in the next line.
    const said = () => this.out.replace(/\n {11}/g, " ");
    const found = () => (typeof text === "string" ? said().includes(text) : text.test(said()));
    while (!found()) {
      if (Date.now() > end) throw new Error(`"stretch up" did not say ${String(text)}:\n${this.out}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.out;
  }

  /** Ctrl-C, or an end by its pid where that does nothing. */
  async stop(): Promise<number | null> {
    const limit = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
    this.process.kill("SIGINT");
    const code = await this.ended();
    clearTimeout(limit);
    return code;
  }

  /** Its exit code, once it has ended. */
  ended(): Promise<number | null> {
    const { exitCode, signalCode } = this.process;
    if (exitCode !== null || signalCode !== null) return Promise.resolve(exitCode);
    return new Promise((resolve) => this.process.once("exit", resolve));
  }
}

/** A port with room for the playground behind it, below those that the system gives out. */
export async function freePort(): Promise<number> {
  const base = 10_000 + (process.pid % 200) * 100;
  for (let port = base; ; port += 100) {
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
