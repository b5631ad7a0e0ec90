import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Namespace } from "../../model";
import { NAMESPACE_NAME, NAMESPACE_NAME_IN_WORDS } from "../../model/limits";
import { Playground } from "../../rehearsal/playground/playground";
import { UsageError } from "../errors";
import { loadExperiment, type Source } from "../experiment/load";
import { roundTripsOf } from "../experiment/round-trips";
import { STRONG_ONLY } from "../experiment/topology-schema";
import { eventText, upText } from "./playground-text";
import { namesOfRegions } from "../../pages/explorer/presets";
import type { LiveServer } from "../../pages/live/server";
import { sidesOf } from "../../lab/run/sides";
import { wrapped } from "../report/text";
import { appOutputOption, clusterOption, scenarioArgument, topologyOption, whole } from "./options";
import type { Output } from "./output";
import { atPort, portOption } from "./playground-options";

/** Where the texts of events begin. */
const EVENT_INDENT = " ".repeat(11);

type NamespaceOptions = Pick<Namespace, "flushMaxMs" | (typeof STRONG_ONLY)[number]>;

interface Options extends NamespaceOptions, Source {
  port: number;
  namespace?: string;
  minClusterSize?: number;
  security?: true;
  rtt?: string;
  page?: number | true;
}

/** Each host's aerospike.conf with the namespace's name: what else it says of it stays. */
function renamed(
  confs: Readonly<Record<string, string>> | undefined,
  name: string,
): Readonly<Record<string, string>> | undefined {
  if (!confs) return undefined;
  return Object.fromEntries(
    Object.entries(confs).map(([id, conf]) => [id, conf.replace(/^(\s*namespace\s+)\S+/m, `$1${name}`)]),
  );
}

function namespaceName(text: string): string {
  if (NAMESPACE_NAME.test(text)) return text;
  throw new InvalidArgumentError(`Expected ${NAMESPACE_NAME_IN_WORDS}.`);
}

