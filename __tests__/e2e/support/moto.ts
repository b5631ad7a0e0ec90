import { ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MOCK_CREDENTIALS, mockEnvironment } from "./environment";
import { tail } from "./run";

const START_LIMIT_MS = 60_000;
const MOST_TRIES = 3;

/** A moto server of the test's own, empty at its start: the AWS that terraform talks to. */
export class Moto {
  /**
   * Starts a server on a free port of 127.0.0.1 and waits until it answers. Stop it with {@link stop}.
   *
   * @param twin URL of the server of a twin, of which it is then one half
   */
  static async start(twin?: string): Promise<Moto> {
    for (let tries = 1; ; tries++) {
      const moto = new Moto(await freePort(), twin);
      try {
        await moto.answers();
        return moto;
      } catch (error) {
        const taken = moto.log().includes("is in use by another program");
        await moto.stop();
        // A port that was free may be taken before the server has it.
        if (!taken || tries === MOST_TRIES) throw error;
      }
    }
  }

  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** The environment in which terraform and cdktf reach this server and nothing else. */
  readonly env: Record<string, string>;

  private readonly dir = mkdtempSync(path.join(tmpdir(), "stretch-moto-"));
  private readonly logFile = path.join(this.dir, "moto.log");
  /** Where half of a twin notes every call, a line of JSON each. */
  readonly callsFile = path.join(this.dir, "calls.jsonl");
  private readonly overridesFile = path.join(this.dir, "ssm-overrides.json");
  private readonly behaviourFile = path.join(this.dir, "behaviour.json");
  private readonly process: ChildProcess;

  private constructor(port: number, twin?: string) {
    this.endpoint = `http://127.0.0.1:${port}`;
    this.env = mockEnvironment(this.endpoint, this.dir);
    const log = openSync(this.logFile, "a");
    // The open standard input is what keeps the server alive: it ends when this process does.
    this.process = spawn("python3", [path.join(__dirname, "moto_launcher.py"), String(port)], {
      env: {
        ...this.env,
        MOTO_SSM_OVERRIDES: this.overridesFile,
        MOTO_BEHAVIOUR: this.behaviourFile,
        ...(twin !== undefined && { MOTO_TWIN: twin, MOTO_CALLS: this.callsFile }),
      },
      stdio: ["pipe", log, log],
    });
    this.process.on("error", () => {}); // told by answers()
    closeSync(log);
  }

  /** The configuration of an AWS SDK v3 client of this server. */
  client(region: string) {
    return {
      region,
      endpoint: this.endpoint,
      credentials: MOCK_CREDENTIALS,
      forcePathStyle: true,
      maxAttempts: 1,
    };
  }

  /** From now on a public SSM parameter (`/aws/service/...`) has this value, in every region. */
  setPublicParameter(name: string, value: string): void {
    writeFileSync(this.overridesFile, JSON.stringify({ [name]: value }));
  }

  /**
   * From now on only so many calls of an action are answered; further ones are carried out, and their callers wait.
   * @returns how many wait
   */
  hold(action: string, after: number): () => number {
    const id = `${action}-${Date.now()}`;
    this.behave({ hold: action, after, id });
    return () => readFileSync(this.logFile, "utf8").split(`Held ${id}`).length - 1;
  }

  /** From now on an action is forbidden in a region. */
  forbid(action: string, region: string): void {
    this.behave({ forbid: action, region });
  }

  /** All is answered again. */
  answerAll(): void {
    rmSync(this.behaviourFile, { force: true });
  }

  /** The end of what the server logged; before it the first and the last error's traces, and calls tried again. */
  log(): string {
    const text = readFileSync(this.logFile, "utf8");
    const mark = "Traceback (most recent call last)";
    const traces = [...new Set([text.indexOf(mark), text.lastIndexOf(mark)])].filter((at) => at >= 0);
    const again = text.split("\n").filter((line) => line.startsWith("Tried again"));
    return [
      `moto's log (${this.logFile}):`,
      ...traces.map((at) => `${text.slice(at, at + 4000)}\n...`),
      ...again.slice(0, 10),
      tail(text, 40),
    ].join("\n");
  }

  private behave(how: Record<string, unknown>): void {
    // The server reads it at any time: it is there whole or not at all.
    writeFileSync(`${this.behaviourFile}.new`, JSON.stringify(how));
    renameSync(`${this.behaviourFile}.new`, this.behaviourFile);
  }

  async stop(): Promise<void> {
    if (
      this.process.pid !== undefined &&
      this.process.exitCode === null &&
      this.process.signalCode === null
    ) {
      const ended = new Promise((resolve) => this.process.once("exit", resolve));
      process.kill(this.process.pid, "SIGKILL");
      await ended;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  private async answers(): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline && this.process.exitCode === null && this.process.signalCode === null) {
      const answer = await fetch(`${this.endpoint}/moto-api/`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(50);
    }
    throw new Error(`moto does not answer at ${this.endpoint}\n${this.log()}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
