import { isBefore, PARTITIONS } from "../../model";
import type { Node } from "../cluster/node";
import type { InfoAnswer } from "../wire/info-frame";
import type { InfoContext, Parameters } from "./context";
import { alumni, peers } from "./peers";
import { partitionInfo, replicasAnswer } from "./partitions";
import {
  clusterStable,
  quiesce,
  rackIds,
  racks,
  recluster,
  refusal,
  revive,
  roster,
  rosterSet,
  setConfig,
  truncate,
  unknownNamespace,
} from "./operations";
import {
  createIndex,
  deleteIndex,
  getModule,
  indexExists,
  indexStatistics,
  listIndexes,
  listModules,
  putModule,
  removeModule,
} from "./registrations";
import { compatibilityId, namespaceStatistics, serviceStatistics, setStatistics } from "./statistics";

const EDITION = "Aerospike Enterprise Edition";

const FEATURES =
  "batch-any;batch-index;cdt-list;cdt-map;cluster-stable;float;geo;peers;pipelining;pquery;pscans;query-show;relaxed-sc;replicas;replicas-all;replicas-master;replicas-max;truncate-namespace";

/** Recorded: what a server says of a command that it does not know. */
const UNKNOWN = "ERROR:4:unrecognized command";

type Command = (context: InfoContext, parameters: Parameters) => string;

/** Commands without parameters. */
const NAMED: Readonly<Record<string, (context: InfoContext) => string>> = {
  node: ({ node }) => node.id,
  name: ({ node }) => node.id,
  build: ({ cluster }) => cluster.serverVersion,
  build_os: () => "rehearsal",
  build_arch: () => "model",
  build_sha: () => "",
  build_ee_sha: () => "",
  build_time: () => "",
  "compatibility-id": ({ cluster }) => `${compatibilityId(cluster)}`,
  edition: () => EDITION,
  release: ({ cluster }) =>
    `edition=${EDITION};version=${cluster.serverVersion};os=rehearsal;arch=model;sha=`,
  version: ({ cluster }) =>
    `${EDITION} build ${cluster.serverVersion} (a rehearsal cluster: a model, no database)`,
  features: () => FEATURES,
  "feature-key": () => "",
  status: () => "ok",
  "cluster-name": ({ node }) => node.settings.service.text("cluster-name"),
  service: ownAddress,
  "service-clear-std": ownAddress,
  // The addresses of its place are all that a client can use: they are the alternate ones, too.
  "service-clear-alt": ownAddress,
  "service-tls-std": () => "",
  "service-tls-alt": () => "",
  services: ({ node, peers: book }) => others(node).map(book.address).join(";"),
  "services-alumni": ({ cluster, node, peers: book }) => alumni(cluster, node).map(book.address).join(";"),
  "peers-clear-std": addressesOfPeers,
  "peers-clear-alt": addressesOfPeers,
  "peers-tls-std": ({ node }) => `${node.peersGeneration},,[]`,
  "peers-tls-alt": ({ node }) => `${node.peersGeneration},,[]`,
  "alumni-clear-std": addressesOfAlumni,
  "alumni-clear-alt": addressesOfAlumni,
  "peers-generation": ({ node }) => `${node.peersGeneration}`,
  "partition-generation": ({ node }) => `${node.partitionGeneration}`,
  "rebalance-generation": ({ node }) => `${node.rebalanceGeneration}`,
  partitions: () => `${PARTITIONS}`,
  replicas: ({ cluster, node }) =>
    replicasAnswer(cluster.namespace.name, node, cluster.namespace.strongConsistency),
  "partition-info": ({ cluster, node }) =>
    partitionInfo(cluster.namespace.name, node, cluster.namespace.strongConsistency),
  namespaces: ({ cluster }) => cluster.namespace.name,
  statistics: ({ cluster, node, connections }) => serviceStatistics(cluster, node, connections),
  sets: ({ cluster, node }) => setStatistics(cluster.namespace.name, node),
  racks: (context) => racks(context, new Map()),
  "rack-ids": rackIds,
  "best-practices": () => "failed_best_practices=none",
  latencies: ({ cluster }) => noLatencies(cluster.namespace.name),
  sindex: listIndexes,
  "sindex-list": listIndexes,
  "udf-list": listModules,
  "query-show": () => "",
  logs: () => "",
  "health-stats": () => "",
  "health-outliers": () => "",
};

/** Commands that only later servers know, by the first one of each. */
const SINCE: Readonly<Record<string, string>> = { release: "8.1.1", "user-agent-set": "8.1" };

