import fc from "fast-check";
import type { RosterNode, StopKind } from "../../model";

/** One thing that happens to a cluster; nodes and sides are numbers, whatever its size. */
export type HistoryEvent =
  | { readonly kind: "cut"; readonly sides: readonly number[] }
  | { readonly kind: "heal" }
  | { readonly kind: "stop"; readonly node: number; readonly how: StopKind }
  | { readonly kind: "start"; readonly node: number }
  | { readonly kind: "reroster"; readonly node: number }
  | { readonly kind: "recluster"; readonly node: number }
  | { readonly kind: "revive" };

const IDS = ["A352", "A600", "A129", "A70", "A882", "A517", "A333"];
const node = fc.nat(IDS.length - 1);
const of = <Kind extends string>(kind: Kind) => fc.constant(kind);

const event: fc.Arbitrary<HistoryEvent> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: of("cut"),
      sides: fc.array(fc.nat(2), { minLength: IDS.length, maxLength: IDS.length }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: of("heal") }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: of("stop"),
      node,
      how: fc.constantFrom<StopKind>("clean", "reboot", "unclean", "empty"),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: of("start"), node }) },
  { weight: 2, arbitrary: fc.record({ kind: of("reroster"), node }) },
  { weight: 1, arbitrary: fc.record({ kind: of("recluster"), node }) },
  { weight: 1, arbitrary: fc.record({ kind: of("revive") }) },
);

/** Clusters of two to seven nodes on one to three racks, and what happens to them; each event with whether migrations end after it. */
export const histories = fc
  .record({
    size: fc.integer({ min: 2, max: IDS.length }),
    racks: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: IDS.length, maxLength: IDS.length }),
    replicationFactor: fc.integer({ min: 1, max: 3 }),
    quiesced: fc.option(node, { freq: 4 }),
    events: fc.array(fc.tuple(event, fc.boolean()), { minLength: 4, maxLength: 14 }),
  })
  .filter(({ size, replicationFactor }) => replicationFactor <= size)
  .map(({ size, racks, replicationFactor, quiesced, events }) => ({
    nodes: IDS.slice(0, size).map((id, i): RosterNode => ({ id, rack: racks[i] })),
    replicationFactor,
    quiesced: new Set(quiesced === null ? [] : IDS.slice(quiesced, quiesced + 1)),
    events,
  }));

/** The side of each node in a cut. */
export function sideOf(nodes: readonly RosterNode[], sides: readonly number[]): (id: string) => number {
  return (id) => sides[nodes.findIndex((other) => other.id === id)];
}
