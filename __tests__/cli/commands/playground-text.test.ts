import { stripVTControlCharacters } from "node:util";
import { eventText } from "../../../cli/commands/playground-text";
import { EVEN, Run } from "../../rehearsal/support/clusters";

describe("what stretch up says while it runs", () => {
  it("warns where the nodes' active-rack differs, with each node's", () => {
    const said: string[] = [];
    const topology = { ...EVEN, namespace: { ...EVEN.namespace, activeRack: 32 } };
    const run = new Run(topology, {
      onEvent: (event) => said.push(stripVTControlCharacters(eventText(event) ?? "")),
    });
    const client = run.client("eu-west-2");
    expect(client.info("A70", "set-config:context=namespace;namespace=mydata;active-rack=33")).toBe("ok");
    run.recluster("A882");
    expect(said).toContainEqual(
      expect.stringMatching(
        /warning: the nodes' active-rack differs and counts as none .*: (?=.*A882 32)(?=.*A70 33)/,
      ),
    );
  });
});
