import { lookup } from "node:dns/promises";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { type ConnectOptions, type LoginOptions, PASSWORD } from "../../lab/load/options";
import { NAMESPACE_NAME, NAMESPACE_NAME_IN_WORDS } from "../../model/limits";
import { UsageError } from "../errors";

/** Where a server listens unless said otherwise; with TLS the number that Aerospike's documents have. */
const SERVICE_PORT = 3000;
const TLS_PORT = 4333;

/** How a command reaches servers. */
export interface ServerOptions {
  hosts: string[];
  user?: string;
  tlsName?: string;
  tlsCa?: string;
}

/** `--hosts HOST:PORT,...`, as a list. */
export function hostsOption(description: string): Option {
  return new Option("--hosts <HOST:PORT,...>", description).argParser((text) =>
    text.split(",").map((given) => {
      const host = given.trim();
      const [, name, port = "1"] = /^([\w.-]+)(?::(\d+))?$/.exec(host) ?? [];
      if (name === undefined || Number(port) < 1 || Number(port) > 65_535) {
        throw new InvalidArgumentError(
          `Expected addresses such as 10.0.0.1:3000,10.0.0.2:3000, got "${given}".`,
        );
      }
      return host;
    }),
  );
}

/** @throws UsageError for a host whose name is not known: the database client would try for half a minute. */
export async function assertResolve(hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    const name = host.slice(0, host.lastIndexOf(":"));
    try {
      await lookup(name);
    } catch (error) {
      throw new UsageError(
        `--hosts: the name "${name}" is not found (${(error as NodeJS.ErrnoException).code}): expected addresses that this machine can resolve. Correct it.`,
      );
    }
  }
}

/** A namespace's name. */
export function namespaceName(text: string): string {
  if (!NAMESPACE_NAME.test(text)) {
    throw new InvalidArgumentError(`Expected a namespace's name: ${NAMESPACE_NAME_IN_WORDS}.`);
  }
  return text;
}

/** `--user NAME` */
export function userOption(): Option {
  return new Option("--user <NAME>", `who logs in, with the password in ${PASSWORD}`);
}

/** `--tls-name NAME` */
export function tlsNameOption(): Option {
  return new Option(
    "--tls-name <NAME>",
    `the servers' TLS name: a name in their certificate (they listen on ${TLS_PORT} unless --hosts says otherwise)`,
  ).argParser((text) => {
    // What the client takes for a name.
    if (/^[a-z][a-z0-9.-]+$/i.test(text)) return text;
    throw new InvalidArgumentError("Expected a name such as aerospike.example.internal.");
  });
}

/** `--tls-ca FILE` */
export function tlsCaOption(): Option {
  return new Option("--tls-ca <FILE>", "with --tls-name, the certificates of whom to trust, as PEM");
}

/**
 * Addresses with their ports, and how to connect.
 *
 * @throws UsageError where there is a user and no password, a TLS name and no CA or the other way, or no such file.
 */
export function serversOf({ hosts, user, tlsName, tlsCa }: ServerOptions): {
  hosts: string[];
  connect: ConnectOptions;
} {
  const tls = tlsOf(tlsName, tlsCa);
  const port = tls ? TLS_PORT : SERVICE_PORT;
  return {
    hosts: hosts.map((host) => (host.includes(":") ? host : `${host}:${port}`)),
    connect: { ...loginOf(user), ...(tls && { tls }) },
  };
}

function tlsOf(name: string | undefined, ca: string | undefined): ConnectOptions["tls"] {
  if (name === undefined && ca === undefined) return undefined;
  if (name === undefined || ca === undefined) {
    throw new UsageError(
      `${name === undefined ? "--tls-ca" : "--tls-name"} was given alone: expected --tls-name and --tls-ca.`,
    );
  }
  if (!existsSync(ca)) {
    throw new UsageError(`There is no file "${ca}": expected the certificates of whom to trust, as PEM.`);
  }
  return { name, caFile: resolve(ca) };
}

/** @throws UsageError where there is a user, and no password. */
export function loginOf(user: string | undefined): LoginOptions {
  if (user === undefined) return {};
  const password = process.env[PASSWORD];
  if (password === undefined) {
    throw new UsageError(`--user ${user} has no password: expected it in the environment, as ${PASSWORD}.`);
  }
  return { user, password };
}
