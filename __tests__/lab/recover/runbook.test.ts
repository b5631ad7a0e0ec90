import type { NodeState } from "../../../lab/observe/node-state";
import { propose, refusal, type RunbookStep } from "../../../lab/recover/runbook";
import type { Situation } from "../../../lab/recover/situation";
import { UNSET_ROSTER, type Roster } from "../../../model";

const RACKS: Readonly<Record<string, number>> = { A1: 32, A2: 32, B1: 33, B2: 33 };
const IDS = Object.keys(RACKS);
const LONDON = ["A1", "A2"];
const PARIS = ["B1", "B2"];

function rosterOf(ids: readonly string[], activeRack = 0): Roster {
  return { nodes: ids.map((id) => ({ id, rack: RACKS[id] })), activeRack };
}

/** What nodes say that are clusters; a node in none of them does not answer. */
function situation(
  clusters: readonly (readonly string[])[],
  {
    roster = rosterOf(IDS),
    strongConsistency = true,
    ...state
  }: Partial<NodeState> & { strongConsistency?: boolean } = {},
): Situation {
  const nodes = clusters.flatMap((members, i) =>
    members.map((id): NodeState => {
      const observed = rosterOf(members, roster.activeRack);
      return {
        ...{ id, rack: RACKS[id], clusterKey: `C${i + 1}`, clusterSize: members.length },
        ...{ principal: members[members.length - 1], unavailable: 0, dead: 0, migrating: 0 },
        ...{ masterObjects: 0, proleObjects: 0, nonReplicaObjects: 0, quiesced: false },
        ...{ roster: strongConsistency ? roster : UNSET_ROSTER, pending: roster, observed },
        ...state,
      };
    }),
  );
  return {
    namespace: { name: "mydata", replicationFactor: 2, strongConsistency },
    nodes,
    silent: IDS.filter((id) => !clusters.flat().includes(id)),
  };
}

const STEPS = {
  reroster: { step: "reroster", confirmedDown: [32] },
  promote: { step: "promote", rack: 33, confirmedDown: [32] },
  "bring-back": { step: "bring-back", rack: 32 },
  revive: { step: "revive" },
} as const satisfies Record<string, RunbookStep>;
const STEP_NAMES = Object.keys(STEPS) as (keyof typeof STEPS)[];
const WORD = { confirmedDown: [32] };

describe("the next step of the runbook", () => {
  const situations: [string, RunbookStep, Situation, number[]?][] = [
    ["nothing, where all are one cluster", { step: "none" }, situation([IDS])],
    ["to heal, where the nodes are several clusters", { step: "heal" }, situation([LONDON, PARIS])],
    ["to heal, even on the word that a side is down", { step: "heal" }, situation([LONDON, PARIS]), [32]],
    ["to wait, where no node is in a cluster yet", { step: "wait" }, situation([IDS], { clusterSize: 0 })],
    ["to wait, while migrations run", { step: "wait" }, situation([IDS], { migrating: 9 })],
    [
      "to start what is down",
      { step: "start", nodes: ["A2"] },
      situation([["A1", ...PARIS]], { unavailable: 7 }),
    ],
    ["to start a rack, without a word that it is down", { step: "start", nodes: LONDON }, situation([PARIS])],
    [
      "to re-roster without a rack, on the word that it is down",
      { step: "reroster", confirmedDown: [32] },
      situation([PARIS]),
      [32],
    ],
    [
      "to promote the other rack, where the active one is down",
      { step: "promote", rack: 33, confirmedDown: [32] },
      situation([PARIS], { roster: rosterOf(IDS, 32) }),
      [32],
    ],
    [
      "to re-roster, where the rack that is down is not the active one",
      { step: "reroster", confirmedDown: [32] },
      situation([PARIS], { roster: rosterOf(IDS, 33) }),
      [32],
    ],
    [
      "to revive, where partitions are dead and all are here",
      { step: "revive" },
      situation([IDS], { dead: 5 }),
    ],
    [
      "to bring a rack back that is in the cluster and not on the roster",
      { step: "bring-back", rack: 32 },
      situation([IDS], { roster: rosterOf(PARIS) }),
    ],
    [
      "in availability mode to start what is down",
      { step: "start", nodes: LONDON },
      situation([PARIS], { strongConsistency: false }),
    ],
    [
      "in availability mode nothing, where all are here",
      { step: "none" },
      situation([IDS], { strongConsistency: false }),
    ],
  ];

  test.each(situations.map(([name, step, now, down = []]) => ({ name, step, now, down })))(
    "is $name",
    ({ step, now, down }) => {
      expect(propose(now, { confirmedDown: down }).step).toEqual(step);
    },
  );

  test("is to heal where a node hears nobody", () => {
    const now = situation([["A1", ...PARIS], ["A2"]]);
    const alone = now.nodes.map((node) =>
      node.id === "A2" ? { ...node, clusterSize: 0, clusterKey: "0" } : node,
    );
    expect(propose({ ...now, nodes: alone })).toMatchObject({
      step: { step: "heal" },
      sees: "The nodes that answer are not one cluster: A1, B1, B2 | A2.",
    });
  });

  test("is one that would not be refused, wherever the nodes can take it", () => {
    for (const [now, known] of [
      [situation([PARIS]), WORD],
      [situation([PARIS], { roster: rosterOf(IDS, 32) }), WORD],
      [situation([IDS], { dead: 5 }), {}],
      [situation([IDS], { roster: rosterOf(PARIS) }), {}],
    ] as const) {
      const { step } = propose(now, known);
      expect([step, refusal(step, now, known)]).toEqual([step, undefined]);
    }
  });
});

