import { ModelError, subClusters } from "../../model";
import { cut, evenSplit, rack } from "./support/topologies";

const ids = evenSplit.nodes.map(({ id }) => id);

describe("sub-clusters", () => {
  it("are one cluster where everybody hears everybody", () => {
    expect(subClusters(ids, {})).toEqual({ subClusters: [ids], down: [], partial: false });
  });

  it("are the two sides of a cut, in the order of the topology", () => {
    const [london, paris] = [rack(evenSplit, 32), rack(evenSplit, 33)];
    expect(subClusters(ids, cut(evenSplit, paris, london).cannotHear)).toEqual({
      subClusters: [london, paris],
      down: [],
      partial: false,
    });
  });

  it("fall apart by a cut in one direction only just as by one in both", () => {
    const [london, paris] = [rack(evenSplit, 32), rack(evenSplit, 33)];
    const oneWay = Object.fromEntries(london.map((id) => [id, paris]));
    expect(subClusters(ids, oneWay)).toEqual({ subClusters: [london, paris], down: [], partial: true });
  });

  it("tell a node that is down (deaf to itself) from one that is alive but alone", () => {
    const others = ids.filter((id) => id !== "A70");
    const alone = subClusters(ids, { A70: others });
    expect(alone.subClusters).toEqual([others, ["A70"]]);
    expect(alone.down).toEqual([]);
    expect(subClusters(ids, { A70: ids })).toEqual({ subClusters: [others], down: ["A70"], partial: false });
  });

  it("keep the principal, the highest id, and drop who has no link with it", () => {
    // A bridge: A129 and the principal A882 have lost each other; all others still hear both.
    expect(subClusters(ids, { A129: ["A882"] }).subClusters).toEqual([
      ["A352", "A600", "A70", "A882", "A517"],
      ["A129"],
    ]);
  });

  it("drop the node with the most missing links, and of equals the smaller id", () => {
    // A352 misses A600 and A517: two links; each of them only one.
    expect(subClusters(ids, { A352: ["A600", "A517"] }).subClusters).toEqual([
      ["A352"],
      ["A600", "A129", "A70", "A882", "A517"],
    ]);
    expect(subClusters(ids, { A352: ["A600"] }).subClusters).toEqual([
      ["A352"],
      ["A600", "A129", "A70", "A882", "A517"],
    ]);
  });

  it("let the dropped nodes form clusters by the same rule", () => {
    const bridge = { A352: ["A882", "A517"], A600: ["A882"], A129: ["A882", "A600"] };
    expect(subClusters(ids, bridge)).toEqual({
      subClusters: [["A352", "A600"], ["A129"], ["A70", "A882", "A517"]],
      down: [],
      partial: true,
    });
  });

  it("compare ids as numbers: A882 is the principal of A70, not the other way round", () => {
    // FF0 < 1000 as numbers, though not as text.
    expect(subClusters(["FF0", "1000", "1"], { FF0: ["1000"] }).subClusters).toEqual([
      ["FF0"],
      ["1000", "1"],
    ]);
  });

  it("fails on a node that is not in the topology", () => {
    expect(() => subClusters(ids, { A352: ["A353"] })).toThrow(
      new ModelError(
        'The fault names node "A353", which is not in the topology: expected one of A352, A600, A129, A70, A882, A517.',
      ),
    );
  });
});
