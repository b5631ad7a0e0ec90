import { stripVTControlCharacters } from "node:util";
import { eventText, statusText } from "../../../cli/commands/playground-text";
import { NO_FAULT } from "../../../model";
import { statusOf } from "../../../rehearsal/status";
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

describe("what is said of a node that is in no cluster", () => {
  const run = new Run(EVEN);
  run.clock.advance(1000);
  run.cluster.setFault({ ...NO_FAULT, cannotHear: { A352: ["A882"] } });
  const status = () =>
    statusText({ experiment: "even", fault: "one-link", links: [], cluster: statusOf(run.cluster) }, 3000, {
      colour: false,
      columns: 80,
    });

  test("by `stretch status`: until when it answers as a member of the old one, then that it answers 11", () => {
    run.clock.advance(5000);
    const [{ blocksInMs }] = statusOf(run.cluster).orphans;
    expect(blocksInMs).toBeGreaterThan(1000);
    expect(status().replaceAll("\n", " ")).toContain(
      `A352 is in no cluster: until it blocks, in ${(blocksInMs / 1000).toFixed(1)} s, it answers as a member of the old one.`,
    );
    run.settle();
    expect(status()).toContain("A352 is in no cluster: it answers 11 to everything.");
  });

  test("by `stretch up`, when it comes to be so and when it blocks", () => {
    const told = run.cluster.log.events.map(eventText).filter((text) => text?.includes("node A352"));
    expect(told.map((text) => text!.replace(/^ *[\d.]+ s {2}/, ""))).toEqual([
      "node A352 in no cluster: until it blocks it answers as a member of the old one",
      "node A352 blocks: it answers 11 to everything",
    ]);
  });
});
