import type { TerraformStack } from "cdktf";
import {
  FaultSwitch,
  RackOutage,
  type RackProps,
  type StretchCluster,
  type StretchClusterProps,
} from "../../../modules";
import { cluster, london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

type Nodes = RackProps["nodes"];

function build(nodes: Nodes, props: Partial<StretchClusterProps> = {}) {
  return (stack: TerraformStack): StretchCluster => {
    const made = cluster(stack, {
      racks: [
        { id: 32, vpc: london(stack), nodes },
        { id: 33, vpc: paris(stack), nodes: 3 },
      ],
      ...props,
    });
    new RackOutage(stack, "outage", { fault: "paris-down", rack: made.rack(33) });
    FaultSwitch.of(stack);
    return made;
  };
}

const idsOf = (nodes: Nodes) => {
  let ids: string[] = [];
  Template.of((stack) => {
    ids = build(nodes)(stack)
      .rack(32)
      .nodes.map(({ nodeId, privateIp }) => `${nodeId} ${privateIp}`);
  });
  return ids;
};

const partitionsOf = (nodes: Nodes, props: Partial<StretchClusterProps> = {}): string =>
  Template.of((stack) => void build(nodes, props)(stack)).outputs.partitions.value;

const SIX = "A3B33@33,A3B32@32,A2B33@33,A2B32@32,A1B33@33,A1B32@32";

describe("a rack with holes", () => {
  it("keeps every other node's id and address, whichever goes", () => {
    const all = idsOf(["a", "b", "a"]);
    expect(idsOf(["a", null, "a"])).toEqual([all[0], all[2]]);
    expect(idsOf([null, "b", "a"])).toEqual(all.slice(1));
  });

  it("is a shorter list where they are last, and filled it is the old node again", () => {
    expect(idsOf(["a", "b", null])).toEqual(idsOf(["a", "b"]));
    expect(idsOf(["a", "b", "a"])).toHaveLength(3);
  });

  it("destroys nothing but that node's host", () => {
    const hosts = (nodes: Nodes) =>
      Object.keys(Template.of((stack) => void build(nodes)(stack)).byId("aws_instance"));
    const gone = hosts(["a", "b", "a"]).filter((id) => !hosts(["a", null, "a"]).includes(id));
    expect(gone).toEqual([expect.stringMatching(/^cluster_rack-32-node-2-b_/)]);
  });

  it("fails where nothing is left", () => {
    expect(Template.errorOf((stack) => void build([null, null])(stack))).toContain(
      "racks[0].nodes are all left out: got [null,null]; expected a node at least. Take the rack out of racks.",
    );
  });
});

describe("the roster that a plan assumes", () => {
  it("is that of the nodes, and the output says how it is set after a change", () => {
    const value = partitionsOf(3);
    expect(value).toContain(`"roster" = "assumed set: ${SIX}; after a change of nodes set it by`);
    expect(value).toContain(`roster-set:namespace=mydata;nodes=${SIX}`);
    const { outputs } = Template.of((stack) => void build(3)(stack));
    expect(outputs.cluster_set_roster.value).toContain(`nodes=${SIX}' on one node`);
  });

  it("is the given one while growing: the new node serves nothing", () => {
    const value = partitionsOf(4, { roster: SIX });
    expect(value).toContain(`assumed set, as given: ${SIX}; that of the nodes is not yet`);
    expect(value).toContain("nodes=A4B32@32,A3B33@33");
    // Three of six see each other: half, as before.
    expect(value).toContain('"london" = "3 of 6 nodes, 2048 of 4096 served');
    expect(partitionsOf(4)).toContain('"london" = "4 of 7 nodes, 4096 of 4096 partitions served');
  });

  it("is the given one with its active rack: after a promotion the other region serves everything", () => {
    const props = {
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true, activeRack: 32 },
      settings: { version: "8.1.2.5" },
    };
    const planned = partitionsOf(3, props);
    expect(planned).toContain('"london" = "3 of 6 nodes, 4096 of 4096 partitions served');
    const promoted = partitionsOf(3, { ...props, roster: `M33|${SIX}` });
    expect(promoted).toContain(`assumed set, as given: M33|${SIX}; that of the nodes is not yet`);
    expect(promoted).toContain('"london" = "3 of 6 nodes, 0 of 4096 served');
    const off = partitionsOf(3, { ...props, roster: SIX });
    expect(off).toContain('"london" = "3 of 6 nodes, 2048 of 4096 served');
  });

  it("is the given one while shrinking: a node that is gone counts as down", () => {
    const value = partitionsOf(["a", "b"], { roster: SIX });
    expect(value).toContain('"london" = "5 of 6 nodes, 4096 of 4096 partitions served');
    expect(value).toContain('"no host of the stack" = "all nodes down');
  });

  it.each([
    ["a text that is none", { roster: "A1B32 A1B33" }, "roster is none that the cluster can have"],
    ["one of no node", { roster: "null" }, "roster is none that the cluster can have"],
    ["one of too few nodes", { roster: "A1B32@32" }, "expected 2 nodes or more"],
    [
      "one in availability mode",
      { roster: SIX, namespace: { name: "mydata", replicationFactor: 2, strongConsistency: false } },
      "in availability mode, which has none",
    ],
  ])("fails as %s", (_, props, message) => {
    expect(Template.errorOf((stack) => void build(3, props)(stack))).toContain(message);
  });
});
