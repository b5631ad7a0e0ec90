import { setTimeout as rest } from "node:timers/promises";
import { Command, Option } from "commander";
import type { PlaygroundStatus } from "../../rehearsal/playground/control-socket";
import { UsageError } from "../errors";
import { LIVE_CLIENTS, withAwsSdk } from "../live/aws-sdk";
import { loadLiveStack } from "../live/live-stack";
import {
  hostsOption,
  namespaceName,
  serversOf,
  tlsCaOption,
  tlsNameOption,
  userOption,
} from "../lab/server-options";
import { tellTraces } from "./heal";
import {
  appOutputOption,
  assertLive,
  clusterOption,
  dirOption,
  liveOption,
  regions,
  scenarioArgument,
  stackName,
} from "./options";
import type { Output } from "./output";
import { ask, portOption } from "./playground-options";
import { statusText } from "./playground-text";
import { liveStatus } from "./status-live";
import { serverStatus } from "./status-server";

/** Milliseconds between two looks of `--watch`. */
const LOOK = 1000;

interface Options {
  port: number;
  hosts?: string[];
  namespace?: string;
  user?: string;
  tlsName?: string;
  tlsCa?: string;
  from?: string;
  watch?: true;
  json?: true;
  traces?: string;
  region?: string[];
  live?: true;
  dir?: string;
  appOutput?: string;
  cluster?: string;
}

/** `stretch status`: sub-clusters and availability of the running playground, or of any server, now; or what faults left in AWS. */
export function statusCommand(output: Output): Command {
  return new Command("status")
    .summary("sub-clusters and availability of the running playground, or of any server, now")
    .description(
      "Shows the playground that runs in another terminal (stretch up), or with --hosts any cluster, each of its nodes asked from its own " +
        "side, as it is now: observed, not predicted. A node that does not answer within a second is a gap. With --live each node of a deployed stack is " +
        "asked on its own host, by Run Command, which takes some seconds. With --traces it " +
        "lists what faults of a deployed stack left in AWS, as stretch heal does, and removes nothing.",
    )
    .addArgument(scenarioArgument())
    .addOption(portOption())
    .addOption(liveOption("the nodes of the deployed SCENARIO").conflicts(["port", "hosts", "traces"]))
    .addOption(dirOption())
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .addOption(
      hostsOption(
        "addresses of a cluster's nodes, on both sides; those that they know are asked too",
      ).conflicts(["port", "traces"]),
    )
    .option("--namespace <NAME>", "with --hosts, the namespace", namespaceName)
    .addOption(userOption())
    .addOption(tlsNameOption())
    .addOption(tlsCaOption())
    .addOption(new Option("--from <NODE>", "only what this node sees, by its id").conflicts("traces"))
    .addOption(
      new Option("--watch", "again each second (with --live each 10 s), until Ctrl-C").conflicts("traces"),
    )
    .option("--json", "the status as JSON, a line each time")
    .addOption(
      new Option(
        "--traces <STACK>",
        "what faults of a deployed stack left in AWS; exit code 1 where something is left",
      )
        .argParser(stackName)
        .conflicts(["json", "port"]),
    )
    .option("--region <REGION...>", "with --traces, where to look", regions)
    .action(async (scenario: string | undefined, options: Options) => {
      const { live, dir, appOutput, cluster, ...others } = options;
      const { port, hosts, namespace, from, watch, json, traces, region, ...reach } = others;
      assertLive({ live, dir, appOutput, cluster });
      if (live) {
        if (namespace ?? region ?? Object.keys(reach)[0]) {
          throw new UsageError(
            "--namespace, --user, --tls-name, --tls-ca and --region are not for --live: the stack says its own.",
          );
        }
        const stack = await loadLiveStack(scenario, { dir, appOutput, cluster });
        const { withLiveHosts } = await withAwsSdk(LIVE_CLIENTS, () => import("../live/live-hosts"));
        const { name } = stack.cluster.topology.namespace;
        return withLiveHosts(
          stack,
          (text) => output.complain(text),
          (found) => liveStatus(found, { namespace: name, from, watch, json }, output),
        );
      }
      if (scenario !== undefined) {
        throw new UsageError(
          `The scenario "${scenario}" was given without --live: expected --live too, or nothing for the playground.`,
        );
      }
      if (traces !== undefined) return tellTraces(output, traces, region);
      if (region !== undefined)
        throw new UsageError("--region was given without --traces: expected the stack to look for.");
      if (hosts) {
        if (namespace === undefined) {
          throw new UsageError("--hosts was given without --namespace: expected the namespace to tell of.");
        }
        return serverStatus({ ...serversOf({ hosts, ...reach }), namespace, from, watch, json }, output);
      }
      if (namespace !== undefined || Object.keys(reach).length > 0) {
        throw new UsageError(
          "--namespace, --user, --tls-name and --tls-ca are for a cluster: expected --hosts.",
        );
      }
      do {
        const status = seenFrom(from, await ask(port, { command: "status" }));
        output.print(json ? JSON.stringify(status) : statusText(status, port, output) + (watch ? "\n" : ""));
        if (watch) await rest(LOOK);
      } while (watch);
    });
}

/** @throws UsageError where there is no such node. */
function seenFrom(from: string | undefined, status: PlaygroundStatus): PlaygroundStatus {
  if (from === undefined) return status;
  const { cluster } = status;
  const id = from.toUpperCase();
  if (!cluster.nodes.some((node) => node.id === id)) {
    throw new UsageError(
      `There is no node "${from}": expected one of ${cluster.nodes.map((node) => node.id).join(", ")}.`,
    );
  }
  return {
    ...status,
    cluster: {
      ...cluster,
      subClusters: cluster.subClusters.filter(({ members }) => members.includes(id)),
      orphans: cluster.orphans.filter((orphan) => orphan.id === id),
      nodes: cluster.nodes.filter((node) => node.id === id),
    },
  };
}
