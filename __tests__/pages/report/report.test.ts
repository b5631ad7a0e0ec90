import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, NO_FAULT } from "../../../model";
import { stateOf } from "../../../pages/explorer/state";
import { writeReportPage } from "../../../pages/report/write";
import { EVEN } from "../support/designs";
import { type MadeUp, madeUpRun } from "../support/run-folder";

const scratch = mkdtempSync(join(tmpdir(), "stretch-report-"));
afterAll(() => rmSync(scratch, { recursive: true }));

async function reportOf(what: MadeUp, topology = EVEN, split?: Fault): Promise<string> {
  const folder = mkdtempSync(join(scratch, "run-"));
  await madeUpRun(folder, what, topology, split);
  return readFileSync(writeReportPage(folder), "utf8");
}

/** Headings in their order. */
function headings(html: string): string[] {
  return [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, text]) => text);
}

describe("the report of a run", () => {
  test("begins with the verdict as a sentence, and tells the rest in its order", async () => {
    const html = await reportOf("pass");
    expect(html).toContain(
      "<h1>London kept 2,048 of 4,096 partitions, Paris kept 2,048 of 4,096 partitions; 0 of 8 acknowledged writes lost.</h1>",
    );
    expect(headings(html)).toEqual([
      "Objectives",
      "Predicted and observed",
      "What happened, over time",
      "Latencies of what was acknowledged",
      "The 4096 partitions",
      "What the ledgers say of each key",
      "Codes that clients saw, and what an application does on each",
      "Accounting, as asadm's info namespace object",
      "How it was run",
    ]);
    expect(html).toContain("partition unavailable: try again later, or at another region");
    expect(html).toContain("stretch run even-split --seed 7");
  });

  test("shows a lost write with the history of its key", async () => {
    const html = await reportOf("lost write");
    expect(html).toMatch(/class="verdict fail"/);
    expect(html).toContain("dummy/eu-west-2-0");
    expect(html).toMatch(/after.lost[\s\S]*missed/);
    expect(html).toContain("no record");
  });

  test("of a live run says of which stack, how well times are known, and when the cut was made", async () => {
    const html = await reportOf("live");
    expect(html).toContain("even-split, live on the stack even-split in AWS (eu-west-2, eu-west-3)");
    expect(headings(html)).toContain("On the deployed stack");
    expect(html).toContain("this machine knows true time by its own clock alone");
    expect(html).toMatch(
      /fault split<\/t[hd]><td[^>]*>5\.0 s \(08:00:05\.000 UTC\)<\/td><td[^>]*>5\.1 s .*London serves 2048; Paris serves 2048/,
    );
  });

  test("says first why a run that was aborted proves nothing", async () => {
    const html = await reportOf("aborted");
    expect(html).toMatch(/class="verdict aborted"/);
    expect(html.indexOf("Stop condition: dead is 3")).toBeLessThan(html.indexOf("<h2>"));
  });

  test("links to the explorer beside it, with the run's cluster and fault", async () => {
    const html = await reportOf("pass");
    const [, hash] = /href="explorer\.html(#[^"]+)"/.exec(html)!;
    const state = stateOf(hash)!;
    expect(state.designs[0].nodes.map(({ id }) => id)).toEqual(EVEN.nodes.map(({ id }) => id));
    expect(state.steps).toMatchObject([{ broken: [{ kind: "given", name: "split" }] }]);
  });

  test("tells of nodes in no cluster: in its sentence, among what was predicted, and in the accounting", async () => {
    const html = await reportOf("pass", EVEN, {
      ...NO_FAULT,
      cannotHear: {
        A1B32: ["A2B33", "A3B33"],
        A2B32: ["A1B33", "A2B33", "A3B33"],
        A3B32: ["A1B33", "A2B33", "A3B33"],
      },
    });
    const orphans = "A1B32, A2B32 and A3B32";
    expect(html).toContain(
      `<h1>Paris kept 2,048 of 4,096 partitions; ${orphans} in no cluster; 0 of 8 acknowledged writes lost.</h1>`,
    );
    expect(html).toMatch(
      new RegExp(`${orphans}</t[hd]><td[^>]*>in no cluster</td><td[^>]*>in no cluster</td>`),
    );
    expect(html).toContain(`split: 1 cluster, ${orphans} in no cluster, 12 masters`);
  });

  test("shows names as text, whatever they are, and is far smaller than a megabyte", async () => {
    const hostile = {
      ...EVEN,
      namespace: { ...EVEN.namespace, name: "</script><b>" },
      nodes: EVEN.nodes.map((node) => ({
        ...node,
        region: `<img src=x onerror=alert(1)>${node.region}`.replace("/", ""),
      })),
    };
    const folder = mkdtempSync(join(scratch, "run-"));
    await madeUpRun(folder, "pass", hostile);
    const path = writeReportPage(folder);
    expect(readFileSync(path, "utf8")).not.toContain("<img");
    expect(readFileSync(join(folder, "explorer.html"), "utf8")).not.toContain("<img");
    expect(statSync(path).size).toBeLessThan(500_000);
  });
});
