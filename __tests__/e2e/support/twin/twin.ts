import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Fault, NO_FAULT, type Topology } from "../../../../model";
import { Rehearsal } from "../../../../rehearsal";
import { TlsServer } from "../../../lab/support/tls-server";
import { Moto } from "../moto";
import { type Backends, factsOfBackends, type InstanceState } from "./backends";
import { Door, type DoorAnswer } from "./door";
import { faultOf, type ServerPorts } from "./links";
import { allows, type PolicyDocument } from "./policy";
import { OWN, policiesOfProfile } from "./roles";
import { RunCommand } from "./run-command";
import { Scheduler } from "./scheduler";
import { TwinHost } from "./twin-host";

/** Ports of servers, without TLS and with it. */
const PORTS: ServerPorts = { service: 3000, heartbeat: 3002 };
const TLS_PORTS: ServerPorts = { service: 4333, heartbeat: 3012 };

/** A call of AWS as moto saw it. */
export interface TwinCall {
  /** `ec2`, as the signature names it. */
  readonly service: string;
  readonly region: string;
  /** The action, or method and path. */
  readonly action: string;
  /** The rights that it takes, as policies name them; the resource is "*" where the twin does not tell it. */
  readonly asked: readonly { readonly action: string; readonly resource: string }[];
  /** Whether the key was one of a user of IAM, not the account's own. */
  readonly byUser: boolean;
  /** Why that user might not do it; null: it was done. */
  readonly refused: string | null;
  /** Who called, by its user agent. */
  readonly agent: string;
}

/**
 * AWS and what runs there, on this machine: moto with Run Command carried out on hosts of folders, schedules that fire, and a
 * rehearsal cluster as the database. Its nodes are up where their instances are, and whom they hear and clients reach is decided
 * by what stands in moto. Nothing moves it but calls of AWS, and the scheduler's clock.
 */
export class Twin {
  /**
   * An AWS with nothing in it.
   *
   * @param topology what is going to be deployed: its nodes are known by their addresses
   */
  static async start(topology: Topology): Promise<Twin> {
    let twin: Twin | undefined;
    const door = await Door.open((method, path, body) => twin!.asked(method, path, body));
    try {
      const moto = await Moto.start(door.url);
      twin = new Twin(topology, door, moto);
      return twin;
    } catch (error) {
      await door.close();
      throw error;
    }
  }

  readonly scheduler: Scheduler;
  /** By instance id. */
  readonly hosts = new Map<string, TwinHost>();
  readonly runCommand = new RunCommand(this.hosts);
  /** Set by a test: what hosts are denied whatever their roles allow, by action (`s3:PutObject`) and ARN. */
  denies: (host: TwinHost, action: string, arn: string) => boolean = () => false;
  /** ARNs of the secrets that hosts have read, by instance id. */
  readonly secretsRead = new Map<string, Set<string>>();

  private rehearsal: Rehearsal | undefined;
  private fault: Fault = NO_FAULT;
  private readonly tlsServers: TlsServer[] = [];
  /** Their ports, by the addresses of the nodes behind them. */
  private readonly tlsPorts = new Map<string, number>();
  private readonly states = new Map<string, string>();
  /** Ids of nodes that are down, and of those whose server was stopped on its host. */
  private readonly down = new Set<string>();
  private readonly servicesOff = new Map<string, "clean" | "unclean">();
  /** Of the hosts' roles, by instance profile, as they were since something last changed. */
  private readonly policies = new Map<string, Promise<PolicyDocument[]>>();
  private changing: Promise<void> = Promise.resolve();

  private constructor(
    readonly topology: Topology,
    private readonly door: Door,
    readonly moto: Moto,
  ) {
    this.scheduler = new Scheduler(moto, [...new Set(topology.nodes.map(({ region }) => region!))]);
  }

  /** The database; there is one as soon as all its hosts ran. */
  get cluster(): Rehearsal {
    if (!this.rehearsal) throw new Error("Not all hosts of the cluster are there yet.");
    return this.rehearsal;
  }

  /** What the networks now do to the cluster. */
  get networks(): Fault {
    return this.fault;
  }

  /** All calls of AWS so far, in their order: the operator's, those of hosts (`stretch-twin-host`) and of the scheduler. */
  calls(): TwinCall[] {
    return readFileSync(this.moto.callsFile, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as TwinCall)
      .filter(({ agent }) => !agent.includes(OWN));
  }