describe("a step is refused", () => {
  test.each(STEP_NAMES)("in a split that lives: %s", (name) => {
    expect(refusal(STEPS[name], situation([LONDON, PARIS]), WORD)).toMatch(
      /^The nodes that answer are in several clusters \(A1, A2 \| B1, B2\): a split that lives\. .* Repair the network first\.$/,
    );
  });

  test.each(STEP_NAMES)("while a node is in no cluster: %s", (name) => {
    const now = situation([["A1", ...PARIS], ["A2"]]);
    const nodes = now.nodes.map((node) => (node.id === "A2" ? { ...node, clusterSize: 0 } : node));
    expect(refusal(STEPS[name], { ...now, nodes }, WORD)).toContain("(A1, B1, B2 | A2): a split that lives");
  });

  test.each(STEP_NAMES)("while migrations run: %s", (name) => {
    expect(refusal(STEPS[name], situation([PARIS], { migrating: 4 }), WORD)).toBe(
      `Migrations run (8 partitions): a ${name} now may take the only full copy away. Wait for their end.`,
    );
  });

  test.each(STEP_NAMES)("in availability mode: %s", (name) => {
    expect(refusal(STEPS[name], situation([PARIS], { strongConsistency: false }), WORD)).toBe(
      `Namespace "mydata" is in availability mode: it has no roster and no dead partitions, so there is nothing to ${name}.`,
    );
  });

  test.each(["reroster", "promote"] as const)(
    "without the operator's word that the rack is down: %s",
    (name) => {
      const lost = situation([PARIS]);
      expect(refusal(STEPS[name], lost)).toBe(
        "Only an operator can know that rack 32 is really down and not just out of reach: say so with --confirmed-down 32.",
      );
      expect(refusal({ ...STEPS[name], confirmedDown: [] }, lost)).toBe(
        "A1, A2 of the roster are missing, and may live on the other side. Say which rack is really down: --confirmed-down RACK.",
      );
    },
  );

  test("where no node of the rack to promote is in the cluster, be it whole", () => {
    expect(refusal({ step: "promote", rack: 34 }, situation([IDS], { roster: rosterOf(IDS, 32) }))).toBe(
      "No node of rack 34 is in the cluster: as the active rack it would serve nothing. Promote one whose nodes are: 32, 33.",
    );
    expect(
      refusal({ step: "promote", rack: 33 }, situation([IDS], { roster: rosterOf(IDS, 32) })),
    ).toBeUndefined();
  });

  test.each(["reroster", "promote"] as const)("where a rack that is said to be down lives: %s", (name) => {
    expect(refusal(STEPS[name], situation([["A1", ...PARIS]]), WORD)).toBe(
      "Rack 32 was said to be down, and A1 of it are in the cluster.",
    );
  });

  test.each(["reroster", "promote"] as const)("where nodes of other racks are missing too: %s", (name) => {
    expect(refusal(STEPS[name], situation([["B1"]]), WORD)).toBe(
      "B2 of other racks are missing too: they may hold the only full copies. Bring them back first.",
    );
  });

  test("which would promote a rack of which no node is in the cluster", () => {
    expect(refusal({ step: "promote", rack: 32, confirmedDown: [32] }, situation([PARIS]), WORD)).toBe(
      "No node of rack 32 is in the cluster: as the active rack it would serve nothing. Promote one whose nodes are: 33.",
    );
  });

  test("which would revive while a node of the roster cannot be reached", () => {
    expect(refusal(STEPS.revive, situation([["A1", ...PARIS]], { dead: 5 }))).toBe(
      "A2 of the roster cannot be reached: the partitions may be whole there, and a revive would give their writes up. Bring them back, or take a lost rack off the roster first.",
    );
  });

  test("which would bring a rack back of which no node is in the cluster", () => {
    expect(refusal(STEPS["bring-back"], situation([PARIS], { roster: rosterOf(PARIS) }))).toBe(
      "No node of rack 32 is in the cluster: start them first.",
    );
  });
});
