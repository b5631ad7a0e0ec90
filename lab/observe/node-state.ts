import { type Namespace, parseRoster, type Roster, UNSET_ROSTER } from "../../model";

/** What one node says of its cluster and of its own records. */
export interface NodeState {
  readonly id: string;
  /** Rack as configured. */
  readonly rack: number;
  /** Hexadecimal; `0` in no cluster. */
  readonly clusterKey: string;
  /** 0 in no cluster. */
  readonly clusterSize: number;
  /** Id of its cluster's principal. */
  readonly principal: string;
  /** Of the namespace's 4096 partitions, as the node's cluster sees them. */
  readonly unavailable: number;
  readonly dead: number;
  /** Partitions still to send or to receive. */
  readonly migrating: number;
  /** Records by the node's role in their partition. */
  readonly masterObjects: number;
  readonly proleObjects: number;
  readonly nonReplicaObjects: number;
  /** The roster in effect; empty where the server has none (Community, availability mode). */
  readonly roster: Roster;
  /** What a recluster would put into effect. */
  readonly pending: Roster;
  /** The nodes that its cluster sees. */
  readonly observed: Roster;
  readonly quiesced: boolean;
  /** What the server says where it has no rosters: Community servers answer `ERROR:25:enterprise-only`. */
  readonly noRosters?: string;
}

/** The info commands of one look, all in one request. */
export function lookCommands(namespace: string): string[] {
  return ["node", "statistics", `namespace/${namespace}`, `roster:namespace=${namespace}`];
}

/** Answers of {@link lookCommands}, by command. */
export type Answers = ReadonlyMap<string, string>;

/** Pairs `a=1;b=2`. */
export function pairsOf(text: string, separator = ";"): ReadonlyMap<string, string> {
  return new Map(
    text.split(separator).flatMap((pair) => {
      const end = pair.indexOf("=");
      return end < 0 ? [] : [[pair.slice(0, end), pair.slice(end + 1)] as const];
    }),
  );
}

function settingsOf(namespace: string, answers: Answers): ReadonlyMap<string, string> {
  const own = answers.get(`namespace/${namespace}`) ?? "";
  const settings = pairsOf(own);
  if (settings.has("replication-factor")) return settings;
  throw new Error(
    `Node ${answers.get("node") ?? ""} answers "${own.slice(0, 80)}" for namespace "${namespace}": expected its statistics. Name one that it has.`,
  );
}

/**
 * What a node's answers say.
 *
 * @throws Error where it has no such namespace, or a roster that is none
 */
export function nodeState(namespace: string, answers: Answers): NodeState {
  const [id, service, , rosterAnswer] = lookCommands(namespace).map((command) => answers.get(command) ?? "");
  const [statistics, settings] = [pairsOf(service), settingsOf(namespace, answers)];
  const number = (name: string) => Number(settings.get(name) ?? 0);
  const rosters = pairsOf(rosterAnswer, ":");
  const roster = (name: string): Roster => {
    const text = rosters.get(name);
    if (text === undefined) return UNSET_ROSTER;
    const read = parseRoster(text);
    if (read) return read;
    throw new Error(
      `Node ${id} answers "${text.slice(0, 80)}" for its ${name}: expected a roster such as M32|A352@32,A70@33.`,
    );
  };
  return {
    id,
    rack: number("rack-id"),
    clusterKey: statistics.get("cluster_key") ?? "0",
    clusterSize: Number(statistics.get("cluster_size") ?? 0),
    principal: statistics.get("cluster_principal") ?? "0",
    unavailable: number("unavailable_partitions"),
    dead: number("dead_partitions"),
    migrating: number("migrate_tx_partitions_remaining") + number("migrate_rx_partitions_remaining"),
    masterObjects: number("master_objects"),
    proleObjects: number("prole_objects"),
    nonReplicaObjects: number("non_replica_objects"),
    roster: roster("roster"),
    pending: roster("pending_roster"),
    observed: roster("observed_nodes"),
    quiesced: settings.get("effective_is_quiesced") === "true",
    ...(/^(ERROR|FAIL)/i.test(rosterAnswer) && { noRosters: rosterAnswer }),
  };
}

/**
 * The namespace's settings that decide who serves what.
 *
 * @throws Error where the node has no such namespace
 */
export function namespaceOf(name: string, answers: Answers): Namespace {
  const settings = settingsOf(name, answers);
  return {
    name,
    replicationFactor: Number(settings.get("replication-factor") ?? 1),
    strongConsistency: settings.get("strong-consistency") === "true",
    preferUniformBalance: settings.get("prefer-uniform-balance") !== "false",
  };
}

/** An info answer to several commands: a line each, the command, a tab, the answer. */
export function answersOf(text: string): Answers {
  return new Map(
    text.split("\n").flatMap((line) => {
      const tab = line.indexOf("\t");
      return tab < 0 ? [] : [[line.slice(0, tab), line.slice(tab + 1)] as const];
    }),
  );
}
