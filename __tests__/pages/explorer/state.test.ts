import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { loadTopologyFile } from "../../../cli/experiment/topology-file";
import { halves, NO_FAULT } from "../../../model";
import {
  type Broken,
  brokenAfter,
  designOf,
  faultOf,
  foretell,
  hashOf,
  type State,
  stateOf,
  toggled,
  topologyFile,
  topologyOf,
  withNamespace,
  withNodes,
  withQuiesced,
  withRack,
} from "../../../pages/explorer/state";
import { seeded } from "../../support/seed";
import { broken, EVEN, LONDON, PARIS } from "../support/designs";

const design = designOf(EVEN);
const [london, paris] = [32, 33].map((rack) =>
  EVEN.nodes.filter((node) => node.rack === rack).map(({ id }) => id),
);

describe("the state of the explorer", () => {
  test("goes into an address and comes back the same, whatever is broken", () => {
    fc.assert(
      fc.property(broken, (one) => {
        const state: State = {
          designs: [one.design, design],
          steps: [{ broken: one.broken }, { migrated: true }, { roster: "present" }, { revive: true }],
          names: { [LONDON]: "Lóndon <b>" },
        };
        expect(stateOf(hashOf(state))).toEqual(state);
      }),
      seeded(200),
    );
  });

  test.each([
    ["nothing", "#"],
    ["what is cut off", hashOf({ designs: [design], steps: [] }).slice(0, 40)],
    ["what is no JSON", `#${btoa("{}}")}`],
    [
      "a design without nodes",
      `#${btoa(JSON.stringify({ designs: [{ ...design, nodes: [] }], steps: [] }))}`,
    ],
    [
      "more copies than nodes",
      `#${btoa(JSON.stringify({ designs: [{ ...design, namespace: { ...design.namespace, replicationFactor: 7 } }], steps: [] }))}`,
    ],
    [
      "two nodes of one id",
      `#${btoa(JSON.stringify({ designs: [{ ...design, nodes: [design.nodes[0], design.nodes[0]] }], steps: [] }))}`,
    ],
  ])("is not read from %s", (_, hash) => {
    expect(stateOf(hash)).toBeUndefined();
  });

  test("is exported as a topology file that the command reads as the same cluster and fault", () => {
    const folder = mkdtempSync(join(tmpdir(), "stretch-explorer-"));
    try {
      fc.assert(
        fc.property(broken, (one) => {
          const path = join(folder, "topology.json");
          const fault = faultOf(topologyOf(one.design), one.broken);
          writeFileSync(path, topologyFile(one.design, fault));
          const read = loadTopologyFile(path);
          expect(designOf(read.topology)).toEqual(one.design);
          const lost = Object.entries(fault.cannotHear).filter(([, ids]) => ids.length > 0);
          if (lost.length > 0) {
            const foretold = foretell(one.design, [{ broken: one.broken }]).now();
            const same = foretell(one.design, [
              {
                broken: [
                  { kind: "given", name: "explored", cannotHear: copied(read.faults.explored.cannotHear) },
                ],
              },
            ]).now();
            expect(same).toEqual(foretold);
          }
        }),
        seeded(60),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function copied(lists: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(lists).map(([id, ids]) => [id, [...ids]]));
}

describe("what is broken", () => {
  const link: Broken & { kind: "link" } = { kind: "link", between: [LONDON, PARIS], deaf: "both" };

  test("a link is pressed from whole to cut, to one way, to the other way, to whole", () => {
    let now = toggled([], link);
    const states = [now];
    for (let i = 0; i < 3; i++) states.push((now = toggled(now, { ...link, between: [PARIS, LONDON] })));
    expect(states.map(([one]) => (one ? (one as typeof link).deaf : "whole"))).toEqual([
      "both",
      "there",
      "here",
      "whole",
    ]);
  });

  test("a cut link parts the regions; one way, only one end is deaf", () => {
    expect(faultOf(EVEN, [link]).cannotHear).toEqual(halves(london, paris).cannotHear);
    expect(Object.keys(faultOf(EVEN, [{ ...link, deaf: "there" }]).cannotHear)).toEqual(paris);
    expect(Object.keys(faultOf(EVEN, [{ ...link, deaf: "here" }]).cannotHear)).toEqual(london);
  });

  test("a stopped rack is down, one that is cut off is alone", () => {
    expect(foretell(design, [{ broken: [{ kind: "rack", rack: 32, how: "stop" }] }]).now().down).toEqual(
      london,
    );
    const { clusters, down } = foretell(design, [{ broken: [{ kind: "rack", rack: 32, how: "cut" }] }]).now();
    expect(down).toEqual([]);
    expect(clusters.map(({ serves }) => serves)).toEqual([2048, 2048]);
  });

  test("what a design does not have is passed over", () => {
    expect(faultOf(EVEN, [{ kind: "node", id: "A9B9", how: "stop" }]).cannotHear).toEqual({});
    const given = {
      kind: "given" as const,
      name: "other",
      cannotHear: { A9B9: ["A1B32"], A1B32: ["A9B9", "A1B33"] },
    };
    expect(faultOf(EVEN, [given]).cannotHear).toEqual({ A1B32: ["A1B33"] });
    expect(faultOf(EVEN, [])).toEqual(NO_FAULT);
  });

  test("a re-roster without what is down serves all again; revive mends what is dead", () => {
    const steps = [{ broken: [{ kind: "rack" as const, rack: 32, how: "stop" as const }] }];
    expect(foretell(design, steps).now().clusters[0].serves).toBe(2048);
    expect(foretell(design, [...steps, { roster: "present" as const }]).now().clusters[0].serves).toBe(4096);
    const three = withRack(design, "eu-west-1");
    const lost = [
      { broken: [32, 33].map((rack) => ({ kind: "rack" as const, rack, how: "stop" as const })) },
      { roster: "present" as const },
    ];
    const [dead] = foretell(three, lost).now().clusters;
    expect(dead.dead).toBeGreaterThan(500);
    expect(foretell(three, [...lost, { revive: true as const }]).now().clusters[0]).toMatchObject({
      serves: 4096,
      dead: 0,
    });
  });

  test("is what the last step says that breaks or heals", () => {
    expect(brokenAfter([{ broken: [link] }, { migrated: true }])).toEqual([link]);
    expect(brokenAfter([{ broken: [link] }, { broken: [] }])).toEqual([]);
  });
});

describe("a design", () => {
  test("grows by nodes of the ids that a stack gives, beside those of their rack", () => {
    expect(withNodes(design, 32, 4).nodes.map(({ id }) => id)).toEqual([...london, "A4B32", ...paris]);
    expect(withNodes(design, 32, 4).nodes[3]).toEqual({ id: "A4B32", rack: 32, region: LONDON });
  });

  test("shrinks, with no more copies than nodes, and no active rack that is gone", () => {
    const active = withNamespace(design, { activeRack: 33, replicationFactor: 4 });
    const small = withNodes(active, 33, 0);
    expect(small.nodes.map(({ id }) => id)).toEqual(london);
    expect(small.namespace).toEqual({ name: "mydata", replicationFactor: 3, strongConsistency: true });
    expect(withNodes(small, 32, 0)).toEqual(small);
  });

  test("has so many quiesced nodes in a rack as asked for", () => {
    const two = withQuiesced(design, 33, 2);
    expect(two.nodes.filter(({ quiesced }) => quiesced).map(({ id }) => id)).toEqual(paris.slice(0, 2));
    expect(withQuiesced(two, 33, 0)).toEqual(design);
  });
});
