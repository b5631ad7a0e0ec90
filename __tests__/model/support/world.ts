import {
  type Copies,
  type Decision,
  decisionOf,
  fill,
  isFullCopy,
  isServed,
  mergeRosters,
  newCopies,
  type PartitionMap,
  PARTITIONS,
  recluster,
  replicaIds,
  type Roster,
  type RosterNode,
  rosterRows,
  type RosterRows,
  settledRoster,
  stageRoster,
  start,
  type Start,
} from "../../../model";

interface Cluster {
  members: readonly string[];
  roster: Roster;
  map: PartitionMap;
}

const rowsMemo = new Map<string, RosterRows>();

function rowsOf(nodes: readonly RosterNode[], replicationFactor: number): RosterRows {
  const key = `${replicationFactor} ${nodes.map(({ id, rack }) => `${id}@${rack}`).join()}`;
  const rows = rowsMemo.get(key) ?? rosterRows(nodes, { replicationFactor });
  rowsMemo.set(key, rows);
  return rows;
}

/**
 * A cluster whose nodes hold real (numbered) writes, beside the model's own book-keeping, which it checks: what a
 * partition serves is what its members hold together, and a write is acknowledged once all current replicas have it.
 */
export class World {
  /** What went wrong: acknowledged writes absent from what is served, partitions served twice. */
  readonly violations: string[] = [];
  private copies: Copies;
  private readonly alive: Set<string>;
  private sides: readonly ReadonlySet<string>[];
  private readonly rosters: Map<string, Roster>;
  private clusters: Cluster[] = [];
  /** partition -> node -> numbers of the writes that it holds. */
  private readonly held: Map<number, Map<string, Set<number>>>;
  private readonly acknowledged: Map<number, Set<number>>;
  private writes = 0;
  private clock = 0;
  private latestRoster: Roster;

  constructor(
    private readonly nodes: readonly RosterNode[],
    private readonly replicationFactor: number,
    private readonly quiesced: ReadonlySet<string>,
    private readonly partitions: readonly number[],
  ) {
    const ids = nodes.map(({ id }) => id);
    this.copies = newCopies(ids);
    this.alive = new Set(ids);
    this.sides = [new Set(ids)];
    this.latestRoster = settledRoster(nodes);
    this.rosters = new Map(ids.map((id) => [id, this.latestRoster]));
    this.held = new Map(partitions.map((pid) => [pid, new Map(ids.map((id) => [id, new Set()]))]));
    this.acknowledged = new Map(partitions.map((pid) => [pid, new Set()]));
    this.form();
    this.fillAll();
  }

  /** Partitions served somewhere, of those followed. */
  get servedCount(): number {
    return this.partitions.filter((pid) => this.clusters.some(({ map }) => served(map, pid))).length;
  }

  cut(side: readonly string[]): void {
    const here = new Set(side);
    this.sides = [here, new Set(this.nodes.map(({ id }) => id).filter((id) => !here.has(id)))];
    this.form();
  }

  heal(): void {
    this.sides = [new Set(this.nodes.map(({ id }) => id))];
    this.form();
  }

  stop(id: string): void {
    this.alive.delete(id);
    this.form();
  }

  /** Starts a stopped node; what it lost is gone: an unclean stop loses the last write of each partition. */
  start(id: string, how: Start): void {
    if (this.alive.has(id)) return;
    for (const held of this.held.values()) {
      const own = held.get(id)!;
      if (how === "empty") own.clear();
      if (how === "unclean") own.delete(Math.max(...own));
    }
    this.copies = start(this.copies, id, how);
    this.alive.add(id);
    this.form();
  }

  /** As {@link start}, by the runbook: a node that missed a roster change comes back into a whole network only. */
  startSafely(id: string, how: Start): void {
    const current = this.rosters.get(id)!.current.generation === this.latestRoster.current.generation;
    if (current || this.sides.length === 1) this.start(id, how);
  }

