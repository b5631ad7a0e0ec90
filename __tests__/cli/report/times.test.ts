import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixtures, type Ran, stretch } from "../support";

const even = ["--topology", join(fixtures, "even-split.yaml")];
/** On a terminal so wide that no sentence is broken. */
const wide = (args: readonly string[]): Promise<Ran> => stretch(args, false, 1000);
const dir = mkdtempSync(join(tmpdir(), "stretch-rtt-"));
afterAll(() => rmSync(dir, { recursive: true }));

function file(text: string): string {
  const path = join(dir, "given.yaml");
  writeFileSync(path, text);
  return path;
}

describe("stretch preview tells what the network adds to an operation", () => {
  it("by place and operation: London and Paris are 11 ms apart", async () => {
    const { out } = await wide(["preview", "even-split"]);
    expect(out).toMatch(/^Operation +\|from London +\|from Paris/m);
    expect(out).toMatch(/^write +\|17, at worst 22\|17, at worst 22$/m);
    expect(out).toMatch(/^linearized read\|17, at worst 22\|17, at worst 22$/m);
    expect(out).toMatch(/^session read +\|6, at worst 11 +\|6, at worst 11$/m);
    expect(out).toContain("Round trips: cloudping.co, medians of a year, captured 2025-05-29.");
  });

  it("and what the servers were told of it, and how soon a cut shows: in the article's heartbeats and in those for clouds", async () => {
    const { out } = await wide(["preview", "even-split"]);
    expect(out).toContain(
      "Heartbeats of 150 ms x 10, latency-max-ms 9: a lost node is missed after 1.5 s, new clusters have formed 1.7 to 3 s after a cut " +
        "(with 150 ms x 20, as Aerospike's documents advise in clouds, against false alarms: 3.4 to 5.9 s).",
    );
    const own = file(
      "namespace: { name: n, replicationFactor: 2, strongConsistency: true }\n" +
        "nodes: [{ id: A1, rack: 1, region: eu-west-2 }, { id: B1, rack: 2, region: eu-west-3 }]\n" +
        "heartbeats: { interval: 150, timeout: 20, latencyMaxMs: 9 }\n" +
        "faults: { split: [[A1], [B1]] }",
    );
    const split = (await wide(["preview", "--topology", own, "--fault", "split"])).out;
    expect(split).toContain(
      "150 ms x 20, latency-max-ms 9: a lost node is missed after 3 s, new clusters have formed 3.4 to 5.9 s after a cut.",
    );
    expect(split).toContain("in doubt (code 9) in the 3 to 8 s after the cut");
    const { out: json } = await wide(["preview", "--topology", own, "--json"]);
    expect(JSON.parse(json)).toMatchObject({
      heartbeats: { interval: 150, timeout: 20, latencyMaxMs: 9 },
      newClusters: [3400, 5900],
    });
  });

  it("advises a latency-max-ms where regions are farther apart than the servers were told", async () => {
    const advice = (await wide(["preview", ...even])).out.split("What to do\n")[1];
    expect(advice).toMatch(
      /Set latency-max-ms 9 .* eu-west-2 and eu-west-3 are 5.5 ms apart one way, beyond the 5 that is set/,
    );
    const nearer = (await wide(["preview", ...even, "--rtt", file("eu-west-3: { eu-west-2: 9 }")])).out;
    expect(nearer).not.toContain("Set latency-max-ms");
    expect((await wide(["preview", "even-split"])).out).not.toContain("Set latency-max-ms");
  });

  it("of what each side still serves once they are parted: within the region", async () => {
    const { out } = await wide(["preview", ...even, "--fault", "split", "--json"]);
    expect(JSON.parse(out).times["eu-west-2"].write).toEqual({ mean: 2, worst: 2 });
  });

  it("of no place that is served nothing: it has no column, and where all are so there is no table", async () => {
    const split = (await wide(["preview", "active-passive", "--fault", "split"])).out;
    expect(split).toMatch(/^Operation +\|from London$/m);
    expect(split).not.toContain("not known");
    const { out } = await wide(["preview", "active-passive", "--fault", "split", "--json"]);
    expect(Object.keys((JSON.parse(out) as { times: object }).times)).toEqual(["eu-west-2"]);
    const lost = (await wide(["preview", "active-passive", "--fault", "active-lost"])).out;
    expect(lost).not.toContain("What the network adds");
  });

  it("and where a fault makes a link slower than the servers were told: clusters may form late or flap", async () => {
    const topology = (latencyMaxMs: number, delay: number) =>
      file(
        "namespace: { name: n, replicationFactor: 2, strongConsistency: true }\n" +
          "nodes: [{ id: A1, rack: 1, region: eu-west-2 }, { id: B1, rack: 2, region: eu-west-3 }]\n" +
          `heartbeats: { latencyMaxMs: ${latencyMaxMs} }\n` +
          `faults: { slow: { links: [{ between: [eu-west-2, B1], delay: ${delay}, loss: 1 }] } }`,
      );
    const advice = async (latencyMaxMs: number, delay: number, ...fault: string[]) =>
      (await wide(["preview", "--topology", topology(latencyMaxMs, delay), ...fault])).out;
    const warning =
      "Expect clusters that form late or flap while it lasts: A1 and B1 are 55.5 ms apart one way, beyond the latency-max-ms 9 that is set.";
    expect(await advice(9, 50, "--fault", "slow")).toContain(warning);
    expect(await advice(9, 50)).not.toContain("late or flap");
    expect(await advice(56, 50, "--fault", "slow")).not.toContain("late or flap");
    expect(await advice(9, 3, "--fault", "slow")).not.toContain("late or flap");
  });

  it("with round trips of one's own over the table", async () => {
    const own = file("eu-west-3: { eu-west-2: 40 }");
    const { out } = await wide(["preview", ...even, "--rtt", own, "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      times: { "eu-west-3": { "session read": { worst: 40 }, write: { worst: 80 } } },
      roundTrips: expect.stringContaining(own),
    });
  });

  it("and that the table lacks a pair", async () => {
    const topology = file(
      "namespace: { name: n, replicationFactor: 2, strongConsistency: true }\n" +
        "nodes: [{ id: A1, rack: 1, region: eu-west-2 }, { id: B1, rack: 2, region: af-south-1 }]",
    );
    const { out } = await wide(["preview", "--topology", topology]);
    expect(out).toMatch(/^write +\|not known +\|not known$/m);
    expect(out).toContain("Measure the round trip between eu-west-2 and af-south-1 and give it with --rtt");
  });

  it.each([
    ["[1, 2]", /expected regions and milliseconds/],
    ["eu-west-2: fast", /expected regions and milliseconds/],
    [
      "eu-west-2: { eu-west-3: -1 }",
      /given\.yaml:1: eu-west-2\.eu-west-3: is "-1"; expected milliseconds, 0 to 10000/,
    ],
  ])("fails for a file that says %s", async (text, message) => {
    const { code, err } = await wide(["preview", ...even, "--rtt", file(text)]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it("fails for a file that is not there", async () => {
    const { code, err } = await wide(["preview", ...even, "--rtt", join(dir, "none.yaml")]);
    expect([code, err]).toEqual([2, expect.stringContaining("cannot be read")]);
  });
});
