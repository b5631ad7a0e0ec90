import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import type { Fault, StopKind, Topology } from "../../model";
import type { Changing, Driver, DrivenNode, LoaderTask } from "../drivers/driver";
import type { RunningLoader } from "../load/running-loader";
import type { Observer } from "../observe/observer";
import type { Sample } from "../observe/samples";
import { byRegion } from "./by-region";
import { type Bundle, bundleFor, type HostPlatform } from "./bundle";
import { ClientHost } from "./client-hosts";
import { type HostClock, hostClock, ledgerClock, OperatorClock } from "./clocks";
import { CONTROL } from "./host/control";
import { Recorders } from "./recorders";
import { Results, type ResultsPlace } from "./results";
import { type HostAnswer, RunCommand } from "./run-command";
import {
  askScript,
  clientsScript,
  NO_ANSWER,
  prepareScript,
  SERVER,
  STOP_CLIENTS,
  STOP_RECORDER,
} from "./scripts";

/** A host that runs, by its id. */
interface Host {
  readonly region: string;
  readonly instanceId: string;
  /** Its own prefix in the results bucket. */
  readonly prefix: string;
}

/** A database host. */
export interface DeployedNode extends Host {
  readonly id: string;
  readonly rack: number;
  /** Private address. */
  readonly address: string;
}

/** Hosts and bucket of a deployed stack. */
export interface DeployedCluster {
  readonly nodes: readonly DeployedNode[];
  /** One a region. */
  readonly clients: readonly Host[];
  readonly results: ResultsPlace;
}

/** Makes faults and ends them. */
export interface Breaker {
  /** @returns when the network was changed, where it was */
  fault(name: string): Promise<Changing | undefined>;
  heal(): Promise<Changing | undefined>;
}

export interface DeployedDriverProps {
  /** In words: `the stack even-split`. */
  readonly name: string;
  readonly cluster: DeployedCluster;
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly breaker: Breaker;
  /** Of this run alone: letters, digits and hyphens. */
  readonly run: string;
  /** Seconds after which everything on the hosts ends by itself. */
  readonly seconds: number;
  /** Is told what it does. @default nobody */
  readonly says?: (text: string) => void;
  /** @default one of its own */
  readonly runCommand?: RunCommand;
}

/** Milliseconds in which what is asked of several hosts goes into one command. */
const TOGETHER = 50;

/** Milliseconds in which hosts that were stopped are back after a heal, and between two looks at whether they are. */
const RETURN = 180_000;
const RETURN_LOOK = 5000;

/** Seconds in which a server stops or starts: it puts away first what it has in memory. */
const SERVER_SECONDS = 300;

/** Scripts that wait for each other, of one region. */
interface Batch {
  readonly region: string;
  readonly script: string;
  readonly comment: string;
  readonly timeoutSeconds: number | undefined;
  readonly hosts: Map<string, ((answer: HostAnswer) => void)[]>;
  readonly failed: ((error: Error) => void)[];
}

/**
 * Drives a deployed stack: recorders on the database hosts, loaders on the client hosts, both told and followed through the
 * results bucket; Run Command starts and ends them, asks what recorders do not, and stops and starts servers.
 */
export class DeployedDriver implements Driver {
  readonly name: string;
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly nodes: readonly DrivenNode[];
  readonly places: readonly string[];
  readonly stopKinds = ["clean", "unclean"] as const;
  /** Migrations of real data, by servers that spare their clients. */
  readonly healSeconds = 300;
  readonly clocks: readonly HostClock[];
  private readonly batches = new Map<string, Batch>();
  private readonly recorders: Recorders;
  private readonly clientHosts: ReadonlyMap<string, ClientHost>;
  private recording = true;
  /** What leads from true time to the run's clock: one for all ledgers, as those of several hosts are held against each other. */
  private toMonotonic: number | undefined;