  /** Migrations of a share of the partitions end, in every sub-cluster. */
  fillSome(share: (partition: number) => boolean): void {
    const pids = Array.from({ length: PARTITIONS }, (_, pid) => pid).filter(share);
    for (const { map, members } of this.clusters) {
      this.copies = fill(map, this.copies, pids);
      for (const pid of this.partitions) {
        if (!share(pid) || !served(map, pid)) continue;
        const held = this.held.get(pid)!;
        const all = this.union(pid, members);
        for (const id of members) held.set(id, new Set(replicaIds(map, pid).includes(id) ? all : []));
      }
    }
    this.write();
  }

  fillAll(): void {
    this.fillSome(() => true);
  }

  /** Re-rosters a sub-cluster to its own members, whatever the others do. */
  reroster(member: string): void {
    const cluster = this.clusters.find(({ members }) => members.includes(member));
    if (!cluster) return;
    this.clock++;
    const nodes = this.nodes.filter(({ id }) => cluster.members.includes(id));
    const staged = stageRoster(cluster.roster, nodes, this.clock);
    for (const id of cluster.members) this.rosters.set(id, staged);
    this.clusters = this.clusters.filter((other) => other !== cluster);
    this.form();
    this.latestRoster = this.rosters.get(member)!;
  }

  /**
   * Re-rosters by the runbook: all others are stopped, none of them served without us since, and migrations end
   * before anything else happens.
   */
  rerosterSafely(): void {
    const [cluster, ...others] = this.clusters;
    if (!cluster || others.length > 0 || cluster.members.length < this.replicationFactor) return;
    const complete = this.partitions.every((pid) =>
      cluster.members.some((id) => isFullCopy(this.copies, id, pid)),
    );
    if (!complete) return;
    this.reroster(cluster.members[0]);
    this.fillAll();
  }

  /** Sub-clusters form anew where who is present changed; a write follows. */
  private form(): void {
    const groups = this.sides
      .map((side) => this.nodes.map(({ id }) => id).filter((id) => side.has(id) && this.alive.has(id)))
      .filter((members) => members.length > 0);
    // All sides decide at once, so each from the copies as they were.
    const before = this.copies;
    const nodes = new Map(before.nodes);
    const servedNow = before.served.slice();
    this.clusters = groups.map((members) => {
      const same = this.clusters.find((cluster) => cluster.members.join() === members.join());
      if (same) return same;
      const [first, ...rest] = members.map((id) => this.rosters.get(id)!);
      const roster = mergeRosters([first!, ...rest]);
      for (const id of members) this.rosters.set(id, roster);
      const rows = rowsOf(roster.current.nodes, this.replicationFactor);
      const { map, copies } = recluster(rows, members, before, this.quiesced);
      for (const id of members) nodes.set(id, copies.nodes.get(id)!);
      copies.served.forEach((regime, pid) => (servedNow[pid] = Math.max(servedNow[pid], regime)));
      for (const pid of this.partitions) {
        if (served(map, pid) && copies.served[pid] <= before.served[pid]) {
          this.violations.push(
            `partition ${pid}: regime ${copies.served[pid]} was served after ${before.served[pid]}`,
          );
        }
      }
      return { members, roster, map };
    });
    this.copies = { nodes, served: servedNow };
    this.write();
  }

  /** A client writes to every served partition, after reading it. */
  private write(): void {
    for (const pid of this.partitions) {
      const serving = this.clusters.filter(({ map }) => served(map, pid));
      if (serving.length > 1)
        this.violations.push(`partition ${pid} is served in ${serving.length} sub-clusters`);
      for (const { map, members } of serving) {
        const seen = this.union(pid, members);
        const absent = [...this.acknowledged.get(pid)!].filter((write) => !seen.has(write));
        if (absent.length > 0) {
          this.violations.push(
            `partition ${pid} in ${members.join()}: acknowledged writes ${absent.join()} are absent`,
          );
        }
        this.writes++;
        for (const id of replicaIds(map, pid)) this.held.get(pid)!.get(id)!.add(this.writes);
        this.acknowledged.get(pid)!.add(this.writes);
      }
    }
  }

  private union(pid: number, members: readonly string[]): Set<number> {
    return new Set(members.flatMap((id) => [...this.held.get(pid)!.get(id)!]));
  }
}

function served(map: PartitionMap, pid: number): boolean {
  return isServed(decisionOf(map, pid) satisfies Decision);
}
