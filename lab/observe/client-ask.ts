import { lookup } from "node:dns/promises";
import type Aerospike from "aerospike";
import type { Client } from "aerospike";
import { clientConfig } from "../load/connect";
import type { ConnectOptions } from "../load/options";
import { type Answers, answersOf } from "./node-state";

/** Milliseconds that a node has to answer. */
const LIMIT = 1000;
/** Code of the client where they are over. */
const TIMEOUT = 9;

/**
 * Asks nodes by their addresses, through the `aerospike` client: each from where its address leads, whatever the client
 * itself thinks of the cluster.
 *
 * With TLS or a login a client an address: one asked for an address takes that for the TLS name, and meets it without having
 * logged in (client 6.7.1); it knows better only of nodes that it found.
 */
export class ClientAsk {
  private readonly clients = new Map<string, Promise<Client>>();

  private constructor(
    private readonly client: Client,
    private readonly connectTo: (host: string) => Promise<Client>,
    private readonly options: ConnectOptions,
  ) {}

  /** The command that asks a node for its peers, as this client reaches them. */
  get peers(): string {
    const { tls, alternate } = this.options;
    return `peers-${tls ? "tls" : "clear"}-${alternate ? "alt" : "std"}`;
  }

  /**
   * Connects to any of the addresses.
   *
   * @param hosts `host:port`, several separated by commas
   */
  static async connect(
    aerospike: typeof Aerospike,
    hosts: string,
    options: ConnectOptions = {},
  ): Promise<ClientAsk> {
    const connectTo = (seeds: string) =>
      aerospike.connect({
        ...clientConfig(seeds, options),
        log: { level: aerospike.log.OFF },
        policies: { info: new aerospike.InfoPolicy({ timeout: LIMIT }) },
      });
    return new ClientAsk(await connectTo(hosts), connectTo, options);
  }

  /** All answers of a node to several commands, in one request; undefined where it does not answer in time. */
  async ask(host: string, commands: readonly string[]): Promise<Answers | undefined> {
    try {
      return answersOf(await this.request(host, commands));
    } catch (error) {
      return wasRefused(error) ? this.askEach(host, commands) : undefined;
    }
  }

  close(): void {
    this.client.close(false);
    for (const client of this.clients.values())
      void client.then(
        (made) => made.close(false),
        () => {},
      );
  }

  /**
   * Each command in a request of its own: where a server refuses one, as Community does `roster:`, the client keeps all other
   * answers of the request back (client 6.7.1, server 8.0.0.15).
   */
  private async askEach(host: string, commands: readonly string[]): Promise<Answers | undefined> {
    const answers = new Map<string, string>();
    for (const command of commands) {
      try {
        for (const [asked, answer] of answersOf(await this.request(host, [command])))
          answers.set(asked, answer);
      } catch (error) {
        if (!wasRefused(error)) return undefined;
        answers.set(command, `ERROR:${error.code}:${error.message.replace(/(,| from) \S+$/, "")}`);
      }
    }
    return answers;
  }

  private request(host: string, commands: readonly string[]): Promise<string> {
    const request = `${commands.join("\n")}\n`;
    const { tls, user } = this.options;
    const known = tls !== undefined || user !== undefined;
    return known ? this.askNode(host, request) : this.client.info(request, host);
  }

  private async askNode(host: string, request: string): Promise<string> {
    const [name, port] = host.split(":");
    const { address } = await lookup(name);
    const client = await this.clientOf(host);
    const node = client.getNodes().find((found) => found.address === `${address}:${port}`);
    if (node === undefined) throw new Error(`No node is at ${host}.`);
    return client.infoNode(request, node);
  }

  private clientOf(host: string): Promise<Client> {
    const had = this.clients.get(host);
    if (had) return had;
    const client = this.connectTo(host);
    this.clients.set(host, client);
    client.catch(() => this.clients.delete(host));
    return client;
  }
}

/** Whether a server answered with an error; what the client says of itself, or of a time that is over, is no answer. */
function wasRefused(error: unknown): error is Error & { readonly code: number } {
  const { code } = error as { code?: unknown };
  return typeof code === "number" && code > 0 && code !== TIMEOUT;
}
