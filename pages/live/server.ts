import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { type WebSocket, WebSocketServer } from "ws";
import { loaderAt } from "../../lab/drivers/rehearsal-programs";
import type { LoaderProcess } from "../../lab/load/loader-process";
import { mastersIn } from "../../lab/run/partitions";
import { NONE, type Topology } from "../../model";
import { PlaygroundConnection } from "../../rehearsal/playground/control-client";
import type { NodeAddresses } from "../../rehearsal";
import { scriptOf } from "../build/bundle";
import { page } from "../build/html";
import { OUTCOMES, type OutcomeName } from "../drawings/style";
import { type Broken, broken as brokenSchema, faultOf, toggled } from "../explorer/state";
import type { LiveData, LiveEvent, LiveLoad, LiveState, ToPage, ToServer } from "./protocol";

/** What the page shows of a playground. */
export interface LiveOptions extends LiveData {
  readonly nodes: readonly NodeAddresses[];
  /** The playground's own port. */
  readonly playground: number;
  /** Where the page is served, on loopback; 0 = any free port. */
  readonly port: number;
}

/** Milliseconds between two looks. */
const LOOK = 500;
/** Events that a page shows. */
const EVENTS = 100;
/** Seconds of the load's curves. */
const SECONDS = 120;
/** Operations a second a place of the built-in load. */
const RATE = 200;
/** Bytes of a message from a page: a fault of a large cluster by name and node. */
const MOST_MESSAGE = 64 * 1024;

const asked: v.GenericSchema<unknown, ToServer> = v.union([
  v.strictObject({ press: brokenSchema }),
  v.strictObject({ fault: v.pipe(v.string(), v.maxLength(120)) }),
  v.strictObject({ heal: v.literal(true) }),
  v.strictObject({ load: v.boolean() }),
]);

