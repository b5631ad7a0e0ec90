import type { TopologyNode } from "../../model";
import { type Answers, nodeState, pairsOf } from "../../lab/observe/node-state";
import type { ConnectOptions } from "../../lab/load/options";
import { UsageError } from "../errors";
import { serverVersion } from "../experiment/topology-schema";
import { withAsking } from "../lab/asking";
import type { Gathered } from "./gathered";
import { namespaceAmong } from "./one-cluster";
import { heartbeatsBy, namespaceBy, type Setting, staysQuiesced } from "./settings";

const SERVICE = "get-config:context=service";
const NETWORK = "get-config:context=network";

/** A node that answers. */
interface Answering {
  readonly id: string;
  readonly answers: Answers;
}

/**
 * The cluster that runs behind an address, each of its nodes asked by the info protocol.
 *
 * @param host `HOST:PORT`, of any node
 * @param wanted name of the namespace. @default the only one
 * @throws UsageError where nothing tells the nodes that do not answer, or there is no such namespace; Error where none answers
 */
export async function serverTopology(
  host: string,
  options: ConnectOptions,
  wanted?: string,
): Promise<Gathered> {
  return withAsking([host], options, async (asking, nodes) => {
    const first = await asking.ask(host, ["namespaces"]);
    if (first === undefined)
      throw new Error(`${host} does not answer: nothing can be said of the cluster. Name a node that does.`);
    const names = (first.get("namespaces") ?? "").split(";").filter((name) => name !== "");
    const name = namespaceAmong(host, names, wanted);
    const commands = [
      "node",
      "build",
      "statistics",
      `namespace/${name}`,
      `roster:namespace=${name}`,
      "racks:",
      SERVICE,
      NETWORK,
    ];
    const looks = await Promise.all(
      [...nodes].map(async ([id, address]) => ({ id, answers: await asking.ask(address, commands) })),
    );
    const answering = looks.flatMap(({ id, answers }): Answering[] => (answers ? [{ id, answers }] : []));
    const silent = looks.flatMap(({ id, answers }) => (answers ? [] : [id]));
    return gathered(host, name, answering, silent);
  });
}

function gathered(
  host: string,
  name: string,
  answering: readonly Answering[],
  silent: readonly string[],
): Gathered {
  if (answering.length === 0)
    throw new Error(`No node answers for ${host}: nothing can be said of the cluster.`);
  const states = answering.map(({ answers }) => nodeState(name, answers));
  const largest = states.reduce((most, state) => (state.clusterSize > most.clusterSize ? state : most));
  const { answers } = answering[states.indexOf(largest)];
  const { activeRack: given = 0, ...namespace } = namespaceBy(name, settingOf(answers, `namespace/${name}`));
  const { roster } = largest;
  // In strong consistency it is the roster's that is in effect, whatever the nodes are set to.
  const rostered = namespace.strongConsistency && roster.nodes.length > 0;
  const activeRack = rostered ? roster.activeRack : given;
  const quiesced = new Map(
    answering.map((node, i) => [
      node.id,
      states[i].quiesced || staysQuiesced(settingOf(node.answers, SERVICE)),
    ]),
  );
  const known = rostered
    ? roster.nodes
    : [...rackMembers(answers, name), ...states.map(({ id, rack }) => ({ id, rack }))].filter(
        ({ id }, i, all) => all.findIndex((other) => other.id === id) === i,
      );
  // The order in which they were found, then those that nobody could ask.
  const found = [...answering.map(({ id }) => id), ...silent];
  const nodes = [...known].sort((a, b) => place(found, a.id) - place(found, b.id));
  const unknown = silent.filter((id) => !nodes.some((node) => node.id === id));
  const saw = `of ${answering.length + silent.length} nodes ${answering.length} answered (${answering.map(({ id }) => id).join(", ")})`;
  if (unknown.length > 0) {
    throw new UsageError(
      `${host}: ${saw}, and nothing tells the rack of ${unknown.join(", ")}. Ask again when they can be reached, or give --roster.`,
    );
  }
  const missing = nodes.map(({ id }) => id).filter((id) => !quiesced.has(id));
  const beside = answering.map(({ id }) => id).filter((id) => !nodes.some((node) => node.id === id));
  const keys = new Set(states.map(({ clusterKey }) => clusterKey));
  const least = Number(settingOf(answers, SERVICE)("min-cluster-size") ?? 1);
  const heartbeats = heartbeatsBy(settingOf(answers, NETWORK));
  const { data: build } = serverVersion.safeParse(answers.get("build"));
  return {
    topology: {
      namespace: { ...namespace, ...(activeRack !== 0 && { activeRack }) },
      nodes: nodes.map(({ id, rack }): TopologyNode => ({
        id,
        rack,
        ...(quiesced.get(id) && { quiesced: true }),
      })),
      ...(least > 1 && { minClusterSize: least }),
      ...(heartbeats && { heartbeats }),
      ...(build !== undefined && { serverVersion: build }),
    },
    source: host,
    notes: [
      ...(missing.length > 0
        ? [
            `Seen in part: ${saw}; of ${missing.join(", ")} is known what the others say, not whether it is quiesced.`,
          ]
        : []),
      ...(keys.size > 1
        ? [`The nodes form ${keys.size} clusters now: settings and roster are those of the largest.`]
        : []),
      ...(beside.length > 0 ? [`${beside.join(", ")} answered and is not on the roster: left out.`] : []),
      ...(given !== activeRack
        ? [
            `active-rack is ${given} at ${largest.id}, and ${activeRack} on the roster, which holds until another is staged.`,
          ]
        : []),
      ...(namespace.strongConsistency && roster.nodes.length === 0
        ? ["No roster is set: its nodes are taken to be those that answered."]
        : []),
      "A server does not tell regions: add region to the nodes.",
    ],
  };
}

function place(found: readonly string[], id: string): number {
  const at = found.indexOf(id);
  return at < 0 ? found.length : at;
}

function settingOf(answers: Answers, command: string): Setting {
  const settings = pairsOf(answers.get(command) ?? "");
  return (name) => settings.get(name);
}

/** Nodes by rack of the answer to `racks:` (`ns=mydata:rack_32=A1,A2:rack_33=B1`), those in rack 0 among them. */
function rackMembers(answers: Answers, namespace: string): TopologyNode[] {
  const own =
    (answers.get("racks:") ?? "").split(";").find((text) => text.startsWith(`ns=${namespace}:`)) ?? "";
  return [...own.matchAll(/:rack_(\d+)=([0-9A-Fa-f,]+)/g)].flatMap(([, rack, ids]) =>
    ids.split(",").map((id) => ({ id, rack: Number(rack) })),
  );
}
