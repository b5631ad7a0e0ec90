import { KeyQueues } from "../../../rehearsal/cluster/key-queues";

describe("requests under way for one record", () => {
  let turns: (() => void)[];
  let queues: KeyQueues;
  const endTurn = () => {
    for (const run of turns.splice(0)) run();
  };
  const enter = (count: number, limit = 20) =>
    Array.from({ length: count }, () => queues.enter("a", limit)).filter((entered) => entered).length;

  beforeEach(() => {
    turns = [];
    queues = new KeyQueues((run) => turns.push(run));
  });

  it("are the first and so many that wait behind it; more do not begin", () => {
    expect(enter(40)).toBe(21);
    expect(queues.enter("b", 20)).toBe(true);
  });

  it("are any number with a limit of 0", () => {
    expect(enter(1000, 0)).toBe(1000);
  });

  it("make room when they end, once all that arrived with them was looked at", () => {
    enter(21);
    queues.leave("a");
    queues.leave("a");
    expect(enter(1)).toBe(0);
    endTurn();
    expect(enter(3)).toBe(2);
  });

  it("leave nothing behind", () => {
    for (let round = 0; round < 100; round++) {
      expect(enter(40)).toBe(21);
      for (let i = 0; i < 21; i++) queues.leave("a");
      endTurn();
    }
    expect(turns).toEqual([]);
  });
});
