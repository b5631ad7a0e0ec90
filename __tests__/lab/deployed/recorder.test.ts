import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { monotonic } from "../../../lab/load/clock";
import { readRecorded } from "../../../lab/deployed/recorded-samples";
import { Recorders } from "../../../lab/deployed/recorders";
import { readSamples } from "../../../lab/observe/samples";
import { halves, type Topology } from "../../../model";
import { Rehearsal } from "../../../rehearsal";

const TEMPLATES = join(__dirname, "../../../templates");
const TOPOLOGY: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [
    { id: "A1", rack: 32, region: "eu-west-2" },
    { id: "B1", rack: 33, region: "eu-west-3" },
  ],
};

/** The recorder of a host in a folder; its bucket is a folder too. */
class Recorder {
  readonly bucket: string;
  private readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  log = "";

  /** @param first what its script begins with */
  constructor(folder: string, node: string, server: string, seconds: number, settings = "", first = "") {
    const host = join(folder, node);
    this.bucket = join(folder, "bucket");
    for (const path of ["bin", "etc", "var"]) mkdirSync(join(host, path), { recursive: true });
    mkdirSync(this.bucket, { recursive: true });
    const moved = (text: string) =>
      text
        .replaceAll("/opt/stretch/bin", join(host, "bin"))
        .replaceAll("/opt/stretch", host)
        .replaceAll("/etc/stretch", join(host, "etc"))
        .replaceAll("/var/lib/stretch", join(host, "var"));
    writeFileSync(join(host, "lib.sh"), moved(readFileSync(join(TEMPLATES, "lib.sh"), "utf8")));
    writeFileSync(join(host, "etc/host.env"), settings);
    writeFileSync(join(host, "etc/server"), server);
    const write = (name: string, text: string) =>
      writeFileSync(join(host, "bin", name), text, { mode: 0o755 });
    write("recorder", first + moved(readFileSync(join(TEMPLATES, "recorder.sh"), "utf8")));
    // aws s3 cp --only-show-errors --region REGION FILE s3://NAME
    write(
      "aws",
      `#!/bin/bash\ncp "$6" "${this.bucket}/new-\${7##*/}" && mv "${this.bucket}/new-\${7##*/}" "${this.bucket}/\${7##*/}"\n`,
    );
    // With access control the tool is asked: here it repeats the command.
    write("asinfo", `#!/bin/bash\necho "tool=$2"\n`);
    const end = Math.floor(Date.now() / 1000) + seconds;
    this.child = spawn(
      "bash",
      [join(host, "bin/recorder"), String(end), "mydata", `s3://results/${node}`, "eu-west-2"],
      {
        env: { ...process.env, PATH: `${join(host, "bin")}:${process.env.PATH}` },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    this.child.stderr!.on("data", (data: Buffer) => (this.log += data.toString()));
    this.ended = new Promise((resolve) => this.child.once("exit", resolve));
  }

  end(): Promise<number | null> {
    this.child.kill("SIGTERM");
    return this.ended;
  }

  object(name: string): Buffer | undefined {
    const path = join(this.bucket, name);
    return existsSync(path) ? readFileSync(path) : undefined;
  }
}

describe("the recorder of a database host", () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
  let cluster: Rehearsal;
  beforeAll(async () => {
    cluster = await Rehearsal.start({ topology: TOPOLOGY, heartbeat: { interval: 30, timeout: 10 } });
    await cluster.until(({ settled }) => settled);
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });
  const addressOf = (node: string) => cluster.nodes.find(({ id }) => id === node)!.ownAddress;

  test("samples its server for whoever follows it, a cut and a stop too, and puts all samples in the end", async () => {
    const run = join(folder, "run");
    const hosts = TOPOLOGY.nodes.map(({ id }) => new Recorder(run, id, addressOf(id), 120));
    const ahead = monotonic() - Date.now() * 1000;
    const recorders = new Recorders({
      nodes: TOPOLOGY.nodes.map(({ id }) => ({ id, object: id })),
      namespace: "mydata",
      get: async (key) => hosts[0].object(key),
      clockOf: () => ({ ahead, within: 0 }),
      end: async () => void (await Promise.all(hosts.map((host) => host.end()))),
    });
    await recorders.heard();
    const path = join(run, "samples.jsonl");
    const observer = recorders.observer(path, () => {});
    await observer.ready;
    expect(await recorders.ask("A1", "statistics")).toContain("cluster_size=2;");
    expect(await recorders.ask("B1", "replicas")).toMatch(/^mydata:/);
    expect(await recorders.ask("B1", "node")).toBe("B1");
    await cluster.setFault(halves(["A1"], ["B1"]));
    await cluster.until(({ settled, subClusters }) => settled && subClusters.length === 2);
    // What was true before the question is no answer to it.
    expect(await recorders.ask("A1", "statistics")).toContain("cluster_size=1;");
    expect(observer.last.get("A1")).toMatchObject({ state: { clusterSize: 1, rack: 32 } });
    await cluster.stopNode("B1", "clean");
    expect(await recorders.ask("B1", "statistics")).toBeUndefined();
    await observer.stop();
    await recorders.close();
    expect(await Promise.all(hosts.map(({ ended }) => ended))).toEqual([0, 0]);
    const samples = readSamples(path);
    const sizes = samples.flatMap(({ node, state }) => (node === "A1" && state ? [state.clusterSize] : []));
    expect([sizes[0], sizes.at(-1)]).toEqual([2, 1]);
    expect(samples.filter(({ node }) => node === "B1").at(-1)).toMatchObject({ gap: "no answer" });
    const all = readRecorded(gunzipSync(hosts[0].object("A1.gz")!).toString());
    expect(all).toHaveLength(samples.filter(({ node }) => node === "A1").length);
    expect(hosts.map(({ log }) => log)).toEqual(["", ""]);
    await cluster.startNode("B1");
    await cluster.heal();
  });

  test("ends by its deadline though nobody tells it, puts what it has, and goes on where it is started again", async () => {
    const start = () => new Recorder(join(folder, "alone"), "A1", addressOf("A1"), 2);
    const first = start();
    expect(await first.ended).toBe(0);
    const samples = () => readRecorded(gunzipSync(first.object("A1.gz")!).toString());
    const before = samples();
    expect(before.length).toBeGreaterThan(1);
    expect(await start().ended).toBe(0);
    expect(samples().slice(0, before.length)).toEqual(before);
    expect(samples().length).toBeGreaterThan(before.length);
  });

  test("samples in the bash of Enterprise Linux 8 too, which does not tell the time, and puts all when a refusal is over", async () => {
    const old = [
      "unset EPOCHREALTIME EPOCHSECONDS",
      // The first two tries to put all samples are refused.
      'aws() { [[ $6 != *.gz || $((refused++)) -ge 2 ]] && command aws "$@"; }',
      "export -f aws; refused=0",
      // A function is no program.
      'timeout() { shift; "$@"; }',
    ];
    const host = new Recorder(join(folder, "old"), "A1", addressOf("A1"), 4, "", `${old.join("\n")}\n`);
    const begun = Date.now() * 1000;
    expect(await host.ended).toBe(0);
    const samples = readRecorded(gunzipSync(host.object("A1.gz")!).toString());
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) {
      expect(sample.begun).toBeGreaterThan(begun);
      expect(sample.begun + sample.took).toBeLessThan(Date.now() * 1000);
    }
    expect(samples[0].answers.get("statistics")).toContain("cluster_size=");
    expect(host.log).toBe("");
  });

  test("asks the tool, which logs in, where the cluster has access control", async () => {
    const host = new Recorder(join(folder, "login"), "A1", "127.0.0.1:1", 1, "OPERATOR_SECRET_ARN=arn\n");
    expect(await host.ended).toBe(0);
    const [sample] = readRecorded(host.object("A1.latest")!.toString());
    expect([...sample.answers]).toContainEqual(["replicas", "tool=replicas"]);
  });

  test("fails to be heard of, with the reason, where nothing is put; samples that were seen are kept", async () => {
    let latest: string | undefined = "@\t1000\t10\nstatistics\tcluster_size=0\n\n";
    const path = join(folder, "kept.jsonl");
    const recorders = new Recorders({
      nodes: [{ id: "A1", object: "A1" }],
      namespace: "mydata",
      get: async () => {
        if (latest === undefined) throw new Error("the credentials may not do this");
        return Buffer.from(latest);
      },
      clockOf: () => ({ ahead: 0, within: 0 }),
      end: () => Promise.reject(new Error("no host answers")),
    });
    const observer = recorders.observer(path, () => {});
    await observer.ready;
    latest = undefined;
    await observer.stop();
    await recorders.close();
    expect(readSamples(path)).toMatchObject([{ node: "A1", at: 1010, gap: expect.any(String) }]);
    expect(readdirSync(folder)).toContain("kept.jsonl");
  });
});
