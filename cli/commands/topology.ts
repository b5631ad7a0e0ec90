import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { ConnectOptions } from "../../lab/load/options";
import { UsageError } from "../errors";
import { assertClient } from "../lab/aerospike-client";
import { loginOf, userOption } from "../lab/server-options";
import { confTopology } from "../topology/aerospike-conf";
import { asadmTopology } from "../topology/asadm";
import { type Gathered, topologyText } from "../topology/gathered";
import { kubernetesTopology } from "../topology/kubernetes";
import { rosterTopology } from "../topology/roster";
import { serverTopology } from "../topology/servers";
import type { Output } from "./output";

interface Options {
  from?: string;
  roster?: string;
  asadm?: string;
  collectinfo?: string;
  kubernetes?: string[];
  conf?: string[];
  namespace?: string;
  rf?: number;
  user?: string;
  passwordFile?: string;
  tlsCa?: string;
  tlsName?: string;
  tlsCert?: string;
  tlsKey?: string;
  servicesAlternate?: true;
}

const SOURCES = ["from", "roster", "asadm", "collectinfo", "kubernetes", "conf"] as const;

/** `stretch topology`: a topology file of a cluster that is there. */
export function topologyCommand(output: Output): Command {
  return new Command("topology")
    .summary("a topology file of a cluster that runs, or of what is saved of one")
    .description(
      "Prints a topology file for --topology of all other commands: of a cluster that runs (--from), of a roster, of saved output of " +
        "asadm or a collectinfo, of AerospikeCluster resources of Kubernetes, or of the nodes' aerospike.conf files. What it could not " +
        "learn stands in its first lines, and on standard error.",
    )
    .addOption(
      new Option(
        "--from <HOST[:PORT]>",
        "any node of a cluster that runs; all that it knows are asked",
      ).argParser(host),
    )
    .option("--roster <ROSTER>", "as asadm prints it, such as A352@32,A70@33 (with --rf)")
    .option("--asadm <FILE>", "what asadm printed (info, show racks, show roster, show pmap), text or --json")
    .option("--collectinfo <FILE>", "the asadm text of an unpacked collectinfo archive")
    .option("--kubernetes <FILE...>", "AerospikeCluster resources; several are one stretched cluster")
    .option("--conf <FILE...>", "aerospike.conf files, one a node")
    .option("--namespace <NAME>", "which one, where there are several")
    .addOption(
      new Option("--rf <N>", "the replication factor, for --roster, or over what asadm tells").argParser(
        factor,
      ),
    )
    .addOption(userOption())
    .option("--password-file <FILE>", "the user's password, in place of the environment")
    .option("--tls-ca <FILE>", "certificates of the authorities, in PEM: connects by TLS")
    .option("--tls-name <NAME>", "name in the nodes' certificates (default: the host)")
    .option("--tls-cert <FILE>", "certificate of this client, in PEM")
    .option("--tls-key <FILE>", "its key, in PEM")
    .option("--services-alternate", "uses the nodes' alternate addresses")
    .action(async (options: Options) => {
      const given = SOURCES.filter((source) => options[source] !== undefined);
      if (given.length !== 1) {
        const names = SOURCES.map((source) => `--${source}`).join(", ");
        throw new UsageError(
          `${given.length === 0 ? "No source was given" : `--${given.join(" and --")} were given`}: expected one of ${names}.`,
        );
      }
      const found = await gather(options);
      output.print(topologyText(found));
      for (const note of found.notes) output.complain(note);
    });
}

async function gather(options: Options): Promise<Gathered> {
  const { from, roster, kubernetes, conf, namespace, rf } = options;
  if (from !== undefined) {
    assertClient();
    return serverTopology(from, connectOptions(from, options), namespace);
  }
  if (roster !== undefined) return rosterTopology(roster, { replicationFactor: rf, namespace });
  if (kubernetes !== undefined) return kubernetesTopology(kubernetes, namespace);
  if (conf !== undefined) return confTopology(conf, namespace);
  const file = options.asadm ?? options.collectinfo!;
  return asadmTopology(file, { namespace, replicationFactor: rf });
}

function connectOptions(from: string, options: Options): ConnectOptions {
  const { user, passwordFile, tlsCa, tlsName, tlsCert, tlsKey, servicesAlternate } = options;
  if (passwordFile !== undefined && user === undefined) {
    throw new UsageError("--password-file was given without --user: expected who logs in.");
  }
  if (tlsCa === undefined && (tlsName ?? tlsCert ?? tlsKey) !== undefined) {
    throw new UsageError(
      "--tls-name, --tls-cert and --tls-key need --tls-ca: expected the authorities' certificates.",
    );
  }
  for (const file of [tlsCa, tlsCert, tlsKey]) if (file !== undefined) read(file);
  return {
    ...(passwordFile === undefined
      ? loginOf(user)
      : { user, password: read(passwordFile).split(/\r?\n/)[0] }),
    ...(tlsCa !== undefined && {
      tls: {
        caFile: resolve(tlsCa),
        name: tlsName ?? from.replace(/:\d+$/, ""),
        ...(tlsCert !== undefined && { certFile: resolve(tlsCert) }),
        ...(tlsKey !== undefined && { keyFile: resolve(tlsKey) }),
      },
    }),
    ...(servicesAlternate && { alternate: true }),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

function host(text: string): string {
  const [, name, port = "3000"] = /^([\w.-]+)(?::(\d+))?$/.exec(text) ?? [];
  if (name === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new InvalidArgumentError("Expected an address such as 10.0.0.1:3000.");
  }
  return `${name}:${port}`;
}

function factor(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("Expected a whole number, 1 or more.");
  return Number(text);
}