  private constructor(
    private readonly props: DeployedDriverProps,
    private readonly runCommand: RunCommand,
    private readonly results: Results,
    private readonly operator: OperatorClock,
    clocks: ReadonlyMap<string, HostClock>,
  ) {
    const { cluster, topology } = props;
    this.name = props.name;
    this.topology = topology;
    this.faults = props.faults;
    this.nodes = cluster.nodes.map(({ id, rack, region }) => ({ id, rack, region }));
    this.places = cluster.clients.map(({ region }) => region);
    this.clocks = [...clocks.values()];
    this.recorders = new Recorders({
      nodes: cluster.nodes.map((node) => ({ id: node.id, object: recordingOf(props, node) })),
      namespace: topology.namespace.name,
      get: (key) => results.get(key),
      clockOf: (id) => {
        const { fast, within } = clocks.get(cluster.nodes.find((node) => node.id === id)!.instanceId)!;
        return { ahead: operator.toMonotonic - fast, within: within + operator.within };
      },
      end: () => this.endRecorders(),
    });
    this.clientHosts = new Map(
      cluster.clients.map(({ region, instanceId, prefix }) => [
        region,
        new ClientHost(
          { region, ledgers: `s3://${cluster.results.bucket}/${runPrefix(props, prefix)}` },
          objectsOf(results, runPrefix(props, prefix)),
          (header) =>
            ledgerClock(header, clocks.get(instanceId)!, (this.toMonotonic ??= operator.toMonotonic)),
        ),
      ]),
    );
  }

  /** Microseconds by which true time on this machine may be wrong, and all hosts' with it, as what AWS answered so far tells. */
  get operatorWithin(): number {
    return this.operator.within;
  }

  /**
   * Starts recorders and the programs of the loaders on the stack's hosts.
   *
   * @throws Error where a host does not answer, its clock is not synchronised, it cannot do its part, or the servers do not let
   *   loaders in, with what it said; what was started ends then.
   */
  static async start(props: DeployedDriverProps): Promise<DeployedDriver> {
    const { cluster, says = () => {} } = props;
    const runCommand = props.runCommand ?? new RunCommand();
    const operator = new OperatorClock();
    const results = new Results(cluster.results, (...heard) => operator.hear(...heard));
    try {
      says("Starting recorders on the database hosts, and asking all hosts for their clocks");
      const prepared = await prepare(props, runCommand);
      assertAccess(cluster, prepared);
      const clocks = new Map([...prepared].map(([id, { output }]) => [id, clockIn(id, output)]));
      await startClients(props, runCommand, results, prepared, says);
      const driver = new DeployedDriver(props, runCommand, results, operator, clocks);
      says("Waiting for the recorders' first samples, and until the loaders are let in");
      try {
        await Promise.all([driver.recorders.heard(), driver.assertLetIn()]);
      } catch (error) {
        await driver.close();
        throw error;
      }
      return driver;
    } catch (error) {
      await Promise.allSettled([
        ...byRegion(cluster.nodes).map(([region, nodes]) =>
          runCommand.run(region, idsOf(nodes), STOP_RECORDER, {
            ...{ timeoutSeconds: 30, comment: "stretch: end the recorders" },
          }),
        ),
        ...cluster.clients.map(({ prefix }) =>
          results.put(`${runPrefix(props, prefix)}/${CONTROL}`, JSON.stringify({ loaders: [], end: true })),
        ),
      ]);
      results.close();
      runCommand.close();
      throw error;
    }
  }

  async ask(node: string, command: string): Promise<string | undefined> {
    if (this.recorders.asks(command) && !this.recorders.isUnread(node)) {
      return this.recorders.ask(node, command);
    }
    const { status, output } = await this.onHost(node, askScript([command]), `stretch: ${command}`);
    const answer = output.trim();
    return status !== "ok" || answer === NO_ANSWER || answer === "" ? undefined : answer;
  }

  fault(name: string): Promise<Changing | undefined> {
    return this.props.breaker.fault(name);
  }

