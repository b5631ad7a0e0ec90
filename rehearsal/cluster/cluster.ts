import { Registered } from "./registered";
import {
  agreedActiveRack,
  AP_STOP_WRITES_SKEW,
  byIdDescending,
  clockSkewLimits,
  DEFAULT_HEARTBEATS,
  DEFAULT_SERVER_VERSION,
  type Fault,
  type Heartbeats,
  interrupt,
  isBefore,
  laterRoster,
  type Namespace,
  NO_FAULT,
  PARTITIONS,
  recluster,
  MOST_LINK,
  type Roster,
  type RosterSet,
  type RoundTrips,
  type SlowLink,
  rosterText,
  type StopKind,
  type Topology,
  UNSET_ROSTER,
} from "../../model";
import { RefusedError } from "../errors";
import { parseConf } from "../settings/aerospike-conf";
import { type GivenSettings, NodeSettings } from "../settings/node-settings";
import { Appeals } from "./appeals";
import type { Clock, Timer } from "./clock";
import { EventLog, type LogEvent } from "./event-log";
import { Formation, type Forming } from "./formation";
import { Links } from "./links";
import { Migrations } from "./migration";
import { Node } from "./node";
import { Random } from "./random";
import { type ConflictPolicy, isExpired } from "./record";
import { viewOf } from "./view";
import { Waiting } from "./waiting";

/** How a rehearsal cluster behaves. */
export interface ClusterOptions extends GivenSettings {
  /**
   * The text of each node's aerospike.conf by its id, as `stretch render` writes it: settings that the topology does not
   * have. @default the server's own defaults
   */
  readonly confs?: Readonly<Record<string, string>>;
  /** Seed of everything that is random: cluster keys, phases of heartbeats, delays. @default 1 */
  readonly seed?: number;
  /** Heartbeats and `latency-max-ms`. @default the topology's, else the server's own: 150 x 10, 5 ms */
  readonly heartbeat?: Heartbeats;
  /** Records that each node migrates in a second. @default 1000 */
  readonly migrateRecordsPerSecond?: number;
  /** Whether the roster is set at the start, to all nodes with their racks (SC only). @default true */
  readonly rosterSet?: boolean;
  /** How far regions are from each other: every message takes half of the round trip. @default no time at all */
  readonly roundTrips?: RoundTrips;
  /** Called with each event as it happens. */
  readonly onEvent?: (event: LogEvent) => void;
}

/**
 * Milliseconds between a heal and heartbeats that flow again, for heartbeats every 150 ms: chosen within what was measured
 * on six real nodes (heal 1.8-2.2 s).
 */
const RECONNECT = [1400, 1500] as const;
/** The same between a new cluster and its announcement to clients (recorded: 0.25 to 0.5 s). */
const ANNOUNCEMENT = [300, 450] as const;
/** The same between a new cluster and its serving (recorded: 0.4 to 0.5 s). */
const UNTIL_SERVED = 450;
const MEASURED_INTERVAL = 150;
/** Most milliseconds that a clock is off. */
const MOST_CLOCK_MS = 24 * 3600 * 1000;
/** Milliseconds between two attempts of a request that waits. */
const RETRY = 50;

/**
 * A cluster of nodes in one process, as a state machine in time: heartbeats, sub-clusters, rosters, migrations.
 * A model of a cluster for rehearsals, never a database.
 */
