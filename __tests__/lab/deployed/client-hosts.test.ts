import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFor } from "../../../lab/deployed/bundle";
import { ClientHost } from "../../../lab/deployed/client-hosts";
import { Results } from "../../../lab/deployed/results";
import { readLedger } from "../../../lab/load/ledger";
import type { Topology } from "../../../model";
import { Rehearsal } from "../../../rehearsal";
import { describeWith } from "../../support/requirements";
import { Objects, setEnvironment, StandInAws } from "./support/stand-in-aws";

jest.setTimeout(120_000);

const PLACE = "eu-west-2";
const TOPOLOGY: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [
    { id: "A1", rack: 32, region: PLACE },
    { id: "B1", rack: 33, region: "eu-west-3" },
  ],
};
const PREFIX = "london-client/runs/one";
const CLOCK = { ahead: 5, within: 2 };

describeWith(["client for Node.js"], "the loaders of a client host, from the bundle alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
  const bundle = join(folder, "bundle");
  let cluster: Rehearsal;
  let aws: StandInAws;
  let objects: Objects;
  let restore: () => void;
  let results: Results;
  let program: ChildProcess | undefined;
  let log = "";

  beforeAll(async () => {
    const { archive, sha256 } = bundleFor({ machine: "x86_64", abi: process.versions.modules });
    expect(sha256).toBe(bundleFor({ machine: "x86_64", abi: process.versions.modules }).sha256);
    writeFileSync(join(folder, "bundle.tar.gz"), archive);
    spawnSync("bash", ["-c", "mkdir bundle && tar xzf bundle.tar.gz -C bundle"], {
      cwd: folder,
      timeout: 60_000,
    });
    cluster = await Rehearsal.start({ topology: TOPOLOGY, heartbeat: { interval: 30, timeout: 10 } });
    await cluster.until(({ settled }) => settled);
    objects = new Objects();
    aws = await StandInAws.start((request, body) => objects.answer(request, body));
    restore = setEnvironment(aws.environment);
    results = new Results({ bucket: "results", region: PLACE });
  });
  afterAll(async () => {
    program?.kill("SIGKILL");
    results.close();
    restore();
    await aws.stop();
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    objects.all.clear();
    objects.denied = () => false;
    log = "";
  });

  function start(seconds: number): Promise<number | null> {
    const options = JSON.stringify({ bucket: "results", region: PLACE, prefix: PREFIX, seconds });
    program = spawn(process.execPath, [join(bundle, "host.js"), options], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, AWS_REGION: PLACE },
    });
    program.stderr!.on("data", (data: Buffer) => (log += data.toString()));
    return new Promise((resolve) => program!.once("exit", resolve));
  }
  const client = (patience?: number) =>
    new ClientHost(
      { region: PLACE, ledgers: "s3://results/host" },
      {
        get: (name) => results.get(`${PREFIX}/${name}`),
        put: (name, body) => results.put(`${PREFIX}/${name}`, body),
      },
      () => CLOCK,
      patience,
    );
  const task = (number: number, more: object = {}) => ({
    ...{ hosts: cluster.seeds[PLACE], namespace: "mydata", strongConsistency: true, place: PLACE },
    ...{ client: `${PLACE}/${number}`, workload: "register" as const, seed: number, rate: 100 },
    ledger: join(folder, `ledger-${PLACE}-${number}.jsonl`),
    ...more,
  });

  test("load until they are stopped, or have put their keys; each ledger is brought, with its clock", async () => {
    const exit = start(100);
    const host = client();
    const going = host.load(task(1));
    await going.ready;
    const keys = host.load(task(2, { keys: [1, 2, 3], workload: "article" }));
    expect(await keys.ended).toEqual({ reason: "done" });
    expect(await going.stop()).toEqual({ reason: "stopped" });
    expect(keys.progress.counts.ok).toBe(3);
    const { header, operations } = readLedger(join(folder, `ledger-${PLACE}-1.jsonl`));
    expect(header).toMatchObject({ client: `${PLACE}/1`, clock: CLOCK });
    expect(operations.length).toBe(Object.values(going.progress.counts).reduce((a, b) => a + b));
    expect(readLedger(join(folder, `ledger-${PLACE}-2.jsonl`)).operations).toHaveLength(3);
    await host.close();
    expect([await exit, log]).toEqual([0, ""]);
  });

  test("end by the deadline though nobody tells them, and leave their ledgers", async () => {
    const exit = start(6);
    const host = client();
    const loader = host.load(task(3));
    expect(await loader.ended).toEqual({ reason: "stopped" });
    expect(await exit).toBe(0);
    expect(readLedger(join(folder, `ledger-${PLACE}-3.jsonl`)).operations.length).toBeGreaterThan(10);
    await host.close();
  });

  test("leave their ledgers when their program is ended for another run", async () => {
    const exit = start(100);
    const host = client();
    const loader = host.load(task(4));
    await loader.ready;
    program!.kill("SIGTERM");
    expect(await loader.ended).toEqual({ reason: "stopped" });
    expect(await exit).toBe(0);
    await host.close();
  });

  test("lose no ledger while the bucket is denied to them: it is put when it no longer is", async () => {
    objects.denied = (key) => key.endsWith(".gz");
    const exit = start(100);
    const host = client();
    const loader = host.load(task(6, { keys: [7, 8], workload: "article" }));
    await loader.ready;
    for (const end = Date.now() + 20_000; !log.includes("the credentials may not do this");) {
      if (Date.now() > end) throw new Error(`The host does not complain: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    objects.denied = () => false;
    expect(await loader.ended).toEqual({ reason: "done" });
    expect(readFileSync(join(folder, `ledger-${PLACE}-6.jsonl`), "utf8")).toContain("dummy/7");
    await host.close();
    expect(await exit).toBe(0);
  });

  test("are given up, with the reason, when their host cannot read what is wanted", async () => {
    objects.denied = (key, method) => key.endsWith("control.json") && method === "GET";
    const exit = start(100);
    const host = client(5000);
    const loader = host.load(task(8));
    await expect(loader.ended).rejects.toThrow(
      /did not hear, for 5 s: it cannot read what it is to do \(.*the credentials may not do this/,
    );
    expect(host.isLost).toBe(true);
    objects.denied = () => false;
    await host.close();
    expect(await exit).toBe(0);
  });

  test("are given up, with the reason, when their host is not heard of", async () => {
    objects.denied = (key) => key.endsWith("state.json");
    const host = client(3000);
    const loader = host.load(task(7));
    await expect(loader.ended).rejects.toThrow(
      /client host in eu-west-2 was not heard of, or did not hear, for 3 s: .*the credentials may not do this/,
    );
    await host.close();
  });
});

describe("the bundle for client hosts", () => {
  it.each([
    { machine: "aarch64", abi: process.versions.modules },
    { machine: "x86_64", abi: "42" },
  ])("fails for $machine with ABI $abi, which the database client has nothing for", (platform) => {
    expect(() => bundleFor(platform)).toThrow(
      new RegExp(
        `has nothing here for the client hosts: ${platform.machine}, Node.js with ABI ${platform.abi}`,
      ),
    );
  });
});
