import { ModelError } from "./errors";
import { denseRacks, type RosterRows } from "./roster-rows";

/** Nodes that see each other now, and what is known of their copies. */
export interface SubClusterState {
  /** Ids of the nodes present, on the roster or not. */
  readonly members: readonly string[];
  /** Ids of quiesced nodes. @default none */
  readonly quiesced?: ReadonlySet<string>;
  /**
   * Whether a node holds a full copy of a partition: one that has missed no write acknowledged since. Asked of every
   * member, on the roster or not.
   */
  isFull(id: string, partition: number): boolean;
  /**
   * Whether a node is trusted with a partition: false after an empty or unclean start, until the immigration into it
   * is complete there or a revive. @default all are
   */
  isTrusted?(id: string, partition: number): boolean;
}

/** A sub-cluster of a roster, prepared so that its partitions can be decided one by one. */
export interface SubCluster extends SubClusterState {
  readonly roster: RosterRows;
  /** For each index into `roster.nodes`: 1 = present. */
  readonly present: Uint8Array;
  /** For each index into `roster.nodes`: 1 = present and quiesced. */
  readonly resting: Uint8Array;
  readonly presentCount: number;
  readonly restingCount: number;
  /** For each index into `roster.nodes`: its rack, numbered from 0. */
  readonly racks: Uint8Array;
  /** Racks of the nodes that are present and not quiesced. */
  readonly activeRacks: number;
}

/**
 * Prepares a sub-cluster: O(roster).
 *
 * @throws ModelError where a member is named twice.
 */
export function subCluster(roster: RosterRows, state: SubClusterState): SubCluster {
  const members = new Set(state.members);
  if (members.size < state.members.length) {
    throw new ModelError(`Members "${state.members.join(", ")}" name a node twice: expected each node once.`);
  }
  const racks = denseRacks(roster.nodes);
  const present = Uint8Array.from(roster.nodes, ({ id }) => Number(members.has(id)));
  const resting = Uint8Array.from(roster.nodes, ({ id }, i) =>
    Number(present[i] === 1 && state.quiesced?.has(id) === true),
  );
  const active = new Set<number>();
  present.forEach((here, i) => here && !resting[i] && active.add(racks[i]));
  return {
    members: state.members,
    isFull: (id, partition) => state.isFull(id, partition),
    ...(state.isTrusted && { isTrusted: (id: string, partition: number) => state.isTrusted!(id, partition) }),
    ...(state.quiesced && { quiesced: state.quiesced }),
    roster,
    present,
    resting,
    presentCount: present.reduce((sum, here) => sum + here, 0),
    restingCount: resting.reduce((sum, rests) => sum + rests, 0),
    racks,
    activeRacks: active.size,
  };
}
