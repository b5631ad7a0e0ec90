import type Aerospike from "aerospike";
import type { Client } from "aerospike";
import type { LoginOptions } from "../load/options";
import { type Answers, answersOf } from "./node-state";

/** Milliseconds that a node has to answer. */
const LIMIT = 1000;

/**
 * Asks nodes by their addresses, through the `aerospike` client: each from where its address leads, whatever the client
 * itself thinks of the cluster.
 */
export class ClientAsk {
  private constructor(private readonly client: Client) {}

  /**
   * Connects to any of the addresses.
   *
   * @param hosts `host:port`, several separated by commas
   */
  static async connect(
    aerospike: typeof Aerospike,
    hosts: string,
    { user, password }: LoginOptions = {},
  ): Promise<ClientAsk> {
    return new ClientAsk(
      await aerospike.connect({
        hosts,
        ...(user !== undefined && { user, password }),
        log: { level: aerospike.log.OFF },
        policies: { info: new aerospike.InfoPolicy({ timeout: LIMIT }) },
      }),
    );
  }

  /** All answers of a node to several commands, in one request; undefined where it does not answer in time. */
  async ask(host: string, commands: readonly string[]): Promise<Answers | undefined> {
    try {
      return answersOf(await this.client.info(`${commands.join("\n")}\n`, host));
    } catch {
      return undefined;
    }
  }

  close(): void {
    this.client.close(false);
  }
}