  /** The host of a node, or the client host of a region. */
  host(of: string): TwinHost {
    const addresses = new Map(this.topology.nodes.map(({ id, address }) => [id, address!]));
    const isNode = new Set(addresses.values());
    const found = [...this.hosts.values()].find(({ address, region }) =>
      addresses.has(of) ? address === addresses.get(of) : region === of && !isNode.has(address),
    );
    if (!found) throw new Error(`There is no host ${of}.`);
    return found;
  }

  /**
   * What the units of hosts do at their first boot where the stack names secrets: once all of it is deployed, as roles are needed
   * for it. Hosts read their secrets, servers take their certificates, and the first node makes the users.
   */
  async boot(): Promise<void> {
    const hosts = [...this.hosts.values()].filter(({ hasSecrets }) => hasSecrets);
    if (hosts.length === 0) return;
    const isNode = (host: TwinHost) => this.nodeAt(host.address) !== undefined;
    await Promise.all(hosts.map((host) => host.unit(isNode(host) ? "prepare" : "install")));
    await this.serveTls();
    for (const host of this.hosts.values()) this.tellAddresses(host);
    for (const host of hosts) if (host.read("/opt/stretch/bin/users") !== "") await host.unit("users");
  }

  async stop(): Promise<void> {
    for (const server of this.tlsServers) server.stop();
    await this.moto.stop();
    await this.door.close();
    await this.changing.catch(() => {});
    await Promise.all([...this.hosts.values()].map((host) => host.remove()));
    await this.rehearsal?.stop();
  }

  private async asked(method: string, path: readonly string[], body: Buffer): Promise<DoorAnswer> {
    const [to, what, ...rest] = path;
    if (to === "moto" && what === "run-command") {
      const { action, region, input } = JSON.parse(body.toString());
      return { body: this.runCommand.answer(action, region, input) };
    }
    if (to === "moto") {
      const backends = JSON.parse(body.toString()) as Backends;
      const change = this.changing.then(() => this.follow(backends));
      this.changing = change.catch(() => {});
      await change;
      return {};
    }
    const host = this.hosts.get(what);
    if (to !== "host" || !host) return { status: 404 };
    if (rest[0] === "server") return this.server(host, rest[1]);
    if (rest[0] === "secret") return this.secret(host, rest[1], body.toString());
    return this.object(host, method, rest[1], rest.slice(2).join("/"), body);
  }

