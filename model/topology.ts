import type { Heartbeats } from "./quantum";

/** A host of the cluster, as plain data: what the model, the plan and the lab know of it. */
export interface TopologyNode {
  /** Aerospike node id: 1 to 16 hexadecimal digits, no leading zero, upper case, as `asadm` shows it (`A352`). */
  readonly id: string;
  /** Rack id, 0 to 1,000,000. */
  readonly rack: number;
  /** AWS region (`eu-west-2`); also the place of the clients beside it. */
  readonly region?: string;
  /** CIDR of the node's subnet. */
  readonly subnet?: string;
  /** Private IPv4 address. */
  readonly address?: string;
  /**
   * Quiesced for good: on the roster, never a copy's home (a tie-breaker).
   * @default false
   */
  readonly quiesced?: boolean;
}

/** The namespace settings that decide who serves a partition. */
export interface Namespace {
  readonly name: string;
  /** Copies of each record, 1 or more. */
  readonly replicationFactor: number;
  /** Strong consistency (SC); false = availability mode (AP). */
  readonly strongConsistency: boolean;
  /**
   * `prefer-uniform-balance` of aerospike.conf.
   * @default true (the Enterprise server's default)
   */
  readonly preferUniformBalance?: boolean;
  /**
   * `active-rack` of aerospike.conf (7.2 and later): the rack whose nodes are the masters, 1 to 1,000,000; 0 = off. It is
   * in effect only where the roster has no more racks than copies. A rack 0 cannot be it.
   * @default 0
   */
  readonly activeRack?: number;
  /**
   * `flush-max-ms` of the storage engine: longest time in milliseconds that a write stays in a buffer, 1 to 1000; a crash
   * loses what is in it.
   * @default 1000
   */
  readonly flushMaxMs?: number;
  /**
   * `commit-to-device` (SC): a write is on the device before it is acknowledged, so that a crash loses none, and every
   * partition is trusted after it.
   * @default false
   */
  readonly commitToDevice?: boolean;
  /**
   * `auto-revive` (SC, 7.1 and later): a node that starts trusts the partitions again that it has data of.
   * @default false
   */
  readonly autoRevive?: boolean;
  /**
   * `strong-consistency-allow-expunge` (SC): deletes need not be durable, and so what they removed may come back.
   * @default false
   */
  readonly strongConsistencyAllowExpunge?: boolean;
}

/** One cluster, as plain data; a `StretchCluster` prints it of itself. */
export interface Topology {
  readonly namespace: Namespace;
  readonly nodes: readonly TopologyNode[];
  /**
   * `min-cluster-size`: smaller clusters do not form, their nodes are orphans.
   * @default 1
   */
  readonly minClusterSize?: number;
  /**
   * Settings of all nodes that decide how fast a cluster changes.
   * @default the server's own: 150 x 10, latency-max-ms 5
   */
  readonly heartbeats?: Heartbeats;
  /**
   * Version of its servers, four numbers.
   * @default "8.1.2.5"
   */
  readonly serverVersion?: string;
}

/**
 * Who cannot hear whom: node id -> ids of the nodes that it cannot hear. A link works only if both ends hear each
 * other. A node that is down hears nobody, not even itself: its own id stands in its list, and so it differs from one
 * that is alive but alone.
 */
export type CannotHear = Readonly<Record<string, readonly string[]>>;
