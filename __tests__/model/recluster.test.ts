import { Decision, type NodeCopies, type StopKind, interrupt } from "../../model";
import { History, type HistoryCluster } from "./support/history";
import { evenSplit, rack } from "./support/topologies";

const ids = evenSplit.nodes.map(({ id }) => id);
const [london, paris] = [rack(evenSplit, 32), rack(evenSplit, 33)];
const shape = { nodes: evenSplit.nodes, replicationFactor: 2 };

function settled(): History {
  const history = new History(shape);
  history.migrate();
  return history;
}

const split = (history: History) => history.cut((id) => Number(paris.includes(id)));
const fullAt = (history: History, id: string, pid: number) =>
  history.node(id).copies.isFull(pid, history.clusterOf(id)!.partitions[pid].master!.copies.regime);
const counts = ({ unavailable, dead }: HistoryCluster) => ({ unavailable, dead });
const replicas = (cluster: HistoryCluster, pid: number) =>
  cluster.partitions[pid].replicas.map(({ id }) => id);

describe("a partition's regime", () => {
  it("grows by 2 from the highest among the members at every recluster", () => {
    const history = settled();
    expect(history.node("A70").copies.regime).toBe(2);
    split(history);
    history.recluster("A352");
    history.recluster("A352");
    expect(history.node("A352").copies.regime).toBe(8);
    expect(history.node("A70").copies.regime).toBe(4);
    history.heal();
    expect(history.node("A70").copies.regime).toBe(10);
  });

  it.each([
    ["clean", 2],
    ["reboot", 2],
    ["unclean", 2],
    ["empty", 0],
  ] as const)("after a stop that is %s is %i", (kind, regime) => {
    const history = settled();
    history.stop("A70", kind);
    expect(history.node("A70").copies.regime).toBe(regime);
  });
});

describe("a copy", () => {
  it("is full on the current replicas once migrations have ended, and nowhere else", () => {
    const history = settled();
    for (const pid of [0, 1000, 4095]) {
      const full = ids.filter((id) => fullAt(history, id, pid));
      expect(full.sort()).toEqual(replicas(history.clusters[0], pid).sort());
    }
  });

  it("that missed a served regime is not full until it is filled", () => {
    const history = settled();
    const [pid, far] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((partition) => {
      const [master, other] = replicas(history.clusters[0], partition);
      return london.includes(master) ? [[partition, other] as const] : [];
    })[0];
    split(history);
    history.heal();
    expect(fullAt(history, far, pid)).toBe(false);
    history.migrate(({ partition }) => (partition === pid + 1 ? Infinity : 0));
    expect(fullAt(history, far, pid)).toBe(false);
    history.migrate(({ partition }) => (partition === pid ? Infinity : 0));
    expect(fullAt(history, far, pid)).toBe(true);
  });

  it("stays full through a cut in which nobody served it", () => {
    const history = settled();
    history.cut((id) => ids.indexOf(id));
    expect(history.clusters.map(counts)).toEqual(Array(6).fill({ unavailable: 4096, dead: 0 }));
    history.heal();
    expect(history.clusters[0].partitions.every(({ isSettled }) => isSettled)).toBe(true);
  });

  it("that stands in for the final master is full until that has everything", () => {
    const history = settled();
    for (const id of ["A352", "A70"]) {
      history.stop(id);
      history.migrate();
    }
    for (const id of ["A352", "A70"]) history.start(id);
    const cluster = history.clusters[0];
    const {
      partition,
      master,
      replicas: own,
    } = cluster.partitions.find((owners) => !owners.replicas.includes(owners.master!))!;
    expect(fullAt(history, master!.id, partition)).toBe(true);
    history.migrate((owners) => (owners.partition === partition ? owners.toFinal.length : 0));
    expect(cluster.partitions[partition].master).toBe(own[0]);
    expect(fullAt(history, master!.id, partition)).toBe(false);
  });
});