export class Cluster implements Forming {
  readonly nodes: readonly Node[];
  readonly namespace: Namespace;
  readonly links: Links;
  readonly log: EventLog;
  /** What clients have registered. */
  readonly registered = new Registered();
  /** Version of its servers. */
  readonly serverVersion: string;
  readonly options: Required<Pick<ClusterOptions, "seed" | "migrateRecordsPerSecond" | "rosterSet">> & {
    readonly heartbeat: Required<Heartbeats>;
  };
  private readonly byId: ReadonlyMap<string, Node>;
  private readonly random: Random;
  private serial = 0;
  private readonly formation = new Formation(this);
  stopped = false;
  private clocksDiffer = false;
  /** `min-cluster-size`, of all nodes: smaller sub-clusters do not form. */
  minClusterSize: number;
  private readonly nextHeartbeat = new Map<Node, Timer>();
  private readonly nextExpiry = new Map<Node, Timer>();
  private downByFault: readonly Node[] = [];
  /** Requests that wait for a link or for a new cluster. */
  readonly waiting: Waiting;
  /** Called after anything that clients could see: a fault, a stop, a start. */
  onConnectivity: () => void = () => {};

  constructor(
    readonly topology: Topology,
    readonly clock: Clock,
    options: ClusterOptions = {},
  ) {
    const { onEvent, roundTrips, heartbeat, confs = {}, ...given } = options;
    this.options = {
      ...{ seed: 1, migrateRecordsPerSecond: 1000, rosterSet: true },
      ...given,
      heartbeat: { ...DEFAULT_HEARTBEATS, ...topology.heartbeats, ...heartbeat },
    };
    this.namespace = topology.namespace;
    this.serverVersion = topology.serverVersion ?? DEFAULT_SERVER_VERSION;
    if ((this.namespace.activeRack ?? 0) !== 0 && isBefore(this.serverVersion, "7.2")) {
      throw new RefusedError(
        `activeRack is ${this.namespace.activeRack} and serverVersion ${this.serverVersion}: only servers from 7.2 on know it. Give a later one, or leave activeRack out.`,
      );
    }
    this.minClusterSize = topology.minClusterSize ?? 1;
    this.random = new Random(this.options.seed);
    this.log = new EventLog(clock, onEvent);
    this.nodes = topology.nodes.map((node, index) => {
      const text = confs[node.id];
      const conf = text === undefined ? undefined : parseConf(text, `aerospike.conf of ${node.id}`);
      const configured = () => new NodeSettings(node, topology.namespace, this.serverVersion, conf, given);
      return new Node(node, index, topology.namespace, clock, configured);
    });
    this.byId = new Map(this.nodes.map((node) => [node.id, node]));
    // Of its own: what waits for a link leaves what else is random as it is.
    this.links = new Links(this.nodes, roundTrips, new Random(this.options.seed + 1));
    this.waiting = new Waiting(clock, Math.min(RETRY, this.options.heartbeat.interval));
  }

  /** Starts it: all nodes are up and one cluster. */
  start(): void {
    const now = this.clock.now();
    this.log.add("start", { seed: this.options.seed, nodes: this.nodes.map(({ id }) => id) });
    if (this.namespace.strongConsistency && this.options.rosterSet) {
      const nodes = this.nodes.map(({ id, rack }) => ({ id, rack }));
      const { activeRack = 0 } = this.namespace;
      for (const node of this.nodes) node.roster = { nodes, activeRack, setAt: now, generation: 1 };
    }
    for (const node of this.nodes) {
      for (const other of this.nodes) {
        if (other === node) continue;
        node.missed.set(other.id, 0);
        node.adjacent.add(other.id);
      }
      // As recorded: two for each peer that came.
      node.peersGeneration = 2 * (this.nodes.length - 1);
      this.scheduleHeartbeat(node, Math.floor(this.random.next() * this.options.heartbeat.interval));
    }
    this.form(this.nodes);
    for (const node of this.nodes) this.scheduleExpiry(node);
  }

  /** Ends it: its timers stop by themselves. */
  stop(): void {
    this.stopped = true;
  }

  /** The node of an id. Throws {@link RefusedError} where there is none. */
  node(id: string): Node {
    const node = this.byId.get(id);
    if (!node) {
      throw new RefusedError(
        `Node "${id}" is not in the cluster: expected one of ${[...this.byId.keys()].join(", ")}.`,
      );
    }
    return node;
  }

