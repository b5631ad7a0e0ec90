import type { Namespace, TopologyNode } from "../../model";
import type { Conf } from "./aerospike-conf";
import { ofServer } from "./by-version";
import { NAMESPACE_SETTINGS, NETWORK_SETTINGS, SERVICE_SETTINGS } from "./server-defaults";
import { type Layer, Settings } from "./settings";

/** Settings of all nodes that are given one by one, over those of their aerospike.conf. */
export interface GivenSettings {
  /** `cluster-name`. @default the aerospike.conf's, else "rehearsal" */
  readonly clusterName?: string;
  /** `nsup-period` in seconds; 0 = TTLs are refused. @default the aerospike.conf's, else 120, as the article sets */
  readonly nsupPeriod?: number;
  /** `default-ttl` in seconds; 0 = never. @default the aerospike.conf's, else 0 */
  readonly defaultTtl?: number;
  /** `max-record-size` in bytes. @default the aerospike.conf's, else 1 MiB */
  readonly maxRecordSize?: number;
  /** `conflict-resolution-policy` of an AP namespace. @default the aerospike.conf's, else "generation" */
  readonly conflictResolutionPolicy?: "generation" | "last-update-time";
  /** `transaction-max-ms`. @default the aerospike.conf's, else 1000 */
  readonly transactionMaxMs?: number;
}

/** What `stretch up` and `stretch run` have of a server that its aerospike.conf does not say. */
const REHEARSAL: Layer = [["cluster-name", "rehearsal"]];
/** The Enterprise server's own, where the recorded Community server differs. */
const ENTERPRISE: Layer = [["prefer-uniform-balance", true]];
/** Of the recorded server's own file: another one's says where its data is, or the server has none of it. */
const DATA_SIZE = "storage-engine.data-size";

/** Settings of a node, by their contexts. */
export class NodeSettings {
  readonly service: Settings;
  readonly network: Settings;
  readonly namespace: Settings;
  readonly security: Settings;

  /** As its file, the topology and what is given over both say, in this order. */
  constructor(
    node: TopologyNode,
    namespace: Namespace,
    version: string,
    conf: Conf | undefined,
    given: GivenSettings,
  ) {
    const of = conf?.namespaces.get(namespace.name) ?? [];
    this.service = new Settings(
      ofServer(version, SERVICE_SETTINGS),
      REHEARSAL,
      conf?.service ?? [],
      present([
        ["node-id", node.id],
        ["stay-quiesced", node.quiesced ?? false],
        ["cluster-name", given.clusterName],
        ["transaction-max-ms", given.transactionMaxMs],
      ]),
    );
    this.network = new Settings(ofServer(version, NETWORK_SETTINGS), conf?.network ?? []);
    this.security = new Settings(conf?.security ?? []);
    this.namespace = new Settings(
      ofServer(version, NAMESPACE_SETTINGS),
      ENTERPRISE,
      of,
      present([
        ["active-rack", namespace.activeRack],
        ["auto-revive", namespace.autoRevive],
        ["conflict-resolution-policy", given.conflictResolutionPolicy],
        ["default-ttl", given.defaultTtl],
        ["max-record-size", given.maxRecordSize],
        ["nsup-period", given.nsupPeriod],
        ["prefer-uniform-balance", namespace.preferUniformBalance],
        ["replication-factor", namespace.replicationFactor],
        ["storage-engine.commit-to-device", namespace.commitToDevice],
        ["storage-engine.flush-max-ms", namespace.flushMaxMs],
        ["strong-consistency", namespace.strongConsistency],
        ["strong-consistency-allow-expunge", namespace.strongConsistencyAllowExpunge],
      ]),
    );
    const names = of.map(([name]) => name);
    if (names.includes("storage-engine") && !names.includes(DATA_SIZE)) this.namespace.remove(DATA_SIZE);
  }
}

function present(layer: readonly (readonly [string, string | number | boolean | undefined])[]): Layer {
  return layer.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}
