import { InvalidArgumentError, Option } from "commander";
import { type LoginOptions, PASSWORD } from "../../lab/load/options";
import { UsageError } from "../errors";

/** Where a server listens unless said otherwise. */
const SERVICE_PORT = 3000;

/** `--hosts HOST:PORT,...`, as a list. */
export function hostsOption(description: string): Option {
  return new Option("--hosts <HOST:PORT,...>", description).argParser((text) =>
    text.split(",").map((host) => {
      const [, name, port = String(SERVICE_PORT)] = /^([\w.-]+)(?::(\d+))?$/.exec(host.trim()) ?? [];
      if (name === undefined || Number(port) < 1 || Number(port) > 65_535) {
        throw new InvalidArgumentError(
          `Expected addresses such as 10.0.0.1:3000,10.0.0.2:3000, got "${host}".`,
        );
      }
      return `${name}:${port}`;
    }),
  );
}

/** `--user NAME` */
export function userOption(): Option {
  return new Option("--user <NAME>", `who logs in, with the password in ${PASSWORD}`);
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