  get policy(): ConflictPolicy {
    if (this.namespace.strongConsistency) return "regime";
    return this.nodes[0].settings.namespace.text("conflict-resolution-policy") as ConflictPolicy;
  }

  // ---- What an experiment does ----

  /** Cuts links, silently; replaces the fault before it. */
  setFault(fault: Fault): void {
    for (const id of [...Object.keys(fault.cannotHear), ...Object.values(fault.cannotHear).flat()])
      this.node(id);
    for (const link of fault.links ?? []) this.checkLink(link);
    this.log.add(fault === NO_FAULT ? "heal" : "fault", { ...fault });
    const now = this.clock.now();
    // Connections outlive a cut that was not noticed; others are made again.
    this.links.set(fault, (a, b) =>
      a.adjacent.has(b.id) && b.adjacent.has(a.id) ? now : now + this.scaled(RECONNECT),
    );
    const down = this.nodes.filter(({ id }) => fault.cannotHear[id]?.includes(id));
    for (const node of this.downByFault) if (!down.includes(node) && !node.up) this.startNode(node.id);
    for (const node of down) if (node.up) this.stopNode(node.id);
    this.downByFault = down;
    this.onConnectivity();
  }

  /** @throws RefusedError where a slow link has an end that there is not, or is slower than a link can be. */
  private checkLink({ between, ...given }: SlowLink): void {
    for (const end of between) {
      if (!this.nodes.some(({ id, region }) => end === id || end === region)) {
        const ends = [...new Set(this.nodes.map(({ region }) => region)), ...this.byId.keys()];
        throw new RefusedError(
          `A link cannot end at "${end}": expected a region or a node, one of ${ends.join(", ")}.`,
        );
      }
    }
    for (const [what, most] of Object.entries(MOST_LINK)) {
      const value = given[what as keyof typeof given] ?? 0;
      if (!(value >= 0 && value <= most)) {
        throw new RefusedError(
          `The ${what} of the link ${between.join("-")} is ${value}: expected ${what === "loss" ? "percent" : "milliseconds"}, 0 to ${most}.`,
        );
      }
    }
  }

  /** Ends the fault. */
  heal(): void {
    this.setFault(NO_FAULT);
  }

  /** Stops a node. What it keeps is decided by the kind of stop. */
  stopNode(id: string, kind: StopKind = "clean"): void {
    const node = this.node(id);
    if (!node.up) throw new RefusedError(`Node "${id}" is already stopped.`);
    this.log.add("node-stop", { node: id, kind });
    node.stop(kind);
    // Started again within an interval it would beat twice.
    this.nextHeartbeat.get(node)?.cancel();
    // Connections go first: a node that is down answers nothing any more.
    this.onConnectivity();
    this.waiting.expire(node);
  }

  /** Starts a stopped node. */
  startNode(id: string): void {
    const node = this.node(id);
    if (node.up) throw new RefusedError(`Node "${id}" is already up.`);
    const now = this.clock.now();
    node.start();
    this.scheduleExpiry(node);
    this.log.add("node-start", { node: id });
    this.links.reconnect(node, now + this.scaled(RECONNECT));
    this.scheduleHeartbeat(node, Math.floor(this.random.next() * this.options.heartbeat.interval));
    this.clock.after(this.formation.grace, () => this.formation.schedule());
    this.onConnectivity();
  }

  /**
   * Pauses a node, as SIGSTOP does: it stays as it is, answers nothing and sends no heartbeats; connections to it stay, and what
   * comes by them waits.
   */
  pauseNode(id: string): void {
    const node = this.node(id);
    if (!node.up) throw new RefusedError(`Node "${id}" is stopped: only a node that is up can be paused.`);
    if (node.paused) throw new RefusedError(`Node "${id}" is already paused.`);
    node.paused = true;
    this.log.add("node-pause", { node: id });
    this.onConnectivity();
  }

