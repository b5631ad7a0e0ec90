import {
  isBefore,
  parseRoster,
  PARTITIONS,
  type Roster,
  type RosterNode,
  rosterText,
  UNSET_ROSTER,
} from "../../model";
import type { Node } from "../cluster/node";
import { has } from "../settings/by-version";
import { NAMESPACE_CHANGES, SERVICE_CHANGES } from "../settings/changes";
import type { InfoContext, Parameters } from "./context";
import { isWhole } from "./statistics";

/** A refusal: servers before 7.2 answered these without a code (public source, thr_info.c and cfg_info.c). */
export function refusal({ cluster }: InfoContext, code: number, message: string, before: string): string {
  return isBefore(cluster.serverVersion, "7.2") ? before : `ERROR:${code}:${message}`;
}

/** @param before what servers before 7.2 said, which was not the same of every command */
export function unknownNamespace(context: InfoContext, before = "ERROR::unknown-namespace"): string {
  return refusal(context, 20, "namespace not found on node", before);
}

const NOT_STRONG = "ERROR:4:namespace is not strong-consistency";

function isNamespace({ cluster }: InfoContext, parameters: Parameters): boolean {
  return parameters.get("namespace") === cluster.namespace.name;
}

/** `roster:`, with `namespace=` without its `ns=` part. */
export function roster(context: InfoContext, parameters: Parameters): string {
  const { cluster, node } = context;
  if (parameters.has("namespace") && !isNamespace(context, parameters)) return unknownNamespace(context);
  const text = [
    `roster=${textOf(node.view?.roster ?? UNSET_ROSTER)}`,
    `pending_roster=${textOf(node.roster)}`,
    `observed_nodes=${textOf(cluster.namespace.strongConsistency ? cluster.observed(node) : UNSET_ROSTER)}`,
  ].join(":");
  return parameters.has("namespace") ? text : `ns=${cluster.namespace.name}:${text}`;
}

function textOf({ nodes, activeRack }: Roster): string {
  return rosterText(nodes, activeRack);
}

/** `roster-set:namespace=NAME;nodes=A1@32,B1@33`, with an active rack `nodes=M32|A1@32,B1@33`. */
export function rosterSet(context: InfoContext, parameters: Parameters): string {
  const { cluster, node } = context;
  if (!isNamespace(context, parameters)) return unknownNamespace(context);
  if (!cluster.namespace.strongConsistency) return NOT_STRONG;
  const staged = parseRoster(parameters.get("nodes") ?? "");
  if (!staged) return "ERROR:4:bad nodes: expected ids with racks, as in A882@33,A600@32";
  return cluster.setRoster(node, staged) ? "ok" : "ERROR:9:principal not reachable";
}

/** `recluster:`; only the principal accepts. */
export function recluster({ cluster, node }: InfoContext): string {
  return cluster.recluster(node) ? "ok" : "ignored-by-non-principal";
}

/** `quiesce:` and `quiesce-undo:`; a node that stays quiesced refuses both (info reference, `quiesce`; 22 = FORBIDDEN). */
export function quiesce(context: InfoContext, quiesced: boolean): string {
  const { cluster, node } = context;
  if (node.staysQuiesced) {
    return quiesced
      ? refusal(context, 22, "permanently quiesced", "ERROR::permanently-quiesced")
      : "ignored-permanently-quiesced";
  }
  cluster.quiesce(node, quiesced);
  return "ok";
}

/** `revive:namespace=NAME`. */
export function revive(context: InfoContext, parameters: Parameters): string {
  if (!isNamespace(context, parameters)) return unknownNamespace(context);
  if (!context.cluster.namespace.strongConsistency) return NOT_STRONG;
  context.cluster.revive(context.node);
  return "ok";
}

/** Racks in use, or as configured where a node is in none yet. */
function racksInUse(node: Node): ReadonlyMap<string, number> {
  return node.view?.racks ?? new Map([[node.id, node.rack]]);
}

/** `racks:`: those of the members as configured, then the roster's; with `namespace=` without its `ns=` part. */
export function racks(context: InfoContext, parameters: Parameters): string {
  const { cluster, node } = context;
  if (parameters.has("namespace") && !isNamespace(context, parameters)) return unknownNamespace(context);
  const text = [
    ...rackList("rack", node.view?.configured ?? [node]),
    ...rackList("roster_rack", node.view?.roster.nodes ?? []),
  ].join(":");
  return parameters.has("namespace") ? text : `ns=${cluster.namespace.name}:${text}`;
}

function rackList(name: string, nodes: readonly RosterNode[]): string[] {
  const byRack = new Map<number, string[]>();
  for (const { id, rack } of nodes) byRack.set(rack, [...(byRack.get(rack) ?? []), id]);
  return [...byRack].sort(([a], [b]) => a - b).map(([rack, ids]) => `${name}_${rack}=${ids.join(",")}`);
}

