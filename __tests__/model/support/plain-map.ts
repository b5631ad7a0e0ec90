import { baseRows, type Topology, type TopologyNode } from "../../../model";
import type { State } from "./plain-reading";

const M64 = (1n << 64n) - 1n;

/** A partition's base row by the formulas of the specification's section 1, one 64-bit step after the other. */
export function plainBaseRow(ids: readonly string[], pid: number): string[] {
  const bytes = (value: bigint, count: number) =>
    Array.from({ length: count }, (_, i) => (value >> BigInt(8 * i)) & 0xffn);
  const fnv = (input: readonly bigint[]) =>
    input.reduce((h, byte) => ((h ^ byte) * 0x100000001b3n) & M64, 0xcbf29ce484222325n);
  const jen = (input: readonly bigint[]) => {
    let h = 0n;
    for (const byte of input) {
      h = (h + byte) & M64;
      h = (h + (h << 10n)) & M64;
      h ^= h >> 6n;
    }
    h = (h + (h << 3n)) & M64;
    h ^= h >> 11n;
    return (h + (h << 15n)) & M64;
  };
  const partition = bytes(fnv(bytes(BigInt(pid), 4)), 8);
  const descending = [...ids].sort((a, b) => (BigInt(`0x${a}`) > BigInt(`0x${b}`) ? -1 : 1));
  const key = (id: string) => {
    const hash = jen([...bytes(fnv(bytes(BigInt(`0x${id}`), 8)), 8), ...partition]);
    return (hash & ~0xffn) | BigInt(descending.indexOf(id));
  };
  return descending
    .map((id) => [id, key(id)] as const)
    .sort(([, a], [, b]) => (b > a ? 1 : -1))
    .map(([id]) => id);
}

type Row = TopologyNode[];

/**
 * What a sub-cluster of a healthy cluster does with every partition, by the specification's sections 2 and 3 read plainly: rows as
 * lists of nodes, nothing kept from one to the next but the claims of uniform balance. Base rows are the model's.
 */
export class PlainMap {
  private readonly rosterRows: Row[];
  private readonly healthy: Row[];

  constructor(private readonly topology: Topology) {
    this.rosterRows = this.rowsOf(topology.nodes);
    this.healthy = this.rosterRows.map((row) => this.replicas(row, row));
  }

  /** State and current replicas of every partition, as the members of a sub-cluster see them. */
  of(members: readonly string[]): { state: State; replicas: string[] }[] {
    const { namespace, nodes } = this.topology;
    const here = nodes.filter(({ id }) => members.includes(id));
    if (!namespace.strongConsistency) {
      return this.rowsOf(here).map((row) => ({ state: "served", replicas: idsOf(this.replicas(row, row)) }));
    }
    return this.rosterRows.map((row, pid) => ({
      state: this.state(row, members, this.healthy[pid]),
      replicas: idsOf(
        this.replicas(
          row,
          row.filter(({ id }) => members.includes(id)),
        ),
      ),
    }));
  }

  private state(row: Row, members: readonly string[], full: Row): State {
    const rf = this.topology.namespace.replicationFactor;
    const isHere = ({ id }: TopologyNode) => members.includes(id);
    const present = row.filter(isHere).length;
    const missing = row.length - present;
    const replicas = row.slice(0, rf);
    const rules = [
      missing < rf,
      replicas.every(isHere),
      present > row.length / 2 && replicas.some(isHere),
      present === row.length / 2 && isHere(row[0]),
    ];
    const served = present >= rf && full.some(isHere) && rules.includes(true);
    if (served) return "served";
    return missing === 0 && present >= rf ? "dead" : "unavailable";
  }

  /** The order of those present: quiesced ones last, the first racks distinct, the active rack's copy in front; the first RF. */
  private replicas(row: Row, present: Row): Row {
    const { replicationFactor: rf } = this.topology.namespace;
    const active = present.filter(({ quiesced }) => !quiesced);
    const order = [...active, ...present.filter(({ quiesced }) => quiesced)];
    const racks = new Set(active.map(({ rack }) => rack)).size;
    for (let r = 1; r < Math.min(order.length, racks, rf); r++) {
      const taken = order.slice(0, r).map(({ rack }) => rack);
      exchange(
        order,
        r,
        order.findIndex(({ rack }, k) => k >= r && !taken.includes(rack)),
      );
    }
    this.activeRackFirst(order, row, Math.min(rf, active.length));
    return order.slice(0, rf);
  }