  /** Resumes a paused node: it goes on as a member of the cluster that it knew, and does what waited. */
  resumeNode(id: string): void {
    const node = this.node(id);
    if (!node.paused) throw new RefusedError(`Node "${id}" is not paused.`);
    node.paused = false;
    this.log.add("node-resume", { node: id });
    // Connections outlive a pause that was not noticed; others are made again.
    const lost = this.nodes.filter((other) => !other.adjacent.has(id));
    this.links.reconnect(node, this.clock.now() + this.scaled(RECONNECT), lost);
    this.onConnectivity();
    for (const run of node.held.splice(0)) run();
  }

  /** Does something at a node now, or as soon as it is resumed. */
  whenRunning(node: Node, run: () => void): void {
    if (node.paused) node.held.push(run);
    else run();
  }

  /** Sets a node's clock: so many milliseconds ahead, negative for behind; 0 = right. */
  setClock(id: string, ahead: number): void {
    if (!(Math.abs(ahead) <= MOST_CLOCK_MS)) {
      throw new RefusedError(
        `The clock of node "${id}" cannot be ${ahead} ms off: expected at most ${MOST_CLOCK_MS} ms, a day.`,
      );
    }
    this.node(id).clockAhead = ahead;
    this.clocksDiffer = this.nodes.some(({ clockAhead }) => clockAhead !== 0);
    const views = new Set(this.nodes.flatMap(({ view }) => view ?? []));
    const skew = Math.max(0, ...[...views].map((view) => this.clockSkew(view.principal)));
    this.log.add("clock", {
      node: id,
      ahead,
      skew,
      refusesWrites: skew > this.stopWritesSkew(this.node(id)),
    });
  }

  /** Milliseconds that the clocks of a node's cluster differ; 0 where it is alone, or in none. */
  clockSkew({ view }: Node): number {
    if (!this.clocksDiffer || !view) return 0;
    const clocks = view.members.filter((member) => member.view === view).map(({ clockAhead }) => clockAhead);
    return Math.max(...clocks) - Math.min(...clocks);
  }

  /** Milliseconds of clock skew above which a node refuses writes; in availability mode only where records can expire. */
  stopWritesSkew({ settings }: Node): number {
    if (this.namespace.strongConsistency) return clockSkewLimits(this.options.heartbeat).stopWrites * 1000;
    return settings.namespace.number("nsup-period") > 0 ? AP_STOP_WRITES_SKEW * 1000 : Infinity;
  }

  /** Whether a node refuses writes since the clocks of its cluster differ too much. */
  stopsWritesForSkew(node: Node): boolean {
    return this.clocksDiffer && this.clockSkew(node) > this.stopWritesSkew(node);
  }

  // ---- What an operator asks of a node ----

  /**
   * Sets the roster of the node's sub-cluster, through its principal; it takes effect at the next recluster.
   *
   * @returns false where the principal cannot be reached.
   */
  setRoster(node: Node, roster: Roster): boolean {
    const view = node.view;
    if (!view || node.orphanedAt !== undefined || !this.links.linked(node, view.principal)) return false;
    const metadata: RosterSet = {
      ...roster,
      nodes: [...roster.nodes].sort((a, b) => byIdDescending(a.id, b.id)),
      setAt: this.clock.now(),
      generation: view.principal.roster.generation + 1,
    };
    this.log.add("roster-set", { by: node.id, roster: rosterText(metadata.nodes, metadata.activeRack) });
    for (const member of view.members) {
      if (member.view === view && this.links.linked(view.principal, member)) member.roster = metadata;
    }
    return true;
  }

