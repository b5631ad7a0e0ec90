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
    expect(parseRoster("null")).toEqual([]);
  });

  it("reads back as the nodes that it names", () => {
    expect(parseRoster("a882,0A129@32,A70@33")).toEqual([nodes[1], nodes[2], nodes[0]]);
  });

  it.each(["", "A1@", "A1@x", "A1@1000001", "A1@1,A1@2", "G1@1", "A1@1,", "A1@1;B1@2"])(
    'fails to read "%s"',
    (text) => {
      expect(parseRoster(text)).toBeUndefined();
    },
  );
});
