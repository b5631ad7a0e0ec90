import { spawn } from "node:child_process";
import { join } from "node:path";
import { peersOf } from "../../../lab/observe/nodes-of";
import { halves } from "../../../model";
import { Rehearsal } from "../../../rehearsal";
import { idsIn, LONDON, ODD, PARIS } from "../../rehearsal/support/clusters";
import { describeWith } from "../../support/requirements";
import { stretch } from "../support";

const REPO = join(__dirname, "..", "..", "..");

/** Runs the command in a process of its own: the client's native part is set up once in a process. */
function recover(...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", "cli/cli.ts", "recover", ...args], {
    cwd: REPO,
    timeout: 50_000,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => (text += data.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, text })));
}

describeWith(["client for Node.js"], "stretch recover", () => {
  let cluster: Rehearsal;
  beforeAll(async () => {
    cluster = await Rehearsal.start({ topology: ODD, heartbeat: { interval: 30, timeout: 10 } });
    await cluster.until(({ settled }) => settled);
  });
  afterAll(() => cluster.stop());
  const there = () => [
    "--hosts",
    `${cluster.seeds[LONDON]},${cluster.seeds[PARIS]}`,
    "--namespace",
    "mydata",
  ];

  test("says that nothing is to be done, of a node's peers too", async () => {
    const { code, text } = await recover("--hosts", cluster.seeds[PARIS], "--namespace", "mydata");
    expect(text).toContain("sees:     One cluster of 7 nodes, 0 partitions unavailable, 0 dead.");
    expect(text).toContain("proposes: none");
    expect(code).toBe(0);
  });

  test("refuses nothing and proposes to heal in a live split", async () => {
    await cluster.setFault(halves(idsIn(ODD, LONDON), idsIn(ODD, PARIS)));
    await cluster.until(({ settled, subClusters }) => settled && subClusters.length === 2);
    const { code, text } = await recover(...there(), "--confirmed-down", "32", "--yes");
    expect(text).toContain("The nodes that answer are not one cluster");
    expect(text).toContain("proposes: heal");
    expect(code).toBe(0);
    await cluster.heal();
    // What London served in the split is whole in Paris again only when migrations have ended.
    await cluster.until(
      ({ settled, subClusters, nodes }) =>
        settled &&
        subClusters.length === 1 &&
        nodes.every(({ migratesTx, migratesRx }) => migratesTx + migratesRx === 0),
    );
  });

  test("takes a lost rack off the roster on the operator's word, and only with --yes", async () => {
    for (const id of idsIn(ODD, LONDON)) await cluster.stopNode(id);
    await cluster.until(({ settled }) => settled);
    const seen = await recover(...there());
    expect(seen.text).toContain("proposes: start, nodes ");
    expect(seen.text).toContain("--confirmed-down 32");
    const asked = await recover(...there(), "--confirmed-down", "32");
    expect(asked.text).toContain("proposes: reroster, confirmedDown 32");
    expect(asked.text).toContain("loses:    0 of 4096 partitions by prediction");
    expect(asked.text).toContain("Nothing was changed");
    expect((await cluster.status()).subClusters[0].available).toBe(0);
    const done = await recover(...there(), "--confirmed-down", "32", "--yes");
    expect(done.text).toContain("Done. Now: ");
    expect(done.code).toBe(0);
    // Ownership follows the roster after a moment.
    await cluster.until(({ subClusters: [{ available }] }) => available === 4096);
  });

  test("fails where no node answers, with the addresses", async () => {
    const { code, text } = await recover("--hosts", "127.0.0.1:1", "--namespace", "mydata");
    expect(text).toContain("No node answers at 127.0.0.1:1");
    expect(text).not.toContain("    at ");
    expect(code).toBe(1);
  });
});

test.each([
  [["--namespace", "mydata"], "--hosts"],
  [["--hosts", "a b", "--namespace", "mydata"], "Expected addresses such as"],
  [
    ["--hosts", "127.0.0.1:3000", "--namespace", "mydata", "--confirmed-down", "London"],
    "Expected a rack id, such as 32.",
  ],
])("stretch recover %j is wrong use", async (args, complaint) => {
  const { code, err } = await stretch(["recover", ...args]);
  expect(code).toBe(2);
  expect(err).toContain(complaint);
});

test("peers are read with their ports, the default one left out by the server", () => {
  expect(peersOf("14,3000,[[A1,,[10.0.0.1]],[B2,,[10.0.0.2:3010]]]")).toEqual([
    ["A1", "10.0.0.1:3000"],
    ["B2", "10.0.0.2:3010"],
  ]);
  expect(peersOf("14,4333,[[A1,db.internal,[10.0.0.1]]]")).toEqual([["A1", "10.0.0.1:4333"]]);
  expect(peersOf("")).toEqual([]);
});
