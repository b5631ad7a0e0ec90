import { ClientAsk } from "../../lab/observe/client-ask";
import { nodesOf, type NodesByAddress } from "../../lab/observe/nodes-of";
import type { ConnectOptions } from "../../lab/load/options";
import { assertResolve } from "./server-options";

/**
 * Uses a client that asks the nodes behind some addresses and those that these know, and closes it.
 *
 * @throws UsageError where a name does not resolve; Error where no node answers.
 */
export async function withAsking<T>(
  hosts: readonly string[],
  options: ConnectOptions,
  use: (asking: ClientAsk, nodes: NodesByAddress) => Promise<T>,
): Promise<T> {
  await assertResolve(hosts);
  const aerospike = (await import("aerospike")).default;
  let asking: ClientAsk | undefined;
  try {
    asking = await ClientAsk.connect(aerospike, hosts.join(","), options).catch((error: Error) => {
      throw unreachable(hosts, options, error);
    });
    return await use(asking, await nodesOf(asking, hosts));
  } finally {
    asking?.close();
    aerospike.releaseEventLoop();
  }
}

/** Codes of the protocol for a user who may not log in (security codes 50 to 69, as 60 INVALID_USER, 62 INVALID_PASSWORD). */
const isLogin = ({ code }: { code?: number }) => code !== undefined && code >= 50 && code < 70;

/** Why no client could be made, with what may mend it. */
function unreachable(hosts: readonly string[], { user, tls }: ConnectOptions, error: Error): Error {
  const where = `${hosts.join(", ")}${tls ? " by TLS" : ""}`;
  if (isLogin(error as { code?: number })) {
    return new Error(
      user === undefined
        ? `${where} wants a login: ${error.message}. Give --user and its password.`
        : `${where} refuses the login of ${user}: ${error.message}. Check the name and the password.`,
    );
  }
  return new Error(
    `No node answers at ${where}: ${error.message}. Check the addresses and the network${user === undefined ? ", give --user where clients log in" : ""}${tls ? ", that the port is the TLS one, the certificates and --tls-name" : ""}.`,
  );
}