  /**
   * Reclusters the sub-cluster of its principal: what was staged takes effect.
   *
   * @returns false where the node is not the principal.
   */
  recluster(node: Node): boolean {
    const view = node.view;
    if (!view || node.orphanedAt !== undefined || view.principal !== node) return false;
    this.log.add("recluster", { principal: node.id });
    this.clock.after(this.options.heartbeat.interval, () => {
      if (node.view === view && node.runs && node.orphanedAt === undefined)
        this.form(
          view.members.filter(
            (member) => member.view === view && member.runs && member.orphanedAt === undefined,
          ),
        );
    });
    return true;
  }

  /** Trusts the node's copies of dead partitions again, whatever they hold; it takes effect at the next recluster. */
  revive(node: Node): void {
    this.log.add("revive", { node: node.id });
    node.revive();
  }

  /** Stages that the node rests or no longer rests; it takes effect at the next recluster. */
  quiesce(node: Node, quiesced: boolean): void {
    this.log.add(quiesced ? "quiesce" : "quiesce-undo", { node: node.id });
    node.quiescePending = quiesced;
  }

  /** Ids and racks of the nodes that the node's sub-cluster sees, and the active rack that they agreed on at its recluster. */
  observed({ view }: Node): Roster {
    return {
      nodes: (view?.members ?? []).map(({ id, rack }) => ({ id, rack })),
      activeRack: view?.agreedActiveRack ?? 0,
    };
  }

  // ---- Heartbeats and sub-clusters ----

  /** A duration measured with heartbeats every 150 ms, for this cluster's interval. */
  scaled([low, high]: readonly [number, number]): number {
    return Math.round((this.random.between(low, high) * this.options.heartbeat.interval) / MEASURED_INTERVAL);
  }

  private scheduleHeartbeat(node: Node, ms: number): void {
    const timer = this.clock.after(ms, () => {
      if (this.stopped) return;
      if (!node.paused) this.heartbeat(node);
      this.scheduleHeartbeat(node, this.options.heartbeat.interval);
    });
    this.nextHeartbeat.set(node, timer);
  }

  private heartbeat(node: Node): void {
    const now = this.clock.now();
    const { timeout } = this.options.heartbeat;
    for (const other of this.nodes) {
      if (other === node) continue;
      const ms = this.links.heartbeat(node, other, now);
      if (ms === 0) this.hear(other, node);
      else if (ms !== undefined) {
        this.clock.after(ms, () => {
          if (this.links.linked(node, other)) this.hear(other, node);
        });
      }
      if (!node.adjacent.has(other.id)) continue;
      // Counted, not timed: a process that was held up for a while has not lost its peers.
      const missed = (node.missed.get(other.id) ?? 0) + 1;
      node.missed.set(other.id, missed);
      if (missed > timeout) this.adjacencyChanged(node, other, false);
    }
  }

  private hear(node: Node, from: Node): void {
    node.missed.set(from.id, 0);
    if (!node.adjacent.has(from.id)) this.adjacencyChanged(node, from, true);
  }

  private adjacencyChanged(node: Node, other: Node, heard: boolean): void {
    if (heard) node.adjacent.add(other.id);
    else node.adjacent.delete(other.id);
    this.log.add(heard ? "heartbeat-gained" : "heartbeat-lost", { node: node.id, other: other.id });
    this.formation.schedule();
  }

  between(low: number, high: number): number {
    return this.random.between(low, high);
  }

  /** Milliseconds until an orphan blocks; 0 once it does. */
  blocksIn(node: Node): number {
    return this.formation.blocksIn(node);
  }

  /** Whether every node's cluster is what the links allow now: false between a cut or a heal and the new clusters. */
  get settled(): boolean {
    return this.formation.settled((a, b) => this.links.linked(a, b));
  }

  /** Partitions still to migrate, over all nodes. */
  get migrating(): number {
    return this.nodes.reduce((sum, node) => sum + (node.up ? node.migrations.txRemaining : 0), 0);
  }

