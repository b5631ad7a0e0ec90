import { applyPending, mergeRosters, settledRoster, stageRoster } from "../../model";
import { oddSplit } from "./support/topologies";

const all = settledRoster(oddSplit.nodes);
const paris = oddSplit.nodes.filter(({ rack }) => rack === 33);
const london = oddSplit.nodes.filter(({ rack }) => rack === 32);

describe("a roster change", () => {
  it("is staged first and takes effect at the recluster", () => {
    const staged = stageRoster(all, paris, 1000);
    expect(staged.current.nodes).toBe(oddSplit.nodes);
    expect(staged.pending).toEqual({ nodes: paris, generation: 2, setAt: 1000 });
    expect(applyPending(staged).current.nodes).toBe(paris);
  });
});

describe("sub-clusters that meet", () => {
  it("take the roster that was set last, whichever has more generations", () => {
    const early = stageRoster(stageRoster(all, paris, 1000), paris, 2000);
    const late = stageRoster(all, london, 3000);
    expect(mergeRosters([early, late]).current.nodes).toBe(london);
    expect(mergeRosters([late, early]).current.nodes).toBe(london);
  });

  it("take the higher generation where both were set at the same time", () => {
    const one = stageRoster(all, paris, 1000);
    const two = stageRoster(stageRoster(all, london, 500), london, 1000);
    expect(mergeRosters([one, two]).current).toEqual({ nodes: london, generation: 3, setAt: 1000 });
  });

  it("stay as they are where nothing was set", () => {
    expect(mergeRosters([all, all])).toEqual(all);
  });
});