  /** In effect where the nodes of the row have no more racks than there are copies, quiesced ones counted. */
  private activeRackFirst(order: Row, row: Row, columns: number): void {
    const { activeRack = 0, replicationFactor } = this.topology.namespace;
    if (activeRack === 0 || new Set(row.map(({ rack }) => rack)).size > replicationFactor) return;
    const at = order.slice(0, columns).findIndex(({ rack }) => rack === activeRack);
    if (at > 0) exchange(order, 0, at);
  }

  private rowsOf(nodes: readonly TopologyNode[]): Row[] {
    const { strongConsistency, replicationFactor: rf, preferUniformBalance = true } = this.topology.namespace;
    // Without a roster quiesced nodes stand behind the others and are not balanced.
    const counted = nodes.filter(({ quiesced }) => strongConsistency || !quiesced);
    const balanced = counted.length > 0 ? counted : nodes;
    const others = nodes.filter((node) => !balanced.includes(node));
    const rows = plainRows(balanced);
    const racks = new Set(balanced.map(({ rack }) => rack)).size;
    if (preferUniformBalance) uniform(rows, racks, rf);
    else for (const row of rows) apart(row, Math.min(row.length, racks, rf));
    const behind = plainRows(others);
    return rows.map((row, pid) => {
      const whole = [...row, ...(behind[pid] ?? [])];
      this.activeRackFirst(whole, whole, Math.min(rf, row.length));
      return whole;
    });
  }
}

function plainRows(nodes: readonly TopologyNode[]): Row[] {
  if (nodes.length === 0) return [];
  const descending = [...nodes].sort((a, b) => (BigInt(`0x${a.id}`) > BigInt(`0x${b.id}`) ? -1 : 1));
  const rows = baseRows(idsOf(descending));
  return Array.from({ length: 4096 }, (_, pid) =>
    Array.from(rows.subarray(pid * nodes.length, (pid + 1) * nodes.length), (number) => descending[number]),
  );
}

/** Section 2, uniform balance and racks together. */
function uniform(rows: Row[], racks: number, rf: number): void {
  const nodes = [...rows[0]].sort((a, b) => (BigInt(`0x${a.id}`) > BigInt(`0x${b.id}`) ? -1 : 1));
  const n = nodes.length;
  const mark = Math.floor((4096 - 1024) / n);
  const need = Math.min(n, racks, rf);
  const columns = Array.from({ length: Math.min(n, rf) }, () => ({
    target: new Map(nodes.map(({ id }) => [id, Math.floor(4096 / n)])),
    claims: new Map(nodes.map(({ id }) => [id, 0])),
  }));
  let pointer = 0;
  for (const { target } of columns) {
    for (let left = 4096 % n; left > 0; left--, pointer++) {
      const { id } = nodes[pointer % n];
      target.set(id, target.get(id)! + 1);
    }
  }
  for (const row of rows) {
    columns.forEach(({ target, claims }, r) => {
      const taken = row.slice(0, r).map(({ rack }) => rack);
      const legal = row.map((_, k) => k).filter((k) => k >= r && (r >= need || !taken.includes(row[k].rack)));
      if (legal.length === 0) return;
      const left = (k: number) => target.get(row[k].id)! - claims.get(row[k].id)!;
      const best = [...legal].sort(
        (a, b) => left(b) - left(a) || target.get(row[a].id)! - target.get(row[b].id)! || a - b,
      );
      exchange(row, r, claims.get(row[r].id)! < mark ? legal[0] : best[0]);
      claims.set(row[r].id, claims.get(row[r].id)! + 1);
    });
  }
}

/** Racks apart without uniform balance: candidates stand behind the needed columns (public server source). */
function apart(row: Row, need: number): void {
  for (let r = 1; r < need; r++) {
    const taken = row.slice(0, r).map(({ rack }) => rack);
    if (taken.includes(row[r].rack)) {
      exchange(
        row,
        r,
        row.findIndex(({ rack }, k) => k >= need && !taken.includes(rack)),
      );
    }
  }
}

function exchange(row: Row, a: number, b: number): void {
  [row[a], row[b]] = [row[b], row[a]];
}

function idsOf(nodes: readonly TopologyNode[]): string[] {
  return nodes.map(({ id }) => id);
}