describe("nodes that come back", () => {
  const restarted = (how: "clean" | "unclean" | "empty", ...who: string[]) => {
    const history = settled();
    for (const id of who) history.stop(id, how);
    for (const id of who) history.start(id);
    return history;
  };

  it("are taken as before after a clean stop, however many", () => {
    expect(restarted("clean", ...ids).clusters.map(counts)).toEqual([{ unavailable: 0, dead: 0 }]);
  });

  it("leave everything served where one came back unclean or empty", () => {
    expect(restarted("unclean", "A70").clusters.map(counts)).toEqual([{ unavailable: 0, dead: 0 }]);
    expect(restarted("empty", "A70").clusters.map(counts)).toEqual([{ unavailable: 0, dead: 0 }]);
  });

  it.each(["unclean", "empty"] as const)(
    "leave dead the partitions all of whose roster-replicas came back %s, until revive and recluster",
    (how) => {
      const healthy = settled();
      const both = healthy.clusters[0].partitions.filter(({ replicas: own }) =>
        own.every(({ id }) => id === "A70" || id === "A352"),
      );
      const history = settled();
      // At once: nobody fills another copy in between.
      for (const id of ["A70", "A352"]) history.node(id).copies.stop(how);
      history.recluster("A70");
      const dead = history.clusters[0].partitions.filter(({ decision }) => decision === Decision.Dead);
      expect(dead.map(({ partition }) => partition)).toEqual(both.map(({ partition }) => partition));
      expect(dead.length).toBeGreaterThan(0);
      history.recluster("A70");
      expect(history.clusters[0].dead).toBe(dead.length);
      history.revive(["A70", "A352"]);
      history.recluster("A70");
      expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 0 }]);
    },
  );

  const PAIR = ["A70", "A352"];
  /** All roster-replicas of some partitions, stopped at once: nobody fills another copy in between. */
  const deadAfter = (stop: (copies: NodeCopies) => void) => {
    const history = settled();
    for (const id of PAIR) stop(history.node(id).copies);
    history.recluster("A882");
    return history.clusters[0].dead;
  };

  it("leave nothing dead after crashes where writes are committed to the device", () => {
    expect(deadAfter((copies) => copies.stop("unclean"))).toBeGreaterThan(100);
    expect(deadAfter((copies) => copies.stop("unclean", true))).toBe(0);
    expect(deadAfter((copies) => copies.stop("reboot"))).toBe(0);
    expect(deadAfter((copies) => copies.stop("empty", true))).toBeGreaterThan(100);
  });

  it("leave nothing dead after crashes where they revive by themselves, and all of it where they come back empty", () => {
    const revived: number[] = [];
    const reviving = (how: StopKind) => (copies: NodeCopies) => {
      copies.stop(how);
      revived.push(copies.autoRevive());
    };
    expect(deadAfter(reviving("unclean"))).toBe(0);
    // A node has a copy of a third of the partitions: 2 of 6.
    expect(revived).toEqual([1365, 1365]);
    expect(deadAfter(reviving("empty"))).toBeGreaterThan(100);
    expect(revived.slice(2)).toEqual([0, 0]);
  });

  it("are merged, not taken for the same, where both lost the last writes of a crash", () => {
    const history = settled();
    for (const id of PAIR) {
      history.node(id).copies.stop("unclean");
      history.node(id).copies.autoRevive();
    }
    history.recluster("A882");
    const both = history.clusters[0].partitions.filter(({ replicas: own }) =>
      own.every(({ id }) => PAIR.includes(id)),
    );
    expect(both.length).toBeGreaterThan(100);
    expect(both.every(({ filling, sources }) => filling.size === 1 && sources.length === 1)).toBe(true);
  });

  it("are trusted again, replicas and others, partition by partition, once its migrations have ended", () => {
    const history = settled();
    history.node("A70").copies.stop("empty");
    history.recluster("A70");
    const { copies } = history.node("A70");
    const open = history.clusters[0].partitions.filter(({ isSettled }) => !isSettled);
    expect(open.every(({ partition }) => !copies.isTrusted(partition))).toBe(true);
    history.migrate(({ partition }) => (partition === open[0].partition ? Infinity : 0));
    expect(open.filter(({ partition }) => copies.isTrusted(partition))).toEqual([open[0]]);
    // Nothing moves where it is no replica and the replicas are in step: it counts there at once.
    const others = history.clusters[0].partitions.filter(({ replicas: own }) =>
      own.every(({ id }) => id !== "A70"),
    );
    expect(others.every(({ partition }) => copies.isTrusted(partition))).toBe(true);
  });

  it("count again after every host was renewed empty, one at a time: one more may stop, and 4096 are served", () => {
    const history = settled();
    for (const id of ids) {
      history.stop(id, "empty");
      history.migrate();
      history.start(id);
      history.migrate();
    }
    history.stop("A352");
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 0 }]);
  });
});