  async heal(): Promise<Changing | undefined> {
    const changing = await this.props.breaker.heal();
    for (const [region, nodes] of byRegion(this.props.cluster.nodes)) {
      // Beside what the run waits for: it sees the nodes when they are heard of.
      void this.restartRecorders(region, nodes);
    }
    return changing;
  }

  async stop(node: string, kind: StopKind): Promise<void> {
    const script = SERVER[kind === "unclean" ? "unclean" : "clean"];
    this.assertDone(
      node,
      await this.onHost(node, script, `stretch: stop the server (${kind})`, SERVER_SECONDS),
    );
  }

  async start(node: string): Promise<void> {
    this.assertDone(node, await this.onHost(node, SERVER.start, "stretch: start the server", SERVER_SECONDS));
  }

  load(place: string, task: LoaderTask): RunningLoader {
    const { name: namespace, strongConsistency } = this.topology.namespace;
    const hosts = this.props.cluster.nodes
      .filter(({ region }) => region === place)
      .map(({ address }) => address)
      .join(",");
    return this.clientHosts.get(place)!.load({ ...task, hosts, namespace, strongConsistency, place });
  }

  observe(path: string, onSample: (sample: Sample) => void): Observer {
    return this.recorders.observer(path, onSample);
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.clientHosts.values()].map((host) => host.close()));
    await Promise.allSettled(
      this.props.cluster.clients
        .filter(({ region }) => this.clientHosts.get(region)!.isLost)
        .map(({ region, instanceId }) =>
          this.runCommand.run(region, [instanceId], STOP_CLIENTS, {
            timeoutSeconds: 120,
            comment: "stretch: end the loaders",
          }),
        ),
    );
    await this.endRecorders().catch(() => {});
    await this.recorders.close();
    this.results.close();
    this.runCommand.close();
  }

  /** A loader of each region that does nothing: whether it is let in. */
  private async assertLetIn(): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "stretch-let-in-"));
    try {
      await Promise.all(
        this.places.map(async (place) => {
          const ledger = join(folder, `ledger-${place}-0.jsonl`);
          const loader = this.load(place, {
            ...{ client: `${place}/0`, workload: "verify", keys: [], seed: 0, ledger },
          });
          await loader.ready.catch((error: Error) => {
            // No word of the cluster's.
            if (this.clientHosts.get(place)!.isLost) throw new Error(`${error.message} Nothing was broken.`);
            throw new Error(
              `Loaders in ${place} are not let in by the cluster: ${error.message}. Expected servers that answer there and, with access control, the user loader with the password of settings.usersSecretArns.loader, as stretch-users makes it on the first node (journalctl --unit=stretch-users). Nothing was broken.`,
            );
          });
          await loader.ended;
        }),
      );
    } finally {
      // The run's own ledgers come later, when more is known of the operator's clock.
      this.toMonotonic = undefined;
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async endRecorders(): Promise<void> {
    if (!this.recording) return;
    this.recording = false;
    await Promise.all(
      byRegion(this.props.cluster.nodes).map(([region, nodes]) =>
        this.runCommand.run(region, idsOf(nodes), STOP_RECORDER, {
          timeoutSeconds: 120,
          comment: "stretch: end the recorders",
        }),
      ),
    );
  }

  /** Starts the recorders again of hosts that were stopped by a fault, once their agents are there. */
  private async restartRecorders(region: string, nodes: readonly DeployedNode[]): Promise<void> {
    for (const end = Date.now() + RETURN; Date.now() < end && this.recording; await rest(RETURN_LOOK)) {
      const lost = nodes.filter(({ id }) => this.recorders.isLost(id));
      if (lost.length === 0) return;
      try {
        const online = await this.runCommand.online(region, idsOf(lost));
        if (online.length < lost.length) continue;
        const { cluster, topology, seconds, run } = this.props;
        const recordings = lost.map((node) => ({ node: node.id, object: recordingOf(this.props, node) }));
        const script = prepareScript(recordings, topology.namespace.name, cluster.results, seconds);
        await this.runCommand.run(region, online, script, { comment: `stretch: record again ${run}` });
      } catch {
        // AWS may refuse hosts that boot, or throttle: tried again.
        continue;
      }
      await rest(RETURN_LOOK);
    }
  }

  /** A script on a node's host, in one command with what the region's others are asked at the same time. */
  private onHost(
    node: string,
    script: string,
    comment: string,
    timeoutSeconds?: number,
  ): Promise<HostAnswer> {
    const { region, instanceId } = this.props.cluster.nodes.find(({ id }) => id === node)!;
    const key = `${region} ${script}`;
    let batch = this.batches.get(key);
    if (batch === undefined) {
      batch = { region, script, comment, timeoutSeconds, hosts: new Map(), failed: [] };
      this.batches.set(key, batch);
      setTimeout(() => void this.send(key), TOGETHER);
    }
    const { hosts, failed } = batch;
    return new Promise((resolve, reject) => {
      hosts.set(instanceId, [...(hosts.get(instanceId) ?? []), resolve]);
      failed.push(reject);
    });
  }

  private async send(key: string): Promise<void> {
    const { region, script, comment, timeoutSeconds, hosts, failed } = this.batches.get(key)!;
    this.batches.delete(key);
    try {
      const answers = await this.runCommand.run(region, [...hosts.keys()], script, {
        ...{ comment, timeoutSeconds },
      });
      for (const [id, waiting] of hosts) for (const resolve of waiting) resolve(answers.get(id)!);
    } catch (error) {
      for (const reject of failed) reject(error as Error);
    }
  }

  private assertDone(node: string, { status, output }: HostAnswer): void {
    if (status !== "ok") throw new Error(`The host of node ${node} says (${status}): ${output.trim()}`);
  }
}

