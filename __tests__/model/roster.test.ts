import { agreedActiveRack, laterRoster, type RosterNode, type RosterSet, UNSET_ROSTER } from "../../model";
import { oddSplit } from "./support/topologies";

const set = (nodes: readonly RosterNode[], setAt: number, generation: number): RosterSet => ({
  nodes,
  activeRack: 0,
  setAt,
  generation,
});
const paris = oddSplit.nodes.filter(({ rack }) => rack === 33);
const london = oddSplit.nodes.filter(({ rack }) => rack === 32);

describe("sub-clusters that meet", () => {
  it("take the roster that was set last, whichever has more generations", () => {
    const [early, late] = [set(paris, 2000, 3), set(london, 3000, 2)];
    expect(laterRoster(early, late)).toBe(late);
    expect(laterRoster(late, early)).toBe(late);
  });

  it("take the higher generation where both were set at the same time", () => {
    const [one, two] = [set(paris, 1000, 2), set(london, 1000, 3)];
    expect(laterRoster(one, two)).toBe(two);
    expect(laterRoster(two, one)).toBe(two);
  });

  it("take any roster over one that was never set", () => {
    const all = set(oddSplit.nodes, 0, 1);
    expect(laterRoster(UNSET_ROSTER, all)).toBe(all);
  });
});

describe("the active rack that nodes agree on", () => {
  it.each([
    [[32, 32, 32], 32],
    [[32, 33, 32], 0],
    [[32, 0], 0],
    [[], 0],
  ])("of nodes set to %j is %d", (racks, agreed) => {
    expect(agreedActiveRack(racks.map((activeRack) => ({ activeRack })))).toBe(agreed);
  });
});