describe("a recluster that the next one interrupts (a double pump)", () => {
  it("leaves every partition dead without any crash, the regime 4 higher, until a revive: then nothing is missing", () => {
    const history = settled();
    history.interrupt("A70");
    expect(history.clusters.map(({ regime }) => regime)).toEqual([6]);
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 4096 }]);
    history.recluster("A70");
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 4096 }]);
    history.revive(ids);
    history.recluster("A70");
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 0 }]);
    // Who had it all serves at once.
    expect(history.clusters[0].partitions.every(({ master, final }) => master === final)).toBe(true);
  });

  it("comes to the same where the sub-cluster stood already, but did not serve yet", () => {
    const history = settled();
    history.recluster("A70");
    interrupt(history.clusterOf("A70")!);
    history.recluster("A70");
    expect(history.clusters.map(({ regime }) => regime)).toEqual([6]);
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 4096 }]);
    history.revive(ids);
    history.recluster("A70");
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 0 }]);
  });

  it("takes from a half what it served, and leaves it dead after the heal; what the other half serves stays", () => {
    const history = settled();
    split(history);
    history.interrupt(london[0]);
    expect([london[0], paris[0]].map((id) => counts(history.clusterOf(id)!))).toEqual([
      { unavailable: 4096, dead: 0 },
      { unavailable: 2048, dead: 0 },
    ]);
    history.heal();
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 2048 }]);
    const { partitions } = history.clusters[0];
    expect(partitions.filter(({ decision }) => decision === Decision.Dead)).toEqual(
      partitions.filter((_, pid) => london.includes(replicas(healthy, pid)[0])),
    );
  });
  const healthy = settled().clusters[0];
});

describe("a quiesced node", () => {
  const quiesced = new Set<string>();
  const history = new History({ ...shape, quiesced });
  history.migrate();
  const held = history.clusters[0].partitions.filter(({ replicas: own }) =>
    own.some(({ id }) => id === "A352"),
  );

  it("keeps its copies when all migrations have ended, and hands its masters over at once", () => {
    quiesced.add("A352");
    history.recluster("A70");
    expect(history.clusters[0].partitions.filter(({ master }) => master!.id === "A352")).toEqual([]);
    history.migrate();
    const { copies } = history.node("A352");
    expect(held.every(({ partition }) => copies.hasCopy(partition))).toBe(true);
  });

  it("needs no more than what it missed when it is a replica again", () => {
    quiesced.delete("A352");
    history.recluster("A70");
    const back = history.clusters[0].partitions.filter(({ filling }) =>
      [...filling].some(({ id }) => id === "A352"),
    );
    expect(back.map(({ partition }) => partition)).toEqual(held.map(({ partition }) => partition));
    history.migrate();
    expect(held.every(({ partition }) => fullAt(history, "A352", partition))).toBe(true);
  });
});

describe("a change of the roster", () => {
  const threeRacks = { ...shape, nodes: evenSplit.nodes.map((node, i) => ({ ...node, rack: 1 + (i % 3) })) };
  const third = threeRacks.nodes.filter((node) => node.rack === 3);

  it("that leaves no full copy of a partition makes it dead, and a revive serves it as it is", () => {
    const history = new History(threeRacks);
    history.migrate();
    const nowhere = history.clusters[0].partitions.filter(({ replicas: own }) =>
      own.every((node) => node.rack !== 3),
    ).length;
    expect(nowhere).toBeGreaterThan(1000);
    for (const node of threeRacks.nodes) if (node.rack !== 3) history.node(node.id).alive = false;
    history.recluster(third[0].id);
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 4096, dead: 0 }]);
    history.reroster(third[0].id, third);
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: nowhere }]);
    history.revive(third.map(({ id }) => id));
    history.recluster(third[0].id);
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 0 }]);
  });

  it("serves a cluster that is new: nothing was ever written", () => {
    const history = new History({ ...shape, rosterSet: false });
    // As asadm shows it before the roster is set: 0 unavailable, 0 dead, and nothing served.
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 0 }]);
    expect(history.clusters[0].available).toBe(0);
    history.reroster("A70", evenSplit.nodes);
    expect(history.clusters.map(counts)).toEqual([{ unavailable: 0, dead: 0 }]);
  });
});