/** Serves the page of a running playground, on loopback alone: all tabs see and change the same. */
export class LiveServer {
  private readonly token = randomBytes(16).toString("base64url");
  private readonly http: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_MESSAGE });
  private readonly events: LiveEvent[] = [];
  private readonly load: Load;
  private broken: readonly Broken[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking = false;

  private constructor(
    private readonly options: LiveOptions,
    private readonly connection: PlaygroundConnection,
  ) {
    this.load = new Load(options.topology, options.nodes);
    const html = this.html();
    this.http = createServer((request, response) => {
      const allowed = this.isOwn(request) && request.method === "GET" && this.hasToken(request);
      if (!allowed || new URL(request.url!, "http://127.0.0.1").pathname !== "/") {
        response.writeHead(allowed ? 404 : 403).end();
        return;
      }
      response
        .writeHead(200, {
          "content-type": "text/html; charset=utf-8",
          "cache-control": "no-store",
          "referrer-policy": "no-referrer",
        })
        .end(html);
    });
    this.http.on("upgrade", (request, socket, head) => {
      if (!this.isOwn(request) || !this.hasToken(request)) {
        socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n");
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (client) => this.welcome(client));
    });
  }

  /** Starts it. Rejects where the port is taken. */
  static async start(options: LiveOptions): Promise<LiveServer> {
    const connection = await PlaygroundConnection.connect(options.playground);
    const server = new LiveServer(options, connection);
    server.http.listen(options.port, "127.0.0.1");
    await once(server.http, "listening");
    return server;
  }

  /** The page's address, with the token that opens it. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/?token=${this.token}`;
  }

  /** Something happened. */
  tell(event: LiveEvent): void {
    this.events.push(event);
    if (this.events.length > EVENTS) this.events.shift();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.load.stop();
    this.connection.close();
    for (const client of this.sockets.clients) client.close(1001, "The playground has ended.");
    this.http.close();
    this.http.closeAllConnections();
  }

  // ---- Who may ask ----

  private get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** By this machine's own name, and from this very page: another name is another site's trick (DNS rebinding). */
  private isOwn({ headers: { host, origin } }: IncomingMessage): boolean {
    const names = [`127.0.0.1:${this.port}`, `localhost:${this.port}`];
    const origins = names.map((name) => `http://${name}`);
    return names.includes(host ?? "") && (origin === undefined || origins.includes(origin));
  }

  private hasToken({ url = "/" }: IncomingMessage): boolean {
    const given = Buffer.from(new URL(url, "http://127.0.0.1").searchParams.get("token") ?? "");
    const own = Buffer.from(this.token);
    return given.length === own.length && timingSafeEqual(given, own);
  }

  private html(): string {
    const { experiment, topology, names, faults } = this.options;
    const data: LiveData = { experiment, topology, names, faults };
    return page({
      title: `${experiment}: the playground`,
      body: '<div id="page"><noscript>This page shows what happens: it needs JavaScript.</noscript></div>',
      data,
      script: scriptOf("live"),
      connect: "ws://127.0.0.1:* ws://localhost:*",
    });
  }

  // ---- What pages are told ----

  private welcome(client: WebSocket): void {
    client.on("message", (data) => void this.answer(client, String(data)));
    client.on("error", () => client.terminate());
    // Nobody looks where no page is open.
    client.on("close", () => {
      if (this.sockets.clients.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    });
    this.timer ??= setInterval(() => void this.look(), LOOK);
    void this.look();
  }

  private async answer(client: WebSocket, text: string): Promise<void> {
    try {
      await this.carryOut(v.parse(asked, JSON.parse(text)));
    } catch (error) {
      send(client, { refused: (error as Error).message });
    }
    await this.look();
  }

  private async carryOut(request: ToServer): Promise<void> {
    if ("load" in request) return request.load ? this.load.start() : this.load.stop();
    if ("heal" in request) {
      await this.connection.ask({ command: "heal" });
      this.broken = [];
      return;
    }
    if ("fault" in request) {
      await this.connection.ask({ command: "fault", name: request.fault });
      this.broken = [];
      return;
    }
    const { press } = request;
    const { topology } = this.options;
    if ((press.kind === "node" || press.kind === "rack") && press.how === "stop")
      return this.stopOrStart(press);
    const next = toggled(this.broken, press);
    const { cannotHear, refuses } = faultOf(topology, next);
    await (next.length === 0
      ? this.connection.ask({ command: "fault", name: NONE })
      : this.connection.ask({ command: "fault", drawn: { cannotHear, refuses } }));
    this.broken = next;
  }

  /** A node or a rack stops cleanly, or starts where all of it is down. */
  private async stopOrStart(press: Broken & { readonly kind: "node" | "rack" }): Promise<void> {
    const { cluster } = await this.connection.ask({ command: "status" });
    const own = cluster.nodes.filter(({ id, rack }) =>
      press.kind === "node" ? id === press.id : rack === press.rack,
    );
    const down = own.every(({ up }) => !up);
    for (const { id, up } of own) {
      if (down) await this.connection.ask({ command: "start", node: id });
      else if (up) await this.connection.ask({ command: "stop", node: id, kind: "clean" });
    }
  }

  private async look(): Promise<void> {
    // One look at a time: a slow one is not waited for twice.
    if (this.looking) return;
    this.looking = true;
    try {
      const { name } = this.options.topology.namespace;
      const status = await this.connection.ask({ command: "status" });
      const masters: Record<string, string> = {};
      for (const { id, up, paused } of status.cluster.nodes) {
        if (!up || paused) continue;
        const answer = await this.connection.ask({ command: "info", node: id, info: "replicas" });
        const bitmap = mastersIn(answer ?? "", name);
        if (bitmap !== undefined) masters[id] = bitmap;
      }
      // Somebody else has healed, by a command or by a run.
      if (status.fault === NONE) this.broken = [];
      const state: LiveState = {
        ...{ status, broken: this.broken, masters },
        ...{ events: this.events, load: this.load.now() },
      };
      for (const client of this.sockets.clients) send(client, { state });
    } catch (error) {
      for (const client of this.sockets.clients) send(client, { refused: (error as Error).message });
    } finally {
      this.looking = false;
    }
  }
}

function send(client: WebSocket, message: ToPage): void {
  // A tab that does not read is not waited for.
  if (client.readyState === client.OPEN && client.bufferedAmount < 1_000_000)
    client.send(JSON.stringify(message));
}

/** The built-in load: a loader process a place, and what they met second by second. */
class Load {
  private loaders: LoaderProcess[] = [];
  private folder: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly counts = new Map<string, Record<OutcomeName, number[]>>();
  private before = new Map<string, Record<OutcomeName, number>>();
  private runs = 0;

  constructor(
    private readonly topology: Topology,
    private readonly nodes: readonly NodeAddresses[],
  ) {}

  async start(): Promise<void> {
    if (this.loaders.length > 0) return;
    this.folder ??= mkdtempSync(join(tmpdir(), "stretch-live-"));
    const run = ++this.runs;
    const places = [...new Set(this.nodes.map(({ region }) => region))];
    this.loaders = places.map((place) =>
      loaderAt(place, this.nodes, this.topology.namespace, {
        ...{ client: `${place}/${run}`, workload: "register", rate: RATE, seed: run },
        ledger: join(this.folder!, `${place}-${run}.jsonl`),
      }),
    );
    this.before = new Map();
    this.timer ??= setInterval(() => this.count(), 1000);
    const { loaders } = this;
    // One that ends by itself shows as a lane without operations.
    for (const { ended } of loaders) ended.catch(() => {});
    await Promise.all(loaders.map(({ ready }) => ready)).catch(async (error: Error) => {
      await this.stop();
      throw new Error(`The load could not begin: ${error.message}`);
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await Promise.allSettled(this.loaders.map((loader) => loader.stop()));
    this.loaders = [];
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }

  now(): LiveLoad {
    return {
      running: this.loaders.length > 0,
      seconds: SECONDS,
      lanes: [...this.counts].map(([name, counts]) => ({ name, counts })),
    };
  }

  private count(): void {
    for (const { options, progress } of this.loaders) {
      const { place } = options;
      const total: Record<OutcomeName, number> = {
        ok: progress.counts.ok,
        refused: progress.counts.refused,
        "not sent": progress.counts["not-sent"],
        unknown: progress.counts.unknown,
      };
      const last = this.before.get(place);
      const lane =
        this.counts.get(place) ??
        (Object.fromEntries(OUTCOMES.map((one) => [one, new Array<number>(SECONDS).fill(0)])) as Record<
          OutcomeName,
          number[]
        >);
      for (const one of OUTCOMES) lane[one] = [...lane[one].slice(1), total[one] - (last?.[one] ?? 0)];
      this.counts.set(place, lane);
      this.before.set(place, total);
    }
  }
}
