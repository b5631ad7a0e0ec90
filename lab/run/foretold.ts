import {
  availabilityModeMap,
  type CannotHear,
  type Clusters,
  Decision,
  decisionOf,
  type Fault,
  isServed,
  type Membership,
  membership,
  NO_FAULT,
  type PartitionMap,
  partitionCounts,
  PARTITIONS,
  partitionMap,
  type Prediction,
  replicaIds,
  type RosterRows,
  rosterRows,
  type StopKind,
  subCluster,
  type Topology,
} from "../../model";
import { beyondEvidence } from "../../model/prediction";

/** One cluster as the model foretells it. */
export interface ForetoldCluster {
  readonly members: readonly string[];
  readonly serves: number;
  readonly unavailable: number;
  readonly dead: number;
}

/** What the model says of the cluster after the steps so far. */
export interface Foretold {
  readonly clusters: readonly ForetoldCluster[];
  readonly orphans: readonly string[];
  readonly down: readonly string[];
}

/**
 * What the model foretells along a story: who forms a cluster and what it serves, after each fault, stop, start and
 * change of the roster. Copies are full as they were when migrations last ended.
 */
export class Foretelling {
  private fault: Fault = NO_FAULT;
  private readonly stopped = new Set<string>();
  private roster: ReadonlySet<string>;
  private activeRack: number | undefined;
  private formed: Membership;
  private readonly full = new Map<string, Uint8Array>();
  /** Partitions with which a node is trusted: not after a crash, nor after an empty return, until migrations end or a revive. */
  private readonly trusted = new Map<string, Uint8Array>();
  /** The maps of now, until something changes. */
  private known: PartitionMap[] | undefined;
  /** How often something changed since migrations ended. */
  private changes = 0;
  /** Rows of the roster of now: dear to make. */
  private rows: { readonly of: string; readonly rows: RosterRows } | undefined;

  /** @param rows those of the roster of all nodes, where they are known already: dear to make */
  constructor(
    private readonly topology: Topology,
    rows?: RosterRows,
  ) {
    this.roster = new Set(this.ids);
    this.activeRack = topology.namespace.activeRack;
    if (rows) this.rows = { of: this.rosterKey, rows };
    for (const id of this.ids) {
      this.full.set(id, new Uint8Array(PARTITIONS).fill(1));
      this.trusted.set(id, new Uint8Array(PARTITIONS).fill(1));
    }
    this.formed = this.form([this.ids]);
    this.migrated();
  }

  /** A fault in place of the one before. */
  setFault(fault: Fault): void {
    this.fault = fault;
    this.form();
  }

  /**
   * Nodes go down.
   *
   * @param kind what they come back with. @default "clean"
   */
  stop(ids: readonly string[], kind: StopKind = "clean"): void {
    const { commitToDevice = false, autoRevive = false } = this.topology.namespace;
    for (const id of ids) {
      this.stopped.add(id);
      if (kind === "empty") this.full.get(id)!.fill(0);
      if (kind === "empty" || (kind === "unclean" && !commitToDevice)) {
        // With auto-revive it starts with trust in what it has.
        this.trusted.set(id, autoRevive ? this.full.get(id)!.slice() : new Uint8Array(PARTITIONS));
      }
    }
    this.form();
  }

  /** Nodes come back, each in no cluster at first. */
  start(ids: readonly string[]): void {
    for (const id of ids) this.stopped.delete(id);
    this.form();
  }

  /** The roster is set and in effect. */
  reroster(ids: readonly string[], activeRack?: number): void {
    this.roster = new Set(ids);
    this.activeRack = activeRack;
    this.changes++;
    this.known = undefined;
  }

  /** Of what is dead every node that is in a cluster trusts what it has, as all there is (revive, then recluster). */
  revive(): void {
    const dead = this.deadPartitions();
    for (const id of this.formed.clusters.flat()) {
      for (const partition of dead) {
        this.full.get(id)![partition] = 1;
        this.trusted.get(id)![partition] = 1;
      }
    }
    this.known = undefined;
  }

