import { baseRows } from "./base-rows";
import { ModelError } from "./errors";
import { MOST_NODES } from "./limits";
import { byIdDescending } from "./node-id";
import { PARTITIONS } from "./partitions";

/** A node as a roster names it: `A352@32`. */
export interface RosterNode {
  readonly id: string;
  readonly rack: number;
}

/** The namespace settings that shape the rows. */
export interface RowSettings {
  readonly replicationFactor: number;
  /** @default true */
  readonly preferUniformBalance?: boolean;
  /** `active-rack`; 0 = off. @default 0 */
  readonly activeRack?: number;
}

/** The rows of a roster: for each partition all of its nodes, in order of preference. */
export interface RosterRows {
  /** The roster by numeric node id, descending; rows hold indexes into it. */
  readonly nodes: readonly RosterNode[];
  readonly replicationFactor: number;
  /** The rack whose nodes are the masters; undefined where none is in effect. */
  readonly activeRack: number | undefined;
  /** 4096 rows of `nodes.length` indexes each, one after another: row[0] is the roster-master. */
  readonly rows: Uint8Array;
}

/**
 * Rows of a roster with racks and uniform balance (specification, section 2).
 *
 * @throws ModelError on an empty roster, one of more than 256 nodes, a bad or repeated id, a bad replication factor.
 */
export function rosterRows(roster: readonly RosterNode[], settings: RowSettings): RosterRows {
  const { replicationFactor, preferUniformBalance = true } = settings;
  checkRoster(roster, replicationFactor);
  const nodes = [...roster].sort((a, b) => byIdDescending(a.id, b.id));
  const rows = baseRows(nodes.map(({ id }) => id));
  const racks = denseRacks(nodes);
  if (preferUniformBalance) balance(rows, racks, replicationFactor);
  else separateRacks(rows, racks, replicationFactor);
  const activeRack = effectiveActiveRack(nodes, settings);
  if (activeRack !== undefined) {
    for (let start = 0; start < rows.length; start += nodes.length) {
      const row = rows.subarray(start, start + nodes.length);
      activeRackFirst(
        row,
        Math.min(replicationFactor, nodes.length),
        (node) => nodes[node].rack === activeRack,
      );
    }
  }
  return { nodes, replicationFactor, activeRack, rows };
}

/**
 * The active rack in effect: one that nodes are in, where there are no more racks than copies (configuration reference,
 * `active-rack`). Whether the rack of a quiesced tie-breaker counts is not stated: it does here.
 */
export function effectiveActiveRack(
  nodes: readonly RosterNode[],
  { activeRack = 0, replicationFactor }: RowSettings,
): number | undefined {
  const racks = new Set(nodes.map(({ rack }) => rack));
  return activeRack !== 0 && racks.has(activeRack) && racks.size <= replicationFactor
    ? activeRack
    : undefined;
}

/**
 * Swaps the active rack's copy to the front of the first `columns`, where it stands among them. It reproduces the totals
 * of the documents for two copies (manage/namespace/consistency, "Designate an active rack"); whether more copies are
 * swapped or moved up is not known.
 */
export function activeRackFirst(
  order: Uint8Array,
  columns: number,
  isActive: (node: number) => boolean,
): void {
  for (let r = 0; r < columns; r++) {
    if (!isActive(order[r])) continue;
    swap(order, 0, r);
    return;
  }
}

function checkRoster(roster: readonly RosterNode[], replicationFactor: number): void {
  if (roster.length < 1 || roster.length > MOST_NODES) {
    throw new ModelError(
      `The roster has ${roster.length} nodes: expected 1 to ${MOST_NODES}, as many as a cluster may have.`,
    );
  }
  if (!Number.isInteger(replicationFactor) || replicationFactor < 1) {
    throw new ModelError(
      `Replication factor ${replicationFactor} is not valid: expected a whole number, 1 or more.`,
    );
  }
  const sorted = [...roster].sort((a, b) => byIdDescending(a.id, b.id));
  for (let i = 1; i < sorted.length; i++) {
    if (byIdDescending(sorted[i - 1].id, sorted[i].id) === 0) {
      throw new ModelError(
        `Node id "${sorted[i].id}" is on the roster twice: give every node an id of its own.`,
      );
    }
  }
}

