import { nodeState } from "../../../lab/observe/node-state";
import { infoOfSixNodes } from "../../rehearsal/support/recordings";

const [recorded] = Object.values(infoOfSixNodes());

function stateWith(roster: string) {
  return nodeState(
    "mydata",
    new Map(
      Object.entries({
        ...recorded,
        node: "A352",
        "roster:namespace=mydata": `roster=${roster}:pending_roster=null:observed_nodes=A352@32`,
      }),
    ),
  );
}

describe("what a node says of its roster", () => {
  test("is read with its active rack, or as none", () => {
    expect(stateWith("M32|A882@33,A352@32").roster).toEqual({
      nodes: [
        { id: "A882", rack: 33 },
        { id: "A352", rack: 32 },
      ],
      activeRack: 32,
    });
    expect(stateWith("null").roster).toEqual({ nodes: [], activeRack: 0 });
  });

  test("fails where it cannot be read, so that nobody takes it for none", () => {
    expect(() => stateWith("X32|A882@33")).toThrow(
      'Node A352 answers "X32|A882@33" for its roster: expected a roster such as M32|A352@32,A70@33.',
    );
  });
});
