import { halves, isolate, type Topology } from "../../../model";
import { carryOut, RefusedStepError } from "../../../lab/recover/carry-out";
import { propose, refusal, type RunbookStep } from "../../../lab/recover/runbook";
import { type Situation, situationOf } from "../../../lab/recover/situation";
import { Rehearsal } from "../../../rehearsal";

const LONDON = ["A1B32", "A2B32", "A3B32", "A4B32"];
const PARIS = ["A1B33", "A2B33", "A3B33"];
const IDS = [...LONDON, ...PARIS];

function topology(london = LONDON, activeRack?: number): Topology {
  return {
    namespace: {
      name: "mydata",
      replicationFactor: 2,
      strongConsistency: true,
      ...(activeRack !== undefined && { activeRack }),
    },
    nodes: [
      ...london.map((id) => ({ id, rack: 32, region: "eu-west-2" })),
      ...PARIS.map((id) => ({ id, rack: 33, region: "eu-west-3" })),
    ],
  };
}

describe("the runbook, on a rehearsal cluster", () => {
  let cluster: Rehearsal;
  let ids: readonly string[] = IDS;

  const ask = (id: string, command: string) => cluster.info(id, command);
  const look = (): Promise<Situation> => situationOf(ids, ask, "mydata");
  const take = (step: RunbookStep, confirmedDown: number[] = []) =>
    carryOut(step, ids, ask, "mydata", { confirmedDown });
  const settled = () => cluster.until((status) => status.settled);
  const migrated = () =>
    cluster.until(
      ({ settled: all, nodes }) =>
        all && nodes.every(({ up, migratesTx, migratesRx }) => !up || migratesTx + migratesRx === 0),
    );

  async function start(given: Topology = topology()): Promise<void> {
    ids = given.nodes.map(({ id }) => id);
    cluster = await Rehearsal.start({ topology: given });
    await settled();
  }

  afterEach(() => cluster.stop());

  test("has nothing to do where nothing is missing", async () => {
    await start();
    expect(propose(await look())).toMatchObject({ step: { step: "none" } });
  });

  test("takes a lost rack off the roster, and back on it, as on the article's third day", async () => {
    await start();
    for (const id of LONDON) await cluster.stopNode(id);
    await settled();
    const lost = await look();
    expect(propose(lost)).toMatchObject({
      step: { step: "start", nodes: expect.arrayContaining(LONDON) as string[] },
      because: expect.stringContaining("--confirmed-down 32") as string,
    });
    const proposal = propose(lost, { confirmedDown: [32] });
    expect(proposal).toMatchObject({
      step: { step: "reroster", confirmedDown: [32] },
      loses: { partitions: 0 },
      sees: expect.stringContaining("4096 partitions are unavailable") as string,
    });
    const rerostered = await take(proposal.step, [32]);
    expect(rerostered.nodes.map(({ unavailable, dead }) => [unavailable, dead])).toEqual(
      PARIS.map(() => [0, 0]),
    );
    await migrated();
    for (const id of LONDON) await cluster.startNode(id);
    await settled();
    const back = propose(await look());
    expect(back).toMatchObject({ step: { step: "bring-back", rack: 32 } });
    await take(back.step);
    await migrated();
    expect(propose(await look())).toMatchObject({ step: { step: "none" } });
  });

  test("fails to re-roster without the operator's word, and where the word is wrong", async () => {
    await start();
    for (const id of LONDON) await cluster.stopNode(id);
    await settled();
    await expect(take({ step: "reroster", confirmedDown: [32] })).rejects.toThrow(RefusedStepError);
    await expect(take({ step: "reroster", confirmedDown: [32] })).rejects.toThrow("--confirmed-down 32");
    await expect(take({ step: "reroster", confirmedDown: [33] }, [33])).rejects.toThrow(
      "Rack 33 was said to be down, and A1B33, A2B33, A3B33 of it are in the cluster.",
    );
  });

  test("proposes to heal a live split, and fails to re-roster either half", async () => {
    await start(topology(LONDON.slice(0, 3)));
    await cluster.setFault(halves(LONDON.slice(0, 3), PARIS));
    await settled();
    const now = await look();
    expect(propose(now, { confirmedDown: [32] })).toMatchObject({ step: { step: "heal" } });
    for (const step of [
      { step: "reroster", confirmedDown: [32] },
      { step: "promote", rack: 33, confirmedDown: [32] },
      { step: "revive" },
      { step: "bring-back", rack: 32 },
    ] as const) {
      expect(refusal(step, now, { confirmedDown: [32] })).toContain("a split that lives");
    }
  });

  test("fails to revive while a node of the roster is only out of reach", async () => {
    await start();
    await cluster.setFault(isolate(IDS, "A1B33"));
    await settled();
    expect(refusal({ step: "revive" }, await look())).toContain("a split that lives");
    await cluster.heal();
    await settled();
    await cluster.stopNode("A1B33");
    await settled();
    await migrated();
    expect(refusal({ step: "revive" }, await look())).toContain("A1B33 of the roster cannot be reached");
  });

  test("revives what is dead once every node of the roster is back", async () => {
    await start();
    for (const id of IDS) await cluster.stopNode(id, "unclean");
    for (const id of IDS) await cluster.startNode(id);
    await settled();
    await migrated();
    const proposal = propose(await look());
    expect(proposal).toMatchObject({ step: { step: "revive" }, loses: { partitions: 4096 } });
    const revived = await take(proposal.step);
    expect(revived.nodes.map(({ dead }) => dead)).toEqual(IDS.map(() => 0));
  });

  test("promotes the other rack where the active one is lost", async () => {
    await start(topology(LONDON.slice(0, 3), 32));
    for (const id of LONDON.slice(0, 3)) await cluster.stopNode(id);
    await settled();
    const proposal = propose(await look(), { confirmedDown: [32] });
    expect(proposal).toMatchObject({
      step: { step: "promote", rack: 33, confirmedDown: [32] },
      loses: { partitions: 0 },
    });
    const promoted = await take(proposal.step, [32]);
    expect(promoted.nodes.map(({ unavailable, roster }) => [unavailable, roster.activeRack])).toEqual(
      PARIS.map(() => [0, 33]),
    );
    expect(proposal.because).toContain(
      "rack 33 becomes it, by active-rack 33 on the nodes left, a recluster, the roster below, a recluster. Write active-rack 33 into the files of all nodes",
    );

    // London's files still say 32, so that the nodes disagree: staged as observed, the roster would lose its active rack.
    await migrated();
    for (const id of LONDON.slice(0, 3)) await cluster.startNode(id);
    await settled();
    const disagreeing = await look();
    expect(disagreeing.nodes.map(({ roster, observed }) => [roster.activeRack, observed.activeRack])).toEqual(
      disagreeing.nodes.map(() => [33, 0]),
    );
    const back = propose(disagreeing);
    expect(back).toMatchObject({
      step: { step: "bring-back", rack: 32 },
      because: expect.stringContaining(
        "all are set to the roster's, 33; write it into their files",
      ) as string,
    });
    const whole = await take(back.step);
    expect(whole.nodes.map(({ roster, observed }) => [roster.activeRack, observed.activeRack])).toEqual(
      whole.nodes.map(() => [33, 33]),
    );
    expect(whole.nodes[0].roster.nodes).toHaveLength(6);
  });

  test("fails a step while migrations run", async () => {
    await start();
    const now = await look();
    const moving = { ...now, nodes: now.nodes.map((node) => ({ ...node, migrating: 7 })) };
    expect(propose(moving)).toMatchObject({ step: { step: "wait" } });
    expect(refusal({ step: "bring-back", rack: 32 }, moving)).toContain("Migrations run (49 partitions)");
  });

  test("fails where a node refuses what a step asks of it, or no node takes the recluster", async () => {
    await start();
    for (const id of LONDON) await cluster.stopNode(id);
    await settled();
    const step = { step: "reroster", confirmedDown: [32] } as const;
    const refusing = (start: string) => (id: string, command: string) =>
      command.startsWith(start) ? Promise.resolve("ERROR:4:bad parameter") : ask(id, command);
    const known = { confirmedDown: [32] };
    await expect(carryOut(step, ids, refusing("roster-set"), "mydata", known)).rejects.toThrow(
      'answers "ERROR:4:bad parameter" to roster-set:namespace=mydata;nodes=A3B33@33,A2B33@33,A1B33@33: expected ok.',
    );
    await expect(carryOut(step, ids, refusing("recluster"), "mydata", known)).rejects.toThrow(
      "No node took the recluster: ERROR:4:bad parameter",
    );
  });

  test("says which partitions no node of the new roster has", async () => {
    await start({
      ...topology(),
      nodes: [
        ...topology().nodes,
        { id: "A1B34", rack: 34, region: "eu-west-1" },
        { id: "A2B34", rack: 34, region: "eu-west-1" },
      ],
    });
    for (const id of [...LONDON, ...PARIS]) await cluster.stopNode(id);
    await settled();
    const lost = await look();
    const step = { step: "reroster", confirmedDown: [32] } as const;
    expect(refusal(step, lost, { confirmedDown: [32] })).toContain(
      "A3B33, A2B33, A1B33 of other racks are missing too",
    );
    expect(
      refusal({ step: "reroster", confirmedDown: [32, 33] }, lost, { confirmedDown: [32, 33] }),
    ).toBeUndefined();
    expect(propose(lost, { confirmedDown: [32, 33] }).loses!.partitions).toBeGreaterThan(500);
  });

  test("fails where nobody answers", async () => {
    await start();
    for (const id of IDS) await cluster.stopNode(id);
    await expect(look()).rejects.toThrow("None of A1B32");
  });
});