/** `rack-ids`. */
export function rackIds({ cluster, node }: InfoContext): string {
  return `${cluster.namespace.name}:${racksInUse(node).get(node.id) ?? node.rack}`;
}

/** `cluster-stable:size=N;ignore-migrations=no;namespace=NAME`: the cluster key, where it is. */
export function clusterStable(context: InfoContext, parameters: Parameters): string {
  const { node } = context;
  const unstable = () => refusal(context, 7, "unstable cluster", "ERROR::unstable-cluster");
  if (parameters.has("namespace") && !isNamespace(context, parameters)) {
    return unknownNamespace(context);
  }
  const view = node.view;
  if (!view || !isWhole(node)) return unstable();
  const size = parameters.get("size");
  if (size !== undefined && Number(size) !== view.members.length) {
    return refusal(context, 7, "cluster not specified size", "ERROR::cluster-not-specified-size");
  }
  const ignore = parameters.get("ignore-migrations") ?? parameters.get("ignore_migrations");
  const moving = node.migrations.txRemaining + node.migrations.rxRemaining > 0;
  if (moving && ignore !== "yes" && ignore !== "true") return unstable();
  return view.clusterKey;
}

/**
 * `set-config:context=namespace;namespace=NAME;SETTING=VALUE` and `context=service;SETTING=VALUE`, of the node until its
 * restart, but for the rack, which stays, and `min-cluster-size`, which is of all nodes here.
 */
export function setConfig(context: InfoContext, parameters: Parameters): string {
  const { cluster, node } = context;
  const refused = refusal(context, 4, "invalid set-config parameter", "error");
  const service = parameters.get("context") === "service";
  const least = parameters.get("min-cluster-size");
  if (service && least !== undefined) {
    // Above the present size it is refused (Aerospike's documents).
    if (!/^[1-9]\d{0,3}$/.test(least) || Number(least) > (node.view?.members.length ?? 0)) return refused;
    cluster.minClusterSize = Number(least);
    cluster.log.add("set-config", { node: node.id, "min-cluster-size": cluster.minClusterSize });
    return "ok";
  }
  const name = parameters.get("id") ?? parameters.get("namespace");
  if (!service && parameters.get("context") !== "namespace")
    return refusal(context, 4, "invalid context", "error");
  if (!service && name !== cluster.namespace.name) return unknownNamespace(context, "error");
  const changes = service ? SERVICE_CHANGES : NAMESPACE_CHANGES;
  const setting = Object.keys(changes).find((known) => parameters.has(known));
  if (setting === undefined) return refused;
  const change = changes[setting];
  if (!has(cluster.serverVersion, change)) return refused;
  const value = change.value(parameters.get(setting)!);
  if (value === undefined || (change.availabilityOnly && cluster.namespace.strongConsistency)) return refused;
  (service ? node.settings.service : node.settings.namespace).set(change.name ?? setting, value);
  if (setting === "rack-id") node.rack = Number(value);
  if (setting === "nsup-period") cluster.scheduleExpiry(node);
  cluster.log.add("set-config", { node: node.id, [setting]: value });
  return "ok";
}

/** Nanoseconds since 1970 at which a server's times begin: 2010. */
const FIRST_LUT = 1262304000n * 10n ** 9n;

/**
 * `truncate:namespace=NAME;set=SET;lut=NANOSECONDS`, over the sub-cluster: what was last written before that time, or now.
 * A namespace that is not there is none of its business, as on a server.
 */
export function truncate(context: InfoContext, parameters: Parameters): string {
  const refused = (told: string, formerly: string) => refusal(context, 4, told, `ERROR::${formerly}`);
  if (!parameters.get("namespace"))
    return refusal(context, 20, "namespace not found on node", "ERROR::namespace-name");
  if (parameters.get("set") === "") return refused("bad 'set'", "set-name");
  const lut = parameters.get("lut") ?? "";
  if (!/^\d*$/.test(lut)) return refused("bad 'lut'", "bad-lut");
  if (lut !== "" && BigInt(lut) < FIRST_LUT) return refused("would truncate to 0", "would-truncate-to-0");
  const before = lut === "" ? Infinity : Number(BigInt(lut) / 1_000_000n);
  if (lut !== "" && before > context.node.now()) {
    return refused("would truncate in the future", "would-truncate-in-the-future");
  }
  if (!isNamespace(context, parameters)) return "ok";
  const set = parameters.get("set");
  for (const member of context.node.view?.members ?? [context.node]) {
    for (let pid = 0; pid < PARTITIONS; pid++) {
      const copy = member.copyOf(pid);
      if (!copy) continue;
      for (const [digest, record] of copy.entries()) {
        if ((set === undefined || record.set === set) && record.lastUpdate < before) copy.delete(digest);
      }
    }
  }
  context.cluster.log.add("truncate", { node: context.node.id, set: set ?? "" });
  return "ok";
}