async function prepare(
  props: DeployedDriverProps,
  runCommand: RunCommand,
): Promise<ReadonlyMap<string, HostAnswer>> {
  const { cluster, topology, seconds } = props;
  const answers = new Map<string, HostAnswer>();
  const recordings = cluster.nodes.map((node) => ({ node: node.id, object: recordingOf(props, node) }));
  const script = prepareScript(recordings, topology.namespace.name, cluster.results, seconds);
  await Promise.all(
    byRegion<Host>([...cluster.nodes, ...cluster.clients]).map(async ([region, hosts]) => {
      const comment = `stretch: prepare ${props.run}`;
      for (const [id, answer] of await runCommand.run(region, idsOf(hosts), script, { comment }))
        answers.set(id, answer);
    }),
  );
  assertAll(answers, "cannot be prepared");
  return answers;
}

async function startClients(
  props: DeployedDriverProps,
  runCommand: RunCommand,
  results: Results,
  prepared: ReadonlyMap<string, HostAnswer>,
  says: (text: string) => void,
): Promise<void> {
  const { cluster, seconds } = props;
  const bundles = new Map<string, Bundle>();
  for (const { instanceId, prefix, region } of cluster.clients) {
    const platform = platformIn(instanceId, prepared.get(instanceId)!.output);
    const kind = JSON.stringify(platform);
    if (!bundles.has(kind)) bundles.set(kind, bundleFor(platform));
    const bundle = bundles.get(kind)!;
    const key = bundleObject(prefix, bundle.sha256);
    if (!(await results.has(key))) {
      says(`Uploading the loader for ${region}, ${(bundle.archive.length / 1e6).toFixed(0)} MB`);
      await results.put(key, bundle.archive);
    }
    // There from the beginning: S3 tells a host without the right to list that it may not read what is not there.
    await results.put(`${runPrefix(props, prefix)}/${CONTROL}`, JSON.stringify({ loaders: [] }));
    bundles.set(instanceId, bundle);
  }
  says("Starting the programs of the loaders on the client hosts");
  const answers = new Map<string, HostAnswer>();
  await Promise.all(
    byRegion(cluster.clients).map(async ([region, hosts]) => {
      const { sha256 } = bundles.get(hosts[0].instanceId)!;
      const script = clientsScript(
        hosts,
        sha256,
        (prefix) => bundleObject(prefix, sha256),
        (prefix) => runPrefix(props, prefix),
        cluster.results,
        seconds,
      );
      const options = { timeoutSeconds: 300, comment: `stretch: start the loaders' program ${props.run}` };
      for (const [id, answer] of await runCommand.run(region, idsOf(hosts), script, options))
        answers.set(id, answer);
    }),
  );
  assertAll(answers, "cannot run loaders");
}

