import { parseRoster, rosterEntries, rosterText } from "../../model";

const nodes = [
  { id: "A70", rack: 33 },
  { id: "A882", rack: 0 },
  { id: "A129", rack: 32 },
];

describe("a roster as text", () => {
  it("names the highest id first, and in rack 0 the bare id", () => {
    expect(rosterText(nodes)).toBe("A882,A129@32,A70@33");
    expect(rosterEntries(nodes)).toEqual(["A882", "A129@32", "A70@33"]);
  });

  it("is null where empty", () => {
    expect(rosterText([])).toBe("null");
    expect(rosterText([], 32)).toBe("null");
    expect(parseRoster("null")).toEqual({ nodes: [], activeRack: 0 });
  });

  it("reads back as the nodes that it names", () => {
    expect(parseRoster("a882,0A129@32,A70@33")).toEqual({
      nodes: [nodes[1], nodes[2], nodes[0]],
      activeRack: 0,
    });
  });

  it("begins with the active rack, in the first entry as asadm parts it, and reads back with it", () => {
    expect(rosterText(nodes, 33)).toBe("M33|A882,A129@32,A70@33");
    expect(rosterEntries(nodes, 33)).toEqual(["M33|A882", "A129@32", "A70@33"]);
    expect(parseRoster("M1|A3@1,A2@1")).toEqual({
      nodes: [
        { id: "A3", rack: 1 },
        { id: "A2", rack: 1 },
      ],
      activeRack: 1,
    });
  });

  it.each([
    "M0|A1@1",
    "M1|",
    "M1|null",
    "M1000001|A1",
    "M|A1",
    "A1@1,M1|B1@2",
    "",
    "A1@",
    "A1@x",
    "A1@1000001",
    "A1@1,A1@2",
    "G1@1",
    "A1@1,",
    "A1@1;B1@2",
  ])('fails to read "%s"', (text) => {
    expect(parseRoster(text)).toBeUndefined();
  });
});
