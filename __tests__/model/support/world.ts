import type { RosterNode, StopKind } from "../../../model";
import { History, type HistoryCluster, nextMove, step } from "./history";

/**
 * A history whose nodes hold real (numbered) writes beside the engine's marks, which they check: what a partition
 * serves is what its master and those that it asks hold together, and a write is acknowledged once the master and all
 * current replicas have it.
 */
export class World {
  /** What went wrong: acknowledged writes absent from what is served, partitions served twice. */
  readonly violations: string[] = [];
  private readonly history: History;
  /** partition -> node -> numbers of the writes that it holds. */
  private readonly held: Map<number, Map<string, Set<number>>>;
  private readonly acknowledged: Map<number, Set<number>>;
  private readonly stopped = new Map<string, StopKind>();
  private writes = 0;
  private rosterGeneration = 1;
  /** Partitions whose last regime served, and by whom. */
  private readonly lastServed = new Map<number, number>();

  constructor(
    nodes: readonly RosterNode[],
    private readonly replicationFactor: number,
    quiesced: ReadonlySet<string>,
    private readonly partitions: readonly number[],
  ) {
    this.history = new History({ nodes, replicationFactor, quiesced });
    this.held = new Map(partitions.map((pid) => [pid, new Map(nodes.map(({ id }) => [id, new Set()]))]));
    this.acknowledged = new Map(partitions.map((pid) => [pid, new Set()]));
    this.write();
    this.fillAll();
  }

  /** Partitions served somewhere, of those followed. */
  get servedCount(): number {
    return this.partitions.filter((pid) => this.serving(pid).length > 0).length;
  }

  cut(side: readonly string[]): void {
    this.history.cut((id) => Number(side.includes(id)));
    this.write();
  }

  heal(): void {
    this.history.heal();
    this.write();
  }

  stop(id: string, kind: StopKind = "clean"): void {
    if (!this.history.node(id).alive) return;
    this.history.stop(id, kind);
    this.stopped.set(id, kind);
    for (const held of this.held.values()) {
      const own = held.get(id)!;
      if (kind === "empty") own.clear();
      // An unclean stop loses the last write of each partition.
      if (kind === "unclean") own.delete(Math.max(...own));
    }
    this.write();
  }

  start(id: string): void {
    if (this.history.node(id).alive) return;
    this.history.start(id);
    this.write();
  }

  /**
   * As {@link start}, by the runbook: a node that missed a roster change comes back into a whole network only, and one
   * that is empty, and so has forgotten what was served without it, into one from which nobody else is missing.
   */
  startSafely(id: string): void {
    const { nodes, isWhole } = this.history;
    const current = this.history.node(id).roster.generation === this.rosterGeneration;
    const othersHere = nodes.every((node) => node.alive || node.id === id);
    const empty = this.stopped.get(id) === "empty";
    if (empty ? isWhole && othersHere : current || isWhole) this.start(id);
  }

  /** Migrations of a share of the partitions end, in every sub-cluster; `steps` copies of each arrive. */
  fillSome(share: (partition: number) => boolean, steps = Infinity): void {
    for (const { partitions } of this.history.clusters) {
      for (const owners of partitions) {
        if (!share(owners.partition)) continue;
        const held = this.held.get(owners.partition);
        for (let left = steps; left > 0; left--) {
          const move = nextMove(owners);
          if (!move) break;
          if (held) {
            for (const to of owners.receivers(...move)) {
              for (const write of held.get(move[0].id)!) held.get(to.id)!.add(write);
            }
          }
          step(owners);
        }
        if (held && owners.master && owners.isSettled) {
          for (const { id } of owners.settle()) held.get(id)!.clear();
        }
      }
    }
    this.write();
  }

  fillAll(): void {
    this.fillSome(() => true);
  }

  /** Re-rosters a sub-cluster to its own members, whatever the others do. */
  reroster(member: string): void {
    const cluster = this.history.clusterOf(member);
    if (!cluster) return;
    const nodes = cluster.members.map(({ id, rack }) => ({ id, rack }));
    this.history.reroster(member, nodes);
    this.rosterGeneration = this.history.node(member).roster.generation;
    this.write();
  }

  /**
   * Re-rosters by the runbook: all others are stopped, none of them served without us since, and migrations end
   * before anything else happens.
   */
  rerosterSafely(): void {
    const [cluster, ...others] = this.history.clusters;
    if (!cluster || others.length > 0 || cluster.members.length < this.replicationFactor) return;
    const complete = this.partitions.every((pid) =>
      cluster.members.some(({ copies }) => copies.isFull(pid, this.lastServed.get(pid) ?? 0)),
    );
    if (!complete) return;
    this.reroster(cluster.members[0].id);
    this.fillAll();
  }

  private serving(pid: number): HistoryCluster[] {
    return this.history.clusters.filter(({ partitions }) => partitions[pid].master !== undefined);
  }

  /** A client writes to every served partition, after reading it. */
  private write(): void {
    for (const pid of this.partitions) {
      const serving = this.serving(pid);
      if (serving.length > 1)
        this.violations.push(`partition ${pid} is served in ${serving.length} sub-clusters`);
      const before = this.lastServed.get(pid) ?? 0;
      for (const { partitions, members, regime } of serving) {
        if (regime < before) this.violations.push(`partition ${pid}: regime ${regime} after ${before}`);
        this.lastServed.set(pid, Math.max(regime, before));
        const { master, sources, replicas } = partitions[pid];
        const held = this.held.get(pid)!;
        const asked = [master!, ...sources];
        const seen = new Set(asked.flatMap(({ id }) => [...held.get(id)!]));
        const absent = [...this.acknowledged.get(pid)!].filter((write) => !seen.has(write));
        if (absent.length > 0) {
          const here = members.map(({ id }) => id).join();
          this.violations.push(
            `partition ${pid} in ${here}: acknowledged writes ${absent.join()} are absent`,
          );
        }
        this.writes++;
        for (const { id } of [master!, ...replicas]) held.get(id)!.add(this.writes);
        this.acknowledged.get(pid)!.add(this.writes);
      }
    }
  }
}
