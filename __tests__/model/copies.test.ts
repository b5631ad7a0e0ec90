import {
  type Copies,
  decisionOf,
  Decision,
  fill,
  isFullCopy,
  newCopies,
  partitionCounts,
  recluster,
  replicaIds,
  revive,
  rosterRows,
  start,
} from "../../model";
import { evenSplit, rack } from "./support/topologies";

const roster = rosterRows(evenSplit.nodes, evenSplit.namespace);
const ids = evenSplit.nodes.map(({ id }) => id);
const [london, paris] = [rack(evenSplit, 32), rack(evenSplit, 33)];

function settled(): Copies {
  const { map, copies } = recluster(roster, ids, newCopies(ids));
  return fill(map, copies);
}

const regimes = (copies: Copies, id: string) => new Set(copies.nodes.get(id)!.regime);

describe("a partition's regime", () => {
  it("grows by 2 from the highest among the members at every recluster", () => {
    const healthy = settled();
    expect(regimes(healthy, "A70")).toEqual(new Set([2]));
    const cut = recluster(roster, london, healthy).copies;
    expect(regimes(cut, "A352")).toEqual(new Set([4]));
    expect(regimes(cut, "A70")).toEqual(new Set([2]));
    const again = recluster(roster, london, cut).copies;
    expect(regimes(recluster(roster, ids, again).copies, "A70")).toEqual(new Set([8]));
  });

  it("survives a restart that keeps the data, and is gone after an empty one", () => {
    const healthy = settled();
    expect(regimes(start(healthy, "A70", "clean"), "A70")).toEqual(new Set([2]));
    expect(regimes(start(healthy, "A70", "unclean"), "A70")).toEqual(new Set([2]));
    expect(regimes(start(healthy, "A70", "empty"), "A70")).toEqual(new Set([0]));
  });
});

describe("a copy", () => {
  it("is full on the current replicas once migrations have ended, and nowhere else", () => {
    const healthy = settled();
    const { map } = recluster(roster, ids, newCopies(ids));
    for (const pid of [0, 1000, 4095]) {
      const full = ids.filter((id) => isFullCopy(healthy, id, pid));
      expect(full.sort()).toEqual(replicaIds(map, pid).sort());
    }
  });

  it("that missed a served regime is not full until it is filled", () => {
    const { map, copies } = recluster(roster, london, settled());
    const pid = map.decisions.findIndex((decision) => decision === Decision.HalfWithMaster);
    const far = replicaIds(recluster(roster, ids, settled()).map, pid).find((id) => paris.includes(id))!;
    expect(isFullCopy(copies, far, pid)).toBe(false);
    const healed = recluster(roster, ids, copies);
    expect(isFullCopy(healed.copies, far, pid)).toBe(false);
    expect(isFullCopy(fill(healed.map, healed.copies, [pid]), far, pid)).toBe(true);
    expect(isFullCopy(fill(healed.map, healed.copies, [(pid + 1) % 4096]), far, pid)).toBe(false);
  });

  it("stays full through a cut in which nobody served it", () => {
    const cut = recluster(roster, london.slice(0, 2), settled()).copies;
    const counts = ids.map((id) => cut.served.filter((_, pid) => isFullCopy(cut, id, pid)).length);
    expect(counts.reduce((a, b) => a + b)).toBe(2 * 4096);
  });

  it("is left as it was by every event: copies are immutable", () => {
    const healthy = settled();
    const before = structuredClone(healthy);
    const { map, copies } = recluster(roster, london, healthy);
    fill(map, copies);
    start(healthy, "A352", "unclean");
    revive(map, healthy);
    expect(healthy).toEqual(before);
  });
});

describe("nodes that come back", () => {
  const restarted = (how: "clean" | "unclean" | "empty", ...who: string[]) =>
    recluster(
      roster,
      ids,
      who.reduce((copies, id) => start(copies, id, how), settled()),
    );

  it("are taken as before after a clean stop, however many", () => {
    expect(partitionCounts(restarted("clean", ...ids).map).available).toBe(4096);
  });

  it("leave everything served where one came back unclean or empty", () => {
    expect(partitionCounts(restarted("unclean", "A70").map).available).toBe(4096);
    expect(partitionCounts(restarted("empty", "A70").map).available).toBe(4096);
  });

  it.each(["unclean", "empty"] as const)(
    "leave dead the partitions all of whose roster-replicas came back %s, until revive and recluster",
    (how) => {
      const { map, copies } = restarted(how, "A70", "A352");
      const both = (pid: number) => replicaIds(map, pid).every((id) => id === "A70" || id === "A352");
      const dead = map.decisions.filter((decision) => decision === Decision.Dead).length;
      expect(dead).toBeGreaterThan(0);
      map.decisions.forEach((_, pid) => {
        if ((decisionOf(map, pid) === Decision.Dead) !== both(pid)) throw new Error(`partition ${pid}`);
      });
      expect(partitionCounts(recluster(roster, ids, copies).map).dead).toBe(dead);
      const revived = recluster(roster, ids, revive(map, copies));
      expect(partitionCounts(revived.map)).toEqual({ available: 4096, unavailable: 0, dead: 0 });
    },
  );

  it("are trusted again, partition by partition, once their immigrations have ended", () => {
    const { map, copies } = restarted("empty", "A70");
    const filled = fill(map, copies, [0, 1]);
    expect([...filled.nodes.get("A70")!.trusted.slice(0, 4)]).toEqual([1, 1, 0, 0]);
  });

  it("join as new ones where they never were in the cluster", () => {
    const { copies } = recluster(roster, ids, newCopies([]));
    expect(regimes(copies, "A70")).toEqual(new Set([2]));
  });
});
