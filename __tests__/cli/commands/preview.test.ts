import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { fixtures, type Ran, stretch } from "../support";

const even = ["--topology", join(fixtures, "even-split.yaml")];
const sites = ["--topology", join(fixtures, "three-sites.yaml")];
const half = ["--topology", join(fixtures, "half-healed.yaml")];
const odd = ["--topology", join(fixtures, "odd-split.json")];

const flaps = ["--topology", join(fixtures, "flapping.yaml"), "--fault", "flaps"];

/** On a terminal so wide that no sentence is broken. */
const wide = (args: readonly string[]): Promise<Ran> => stretch(args, false, 1000);

interface Json {
  scenario: string;
  fault: string;
  refuses: Record<string, string[]>;
  after?: string;
  orphans: string[];
  blocks: Record<string, [number, number]>;
  flapping: string[][];
  mayDiffer: boolean;
  subClusters: {
    nodes: string[];
    partitions: { available: number; unavailable: number; dead: number };
    perNode: Record<string, { primary: number; secondary: number; unavailable: number; dead: number }>;
  }[];
}

async function json(...args: string[]): Promise<Json> {
  const { code, out } = await stretch(["preview", ...args, "--json"]);
  expect(code).toBe(0);
  return JSON.parse(out) as Json;
}

describe("stretch preview", () => {
  it("shows even-split's split: the sub-clusters, the article's tables, a verdict a side and what to do", async () => {
    const { code, out } = await wide(["preview", "even-split", "--fault", "split"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}London: A1B32, A2B32, A3B32 \(3 of 6\)$/m);
    expect(out).toMatch(/^A1B33 +\| +33\|Paris +\| +682\| +679\| +2048\| +0$/m);
    expect(out).toContain(
      "Paris serves 2048 of 4096; writes to the rest fail until healed: 11 in running clients, -8 in new ones",
    );
    expect(out).toMatch(/What to do\n {2}- Heal the network. Leave the roster alone/);
    expect(out).toContain("Predicted by the model, within what was checked");
  });

  it("begins with the verdict and what to do, before any table", async () => {
    const { out } = await wide(["preview", "even-split", "--fault", "split"]);
    const at = ["Verdict (predicted)", "What to do", "Sub-clusters", "Node ID|", "What clients get"].map(
      (part) => out.indexOf(part),
    );
    expect(at.every((place) => place > 0)).toBe(true);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(out).not.toMatch(/roster {2}|Partition Map Analysis/i);
  });

  it("shows asadm's tables with --full: maps and rosters as each side sees them, and racks", async () => {
    const { out } = await wide(["preview", "even-split", "--fault", "split", "--full"]);
    expect(out).toMatch(
      /As Paris sees it\n~+Partition Map Analysis~+\nNamespace\|Node +\|Node ID\|Primary\|/,
    );
    expect(out).toMatch(
      /^mydata +\| +\| +\| +2048\| +2048\| +6144\| +0\nThe last line adds up over the nodes/m,
    );
    expect(out).toMatch(
      /^ {2}Principal {7}A3B33\n {2}Current roster {2}A3B33@33,.*\n {2}Pending roster {2}A3B33@33,.*\n {2}Observed nodes {2}A3B33@33,A2B33@33,A1B33@33$/m,
    );
    expect(out).toMatch(/~+Racks~+\nNamespace\|Rack ID\|Nodes\nmydata +\| +32\|A3B32, A2B32, A1B32\n/);
  });

  it("shows the healthy cluster without a fault, all of one sub-cluster", async () => {
    const { out } = await wide(["preview", ...even, "--full"]);
    expect(out).toMatch(/As every node sees it/);
    expect(out).toMatch(/^mydata {3}\|A70 \|A70 {4}\| {4}682\| {6}683\| {10}0\| {3}0$/m);
    expect(out).toMatch(/eu-west-2 and eu-west-3 serve 4096 of 4096/);
    expect(out).toMatch(/Nothing: the cluster is whole/);
  });

  it("says as JSON what the article's tables say", async () => {
    const split = await json(...even, "--fault", "split");
    expect(split).toMatchObject({ scenario: even[1], fault: "split" });
    expect(split.subClusters).toHaveLength(2);
    expect(split.subClusters[1]).toEqual({
      nodes: ["A70", "A882", "A517"],
      partitions: { available: 2048, unavailable: 2048, dead: 0 },
      perNode: {
        A70: { primary: 682, secondary: 700, unavailable: 2048, dead: 0 },
        A882: { primary: 683, secondary: 669, unavailable: 2048, dead: 0 },
        A517: { primary: 683, secondary: 679, unavailable: 2048, dead: 0 },
      },
    });
    const healthy = await json(...even);
    expect(healthy.fault).toBe("none");
    expect(healthy.subClusters.map(({ nodes }) => nodes.length)).toEqual([6]);
  });

  it("leaves out nodes that are down, and tells how to go on without them", async () => {
    const { subClusters } = await json(...odd, "--fault", "rack-down");
    expect(subClusters.map(({ nodes }) => nodes)).toEqual([["A829", "A476", "A250"]]);
    const { out } = await wide(["preview", ...odd, "--fault", "rack-down"]);
    expect(out).toMatch(/Down: A541, A445, A333, A332/);
    expect(out).toMatch(/eu-west-3 serves 0 of 4096; every write fails until healed: 11 in running/);
    expect(out).toMatch(/eu-west-2 is down and serves nothing/);
    expect(out).toContain(
      "manage roster remove nodes A541@32 A445@32 A333@32 A332@32 ns mydata; manage recluster.",
    );
    expect(out).toContain("The nodes left then serve 4096 of 4096.");
  });

  it("says that every node is down, without a table of clients or advice on code 11", async () => {
    const { code, out } = await wide(["preview", ...even, "--fault", "all-down"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Sub-clusters\n {2}None: every node is down\n {2}Down: A352, A600/m);
    expect(out).toMatch(/eu-west-2 is down and serves nothing\n {2}eu-west-3 is down and serves nothing/);
    expect(out).not.toMatch(/What clients get|code 11/);
    expect(out).toMatch(/What to do\n {2}- Start A352, A600, .* again:/);
    expect(out).toContain("beyond what was checked against a real cluster: every node down.");
  });

  it("says beyond what was checked where the evidence ends", async () => {
    const { out } = await wide(["preview", ...sites, "--fault", "b-c"]);
    expect(out).toMatch(/beyond what was checked against a real cluster: 3 racks\./);
  });

  it("tells of a split with one link left who is an orphan, what it still answers, and that half a cut is the worse", async () => {
    const left = await json(...even, "--fault", "one-link-left");
    expect(left.orphans).toEqual(["A352", "A600", "A129"]);
    expect(left.subClusters.map(({ nodes }) => nodes)).toEqual([["A70", "A882", "A517"]]);
    expect(left).toMatchObject({ flapping: [], mayDiffer: false });
    expect(left.blocks).toEqual({
      A352: [10_200, 11_200],
      A600: [10_200, 11_200],
      A129: [10_200, 11_200],
    });
    const { out } = await wide(["preview", ...even, "--fault", "one-link-left"]);
    expect(out).toMatch(/^ {2}In no cluster \(orphans\): A352, A600, A129$/m);
    expect(out).toContain(
      "eu-west-2: in no cluster, serves nothing until healed: 11 in running clients, -8 in new ones. " +
        "It blocks 10.2 to 11.2 s after the cut; until then it still answers reads that may be stale, and writes in doubt",
    );
    expect(out).toContain(
      "- Half a cut is worse than a whole one: cut A600-A70 too, and these orphans form a cluster that serves 2048.",
    );
    expect(out).toMatch(/never repairs a split\./);
    expect(out).toMatch(/here the cluster of A882: the region that should live gets the highest ids\./);
    expect(out).not.toMatch(/Warning/);
  });

  it("lets orphans serve nothing with --ap either, and advises no cut there: both sides would take writes", async () => {
    const { subClusters, orphans } = await json(...even, "--fault", "one-link-left", "--ap");
    expect(subClusters.map(({ partitions }) => partitions.available)).toEqual([4096]);
    expect(orphans).toHaveLength(3);
    const { out } = await wide(["preview", ...even, "--fault", "one-link-left", "--ap"]);
    expect(out).toMatch(/until then it still answers as of the old cluster: .* with success, else with 9/);
    expect(out).not.toMatch(/Half a cut/);
  });

  it("warns where the ids let the smaller side live", async () => {
    const { orphans } = await json(...sites, "--fault", "b-c");
    expect(orphans).toEqual(["B1", "B2", "B3"]);
    const { out } = await wide(["preview", ...sites, "--fault", "b-c"]);
    expect(out).toContain("- Warning: c lives with 2 nodes and b's 3 do not: the ids decide so.");
  });

  it("warns where more nodes are left out than stay, of no side whole", async () => {
    const { out } = await wide(["preview", ...flaps]);
    expect(out).toContain("- Warning: 2 nodes stay in a cluster and 4 do not: the ids decide so.");
  });

  it("goes on from the clusters of the fault before it with --after: half of a healed split stays two (measured)", async () => {
    const fresh = await json(...half, "--fault", "half");
    expect([fresh.orphans, fresh.after]).toEqual([["A1", "A2"], undefined]);
    const stays = await json(...half, "--fault", "half", "--after", "split");
    expect([stays.orphans, stays.after]).toEqual([[], "split"]);
    expect(stays.subClusters.map(({ nodes, partitions }) => [nodes.join(), partitions.available])).toEqual([
      ["A1,A2,A3", 2047],
      ["B1,B2,B3", 2049],
    ]);
    const { out } = await wide(["preview", ...half, "--fault", "half", "--after", "split"]);
    expect(out).toMatch(/^.*half-healed.yaml, fault half after split$/m);
    expect(out).toContain(
      "- Heal every link: a link that comes back never repairs a split, the clusters stay apart until all of their nodes hear each other.",
    );
    const healed = await json(...half, "--after", "split");
    expect(healed.subClusters.map(({ partitions }) => partitions.available)).toEqual([4096]);
  });

  it("says of orphans that were in no cluster before that they block already", async () => {
    const again = await json(...even, "--fault", "one-link-left", "--after", "one-link-left");
    expect(again.blocks).toEqual({ A352: [0, 0], A600: [0, 0], A129: [0, 0] });
    const { out } = await wide(["preview", ...even, "--fault", "one-link-left", "--after", "one-link-left"]);
    expect(out).toContain(
      "eu-west-2: in no cluster, serves nothing until healed: 11 in running clients, -8 in new ones. It was in none before, and blocks already",
    );
    const where = await wide(["where", "1", ...even, "--fault", "one-link-left", "--after", "one-link-left"]);
    expect(where.out).toContain("  from eu-west-2  nobody: 11 in running clients, -8 in new ones");
  });

  it("fails on a fault before it that there is not", async () => {
    const { code, err } = await stretch(["preview", ...half, "--fault", "half", "--after", "splt"]);
    expect(code).toBe(2);
    expect(err).toMatch(/has no fault "splt": expected one of none, split, half/);
  });

  it("lets clusters below min-cluster-size not form, and says what the documents advise", async () => {
    const dir = mkdtempSync(join(tmpdir(), "stretch-preview-"));
    const file = join(dir, "least.yaml");
    const text = readFileSync(sites[1], "utf8").replace(
      "faults:",
      "minClusterSize: 3\nfaults:\n  c-alone: [[A1, A2, A3, B1, B2, B3], [C1, C2]]",
    );
    writeFileSync(file, text);
    const args = ["--topology", file, "--fault", "c-alone"];
    expect((await json(...args)).orphans).toEqual(["C1", "C2"]);
    const { out } = await wide(["preview", ...args]);
    expect(out).toContain(
      "- C1 and C2 are fewer than min-cluster-size 3 and form no cluster: with 1 theirs would serve 0.",
    );
    expect(out).not.toMatch(/Heal every link|The ids decide|Half a cut/);
    expect(out).toContain(
      "- Reconsider min-cluster-size 3: Aerospike's documents advise against it in strong consistency below half of the nodes.",
    );
    rmSync(dir, { recursive: true });
  });

  it("says of tie-breaker's split that London's nodes are orphans: their ids are the lower", async () => {
    expect((await json("tie-breaker", "--fault", "split")).orphans).toEqual(["A1B32", "A2B32", "A3B32"]);
    const { out } = await wide(["preview", "tie-breaker", "--fault", "split"]);
    expect(out).toMatch(/Paris and Ireland serve 4096 of 4096\n {2}London: in no cluster/);
    expect(out).toMatch(/here the cluster of A3B33/);
  });

  it("says which clusters come and go, and what that leaves behind", async () => {
    expect((await json(...flaps)).flapping).toEqual([["A3", "A6"]]);
    const { out } = await wide(["preview", ...flaps]);
    expect(out).toContain(
      "The cluster of A3 and A6 comes and goes: a new cluster key about every 4.7 s, for as long as the fault lasts",
    );
    expect(out).toContain(
      "- Heal soon: the cluster of A3 and A6 comes and goes, and where one interrupts the next what it serves is dead afterwards, without any crash, until revive and recluster.",
    );
    expect(out).toContain("clusters that come and go");
  });

  it("says where clusters race to form that a real cluster may end otherwise", async () => {
    const args = ["--topology", join(fixtures, "flapping.yaml"), "--fault", "races"];
    expect((await json(...args)).mayDiffer).toBe(true);
    const { out } = await wide(["preview", ...args]);
    expect(out).toContain("This may differ: clusters race to form, and a real one may end otherwise");
    expect(out).toContain("beyond what was checked against a real cluster: clusters that race to form.");
  });

  it("shows with --ap that both sides serve everything, two masters each", async () => {
    const { subClusters } = await json(...even, "--fault", "split", "--ap");
    expect(subClusters.map(({ partitions }) => partitions.available)).toEqual([4096, 4096]);
    const { out } = await wide(["preview", ...even, "--fault", "split", "--ap"]);
    expect(out).toMatch(/eu-west-3 serves 4096 of 4096, as every sub-cluster does: 2 masters each/);
    expect(out).toMatch(/the higher generation wins, the later update time only on a tie/);
    expect(out).toMatch(/beyond what was checked against a real cluster: availability mode\./);
  });

  it("advises with --ap to start what is down, and to heal and stop writers only where there are sub-clusters", async () => {
    const adviceIn = async (...args: string[]) =>
      (await wide(["preview", ...args, "--ap"])).out.split("What to do\n")[1].split("\n\n")[0];
    expect((await adviceIn(...odd, "--fault", "rack-down")).split("\n")).toEqual([
      "  - Start A541, A445, A333, A332 again: after a clean stop they come back with their data.",
      expect.stringContaining("Set latency-max-ms 9"),
    ]);
    expect(await adviceIn(...even, "--fault", "split")).toMatch(
      /^ {2}- Stop the writers of all sides but one: .*\n {2}- Heal the network\. .*\n {2}- Set latency-max-ms 9 .*$/,
    );
  });

  it.each([
    [even, "split", "50", 0],
    [even, "split", "50.1", 1],
    [odd, "split", "100", 0],
    [odd, "rack-down", "1", 1],
    [odd, "rack-down", "0", 0],
    [even, "none", "100", 0],
  ])("of %j in fault %s, with --fail-under %s, ends with %i", async (topology, fault, percent, expected) => {
    const args = ["preview", ...topology, "--fault", fault, "--fail-under", percent];
    const { code, out, err } = await stretch(args);
    expect(code).toBe(expected);
    expect(out).toMatch(/Verdict/);
    expect(err === "").toBe(expected === 0);
  });

  it("says under what share it fails", async () => {
    const { err } = await wide(["preview", ...even, "--fault", "split", "--fail-under", "60"]);
    expect(err).toBe(
      "stretch: The sub-cluster that serves most serves 2048 of 4096 partitions (50.0 %): under the 60 % of --fail-under.",
    );
  });

  it("is the same with colours, but for the colours", async () => {
    const args = ["preview", ...even, "--fault", "split"];
    const [plain, coloured] = [await stretch(args), await stretch(args, true)];
    expect(coloured.out).toContain("\u001b[");
    expect(stripVTControlCharacters(coloured.out)).toBe(plain.out);
  });
});

describe("stretch preview of a fault that refuses new connections", () => {
  it("tells what the article's one-way edit really does: the cluster stays one, new connections are refused", async () => {
    const { out } = await wide(["preview", "even-split", "--fault", "one-way"]);
    expect(out).toContain("London and Paris serve 4096 of 4096");
    expect(out).toMatch(/new connections .* are refused on 3000-3003; .* the cluster does not split/);
  });

  it("tells by side what clients get that connect anew, and to heal", async () => {
    const { out } = await wide(["preview", "even-split", "--fault", "one-way"]);
    expect(out).toMatch(/^Operation +\|Connected +\|from London +\|from Paris$/m);
    expect(out).toMatch(/^write +\|after the cut \(not measured\)\|ok all +\|ok all$/m);
    expect(out).toMatch(/^session read +\|before the cut +\|ok all +\|ok all$/m);
    expect(out).toMatch(/^session read +\|after the cut \(not measured\)\|ok 2048, -8 2048\|ok all$/m);
    expect(out.split("What to do\n")[1]).toMatch(
      /^ {2}- Heal: new connections from London to A1B33, A2B33 and A3B33 are refused, of clients and of nodes; .*$/m,
    );
  });

  it("says as JSON which nodes refuse which region", async () => {
    expect((await json("even-split", "--fault", "one-way")).refuses).toEqual({
      "eu-west-2": ["A1B33", "A2B33", "A3B33"],
    });
    expect((await json("even-split", "--fault", "split")).refuses).toEqual({});
  });
});

describe("stretch preview of an active rack", () => {
  it("shows it on the roster, says that its nodes have every master, and that no other is to be promoted in a split", async () => {
    const { code, out } = await wide(["preview", "active-passive", "--fault", "split", "--full"]);
    expect(code).toBe(0);
    const text = stripVTControlCharacters(out);
    expect(text).toContain("M32|A3B33@33,A3B32@32,A2B33@33,A2B32@32,A1B33@33,A1B32@32");
    expect(text).toContain("M32|A3B32@32,A2B32@32,A1B32@32");
    expect(text).toContain("Rack 32 is the active one: healthy, its nodes have every master");
    expect(text).toContain("Promote no other rack while a node of rack 32 may live");
    expect((await json("active-passive")).subClusters[0].perNode).toMatchObject({
      A1B32: { secondary: 0 },
      A1B33: { primary: 0 },
    });
  });

  it("tells how to promote the other rack step by step where it is lost, and only then", async () => {
    const { out } = await wide(["preview", "active-passive", "--fault", "active-lost"]);
    const steps = [
      "Only if rack 32 is lost for good, and none of its nodes may live beyond a cut: promote rack 33",
      "manage config namespace mydata param active-rack to 33; manage recluster",
      "manage roster stage observed ns mydata, which stages M33|A3B33@33,A2B33@33,A1B33@33; manage recluster. The nodes left then serve 4096 of 4096.",
      "Write active-rack 33 into the files of all nodes before they start again",
    ].map((step) => out.indexOf(step));
    expect(steps.every((at) => at > 0)).toBe(true);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    const passive = await wide(["preview", "active-passive", "--fault", "passive-lost"]);
    expect(passive.out).not.toContain("promote");
  });

  it("says that it is not in effect with more racks than copies", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
    try {
      const text = readFileSync(join(fixtures, "three-sites.yaml"), "utf8");
      const file = join(folder, "topology.yaml");
      writeFileSync(file, text.replace("replicationFactor: 2", "replicationFactor: 2\n  activeRack: 1"));
      const { out } = await wide(["preview", "--topology", file]);
      expect(out).toContain(
        "Active rack 1 is not in effect: it needs no more racks than copies, and there are 3 racks and 2 copies",
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
