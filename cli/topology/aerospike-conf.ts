import { readFileSync } from "node:fs";
import { UsageError } from "../errors";
import { type ConfEntry, parseConf } from "./conf-parser";
import type { Gathered } from "./gathered";
import { namespaceAmong, oneCluster, type Part } from "./one-cluster";
import { heartbeatsBy, namespaceBy, type Setting, staysQuiesced } from "./settings";

/**
 * The cluster of aerospike.conf files, one a node.
 *
 * @throws UsageError for a file that cannot be read or does not say which node it is of, and where files differ
 */
export function confTopology(paths: readonly string[], namespace?: string): Gathered {
  return {
    topology: oneCluster(paths.map((path) => partOf(path, namespace))),
    source: paths.join(", "),
    notes: ["The files do not tell regions: add region to the nodes. The roster is taken to be these nodes."],
  };
}

function partOf(path: string, wanted: string | undefined): Part {
  const entries = read(path);
  const names = entries.flatMap(({ words, block }) => (block && words[0] === "namespace" ? [words[1]] : []));
  const name = namespaceAmong(path, names, wanted);
  const [service, network] = [settingsIn(entries, "service"), settingsIn(entries, "network")];
  const own = settingsIn(entries, "namespace", name);
  const id = service("node-id");
  if (id === undefined || !/^0*[1-9A-Fa-f][0-9A-Fa-f]{0,15}$/.test(id)) {
    throw new UsageError(
      `${path} has ${id === undefined ? "no node-id" : `the node-id "${id}"`} in service: expected 1 to 16 hexadecimal digits. Without it a server takes its id from its network interface, which no file tells.`,
    );
  }
  const least = service("min-cluster-size");
  const heartbeats = heartbeatsBy(network);
  return {
    from: path,
    namespace: namespaceBy(name, own),
    nodes: [
      {
        id: id.replace(/^0+/, "").toUpperCase(),
        rack: Number(own("rack-id") ?? 0),
        ...(staysQuiesced(service) && { quiesced: true }),
      },
    ],
    ...(least !== undefined && { minClusterSize: Number(least) }),
    ...(heartbeats && { heartbeats }),
  };
}

function read(path: string): ConfEntry[] {
  try {
    return parseConf(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path} is no aerospike.conf that can be read: ${(error as Error).message}.`);
  }
}

/** Settings of a block, those of its own blocks with the first word of their name before them. */
function settingsIn(entries: readonly ConfEntry[], ...name: readonly string[]): Setting {
  const block = entries.find(({ words }) => name.every((word, i) => words[i] === word))?.block ?? [];
  const found = new Map<string, string>();
  for (const { words, block: inner } of block) {
    if (!inner) found.set(words[0], words.slice(1).join(" "));
    for (const { words: own, block: deeper } of inner ?? []) {
      if (!deeper) found.set(`${words[0]}.${own[0]}`, own.slice(1).join(" "));
    }
  }
  return (setting) => found.get(setting);
}
