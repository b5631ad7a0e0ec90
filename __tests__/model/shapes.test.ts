import { bridge, halves, isolate, membership, NO_FAULT } from "../../model";

const IDS = ["A1", "A2", "B1", "B2", "B3"];

describe("the shapes of a cut", () => {
  it("halves: no node of one hears a node of the other", () => {
    expect(halves(["A1", "A2"], ["B1"])).toEqual({
      ...NO_FAULT,
      cannotHear: { A1: ["B1"], A2: ["B1"], B1: ["A1", "A2"] },
    });
    expect(membership(IDS, halves(["A1", "A2"], ["B1", "B2", "B3"]).cannotHear)).toMatchObject({
      clusters: [
        ["A1", "A2"],
        ["B1", "B2", "B3"],
      ],
      orphans: [],
      partial: false,
    });
  });

  it("fails for a node in both halves: it would not hear itself", () => {
    expect(() => halves(["A1", "A2"], ["A2", "B1"])).toThrow("A2 in both halves: expected each node in one.");
  });

  it("isolate: one node has lost all the others", () => {
    expect(isolate(IDS, "A2").cannotHear).toEqual({
      A2: ["A1", "B1", "B2", "B3"],
      ...{ A1: ["A2"], B1: ["A2"], B2: ["A2"], B3: ["A2"] },
    });
    expect(membership(IDS, isolate(IDS, "A2").cannotHear).clusters).toEqual([
      ["A1", "B1", "B2", "B3"],
      ["A2"],
    ]);
  });

  it("isolate: several nodes stay together", () => {
    expect(membership(IDS, isolate(IDS, "A1", "A2").cannotHear).clusters).toEqual([
      ["A1", "A2"],
      ["B1", "B2", "B3"],
    ]);
  });

  it("bridge: one node hears both halves and is heard by both", () => {
    const { cannotHear } = bridge(["A1", "A2"], ["B1", "B2", "B3"], "B2");
    expect(cannotHear).toEqual({ A1: ["B1", "B3"], A2: ["B1", "B3"], B1: ["A1", "A2"], B3: ["A1", "A2"] });
    expect(membership(IDS, cannotHear)).toMatchObject({
      clusters: [["B1", "B2", "B3"]],
      orphans: [{ id: "A1" }, { id: "A2" }],
      partial: true,
    });
  });
});