/** Racks numbered from 0, so that sets of racks can be arrays. */
export function denseRacks(nodes: readonly RosterNode[]): Uint8Array {
  const numbers = new Map<number, number>();
  return Uint8Array.from(nodes, ({ rack }) => {
    const number = numbers.get(rack) ?? numbers.size;
    numbers.set(rack, number);
    return number;
  });
}

/** What each node shall get of each replica column: the left-over partitions go round, from column to column. */
function targetsOf(size: number, columns: number): Int32Array {
  const targets = new Int32Array(columns * size).fill(Math.floor(PARTITIONS / size));
  const left = PARTITIONS % size;
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < left; i++) targets[column * size + ((column * left + i) % size)]++;
  }
  return targets;
}

function balance(rows: Uint8Array, racks: Uint8Array, replicationFactor: number): void {
  const size = racks.length;
  const rackCount = Math.max(...racks) + 1;
  const columns = Math.min(size, replicationFactor);
  const need = Math.min(columns, rackCount);
  const mark = Math.floor((PARTITIONS - 1024) / size);
  const targets = targetsOf(size, columns);
  const claims = new Int32Array(columns * size);
  // takenBy[rack] === stamp: the rack is one of those of the columns before, in the row at hand.
  const takenBy = new Int32Array(rackCount);

  for (let pid = 0, stamp = 1; pid < PARTITIONS; pid++, stamp++) {
    const start = pid * size;
    for (let r = 0; r < columns; r++) {
      const base = r * size;
      const anyRack = r >= need;
      // There always is a free one: fewer racks are taken than there are, and every node stands in the row.
      let pick = r;
      while (!anyRack && takenBy[racks[rows[start + pick]]] === stamp) pick++;
      // The node now in column r is asked, even if its rack is taken.
      if (claims[base + rows[start + r]] >= mark) {
        let chosen = base + rows[start + pick];
        for (let k = pick + 1; k < size; k++) {
          if (!anyRack && takenBy[racks[rows[start + k]]] === stamp) continue;
          const other = base + rows[start + k];
          const more = targets[other] - claims[other] - (targets[chosen] - claims[chosen]);
          if (more > 0 || (more === 0 && targets[other] < targets[chosen])) {
            pick = k;
            chosen = other;
          }
        }
      }
      swap(rows, start + r, start + pick);
      const node = rows[start + r];
      claims[base + node]++;
      takenBy[racks[node]] = stamp;
    }
  }
}

/**
 * Racks apart without uniform balance: a replica whose rack is taken changes places with the next non-replica of a free
 * rack (public server source, rack_aware_adjust_rows of partition_balance.c: the candidates stand behind the needed
 * columns, and are gone through once a row).
 */
function separateRacks(rows: Uint8Array, racks: Uint8Array, replicationFactor: number): void {
  const size = racks.length;
  const rackCount = Math.max(...racks) + 1;
  const need = Math.min(size, rackCount, replicationFactor);
  const takenBy = new Int32Array(rackCount);
  for (let pid = 0, stamp = 1; pid < PARTITIONS; pid++, stamp++) {
    const start = pid * size;
    let next = need;
    for (let r = 0; r < need; r++) {
      if (takenBy[racks[rows[start + r]]] === stamp) {
        while (takenBy[racks[rows[start + next]]] === stamp) next++;
        swap(rows, start + r, start + next++);
      }
      takenBy[racks[rows[start + r]]] = stamp;
    }
  }
}

function swap(rows: Uint8Array, a: number, b: number): void {
  const kept = rows[a];
  rows[a] = rows[b];
  rows[b] = kept;
}