  /** The sub-clusters that these nodes leave are interrupted where they do not serve yet (a "double pump"). */
  interrupt(members: readonly Node[]): void {
    if (!this.namespace.strongConsistency) return;
    const now = this.clock.now();
    const since = now - (UNTIL_SERVED * this.options.heartbeat.interval) / MEASURED_INTERVAL;
    // Rounds of one moment are one change.
    const young = members.flatMap(({ view }) =>
      view && view.serial > 0 && view.formedAt > since && view.formedAt < now ? [view] : [],
    );
    for (const view of new Set(young)) {
      interrupt(view);
      this.log.add("cluster-interrupted", {
        key: view.clusterKey,
        members: view.members.map(({ id }) => id),
        partitions: view.available,
      });
    }
  }

  form(members: readonly Node[]): void {
    const roster = members.map((node) => node.roster).reduce(laterRoster);
    for (const node of members) node.roster = roster;
    const agreed = agreedActiveRack(members);
    const namespace = { ...this.namespace, activeRack: agreed };
    const inEffect: Roster = namespace.strongConsistency ? roster : UNSET_ROSTER;
    const reclustered = recluster({
      serial: this.serial++,
      members,
      roster: inEffect,
      quiesced: new Set(members.filter((node) => node.quiescePending).map(({ id }) => id)),
      namespace,
      holdsRecords: (node, partition) => node.hasRecords(partition),
    });
    const view = viewOf(reclustered, inEffect, {
      agreedActiveRack: agreed,
      clusterKey: this.random.clusterKey(),
      formedAt: this.clock.now(),
    });
    for (const node of members) {
      const peers = node.join(view);
      if (view.serial === 0) node.rebalanceGeneration++;
      else this.announceLater(node, peers);
    }
    this.log.add("cluster", {
      key: view.clusterKey,
      principal: view.principal.id,
      members: view.members.map(({ id }) => id),
      regime: view.regime,
      roster: rosterText(view.roster.nodes, view.roster.activeRack),
      available: view.available,
      unavailable: view.unavailable,
      dead: view.dead,
    });
    if (members.some(({ activeRack }) => activeRack !== agreed)) {
      this.log.add("active-rack-differs", {
        nodes: Object.fromEntries(members.map(({ id, activeRack }) => [id, activeRack])),
      });
    }
    const migrations = new Migrations(
      view,
      this.clock,
      { recordsPerSecond: this.options.migrateRecordsPerSecond, policy: this.policy },
      (a, b) => this.links.linked(a, b),
      () => this.log.add("migrations-done", { key: view.clusterKey }),
    );
    if (migrations.remaining > 0) {
      this.log.add("migrations", { key: view.clusterKey, partitions: migrations.remaining });
    }
    migrations.start();
    new Appeals(view, this.clock, this.options.migrateRecordsPerSecond, (a, b) =>
      this.links.linked(a, b),
    ).start();
  }

  private announceLater(node: Node, peers: number): void {
    const { startedAt } = node;
    this.clock.after(this.scaled(ANNOUNCEMENT), () => {
      if (node.startedAt === startedAt && node.up) node.announce(peers);
    });
  }

  // ---- Expiry ----

  /** A node looks for expired records every `nsup-period` seconds, from now on; at 0 it looks for none. */
  scheduleExpiry(node: Node): void {
    this.nextExpiry.get(node)?.cancel();
    const period = node.settings.namespace.number("nsup-period");
    if (period === 0) return;
    const timer = this.clock.after(period * 1000, () => {
      if (this.stopped) return;
      if (node.runs) expire(node, node.now());
      this.scheduleExpiry(node);
    });
    this.nextExpiry.set(node, timer);
  }
}

function expire(node: Node, now: number): void {
  for (let pid = 0; pid < PARTITIONS; pid++) {
    const copy = node.copyOf(pid);
    if (!copy) continue;
    for (const [digest, record] of copy.entries()) {
      if (!isExpired(record, now)) continue;
      copy.delete(digest);
      node.count("expired_objects");
    }
  }
}