/** @throws Error naming the hosts that did not do their part */
function assertAll(answers: ReadonlyMap<string, HostAnswer>, cannot: string): void {
  const bad = [...answers].filter(([, { status }]) => status !== "ok");
  if (bad.length === 0) return;
  throw new Error(
    `Hosts ${cannot}: ${bad.map(([id, { status, output }]) => `${id} (${status}: ${output.trim().slice(-500)})`).join("; ")}. Nothing was broken.`,
  );
}

/** @throws Error where a client host would go to the cluster in another way than its servers have it, with the setting */
function assertAccess({ nodes, clients }: DeployedCluster, prepared: ReadonlyMap<string, HostAnswer>): void {
  const accessOf = ({ instanceId }: Host) => {
    const { output } = prepared.get(instanceId)!;
    return {
      usersSecretArns: /^login yes$/m.test(output) ? "access control" : "no access control",
      tls: /^tls (\S+)$/m.exec(output)?.[1] ?? "no TLS",
    };
  };
  const servers = accessOf(nodes[0]);
  for (const client of clients) {
    const access = accessOf(client);
    for (const setting of ["usersSecretArns", "tls"] as const) {
      if (access[setting] === servers[setting]) continue;
      throw new Error(
        `The client host ${client.instanceId} in ${client.region} was made for ${access[setting]}, and the cluster's servers have ${servers[setting]}: expected the same. Give its ClientHost the cluster's settings (settings.${setting}) and renew it: terraform apply -replace=ADDRESS. Nothing was broken.`,
      );
    }
  }
}

function clockIn(host: string, output: string): HostClock {
  const clock = hostClock(host, output);
  if (clock === undefined) {
    throw new Error(
      `The clock of ${host} is not synchronised, so nothing could be told of before and after: expected what chronyc tracking says, got "${output.trim().slice(-200)}". On it: systemctl restart chronyd. Nothing was broken.`,
    );
  }
  return clock;
}

function platformIn(host: string, output: string): HostPlatform {
  const [, machine = "", abi = "none"] = /^machine (\S+)\nabi (\S+)$/m.exec(output) ?? [];
  if (abi === "none") {
    throw new Error(
      `The client host ${host} has no Node.js: expected one that was made with a results bucket by this version. Renew it: terraform apply -replace=ADDRESS. Nothing was broken.`,
    );
  }
  return { machine, abi };
}

const runPrefix = ({ run }: DeployedDriverProps, prefix: string) => `${prefix}/runs/${run}`;
const recordingOf = (props: DeployedDriverProps, { prefix, id }: DeployedNode) =>
  `${runPrefix(props, prefix)}/${id}`;
const bundleObject = (prefix: string, sha256: string) => `${prefix}/bundles/${sha256}.tar.gz`;

function objectsOf(results: Results, prefix: string) {
  return {
    get: (name: string) => results.get(`${prefix}/${name}`),
    put: (name: string, body: string | Uint8Array) => results.put(`${prefix}/${name}`, body),
  };
}

const idsOf = (hosts: readonly Host[]) => hosts.map(({ instanceId }) => instanceId);
