import { ClientAsk } from "../../lab/observe/client-ask";
import { nodesOf, type NodesByAddress } from "../../lab/observe/nodes-of";
import type { ConnectOptions } from "../../lab/load/options";

/**
 * Uses a client that asks the nodes behind some addresses and those that these know, and closes it.
 *
 * @throws Error where no node answers.
 */
export async function withAsking<T>(
  hosts: readonly string[],
  connect: ConnectOptions,
  use: (asking: ClientAsk, nodes: NodesByAddress) => Promise<T>,
): Promise<T> {
  const aerospike = (await import("aerospike")).default;
  let asking: ClientAsk | undefined;
  try {
    asking = await ClientAsk.connect(aerospike, hosts.join(","), connect).catch((error: Error) => {
      throw new Error(
        `No node answers at ${hosts.join(", ")}: ${error.message}. Check the addresses and the network.`,
      );
    });
    return await use(asking, await nodesOf(asking, hosts));
  } finally {
    asking?.close();
    aerospike.releaseEventLoop();
  }
}
