import fc from "fast-check";
import type { CannotHear, Topology, TopologyNode } from "../../../model";

const nodeId = fc
  .oneof(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }))
  .map((value) => value.toString(16).toUpperCase());

/** Rosters of up to 12 nodes on up to 4 racks, RF 1 to 4 (never more than nodes), some nodes quiesced, mostly with an active rack. */
export const topology: fc.Arbitrary<Topology> = fc
  .record({
    ids: fc.uniqueArray(nodeId, { minLength: 1, maxLength: 12 }),
    racks: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
    quiesced: fc.array(
      fc.nat(9).map((n) => n === 0),
      { minLength: 12, maxLength: 12 },
    ),
    replicationFactor: fc.integer({ min: 1, max: 4 }),
    preferUniformBalance: fc.boolean(),
    activeRack: fc.nat(4),
  })
  .map(({ ids, racks, quiesced, replicationFactor, preferUniformBalance, activeRack }) => ({
    namespace: {
      name: "mydata",
      replicationFactor: Math.min(replicationFactor, ids.length),
      strongConsistency: true,
      preferUniformBalance,
      activeRack,
    },
    nodes: ids.map((id, i): TopologyNode => ({
      id,
      rack: racks[i],
      ...(quiesced[i] && { quiesced: true }),
    })),
  }));

/** A split of a topology's nodes in two, or links taken away one by one, in one direction each. */
export function faultOf({ nodes }: Topology): fc.Arbitrary<CannotHear> {
  const ids = nodes.map(({ id }) => id);
  const split = fc
    .array(fc.boolean(), { minLength: ids.length, maxLength: ids.length })
    .map((side) => Object.fromEntries(ids.map((id, i) => [id, ids.filter((_, j) => side[i] !== side[j])])));
  const links = fc
    .array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)), { maxLength: 3 * ids.length })
    .map((pairs) =>
      Object.fromEntries(ids.map((id) => [id, pairs.flatMap(([a, b]) => (a === id ? [b] : []))])),
    );
  return fc.oneof(split, links);
}

export const topologyWithFault = topology.chain((value) =>
  faultOf(value).map((cannotHear) => ({ topology: value, cannotHear })),
);
