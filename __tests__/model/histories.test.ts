import fc from "fast-check";
import type { RosterNode, StopKind } from "../../model";
import { seeded } from "../support/seed";
import { evenSplit, rack } from "./support/topologies";
import { World } from "./support/world";

type Event =
  | { kind: "cut"; side: number }
  | { kind: "heal" }
  | { kind: "stop"; node: number; how: StopKind }
  | { kind: "start"; node: number }
  | { kind: "fill"; share: number; steps: number }
  | { kind: "reroster" };

const ids = ["A352", "A600", "A129", "A70", "A882", "A517", "A333"];
const followed = Array.from({ length: 48 }, (_, i) => (i * 1009) % 4096);

const cluster = fc
  .record({
    size: fc.integer({ min: 2, max: ids.length }),
    racks: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: ids.length, maxLength: ids.length }),
    replicationFactor: fc.integer({ min: 1, max: 3 }),
    quiesced: fc.option(fc.nat(ids.length - 1), { freq: 4 }),
  })
  .filter(({ size, replicationFactor }) => replicationFactor <= size);

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("cut" as const), side: fc.nat(2 ** ids.length - 1) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("heal" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("stop" as const),
      node: fc.nat(ids.length - 1),
      how: fc.constantFrom<StopKind>("clean", "reboot", "unclean", "empty"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("start" as const), node: fc.nat(ids.length - 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("fill" as const),
      share: fc.constantFrom(0.5, 1),
      steps: fc.constantFrom(1, Infinity),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("reroster" as const) }) },
);

function happen(world: World, nodes: readonly RosterNode[], event: Event): void {
  const id = (number: number) => nodes[number % nodes.length].id;
  switch (event.kind) {
    case "cut":
      return world.cut(nodes.filter((_, i) => (event.side >> i) & 1).map((node) => node.id));
    case "heal":
      return world.heal();
    case "stop":
      return world.stop(id(event.node), event.how);
    case "start":
      return world.startSafely(id(event.node));
    case "fill":
      return world.fillSome((pid) => event.share === 1 || pid % 2 === 0, event.steps);
    case "reroster":
      return world.rerosterSafely();
  }
}

describe("histories of up to 8 events", () => {
  it("never serve a partition from which an acknowledged write is absent, nor one partition twice", () => {
    let served = 0;
    fc.assert(
      fc.property(cluster, fc.array(event, { minLength: 1, maxLength: 8 }), (shape, events) => {
        const nodes = ids.slice(0, shape.size).map((id, i) => ({ id, rack: shape.racks[i] }));
        const quiesced = new Set(shape.quiesced === null ? [] : [ids[shape.quiesced]]);
        const world = new World(nodes, shape.replicationFactor, quiesced, followed);
        for (const next of events) happen(world, nodes, next);
        served += world.servedCount;
        expect(world.violations).toEqual([]);
      }),
      seeded(250),
    );
    // The property is empty where nothing is served any more.
    expect(served).toBeGreaterThan(250 * 8);
  });
});

describe("what must never be done", () => {
  const [london, paris] = [rack(evenSplit, 32), rack(evenSplit, 33)];
  const world = () => new World(evenSplit.nodes, 2, new Set(), followed);

  it("fails: re-rostering both halves of a live split loses acknowledged writes", () => {
    const both = world();
    both.cut(london);
    both.reroster(london[0]);
    both.reroster(paris[0]);
    both.heal();
    expect(both.violations.join("\n")).toMatch(/served in 2 sub-clusters/);
    expect(both.violations.join("\n")).toMatch(/acknowledged writes .* are absent/);
  });

  it("fails: re-rostering to a half after the other, now down, had served alone loses acknowledged writes", () => {
    const late = world();
    late.cut(london);
    london.forEach((id) => late.stop(id));
    late.reroster(paris[0]);
    expect(late.violations.join("\n")).toMatch(/A882,A517,A70: acknowledged writes .* are absent/);
  });

  it("keeps every write when the half that is down never served alone", () => {
    const safe = world();
    london.forEach((id) => safe.stop(id));
    safe.rerosterSafely();
    expect(safe.servedCount).toBe(followed.length);
    london.forEach((id) => safe.startSafely(id));
    safe.rerosterSafely();
    expect(safe.servedCount).toBe(followed.length);
    expect(safe.violations).toEqual([]);
  });
});
