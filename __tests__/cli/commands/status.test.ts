import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Sample } from "../../../lab/observe/samples";
import { halves } from "../../../model";
import { Rehearsal } from "../../../rehearsal";
import { idsIn, LONDON, ODD, PARIS } from "../../rehearsal/support/clusters";
import { describeWith } from "../../support/requirements";
import { stretch } from "../support";

const REPO = join(__dirname, "..", "..", "..");

/** The command in a process of its own: the client's native part is set up once in a process. */
class Status {
  text = "";
  private readonly child: ChildProcess;

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, ["--import", "tsx", "cli/cli.ts", "status", ...args], {
      cwd: REPO,
      timeout: 50_000,
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on("data", (data: Buffer) => (this.text += data.toString()));
    }
  }

  async ended(): Promise<{ code: number | null; text: string }> {
    const code = await new Promise<number | null>((resolve) => this.child.on("close", resolve));
    return { code, text: this.text };
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}

describeWith(["client for Node.js"], "stretch status --hosts", () => {
  let cluster: Rehearsal;
  beforeAll(async () => {
    cluster = await Rehearsal.start({ topology: ODD, heartbeat: { interval: 30, timeout: 10 } });
    await cluster.until(({ settled }) => settled);
  });
  afterAll(() => cluster.stop());
  const at = (region: string) => ["--hosts", cluster.seeds[region], "--namespace", "mydata"];
  const ids = () => ODD.nodes.map(({ id }) => id);

  test("shows cluster key and size, principal, partitions, roster, objects and migrations of the node and those it knows", async () => {
    const { code, text } = await new Status(...at(PARIS)).ended();
    const { subClusters } = await cluster.status();
    const [{ clusterKey, principal }] = subClusters;
    expect(text).toContain("Namespace mydata, 7 of 7 nodes have answered: observed, each from its own side.");
    expect(text).toMatch(
      new RegExp(`${clusterKey} *\\|${principal} *\\| *7\\|[\\dA-F, ]+\\| *4096\\| *0\\| *0$`, "m"),
    );
    expect(text).toMatch(/^Roster of A829: A829@33,A541@32/m);
    for (const id of ids()) {
      expect(text).toMatch(
        new RegExp(`\\n${id} *\\|127\\.0\\.0\\.1:\\d+ *\\| *3[23]\\|${clusterKey} *\\| *0\\|`),
      );
    }
    expect(code).toBe(0);
  });

  test("shows each half of a split from its own side, and what does not answer as a gap", async () => {
    await cluster.setFault(halves(idsIn(ODD, LONDON), idsIn(ODD, PARIS)));
    await cluster.until(({ settled, subClusters }) => settled && subClusters.length === 2);
    const [paris] = idsIn(ODD, PARIS);
    await cluster.stopNode(paris);
    await cluster.until(({ settled }) => settled);
    const silent = cluster.nodes.find(({ id }) => id === paris)!.ownAddress;
    const hosts = cluster.nodes.map(({ ownAddress }) => ownAddress).join(",");
    const { code, text } = await new Status("--hosts", hosts, "--namespace", "mydata", "--json").ended();
    expect(code).toBe(0);
    const { nodes } = JSON.parse(text) as { nodes: Sample[] };
    expect(new Set(nodes.map(({ state }) => state?.clusterSize))).toEqual(new Set([4, 2, undefined]));
    expect(nodes.find(({ node }) => node === silent)).toMatchObject({ gap: "no answer" });
    await cluster.startNode(paris);
    await cluster.heal();
    await cluster.until(({ settled, subClusters }) => settled && subClusters.length === 1);
  });

  test("with --from only what one node sees, and with --watch again each second", async () => {
    const status = new Status(...at(LONDON), "--from", ids()[0].toLowerCase(), "--watch", "--json");
    for (const end = Date.now() + 30_000; status.text.split("\n").length < 4;) {
      if (Date.now() > end) throw new Error(status.text);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    status.kill();
    const looks = status.text.split("\n").slice(0, 3);
    for (const look of looks) {
      const { nodes } = JSON.parse(look) as { nodes: Sample[] };
      expect(nodes.map(({ node }) => node)).toEqual([ids()[0]]);
    }
    const [one, two] = looks.map((look) => (JSON.parse(look) as { nodes: Sample[] }).nodes[0].at);
    expect(two).toBeGreaterThan(one);
  });

  test("fails (1) where nobody answers, and (2) where the node is none", async () => {
    const [nobody, none] = await Promise.all([
      new Status("--hosts", "127.0.0.1:9", "--namespace", "mydata").ended(),
      new Status(...at(LONDON), "--from", "FFFF").ended(),
    ]);
    expect(nobody).toMatchObject({
      code: 1,
      text: expect.stringContaining("No node answers at 127.0.0.1:9") as string,
    });
    expect(none).toMatchObject({
      code: 2,
      text: expect.stringContaining('There is no node "FFFF": expected one of') as string,
    });
  });
});

test("stretch status fails (2) on options that do not go together", async () => {
  for (const [args, text] of [
    [["--hosts", "127.0.0.1:3000"], "--hosts was given without --namespace"],
    [
      ["--namespace", "mydata"],
      "--namespace, --user, --tls-name and --tls-ca are for a cluster: expected --hosts.",
    ],
    [["--hosts", "127.0.0.1:3000", "--port", "4000"], "cannot be used with option '--port"],
    [["--watch", "--traces", "orders"], "cannot be used with option '--traces"],
  ] as const) {
    const { code, err } = await stretch(["status", ...args]);
    expect({ args, code }).toEqual({ args, code: 2 });
    expect(err).toContain(text);
  }
});