  /** Migrations have ended: of a partition that is served, its replicas are full copies, and they alone. */
  migrated(): void {
    const replicas = new Map<number, string[]>();
    for (const map of this.maps()) {
      for (let partition = 0; partition < PARTITIONS; partition++) {
        if (!isServed(decisionOf(map, partition))) continue;
        replicas.set(partition, [...(replicas.get(partition) ?? []), ...replicaIds(map, partition)]);
        for (const id of map.members) this.trusted.get(id)![partition] = 1;
      }
    }
    for (const [partition, holders] of replicas) {
      for (const [id, full] of this.full) full[partition] = Number(holders.includes(id));
    }
    this.changes = 0;
    this.known = undefined;
  }

  /** The clusters of now, each with its map. */
  maps(): PartitionMap[] {
    this.known ??= this.mapsOfNow();
    return this.known;
  }

  private mapsOfNow(): PartitionMap[] {
    const { namespace, nodes } = this.topology;
    const quiesced = new Set(nodes.filter((node) => node.quiesced).map(({ id }) => id));
    if (!namespace.strongConsistency) {
      return this.formed.clusters.map((members) =>
        availabilityModeMap(
          nodes.filter(({ id }) => members.includes(id)),
          namespace,
          quiesced,
        ),
      );
    }
    const of = this.rosterKey;
    if (this.rows?.of !== of) {
      const onRoster = nodes.filter(({ id }) => this.roster.has(id));
      this.rows = { of, rows: rosterRows(onRoster, { ...namespace, activeRack: this.activeRack ?? 0 }) };
    }
    const { rows } = this.rows;
    return this.formed.clusters.map((members) =>
      partitionMap(
        subCluster(rows, {
          members,
          quiesced,
          isFull: (id, partition) => this.full.get(id)![partition] === 1 && this.isTrusted(id, partition),
          isTrusted: (id, partition) => this.isTrusted(id, partition),
        }),
      ),
    );
  }

  /** Partitions that are dead in every cluster that does not serve them: nobody on the roster has all their data. */
  deadPartitions(): number[] {
    const maps = this.maps();
    return Array.from({ length: PARTITIONS }, (_, partition) => partition).filter((partition) => {
      const decisions = maps.map((map) => decisionOf(map, partition));
      return decisions.includes(Decision.Dead) && !decisions.some(isServed);
    });
  }

  /** What can be compared with what is observed. */
  now(): Foretold {
    return {
      clusters: this.maps().map((map) => {
        const { available, unavailable, dead } = partitionCounts(map);
        return { members: map.members, serves: available, unavailable, dead };
      }),
      orphans: this.formed.orphans.map(({ id }) => id),
      down: this.formed.down,
    };
  }

  /** The same as a prediction, for what is said of one. */
  prediction(): Prediction {
    const { orphans, down, flapping, mayDiffer } = this.formed;
    const subClusters = this.maps();
    const predictedBecause = [
      ...beyondEvidence(this.topology, this.formed, subClusters),
      ...(this.changes > 1 ? ["several changes before migrations have ended"] : []),
    ];
    return { subClusters, orphans, down, flapping, mayDiffer, predictedBecause };
  }

  private isTrusted(id: string, partition: number): boolean {
    return this.trusted.get(id)![partition] === 1;
  }

  private get rosterKey(): string {
    return [this.activeRack ?? 0, ...this.roster].join(" ");
  }

  private get ids(): string[] {
    return this.topology.nodes.map(({ id }) => id);
  }

  private form(now: Clusters = this.formed.clusters): Membership {
    const { minClusterSize: least, heartbeats } = this.topology;
    this.formed = membership(this.ids, this.cannotHear(), {
      now,
      ...(least !== undefined && { least }),
      ...(heartbeats && { heartbeats }),
    });
    this.changes++;
    this.known = undefined;
    return this.formed;
  }

  private cannotHear(): CannotHear {
    const own = Object.fromEntries([...this.stopped].map((id) => [id, this.ids]));
    return { ...this.fault.cannotHear, ...own };
  }
}
