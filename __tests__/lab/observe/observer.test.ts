import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ObserverProcess } from "../../../lab/observe/observer-process";
import { readSamples, type Sample } from "../../../lab/observe/samples";
import { halves, type Topology } from "../../../model";
import { Rehearsal } from "../../../rehearsal";
import { describeWith } from "../../support/requirements";

const LONDON = ["A1", "A2", "A3"];
const PARIS = ["B1", "B2", "B3"];
const TOPOLOGY: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [
    ...LONDON.map((id) => ({ id, rack: 32, region: "eu-west-2" })),
    ...PARIS.map((id) => ({ id, rack: 33, region: "eu-west-3" })),
  ],
};

describeWith(["client for Node.js"], "the observer, in a process of its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
  let cluster: Rehearsal;
  let observer: ObserverProcess;
  const path = join(folder, "samples.jsonl");
  const seen: Sample[] = [];

  beforeAll(async () => {
    cluster = await Rehearsal.start({ topology: TOPOLOGY, heartbeat: { interval: 30, timeout: 10 } });
    await cluster.until(({ settled }) => settled);
    observer = new ObserverProcess(
      {
        nodes: cluster.nodes.map(({ id, ownAddress }) => ({ id, address: ownAddress })),
        namespace: "mydata",
        path,
      },
      (sample) => seen.push(sample),
    );
    await observer.ready;
  });
  afterAll(async () => {
    observer.kill();
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  async function until(holds: () => boolean): Promise<void> {
    for (const end = Date.now() + 15_000; !holds();) {
      if (Date.now() > end)
        throw new Error(`Not seen in time: ${JSON.stringify([...observer.last.values()])}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const states = () => [...observer.last.values()].map(({ state }) => state);

  test("sees each node as the node sees itself, through a cut too", async () => {
    observer.fast();
    await until(() => states().filter((state) => state?.clusterSize === 6).length === 6);
    await cluster.setFault(halves(LONDON, PARIS));
    await until(() => states().filter((state) => state?.clusterSize === 3).length === 6);
    const keys = (ids: string[]) => new Set(ids.map((id) => observer.last.get(id)!.state!.clusterKey));
    expect([keys(LONDON).size, keys(PARIS).size, keys([...LONDON, ...PARIS]).size]).toEqual([1, 1, 2]);
    expect(observer.last.get("A1")!.state).toMatchObject({
      id: "A1",
      rack: 32,
      principal: "A3",
      unavailable: 2049,
      dead: 0,
    });
    await cluster.heal();
    await until(() => states().filter((state) => state?.clusterSize === 6).length === 6);
  });

  test("leaves a gap where a node is silent, and goes on with the others", async () => {
    await cluster.stopNode("B3");
    await until(() => observer.last.get("B3")!.gap !== undefined);
    const before = seen.length;
    await until(() => seen.slice(before).filter(({ node, state }) => node === "A1" && state).length > 5);
    await cluster.startNode("B3");
    await until(() => observer.last.get("B3")!.state !== undefined);
  });

  test("writes all that it said to a file, and ends when it is told to", async () => {
    observer.slow();
    await observer.stop();
    const written = readSamples(path);
    expect(written.length).toBeGreaterThanOrEqual(seen.length);
    expect(written.slice(0, seen.length)).toEqual(seen);
  });
});
