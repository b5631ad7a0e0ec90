import type { Topology } from "../../../model";
import { RefusedError } from "../../../rehearsal/errors";
import { linkNamed } from "../../../rehearsal/playground/link-name";
import { EVEN, idsIn, LONDON, PARIS } from "../support/clusters";

const sides = { London: idsIn(EVEN, LONDON), Paris: idsIn(EVEN, PARIS) };

describe("the name of a link", () => {
  test.each([
    ["London-Paris", "London-Paris", [[LONDON, PARIS]]],
    ["paris-LONDON", "London-Paris", [[LONDON, PARIS]]],
    ["eu-west-3-eu-west-2", "London-Paris", [[LONDON, PARIS]]],
    ["a352-eu-west-3", "A352-Paris", [["A352", PARIS]]],
    ["A70-A352", "A352-A70", [["A352", "A70"]]],
    ["Paris-Paris", "Paris-Paris", [[PARIS, PARIS]]],
  ])("%s is two sides, regions or nodes, in any order", (text, name, between) => {
    expect(linkNamed(text, EVEN, sides)).toEqual({ name, between });
  });

  test("may be of a side that is a part of a region: its nodes", () => {
    const halves = { left: ["A352", "A600"], rest: ["A129", "A70", "A882", "A517"] };
    expect(linkNamed("left-A70", EVEN, halves).between).toEqual([
      ["A70", "A352"],
      ["A70", "A600"],
    ]);
  });

  test("may be of nodes without a region", () => {
    const nodes = [
      { id: "A1", rack: 1 },
      { id: "B1", rack: 2 },
    ];
    const plain: Topology = { namespace: EVEN.namespace, nodes };
    expect(linkNamed("Rack 1-Rack 2", plain, { "Rack 1": ["A1"], "Rack 2": ["B1"] }).between).toEqual([
      ["A1", "B1"],
    ]);
  });

  test.each(["", "London", "London-Rome", "-", "London-Paris-"])(
    "fails on %p, and says what can end a link",
    (text) => {
      expect(() => linkNamed(text, EVEN, sides)).toThrow(RefusedError);
      expect(() => linkNamed(text, EVEN, sides)).toThrow(
        `"${text}" is no link: expected two ends of London, Paris, A352, A600, A129, A70, A882, A517, as in London-Paris.`,
      );
    },
  );
});