  /** Brings hosts, nodes and links in line with what stands in moto. */
  private async follow(backends: Backends): Promise<void> {
    this.policies.clear();
    for (const instance of backends.instances) await this.followInstance(instance);
    if (!this.rehearsal && this.topology.nodes.every(({ address }) => this.isRunning(address!))) {
      const conf = this.host(this.topology.nodes[0].id).read("/etc/stretch/aerospike.conf");
      this.rehearsal = await Rehearsal.start({
        topology: this.topology,
        security: /^security \{/m.test(conf),
      });
      for (const host of this.hosts.values()) this.tellAddresses(host);
    }
    if (!this.rehearsal) return;
    await this.followServers();
    // While a stack is made or destroyed there are hosts, but no network around them yet.
    if (backends.instances.some(({ state }) => state === "terminated")) return;
    const fault = faultOf(factsOfBackends(backends), this.topology, this.hasTls() ? TLS_PORTS : PORTS);
    if (JSON.stringify(fault) === JSON.stringify(this.fault)) return;
    this.fault = fault;
    await this.rehearsal.setFault(fault);
  }

  private async followInstance(instance: InstanceState): Promise<void> {
    const { id, state, address } = instance;
    if (this.states.get(id) === state) return;
    this.states.set(id, state);
    if (state === "terminated") {
      await this.hosts.get(id)?.remove();
      this.hosts.delete(id);
      return;
    }
    let host = this.hosts.get(id);
    if (!host) {
      host = new TwinHost(instance, this.door.url);
      this.hosts.set(id, host);
      if (this.rehearsal) this.tellAddresses(host);
    }
    if (state === "running") {
      this.servicesOff.delete(this.nodeAt(address) ?? "");
      host.start();
    } else await host.stop();
  }

  /** A host that loses its power ends its server as a shutdown does. */
  private async followServers(): Promise<void> {
    for (const { id, address } of this.topology.nodes) {
      const runs = this.isRunning(address!);
      const isUp = runs && !this.servicesOff.has(id);
      if (isUp === !this.down.has(id)) continue;
      if (isUp) {
        this.down.delete(id);
        await this.cluster.startNode(id);
      } else {
        this.down.add(id);
        await this.cluster.stopNode(id, runs ? this.servicesOff.get(id) : "reboot");
      }
    }
  }

  private isRunning(address: string): boolean {
    return [...this.hosts.values()].some(
      (host) => host.address === address && this.states.get(host.id) === "running",
    );
  }

  private nodeAt(address: string): string | undefined {
    return this.topology.nodes.find((node) => node.address === address)?.id;
  }

  private tellAddresses(host: TwinHost): void {
    const at = (address: string) =>
      this.tlsPorts.has(address) ? `127.0.0.1:${this.tlsPorts.get(address)}` : address;
    const nodes = this.cluster.nodes.map(({ id, addresses, ownAddress }) => {
      const { address } = this.topology.nodes.find((node) => node.id === id)!;
      return { address: address!, seen: at(addresses[host.region]), own: at(ownAddress) };
    });
    const own = nodes.find(({ address }) => address === host.address);
    if (own) host.write("/etc/stretch/server", own.own);
    const { service } = this.hasTls() ? TLS_PORTS : PORTS;
    const seen = Object.fromEntries(nodes.map((node) => [`${node.address}:${service}`, node.seen]));
    host.write("/twin/addresses.json", JSON.stringify(seen));
  }

  /** Whether the servers have TLS alone. */
  private hasTls(): boolean {
    return tlsName(this.host(this.topology.nodes[0].id)) !== undefined;
  }

  /** TLS in front of nodes whose hosts have a certificate: the rehearsal cluster has none. */
  private async serveTls(): Promise<void> {
    for (const { id, addresses, ownAddress } of this.cluster.nodes) {
      const host = this.host(id);
      const name = tlsName(host);
      if (name === undefined) continue;
      const [cert, key] = ["certificate", "key"].map((file) =>
        join(host.root, `etc/aerospike/tls/${file}.pem`),
      );
      for (const address of [...Object.values(addresses), ownAddress]) {
        this.tlsServers.push(await TlsServer.start(address, { cert, key }, name, this.tlsPorts));
      }
    }
  }

  private async server(host: TwinHost, verb: string): Promise<DoorAnswer> {
    const node = this.nodeAt(host.address);
    if (node === undefined) return { status: 404, body: "Unit aerospike.service not found.\n" };
    if (verb === "is-active") return this.down.has(node) ? { status: 503 } : { body: "active\n" };
    if (verb !== "start") {
      this.servicesOff.set(node, verb === "kill" ? "unclean" : "clean");
      await this.followServers();
    }
    if (verb === "start" || verb === "restart") {
      this.servicesOff.delete(node);
      await this.followServers();
    }
    return { body: "" };
  }

  /** A secret of Secrets Manager, as the host's role may: what the host's aws command prints of it. */
  private async secret(host: TwinHost, region: string, arn: string): Promise<DoorAnswer> {
    const action = "secretsmanager:GetSecretValue";
    const policies = await this.policiesOf(host);
    if (this.denies(host, action, arn) || !allows(policies, action, arn)) {
      return { status: 403, body: `AccessDeniedException: ${action} on ${arn}` };
    }
    const client = new SecretsManagerClient({
      ...this.moto.client(region),
      customUserAgent: "stretch-twin-host",
    });
    const { SecretString = null } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    this.secretsRead.set(host.id, (this.secretsRead.get(host.id) ?? new Set()).add(arn));
    return { body: [SecretString, null] };
  }

  private async policiesOf({ profile }: TwinHost): Promise<PolicyDocument[]> {
    if (profile === null) return [];
    const known = this.policies.get(profile) ?? policiesOfProfile(this.moto, profile);
    this.policies.set(profile, known);
    return known;
  }

  /** An object of S3, as the host's role may. */
  private async object(
    host: TwinHost,
    method: string,
    bucket: string,
    key: string,
    body: Buffer,
  ): Promise<DoorAnswer> {
    const action = method === "PUT" ? "s3:PutObject" : "s3:GetObject";
    const arn = `arn:aws:s3:::${bucket}/${key}`;
    const policies = await this.policiesOf(host);
    if (this.denies(host, action, arn) || !allows(policies, action, arn)) {
      return { status: 403, body: s3Error("AccessDenied", `${action} on ${arn}`) };
    }
    const s3 = new S3Client({ ...this.moto.client(host.region), customUserAgent: "stretch-twin-host" });
    try {
      if (method === "PUT") {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
        return { body: "" };
      }
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { body: Buffer.from(await Body!.transformToByteArray()) };
    } catch (error) {
      const { name, message } = error as Error;
      return { status: 404, body: s3Error(name, message) };
    }
  }
}

/** The TLS name of a host's server. */
function tlsName(host: TwinHost): string | undefined {
  return /^TLS_NAME='(.+)'$/m.exec(host.read("/etc/stretch/host.env"))?.[1];
}

/** An error as S3 words it. */
function s3Error(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
