import { currentReplicas, decide, Decision, type RosterRows, rosterRows, subCluster } from "../../model";

/** A roster whose every row is F E D C B A, cut to its size. */
function fixedRows(size: number, replicationFactor: number, racks: readonly number[]): RosterRows {
  const ids = ["F", "E", "D", "C", "B", "A"].slice(0, size);
  const roster = rosterRows(
    ids.map((id, i) => ({ id, rack: racks[i] })),
    { replicationFactor },
  );
  return { ...roster, rows: Uint8Array.from(roster.rows, (_, i) => i % size) };
}

const oneRack = [1, 1, 1, 1, 1, 1];

function decision(
  present: string,
  options: { rf?: number; size?: number; full?: string; untrusted?: string; quiesced?: string } = {},
): Decision {
  const { rf = 2, size = 6, full = "FEDCBA", untrusted = "", quiesced = "" } = options;
  return decide(
    subCluster(fixedRows(size, rf, oneRack), {
      members: [...present],
      quiesced: new Set(quiesced),
      isFull: (id) => full.includes(id),
      isTrusted: (id) => !untrusted.includes(id),
    }),
    0,
  );
}

describe("availability of a partition whose row is F E D C B A, RF 2", () => {
  it("is by super-majority where fewer than RF nodes are missing, even the master", () => {
    expect(decision("EDCBA")).toBe(Decision.SuperMajority);
    expect(decision("FEDC")).not.toBe(Decision.SuperMajority);
  });

  it("is by all roster-replicas, even in a minority, with all data", () => {
    expect(decision("FE")).toBe(Decision.AllReplicas);
    expect(decision("FE", { full: "D" })).toBe(Decision.Unavailable);
  });

  it("is by majority with one roster-replica, with all data, wherever the full copy is", () => {
    expect(decision("EDCB")).toBe(Decision.Majority);
    expect(decision("EDCB", { full: "C" })).toBe(Decision.Majority);
    expect(decision("EDCB", { full: "F" })).toBe(Decision.Unavailable);
    expect(decision("DCBA")).toBe(Decision.Unavailable);
  });

  it("is by majority with a quiesced roster-replica among them", () => {
    expect(decision("EDCB", { quiesced: "E", full: "D" })).toBe(Decision.Majority);
  });

  it("is by half with the roster-master, with all data, and not without it", () => {
    expect(decision("FDC")).toBe(Decision.HalfWithMaster);
    expect(decision("FDC", { full: "E" })).toBe(Decision.Unavailable);
    expect(decision("EBA")).toBe(Decision.Unavailable);
  });

  it("is not where fewer than RF nodes are present, though fewer than RF are missing", () => {
    expect(decision("FE", { rf: 3, size: 4 })).toBe(Decision.Unavailable);
  });

  it("does not count untrusted nodes for the super-majority and the majority", () => {
    expect(decision("EDCBA", { untrusted: "B" })).toBe(Decision.Majority);
    expect(decision("EDCBA", { untrusted: "BA" })).toBe(Decision.Unavailable);
    expect(decision("EDCBA", { untrusted: "E" })).toBe(Decision.Unavailable);
    expect(decision("FE", { untrusted: "E" })).toBe(Decision.AllReplicas);
    expect(decision("FDC", { untrusted: "F" })).toBe(Decision.HalfWithMaster);
  });

  it("is dead where every roster node is present and its data is not", () => {
    expect(decision("FEDCBA", { untrusted: "FE", full: "" })).toBe(Decision.Dead);
    expect(decision("EDCBA", { untrusted: "FE", full: "" })).toBe(Decision.Unavailable);
  });
});

describe("current replicas of a partition whose row is F E D C B A", () => {
  function replicas(present: string, rf: number, racks: readonly number[], quiesced = ""): string {
    const roster = fixedRows(6, rf, racks);
    const cluster = subCluster(roster, {
      members: [...present],
      quiesced: new Set(quiesced),
      isFull: () => true,
    });
    return [...currentReplicas(cluster, 0)].map((node) => roster.nodes[node].id).join("");
  }

  it("are the first nodes that are present", () => {
    expect(replicas("FDCA", 3, oneRack)).toBe("FDC");
  });

  it("are on distinct racks again: the first later node of a free rack is swapped in", () => {
    expect(replicas("FDCBA", 2, [1, 2, 1, 1, 2, 2])).toBe("FB");
    expect(replicas("FEDCBA", 3, [1, 1, 1, 2, 2, 1])).toBe("FCD");
  });

  it("are quiesced nodes only where there are too few others, and their rack does not count", () => {
    expect(replicas("FEDCBA", 2, oneRack, "FE")).toBe("DC");
    expect(replicas("FED", 2, oneRack, "FE")).toBe("DF");
    expect(replicas("FEDCBA", 2, [1, 2, 1, 1, 1, 1], "E")).toBe("FD");
  });

  it("are fewer than RF where fewer are present", () => {
    expect(replicas("FA", 3, oneRack)).toBe("FA");
  });
});