/** Commands with parameters behind a colon. */
const WITH_PARAMETERS: Readonly<Record<string, Command>> = {
  racks,
  roster,
  "roster-set": administrative(rosterSet),
  recluster: administrative(recluster),
  quiesce: administrative((context) => quiesce(context, true)),
  "quiesce-undo": administrative((context) => quiesce(context, false)),
  revive: administrative(revive),
  "cluster-stable": clusterStable,
  "get-config": getConfig,
  "set-config": administrative(setConfig),
  truncate: administrative(truncate),
  "truncate-namespace": administrative(truncate),
  latencies: ({ cluster }, parameters) => {
    const histogram = parameters.get("hist");
    return histogram === undefined ? noLatencies(cluster.namespace.name) : `${histogram}:`;
  },
  "udf-put": administrative(putModule),
  "udf-remove": administrative(removeModule),
  "udf-get": getModule,
  "sindex-create": administrative(createIndex),
  "sindex-delete": administrative(deleteIndex),
  "sindex-exists": indexExists,
  "sindex-stat": (context, parameters) => indexStatistics(context, parameters.get("indexname") ?? ""),
  "sindex-list": listIndexes,
  "query-show": () => "",
  // A server writes it to its log; a rehearsal node's log is its event log.
  "dump-cluster": () => "ok",
  // What a client says of itself; a server keeps it for `user-agents`.
  "user-agent-set": () => "ok",
};

/** Commands that a server answers where none is asked for, in its order. */
const ALL = [
  ...["features", "node", "compatibility-id", "edition", "build_ee_sha", "build_sha", "build_arch"],
  ...["build_time", "build_os", "build", "version", "statistics", "services-alumni", "services"],
  "partition-generation",
];

/** Answers the commands of an info request, each as its answer is asked for; all that it has where there is none. */
export function* answerInfo(
  context: InfoContext,
  commands: readonly string[],
  isEmpty: boolean,
): Generator<InfoAnswer> {
  for (const command of isEmpty ? ALL : commands) yield { command, answer: answer(context, command) };
}

function answer(context: InfoContext, command: string): string {
  const since = own(SINCE, command.split(":")[0]);
  if (since !== undefined && isBefore(context.cluster.serverVersion, since)) return UNKNOWN;
  const named = own(NAMED, command);
  if (named) return named(context);
  const colon = command.indexOf(":");
  if (colon >= 0) {
    const run = own(WITH_PARAMETERS, command.slice(0, colon));
    if (run) return run(context, parametersOf(command.slice(colon + 1)));
  }
  return byPath(context, command.split("/")) ?? UNKNOWN;
}

/** A property of the table itself: no client may name `constructor`. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function parametersOf(text: string): Parameters {
  const out = new Map<string, string>();
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    if (equals > 0) out.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return out;
}

/** `namespace/NAME`, `sets/NAME`, `sets/NAME/SET`, `sindex/NAME/INDEX`. */
function byPath(context: InfoContext, path: readonly string[]): string | undefined {
  const { cluster, node } = context;
  const [command, namespace, set, ...more] = path;
  if (more.length > 0 || namespace === undefined) return undefined;
  const known = namespace === cluster.namespace.name;
  if (command === "namespace" && set === undefined) {
    return known ? namespaceStatistics(cluster, node) : "type=unknown";
  }
  if (command === "sindex" && set !== undefined) return indexStatistics(context, set);
  if (command !== "sets") return undefined;
  const all = known ? setStatistics(namespace, node) : "";
  if (set === undefined) return all;
  const prefix = `ns=${namespace}:set=${set}:`;
  const one = all.split(";").find((entry) => entry.startsWith(prefix));
  return one ? `${one};` : "";
}

/** What only an administrator may do; everybody is one where security is off. */
function administrative(command: Command): Command {
  return (context, parameters) =>
    context.mayAdminister ? command(context, parameters) : "ERROR:81:role violation";
}

function getConfig(context: InfoContext, parameters: Parameters): string {
  const { cluster, node } = context;
  const { settings } = node;
  const { heartbeat } = cluster.options;
  switch (parameters.get("context")) {
    case undefined:
    case "service":
      settings.service.set("min-cluster-size", `${cluster.minClusterSize}`);
      return settings.service.pairs();
    case "network":
      settings.network.set("heartbeat.interval", `${heartbeat.interval}`);
      settings.network.set("heartbeat.timeout", `${heartbeat.timeout}`);
      settings.network.set("fabric.latency-max-ms", `${heartbeat.latencyMaxMs}`);
      return settings.network.pairs();
    case "namespace": {
      const name = parameters.get("id") ?? parameters.get("namespace");
      return name === cluster.namespace.name
        ? settings.namespace.pairs()
        : unknownNamespace(context, "ERROR::namespace not found");
    }
    case "security":
      return settings.security.pairs();
    case "xdr":
      return "";
    default:
      return refusal(context, 4, "invalid context", "ERROR::invalid context");
  }
}

function others(node: Node): Node[] {
  return (node.view?.members ?? []).filter((member) => member !== node);
}

function ownAddress({ node, peers: book }: InfoContext): string {
  return book.address(node);
}

function addressesOfPeers({ node, peers: book }: InfoContext): string {
  return peers(node, others(node), book);
}

function addressesOfAlumni({ cluster, node, peers: book }: InfoContext): string {
  return peers(node, alumni(cluster, node), book);
}

function noLatencies(name: string): string {
  const histograms = ["read", "write", "udf", "batch-sub-read", "batch-sub-write", "batch-sub-udf"];
  return [
    "batch-index:",
    ...[...histograms, "pi-query", "si-query"].map((histogram) => `{${name}}-${histogram}:`),
  ].join(";");
}
