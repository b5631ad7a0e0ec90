import { byIdDescending, type Member, type Reclustered, type Roster, type RosterNode } from "../../model";

/** One sub-cluster as its members see it since they formed it. */
export interface SubClusterView<N extends Member> extends Reclustered<N> {
  readonly clusterKey: string;
  readonly principal: N;
  /** Roster in use, highest id first; empty in AP mode and where none was set. */
  readonly roster: Roster;
  /** The active rack that all members were set to when it formed; 0 = none, or they disagree. */
  readonly agreedActiveRack: number;
  /** Members with the racks that they were configured with when it formed. */
  readonly configured: readonly RosterNode[];
  /** Rack of each member in use, by id. */
  readonly racks: ReadonlyMap<string, number>;
  readonly formedAt: number;
}

/** How a reclustered sub-cluster looks to its members. */
export function viewOf<N extends Member & RosterNode>(
  reclustered: Reclustered<N>,
  roster: Roster,
  own: Pick<SubClusterView<N>, "clusterKey" | "formedAt" | "agreedActiveRack">,
): SubClusterView<N> {
  const { members } = reclustered;
  const configured = members.map(({ id, rack }) => ({ id, rack }));
  const racks = new Map(configured.map(({ id, rack }) => [id, rack]));
  for (const { id, rack } of roster.nodes) if (racks.has(id)) racks.set(id, rack);
  return {
    ...reclustered,
    ...own,
    principal: members[0],
    roster: { ...roster, nodes: [...roster.nodes].sort((a, b) => byIdDescending(a.id, b.id)) },
    configured,
    racks,
  };
}
