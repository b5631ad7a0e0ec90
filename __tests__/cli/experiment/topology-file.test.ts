import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../../cli/errors";
import { loadTopologyFile } from "../../../cli/experiment/topology-file";
import { fixtures } from "../support";
import { NO_FAULT } from "../../../model";

const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(text: string, name = "topology.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function errorOf(text: string): string {
  try {
    loadTopologyFile(written(text));
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message.replaceAll(`${folder}/`, "");
  }
  throw new Error("the file was accepted");
}

/** A right file, line by line, so that a test can put one wrong line into it. */
const right = [
  "namespace:",
  "  name: mydata",
  "  replicationFactor: 2",
  "  strongConsistency: true",
  "nodes:",
  "  - { id: A1, rack: 1 }",
  "  - { id: B2, rack: 2, region: eu-west-3, quiesced: true }",
  "  - id: C3",
  "    rack: 2",
  "faults:",
  "  split: [[A1], [B2, C3]]",
  "  deaf: { A1: [B2] }",
];
const again = (times: number) => Array.from({ length: times }, (_, i) => `  again-${i}: *halves`).join("\n");
const withLine = (line: number, text: string) =>
  right.map((old, i) => (i + 1 === line ? text : old)).join("\n");

describe("a topology file", () => {
  it("is read from YAML and from JSON", () => {
    expect(loadTopologyFile(join(fixtures, "even-split.yaml")).topology.nodes).toHaveLength(6);
    const odd = loadTopologyFile(join(fixtures, "odd-split.json"));
    expect(odd.topology.namespace).toEqual({ name: "mydata", replicationFactor: 2, strongConsistency: true });
    expect(Object.keys(odd.faults)).toEqual(["split", "rack-down"]);
  });

  it("takes holes among its nodes, and tells of others' mistakes on their own line", () => {
    const holed = right
      .with(6, "  - null")
      .join("\n")
      .replace("[[A1], [B2, C3]]", "[[A1], [C3]]")
      .replace("[B2]", "[C3]");
    expect(loadTopologyFile(written(holed)).topology.nodes.map(({ id }) => id)).toEqual(["A1", "C3"]);
    expect(errorOf(holed.replace("id: C3", "id: A1"))).toContain("topology.yaml:8:");
    expect(
      errorOf(right.with(5, "  - null").with(6, "  - null").join("\n").replace("id: C3", "id: X")),
    ).toContain("node id");
    expect(
      errorOf("namespace: { name: a, replicationFactor: 1, strongConsistency: true }\nnodes: [null]"),
    ).toContain("expected at least one node");
  });

  it("says faults as sub-clusters, the nodes in none of them being down, or as who cannot hear whom", () => {
    const { faults } = loadTopologyFile(written(withLine(11, "  split: [[A1], [B2]]")));
    expect(faults.split.cannotHear).toEqual({ A1: ["B2", "C3"], B2: ["A1", "C3"], C3: ["A1", "B2", "C3"] });
    expect(faults.deaf).toEqual({ ...NO_FAULT, cannotHear: { A1: ["B2"] } });
  });

  it("says links that are slow or lose packets, between regions and nodes, and the prediction reckons with them", () => {
    const { faults } = loadTopologyFile(
      written(
        withLine(12, "  slow: { links: [{ between: [eu-west-3, a1], delay: 40, jitter: 0.5, loss: 2 }] }"),
      ),
    );
    const links = [{ between: ["eu-west-3", "A1"], delay: 40, jitter: 0.5, loss: 2 }];
    const notes = ["Packets between eu-west-3 and A1: 40 ms later one way, up to 0.5 ms of jitter, 2 % lost"];
    expect(faults.slow).toEqual({ ...NO_FAULT, links, notes });
  });

  it.each([
    ["{ links: [] }", "links: is []; expected at least one link."],
    [
      "{ links: [{ delay: 5 }] }",
      "links[0].between: is missing; expected two ends, each a region or a node id.",
    ],
    [
      "{ links: [{ between: [A1, B9], delay: 5 }] }",
      'links[0].between[1]: is "B9"; expected a region or a node id, one of eu-west-3, A1, B2, C3.',
    ],
    [
      "{ links: [{ between: [A1, B2], delay: -5 }] }",
      "links[0].delay: is -5; expected milliseconds, 0 to 10000.",
    ],
    [
      "{ links: [{ between: [A1, B2], delay: soon }] }",
      'links[0].delay: is "soon"; expected milliseconds, 0 to 10000.',
    ],
    ["{ links: [{ between: [A1, B2], loss: 100 }] }", "links[0].loss: is 100; expected percent, 0 to 99."],
    [
      "{ links: [{ between: [A1, B2] }] }",
      'links[0]: is {"between":["A1","B2"]}; expected a delay, jitter or loss above 0.',
    ],
    [
      "{ links: [{ between: [A1, B2], delay: 5, slow: 1 }] }",
      "links[0].slow: there is no such field; remove it or mend its name.",
    ],
  ])("fails on a slow link %s", (fault, message) => {
    expect(errorOf(withLine(12, `  slow: ${fault}`))).toBe(`topology.yaml:12: faults.slow.${message}`);
  });

  it("takes the settings of the namespace that decide what a crash costs", () => {
    const settings =
      "{ flushMaxMs: 0x64, commitToDevice: true, autoRevive: true, strongConsistencyAllowExpunge: true";
    const { topology } = loadTopologyFile(
      written(
        `namespace: ${settings}, name: m, replicationFactor: 1, strongConsistency: true }\nnodes: [{ id: A1, rack: 1 }]\n`,
      ),
    );
    expect(topology.namespace).toMatchObject({
      flushMaxMs: 100,
      commitToDevice: true,
      autoRevive: true,
      strongConsistencyAllowExpunge: true,
    });
  });

  it.each(["commitToDevice", "autoRevive", "strongConsistencyAllowExpunge"])(
    "fails on %s without strong consistency, and takes its false",
    (setting) => {
      const file = withLine(4, "  strongConsistency: false");
      expect(errorOf(file.replace("\nnodes:", `\n  ${setting}: true\nnodes:`))).toBe(
        `topology.yaml:5: namespace.${setting}: is true; expected it beside strongConsistency: true only.`,
      );
      const off = file.replace("\nnodes:", `\n  ${setting}: false\nnodes:`);
      expect(loadTopologyFile(written(off)).topology.namespace).toMatchObject({ [setting]: false });
    },
  );

  it("takes an active rack, and 0 for none", () => {
    for (const rack of [0, 2]) {
      const file = right.join("\n").replace("\nnodes:", `\n  activeRack: ${rack}\nnodes:`);
      expect(loadTopologyFile(written(file)).topology.namespace.activeRack).toBe(rack);
    }
  });

  it.each([
    ["3", "is 3; expected a rack that nodes are in: one of 1, 2, or 0 for none."],
    ["-1", "is -1; expected a rack that nodes are in: one of 1, 2, or 0 for none."],
    ["london", 'is "london"; expected the id of a rack that nodes are in, 0 for none.'],
  ])("fails on activeRack %s", (value, message) => {
    const file = right.join("\n").replace("\nnodes:", `\n  activeRack: ${value}\nnodes:`);
    expect(errorOf(file)).toBe(`topology.yaml:5: namespace.activeRack: ${message}`);
  });

  it("fails on an active rack of servers below 7.2, which do not know it", () => {
    const file = (version: string) =>
      `${right.join("\n").replace("\nnodes:", "\n  activeRack: 2\nnodes:")}\nserverVersion: ${version}`;
    expect(errorOf(file("7.1.0.25"))).toBe(
      "topology.yaml:5: namespace.activeRack: is 2; expected it with serverVersion 7.2 or later, which knows it.",
    );
    expect(loadTopologyFile(written(file("7.2.0.20"))).topology.serverVersion).toBe("7.2.0.20");
  });

  it("takes what decides how fast the cluster changes, all or a part", () => {
    const heartbeats = (text: string) =>
      loadTopologyFile(written(`${right.join("\n")}\nheartbeats: ${text}`)).topology.heartbeats;
    expect(heartbeats("{ interval: 150, timeout: 20, latencyMaxMs: 9 }")).toEqual({
      interval: 150,
      timeout: 20,
      latencyMaxMs: 9,
    });
    expect(heartbeats("{ timeout: 20 }")).toEqual({ timeout: 20 });
    expect(loadTopologyFile(written(right.join("\n"))).topology.heartbeats).toBeUndefined();
  });

  it.each([
    ["{ latencyMaxMs: 1001 }", "heartbeats.latencyMaxMs: is 1001; expected milliseconds one way, 0 to 1000."],
    ["{ timeout: 2 }", "heartbeats.timeout: is 2; expected heartbeats that may be missed, 3 to 4294967295."],
    [
      "{ interval: 49 }",
      "heartbeats.interval: is 49; expected milliseconds between heartbeats, 50 to 600000.",
    ],
    ["cloud", 'heartbeats: is "cloud"; expected interval, timeout or latencyMaxMs.'],
  ])("fails on heartbeats %s", (heartbeats, message) => {
    expect(errorOf(`${right.join("\n")}\nheartbeats: ${heartbeats}`)).toBe(`topology.yaml:13: ${message}`);
  });

  it.each(["0", "1001", "1.5", "soon"])("fails on flushMaxMs %s", (value) => {
    const file = right.join("\n").replace("\nnodes:", `\n  flushMaxMs: ${value}\nnodes:`);
    expect(errorOf(file)).toMatch(/^topology\.yaml:5: namespace\.flushMaxMs: is .*; expected .*1 to 1000\.$/);
  });

  it("takes node ids as they are written, where YAML would read numbers, and in either case", () => {
    const { topology, faults } = loadTopologyFile(
      written(
        "namespace: { name: m, replicationFactor: 1, strongConsistency: true }\n" +
          "nodes: [{ id: 352, rack: 1 }, { id: 1E5, rack: 0x10 }, { id: a70, rack: 1 }, { id: 0A71, rack: 1 }]\n" +
          "faults: { split: [[352], [1e5, A70]], deaf: { 352: [a70] } }\n",
      ),
    );
    expect(topology.nodes.map(({ id }) => id)).toEqual(["352", "1E5", "A70", "A71"]);
    expect(topology.nodes[1].rack).toBe(16);
    expect(faults.deaf).toEqual({ ...NO_FAULT, cannotHear: { 352: ["A70"] } });
    expect(faults.split.cannotHear["A71"]).toContain("A71");
  });

  it("may repeat what is said once, by aliases", () => {
    const file = withLine(11, `  split: &halves [[A1], [B2, C3]]\n${again(150)}`);
    const { faults } = loadTopologyFile(written(file));
    expect(faults["again-149"]).toEqual(faults.split);
  });

  it("needs no faults", () => {
    expect(loadTopologyFile(written(right.slice(0, 9).join("\n"))).faults).toEqual({});
  });

  it.each([
    ["YAML that is broken", 6, "  - { id: A1, rack: 1", /^topology.yaml:\d+: .*/],
    [
      "a rack that is no number",
      6,
      "  - { id: A1, rack: x }",
      'topology.yaml:6: nodes[0].rack: is "x"; expected a rack id: a whole number, 0 to 1000000.',
    ],
    [
      "a rack out of range",
      9,
      "    rack: 1000001",
      "topology.yaml:9: nodes[2].rack: is 1000001; expected a rack id, 0 to 1000000.",
    ],
    [
      "a node without a rack",
      6,
      "  - { id: A1 }",
      "topology.yaml:6: nodes[0].rack: is missing; expected a rack id: a whole number, 0 to 1000000.",
    ],
    [
      "an id that is not hexadecimal",
      8,
      "  - id: G3",
      'topology.yaml:8: nodes[2].id: is "G3"; expected a node id: 1 to 16 hexadecimal digits, such as A352.',
    ],
    [
      "a replication factor of 0",
      3,
      "  replicationFactor: 0",
      "topology.yaml:3: namespace.replicationFactor: is 0; expected 1 or more.",
    ],
    [
      "a broken replication factor",
      3,
      "  replicationFactor: 1.5",
      "topology.yaml:3: namespace.replicationFactor: is 1.5; expected a whole number, 1 or more.",
    ],
    [
      "more copies than nodes",
      3,
      "  replicationFactor: 4",
      "topology.yaml:3: namespace.replicationFactor: is 4; expected at most 3, the number of nodes.",
    ],
    [
      "a word for a boolean",
      4,
      "  strongConsistency: maybe",
      'topology.yaml:4: namespace.strongConsistency: is "maybe"; expected true or false.',
    ],
    [
      "an unknown field",
      9,
      "    rack: 2\n    zone: a",
      "topology.yaml:10: nodes[2].zone: there is no such field; remove it or mend its name.",
    ],
    [
      "an id twice",
      8,
      "  - id: a1",
      'topology.yaml:8: nodes[2].id: is "a1"; expected an id of its own: another node has it.',
    ],
    [
      "a stranger in a sub-cluster",
      11,
      "  split: [[A1], [B2, D4]]",
      'topology.yaml:11: faults.split[1][1]: is "D4"; expected one of A1, B2, C3.',
    ],
    [
      "a node in two sub-clusters",
      11,
      "  split: [[A1], [B2, A1]]",
      'topology.yaml:11: faults.split[1][1]: is "A1"; expected each node in one sub-cluster only.',
    ],
    [
      "a sub-cluster without nodes",
      11,
      "  split: [[A1, B2, C3], []]",
      "topology.yaml:11: faults.split[1]: is []; expected at least one node.",
    ],
    [
      "a stranger that is deaf",
      12,
      "  deaf: { D4: [B2] }",
      'topology.yaml:12: faults.deaf.D4: is ["B2"]; expected one of A1, B2, C3.',
    ],
    [
      "a stranger that is not heard",
      12,
      "  deaf: { A1: [D4] }",
      'topology.yaml:12: faults.deaf.A1[0]: is "D4"; expected one of A1, B2, C3.',
    ],
    [
      "a fault that is neither form",
      12,
      "  deaf: A1",
      'topology.yaml:12: faults.deaf: is "A1"; expected sub-clusters (lists of node ids), for each node the nodes that it cannot hear, or slow links.',
    ],
    [
      "a fault named none",
      12,
      "  none: [[A1]]",
      'topology.yaml:12: faults.none: is [["A1"]]; expected another name: "none" heals.',
    ],
    [
      "an id in a list that is none",
      11,
      "  split: [[A1], [B2, '-']]",
      'topology.yaml:11: faults.split[1][1]: is "-"; expected a node id: 1 to 16 hexadecimal digits, such as A352.',
    ],
    [
      "a node that is deaf twice, once in lower case",
      12,
      "  deaf: { a1: [B2, C3], A1: [] }",
      "topology.yaml:12: faults.deaf.A1: is []; expected each node once.",
    ],
    [
      "a node that is deaf twice, once with a leading zero",
      12,
      "  deaf:\n    A1: [B2]\n    0A1: [C3]",
      'topology.yaml:14: faults.deaf.0A1: is ["C3"]; expected each node once.',
    ],
    [
      "a stranger that is deaf, in lower case",
      12,
      "  deaf: { d4: [B2] }",
      'topology.yaml:12: faults.deaf.d4: is ["B2"]; expected one of A1, B2, C3.',
    ],
    [
      "a node named __proto__",
      12,
      "  deaf: { __proto__: [A1] }",
      "topology.yaml:12: faults.deaf.__proto__: expected another name.",
    ],
    [
      "a fault named __proto__",
      12,
      "  __proto__: [[A1]]",
      "topology.yaml:12: faults.__proto__: expected another name.",
    ],
    [
      "a name twice, once as a number",
      12,
      '  1: [[A1]]\n  "1": [[B2]]',
      "topology.yaml:13: faults.1: expected each name once.",
    ],
    [
      "a fault whose name is a list",
      12,
      "  ? [a, b]\n  : [[A1]]",
      "topology.yaml:12: faults: a key is no name; expected a word.",
    ],
    [
      "a fault whose name is null",
      12,
      "  null: [[A1]]",
      "topology.yaml:12: faults: a key is no name; expected a word.",
    ],
    [
      "a fault whose name is empty",
      12,
      "  '': [[A1]]",
      "topology.yaml:12: faults: a key is no name; expected a word.",
    ],
    [
      "a field of a node whose name is null",
      6,
      "  - { id: A1, rack: 1, ~: 3 }",
      "topology.yaml:6: nodes[0]: a key is no name; expected a word.",
    ],
    [
      "a node that is a word",
      6,
      "  - A1",
      'topology.yaml:6: nodes[0]: is "A1"; expected a node: id and rack.',
    ],
    [
      "a sub-cluster that is a word",
      11,
      "  split: [A1, [B2, C3]]",
      'topology.yaml:11: faults.split[0]: is "A1"; expected a list of node ids.',
    ],
    [
      "a node that cannot hear a word",
      12,
      "  deaf: { A1: B2 }",
      'topology.yaml:12: faults.deaf.A1: is "B2"; expected a list of node ids.',
    ],
    [
      "a fault that is nothing",
      12,
      "  deaf:",
      "topology.yaml:12: faults.deaf: is null; expected sub-clusters (lists of node ids), for each node the nodes that it cannot hear, or slow links.",
    ],
    [
      "an infinite rack",
      9,
      "    rack: .inf",
      "topology.yaml:9: nodes[2].rack: is Infinity; expected a rack id: a whole number, 0 to 1000000.",
    ],
    [
      "a rack that is not a number",
      9,
      "    rack: .nan",
      "topology.yaml:9: nodes[2].rack: is NaN; expected a rack id: a whole number, 0 to 1000000.",
    ],
    ["two documents", 12, "---\nnamespace: {}", /^topology.yaml:12: expected one document in the file$/],
    [
      "an alias of nothing",
      11,
      "  split: *halves",
      "topology.yaml:11: faults.split: there is no anchor &halves before the alias *halves.",
    ],
    [
      "an alias of itself",
      11,
      "  split: &halves [[A1], *halves]",
      "topology.yaml:11: faults.split[1]: the alias *halves leads to another alias; expected one that leads to plain values.",
    ],
    [
      "aliases of aliases",
      11,
      "  a: &a [[A1], [B2]]\n  b: &b [*a, *a]\n  c: [*b, *b]",
      /^topology.yaml:13: faults.c\[0\]: the alias \*b leads to another alias; .*\ntopology.yaml:13: faults.c\[1\]: .*$/,
    ],
  ])("fails on %s, naming file, line and field", (_, line, text, message) => {
    expect(errorOf(withLine(line, text))).toMatch(message);
  });

  it("fails on too many nodes, and shows the first of them only", () => {
    const nodes = Array.from({ length: 257 }, (_, i) => `{ id: ${(i + 1).toString(16)}, rack: 1 }`);
    expect(errorOf(`${right.slice(0, 4).join("\n")}\nnodes: [${nodes.join(", ")}]`)).toBe(
      'topology.yaml:5: nodes: is [{"id":"1","rack":1},{"id":"2","rack":1},{"id":"3","rack":1},{"id":"4","rack"...; expected at most 256 nodes.',
    );
  });

  it("fails on a namespace that is a word, in words of its own", () => {
    expect(errorOf(["namespace: mydata", ...right.slice(4)].join("\n"))).toBe(
      'topology.yaml:1: namespace: is "mydata"; expected name, replicationFactor and strongConsistency.',
    );
  });

  it("fails on all mistakes at once", () => {
    expect(errorOf(withLine(6, "  - { id: X, rack: y }")).split("\n")).toHaveLength(2);
  });

  it.each([
    ["an empty file", "", /topology.yaml:1: file: is null; expected namespace, nodes and faults\./],
    [
      "a file without nodes",
      right.slice(0, 4).join("\n"),
      /:1: nodes: is missing; expected a list of nodes\./,
    ],
    [
      "a min-cluster-size above the number of nodes",
      "namespace: { name: n, replicationFactor: 1, strongConsistency: true }\nnodes: [{ id: A1, rack: 1 }]\nminClusterSize: 2",
      /:3: minClusterSize: is 2; expected at most 1, the number of nodes\./,
    ],
    [
      "a server version that is none",
      "namespace: { name: n, replicationFactor: 1, strongConsistency: true }\nnodes: [{ id: A1, rack: 1 }]\nserverVersion: 8.1",
      /:3: serverVersion: is "8\.1"; expected four numbers, from 7\.1\.0\.0 to 8\.x, such as 8\.1\.2\.5\./,
    ],
    ["a list", "- 1", /:1: file: is \["1"\]; expected namespace, nodes and faults\./],
  ])("fails on %s", (_, text, message) => {
    expect(errorOf(text)).toMatch(message);
  });
});