/** `stretch up`: a rehearsal cluster in the foreground. */
export function upCommand(output: Output): Command {
  return new Command("up")
    .summary("a rehearsal cluster on this machine that real clients can connect to; Ctrl-C ends it")
    .description(
      "Starts a scenario's cluster, or a topology file's, on loopback: nodes that speak Aerospike's wire protocol, so that " +
        "your own application meets a split with its own client. Node i listens for the clients of place j (a region) at " +
        'port + 10 i + j. In another terminal "stretch fault" cuts and heals it, "stretch node" stops and starts nodes, ' +
        '"stretch status" shows it. It is a model of a cluster, never a database.',
    )
    .addArgument(scenarioArgument())
    .addOption(topologyOption())
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .addOption(portOption())
    .addOption(
      new Option("--namespace <NAME>", "name of the namespace, in place of the topology's").argParser(
        namespaceName,
      ),
    )
    .option("--security", "clients log in; at first there is the user admin, password admin, role user-admin")
    .addOption(
      new Option(
        "--page [PORT]",
        "serves a page over it too, on this machine alone: cut, stop, heal and load by clicking",
      ).argParser(whole("a port, 1 to 65535", 1, 65_535)),
    )
    .option(
      "--rtt <real|FILE>",
      "messages take their time between regions: by the table of AWS's round trips, or by figures of your own over it, in YAML or JSON",
    )
    .option(
      "--flush-max-ms <N>",
      "longest time that a write stays in a buffer, which a crash loses (default: 1000)",
      whole("milliseconds, 1 to 1000", 1, 1000),
    )
    .option("--commit-to-device", "writes are on the device before they are acknowledged: a crash loses none")
    .option("--auto-revive", "nodes that start after a crash trust the partitions that they have data of")
    .option("--strong-consistency-allow-expunge", "deletes need not be durable")
    .option(
      "--min-cluster-size <N>",
      "smaller clusters do not form, their nodes are in none (default: the topology's)",
      whole("a number of nodes, 1 to 256", 1, 256),
    )
    .action(
      async (
        scenario: string | undefined,
        {
          topology: file,
          appOutput,
          cluster,
          port,
          namespace,
          minClusterSize,
          security,
          rtt,
          page,
          ...given
        }: Options,
      ) => {
        const experiment = await loadExperiment(scenario, { topology: file, appOutput, cluster });
        const { name, faults, topology: planned, sideOf } = experiment;
        const roundTrips =
          rtt === undefined
            ? undefined
            : roundTripsOf(rtt === "real" ? undefined : rtt, experiment.roundTrips);
        const sides = Object.fromEntries(sidesOf(planned, sideOf));
        const named = namespace === undefined ? {} : { name: namespace };
        const topology = {
          ...planned,
          namespace: { ...planned.namespace, ...given, ...named },
          ...(minClusterSize !== undefined && { minClusterSize }),
        };
        for (const setting of STRONG_ONLY) {
          if (given[setting] && !topology.namespace.strongConsistency) {
            const flag = setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
            throw new UsageError(
              `--${flag} is for strong consistency only, and namespace "${topology.namespace.name}" of ${name} is in availability mode: leave it out.`,
            );
          }
        }
        if (minClusterSize !== undefined && minClusterSize > topology.nodes.length) {
          throw new UsageError(
            `--min-cluster-size ${minClusterSize} is more than the nodes of ${name}, which then never form a cluster: expected at most ${topology.nodes.length}.`,
          );
        }
        checkPorts(port, topology.nodes.length);
        let live: LiveServer | undefined;
        let announced = false;
        const early: string[] = [];
        const playground = await Playground.start({
          experiment: name,
          ...(file !== undefined && { file: resolve(file) }),
          topology,
          confs: renamed(experiment.confs?.(), topology.namespace.name),
          faults,
          port,
          security,
          sides,
          roundTrips,
          onEvent: (event) => {
            if (event.event === "connection-failed") {
              output.complain(
                `stretch: a client's connection to node ${event.node as string} was reset: ${event.error as string}`,
              );
            }
            const text = eventText(event);
            if (text === undefined) return;
            live?.tell({ at: event.t / 1000, text: text.replace(/^\s*[\d.]+ s\s+/, "") });
            if (announced) output.print(wrapped(text, output.columns, EVENT_INDENT));
            else early.push(text);
          },
        });
        const { nodes, seeds } = playground.rehearsal;
        output.print(
          upText(
            {
              experiment: name,
              nodes,
              seeds,
              faults: Object.keys(faults),
              link: linkExample(Object.keys(sides)),
              port,
              security: security === true,
              roundTrips,
            },
            output,
          ),
        );
        if (page !== undefined) {
          const { LiveServer } = await import("../../pages/live/server");
          live = await LiveServer.start({
            ...{ experiment: name, topology, faults: Object.keys(faults), nodes },
            names: namesOfRegions(topology, sides),
            playground: port,
            port: page === true ? 0 : page,
          }).catch(async (error: Error) => {
            await playground.stop();
            throw error;
          });
          output.print(`The page: ${live.url}`);
        }
        for (const text of early) output.print(wrapped(text, output.columns, EVENT_INDENT));
        announced = true;
        const died = await Promise.race([interrupted().then(() => false), playground.ended.then(() => true)]);
        await live?.stop();
        await playground.stop();
        if (died) {
          throw new Error(
            `The process of the nodes has ended by itself: the playground is over, and its records are gone. Start it again: ${atPort("up", port)}`,
          );
        }
        output.print("Ended.");
      },
    );
}

/** A link as a user may name it. */
function linkExample([a, b = a]: readonly string[]): string {
  return `${a}-${b}`;
}

/** @throws UsageError where the last node's ports would lie beyond what there is. */
function checkPorts(port: number, nodes: number): void {
  const last = port + 10 * nodes - 1;
  if (last > 65_535) {
    throw new UsageError(
      `--port ${port} leaves no room for ${nodes} nodes: the last would need port ${last}.`,
    );
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
