import { serverStatusText } from "../../../cli/report/server-status";
import { nodeState } from "../../../lab/observe/node-state";
import { infoOfSixNodes } from "../../rehearsal/support/recordings";

describe("the status of a real Community server, as recorded", () => {
  const recorded = infoOfSixNodes();
  const [first] = Object.keys(recorded);
  const states = Object.entries(recorded).map(([, answers]) =>
    nodeState("mydata", new Map(Object.entries({ ...recorded[first], ...answers }))),
  );
  const addresses = new Map(states.map(({ id }, i) => [id, `127.0.0.1:3${i}00`]));

  test("shows one cluster of six nodes, and says that it has no rosters", () => {
    const text = serverStatusText(
      "mydata",
      addresses,
      states.map((state) => ({ at: 0, node: state.id, took: 1, state })),
      { colour: false, columns: 120 },
    );
    expect(text).toContain("Namespace mydata, 6 of 6 nodes have answered");
    const [{ clusterKey, principal }] = states;
    expect(text).toMatch(
      new RegExp(`${clusterKey} *\\|${principal} *\\| *6\\|[\\dA-F, ]+\\| *4096\\| *0\\| *0`),
    );
    expect(text).toContain(
      'No rosters are shown: the server answers "ERROR:25:enterprise-only". Only Enterprise servers have them.',
    );
    for (const [id, address] of addresses) expect(text).toMatch(new RegExp(`\\n${id} *\\|${address}\\|`));
  });

  test("shows a node that is silent with its address, and one in no cluster", () => {
    const orphan = { ...states[0], clusterSize: 0, clusterKey: "0" };
    const text = serverStatusText(
      "mydata",
      addresses,
      [
        { at: 0, node: orphan.id, took: 1, state: orphan },
        { at: 0, node: states[1].id, took: 1000, gap: "no answer" },
      ],
      { colour: false, columns: 80 },
    );
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toContain("1 of 2 nodes have answered");
    expect(text).toContain(`${orphan.id} is in no cluster.`);
    expect(text).toContain(`${states[1].id}: no answer`);
  });
});
