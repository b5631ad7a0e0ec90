import { digest, halves, type Namespace, partitionOf, type Topology } from "../../../model";
import { RefusedError } from "../../../rehearsal/errors";
import { Field, Info1, Info2, Info3, Op, Particle } from "../../../rehearsal/wire/codes";
import { FrameReader } from "../../../rehearsal/wire/frame";
import { decodeMessages, encodeMessages, type Message, message } from "../../../rehearsal/wire/message";
import { EVEN, EVEN_AP, LONDON, Run } from "../support/clusters";
import { A882, filesOf } from "../../templates/support/nodes";
import type { AerospikeSettings } from "../../../modules/hosts/aerospike-settings";

/** The aerospike.conf that the renderer writes for a node of the article's cluster. */
function confOf(settings: AerospikeSettings, nodeId: string, namespace: Partial<Namespace> = {}): string {
  const identity = { ...A882, nodeId, namespace: { ...A882.namespace, ...namespace } };
  return filesOf(identity, settings).files.find(({ path }) => path.endsWith("/aerospike.conf"))!.content;
}

const confs = (settings: AerospikeSettings = {}, of: Topology = EVEN) =>
  Object.fromEntries(of.nodes.map(({ id }) => [id, confOf(settings, id, of.namespace)]));

/** A cluster with the settings that a stack would deploy; `change` edits each text of aerospike.conf. */
function rehearsed(settings: AerospikeSettings = {}, of = EVEN, change = (text: string) => text): Run {
  const texts = Object.entries(confs(settings, of)).map(([id, text]) => [id, change(text)]);
  return new Run(of, { confs: Object.fromEntries(texts) });
}

function ask(run: Run, command: string, node = "A352"): string {
  return run.client(LONDON).info(node, command)!;
}

const config = (run: Run, context: string, node?: string) =>
  ask(run, `get-config:context=${context}`, node).split(";");
const setConfig = (run: Run, change: string, node?: string) =>
  ask(run, `set-config:context=namespace;id=mydata;${change}`, node);
const statistic = (run: Run, name: string, node: string) =>
  new RegExp(`(?:^|;)${name}=([^;]*)`).exec(ask(run, "namespace/mydata", node))![1];

/** Keys of which A352 is the master. */
function keysOf(run: Run, count: number): number[] {
  const { partitions } = run.cluster.nodes[0].view!;
  const keys: number[] = [];
  for (let key = 0; keys.length < count; key++) {
    if (partitions[partitionOf(digest("dummy", key))].master?.id === "A352") keys.push(key);
  }
  return keys;
}

const keyOf = (run: Run) => keysOf(run, 1)[0];

/** Asks a node for a record; gives the answers so far. */
function send(run: Run, key: number, parts: Partial<Message>, node = "A352"): Message[] {
  const answers: Message[] = [];
  const reader = new FrameReader();
  const fields = [
    { type: Field.namespace, value: Buffer.from("mydata") },
    { type: Field.set, value: Buffer.from("dummy") },
    { type: Field.digest, value: Buffer.from(digest("dummy", key)) },
  ];
  run.services
    .connect(
      run.cluster.node(node),
      { address: () => "" },
      {
        send: (bytes) => answers.push(...reader.push(bytes).flatMap(({ body }) => decodeMessages(body))),
        reset: () => {},
      },
    )
    .receive(encodeMessages([message({ fields, ...parts })]));
  return answers;
}

const put = (bytes: number, parts: Partial<Message> = {}): Partial<Message> => ({
  info2: Info2.write,
  ops: [{ op: Op.write, particle: Particle.blob, version: 0, name: "v", value: Buffer.alloc(bytes) }],
  ...parts,
});
const get = (parts: Partial<Message> = {}): Partial<Message> => ({
  info1: Info1.read | Info1.getAll,
  ...parts,
});

describe("a node with the aerospike.conf of its host", () => {
  test("answers all of it to get-config, in the server's form", () => {
    const run = rehearsed({ latencyMaxMs: 20 });
    expect(config(run, "service")).toEqual(
      expect.arrayContaining([
        "cluster-name=test-aerocluster.eu",
        "node-id=A352",
        "proto-fd-max=15000",
        "transaction-max-ms=1500",
        "min-cluster-size=1",
        "log-local-time=true",
      ]),
    );
    expect(ask(run, "cluster-name")).toBe("test-aerocluster.eu");
    expect(config(run, "network")).toEqual(
      expect.arrayContaining([
        "service.port=3000",
        "service.access-address=172.33.8.38",
        "heartbeat.mode=mesh",
        "heartbeat.mesh-seed-address-port=172.32.15.231:3002",
        "heartbeat.mesh-seed-address-port=172.33.11.90:3002",
        "fabric.channel-meta-recv-threads=8",
      ]),
    );
    const namespace = config(run, "namespace;id=mydata");
    expect(namespace).toEqual(
      expect.arrayContaining([
        "max-record-size=131072",
        "default-read-touch-ttl-pct=20",
        "nsup-period=120",
        "stop-writes-sys-memory-pct=60",
        "index-stage-size=134217728",
        "sindex-stage-size=134217728",
        "storage-engine=memory",
        "storage-engine.file[0]=/opt/aerospike/ns1.dat",
        "storage-engine.filesize=1073741824",
        "storage-engine.evict-used-pct=60",
        "storage-engine.stop-writes-used-pct=70",
        "strong-consistency=true",
        "replication-factor=2",
        "rack-id=32",
      ]),
    );
    expect(new Set(namespace.map((pair) => pair.split("=")[0])).size).toBe(namespace.length);
    expect(ask(run, "namespace/mydata")).toContain(namespace.join(";"));
  });

  test("says what the topology says where both do: the one that is rehearsed", () => {
    const of = { ...EVEN, namespace: { ...EVEN.namespace, flushMaxMs: 200 } };
    const run = new Run(of, { confs: confs() });
    expect(config(run, "namespace;id=mydata")).toContain("storage-engine.flush-max-ms=200");
  });

  test("fails on a text that is none", () => {
    const start = () => new Run(EVEN, { confs: { A352: "service {" } });
    expect(start).toThrow(RefusedError);
    expect(start).toThrow('aerospike.conf of A352 ends within "service {"');
  });

  test("without one has the server's own defaults", () => {
    const run = new Run(EVEN);
    expect(config(run, "namespace;id=mydata")).toContain("max-record-size=1048576");
    expect(config(run, "service")).toContain("transaction-max-ms=1000");
  });
});

describe("the settings act", () => {
  test("max-record-size: larger records are refused (13), and counted", () => {
    const run = rehearsed();
    const key = keyOf(run);
    expect(send(run, key, put(130_000))).toMatchObject([{ result: 0 }]);
    expect(send(run, key, put(131_072))).toMatchObject([{ result: 13 }]);
    expect(statistic(run, "fail_record_too_big", "A352")).toBe("1");
    expect(send(rehearsed({ maxRecordSizeKib: 1024 }), key, put(131_072))).toMatchObject([{ result: 0 }]);
  });

  test("transaction-max-ms: how long a request without a time of its own waits", () => {
    const run = rehearsed();
    const key = keyOf(run);
    run.cluster.setFault(halves(["A352"], ["A600", "A129", "A70", "A882", "A517"]));
    const answers = send(run, key, put(8));
    run.clock.advance(1490);
    expect(answers).toEqual([]);
    run.clock.advance(70);
    expect(answers).toMatchObject([{ result: 9 }]);
  });

  test("default-ttl: records expire by it, looked for every nsup-period", () => {
    const run = rehearsed({ defaultTtl: 300 });
    const key = keyOf(run);
    send(run, key, put(8));
    run.clock.advance(299_000);
    expect(send(run, key, get({ ttl: 0xffffffff }))).toMatchObject([{ result: 0 }]);
    run.clock.advance(2000);
    expect(send(run, key, get())).toMatchObject([{ result: 2 }]);
    expect(statistic(run, "expired_objects", "A352")).toBe("0");
    run.clock.advance(120_000);
    expect(statistic(run, "expired_objects", "A352")).toBe("1");
  });

  test("default-read-touch-ttl-pct: a read in the last part of a record's life renews it, and its generation stays", () => {
    const run = rehearsed({ defaultTtl: 100 });
    const key = keyOf(run);
    send(run, key, put(8));
    const [{ ttl: first }] = send(run, key, get());
    run.clock.advance(79_000);
    expect(send(run, key, get())).toMatchObject([{ ttl: first, generation: 1 }]);
    expect(send(run, key, get())).toMatchObject([{ ttl: first, generation: 1 }]);
    run.clock.advance(2000);
    expect(send(run, key, get({ ttl: 0xffffffff }))).toMatchObject([{ ttl: first }]);
    expect(statistic(run, "read_touch_success", "A352")).toBe("0");
    expect(send(run, key, get())).toMatchObject([{ ttl: first }]);
    expect(send(run, key, get())).toMatchObject([{ ttl: first + 81, generation: 1 }]);
    expect(statistic(run, "read_touch_success", "A352")).toBe("1");
    run.clock.advance(60_000);
    for (const { id } of run.cluster.nodes) {
      const record = run.cluster
        .node(id)
        .copyOf(partitionOf(digest("dummy", key)))
        ?.get(Buffer.from(digest("dummy", key)).toString("latin1"));
      if (record) expect(record).toMatchObject({ voidTime: first + 81, generation: 1 });
    }
  });

  test("a read's own percentage goes before the server's; more than 100 is refused (4)", () => {
    const run = rehearsed({ defaultTtl: 100, defaultReadTouchTtlPct: 0 });
    const key = keyOf(run);
    send(run, key, put(8));
    const [{ ttl: first }] = send(run, key, get());
    run.clock.advance(51_000);
    send(run, key, get());
    expect(send(run, key, get({ ttl: 49 }))).toMatchObject([{ ttl: first }]);
    send(run, key, get({ ttl: 50 }));
    expect(send(run, key, get())).toMatchObject([{ ttl: first + 51 }]);
    expect(send(run, key, get({ ttl: 101 }))).toMatchObject([{ result: 4 }]);
  });

  test("stop-writes-used-pct: a full node refuses writes (8) until something is removed, and no reads", () => {
    const of: Topology = {
      ...EVEN_AP,
      nodes: EVEN_AP.nodes.slice(0, 1),
      namespace: { ...EVEN_AP.namespace, replicationFactor: 1 },
    };
    const run = rehearsed({}, of, (text) => text.replace("filesize 1G", "filesize 1M"));
    let written = 0;
    while (send(run, written, put(10_000))[0].result === 0) written++;
    // 70 % of 1 MiB.
    expect(written).toBeGreaterThanOrEqual(72);
    expect(written).toBeLessThanOrEqual(74);
    expect(send(run, written, put(1))).toMatchObject([{ result: 8 }]);
    expect(statistic(run, "stop_writes", "A352")).toBe("true");
    expect(statistic(run, "data_total_bytes", "A352")).toBe("1048576");
    expect(statistic(run, "data_used_pct", "A352")).toBe("70");
    expect(send(run, 0, get())).toMatchObject([{ result: 0 }]);
    expect(send(run, 0, { info2: Info2.write | Info2.delete })).toMatchObject([{ result: 0 }]);
    expect(send(run, written, put(1))).toMatchObject([{ result: 0 }]);
    for (let key = 1; key <= written; key++) send(run, key, { info2: Info2.write | Info2.delete });
    expect(statistic(run, "data_used_bytes", "A352")).toBe("0");
  });

  test("what is in use follows the copies through a crash, migrations and an empty stop", () => {
    const run = rehearsed();
    for (let key = 0; key < 200; key++) expect(send(run, key, put(1000))).toMatchObject([{ result: 0 }]);
    run.cut(EVEN);
    run.heal();
    run.cluster.stopNode("A352", "unclean");
    run.settle();
    run.cluster.startNode("A352");
    run.settle();
    run.cluster.stopNode("A600", "empty");
    run.settle();
    run.cluster.startNode("A600");
    run.settle();
    for (const node of run.cluster.nodes) {
      const objects = Number(statistic(run, "objects", node.id));
      expect({ id: node.id, used: node.usedBytes / objects }).toEqual({ id: node.id, used: 1056 });
    }
  });

  test("write-commit-level-override: whether a write waits for its replicas, whatever the client asks", () => {
    const run = rehearsed({}, EVEN_AP);
    const keys = keysOf(run, 6);
    const lone = () => {
      run.cluster.setFault(halves(["A352"], ["A600", "A129", "A70", "A882", "A517"]));
      const asked = [put(8), put(8, { info3: Info3.commitMaster })].map((parts) =>
        send(run, keys.pop()!, parts),
      );
      const answered = asked.map(({ length }) => length);
      run.heal();
      return answered;
    };
    expect(lone()).toEqual([0, 1]);
    expect(setConfig(run, "write-commit-level-override=master")).toBe("ok");
    expect(lone()).toEqual([1, 1]);
    expect(setConfig(run, "write-commit-level-override=all")).toBe("ok");
    expect(lone()).toEqual([0, 0]);
  });
});

describe("set-config", () => {
  test("changes what can be changed while a server runs, at one node, until its restart", () => {
    const run = rehearsed();
    const key = keyOf(run);
    expect(setConfig(run, "max-record-size=1M")).toBe("ok");
    expect(config(run, "namespace;id=mydata")).toContain("max-record-size=1048576");
    expect(config(run, "namespace;id=mydata", "A600")).toContain("max-record-size=131072");
    expect(send(run, key, put(200_000))).toMatchObject([{ result: 0 }]);
    run.cluster.stopNode("A352");
    run.settle();
    run.cluster.startNode("A352");
    run.settle();
    expect(config(run, "namespace;id=mydata")).toContain("max-record-size=131072");
    expect(send(run, keyOf(run), put(200_000))).toMatchObject([{ result: 13 }]);
  });

  test.each([
    ["default-ttl=60", "default-ttl=60"],
    ["default-read-touch-ttl-pct=80", "default-read-touch-ttl-pct=80"],
    ["evict-used-pct=10", "storage-engine.evict-used-pct=10"],
    ["stop-writes-used-pct=99", "storage-engine.stop-writes-used-pct=99"],
    ["stop-writes-sys-memory-pct=0", "stop-writes-sys-memory-pct=0"],
  ])("%s", (change, shown) => {
    const run = rehearsed();
    expect(setConfig(run, change)).toBe("ok");
    expect(config(run, "namespace;id=mydata")).toContain(shown);
  });

  test("transaction-max-ms is the service's", () => {
    const run = rehearsed();
    expect(ask(run, "set-config:context=service;transaction-max-ms=200")).toBe("ok");
    expect(config(run, "service")).toContain("transaction-max-ms=200");
    expect(setConfig(run, "transaction-max-ms=200")).toBe("ERROR:4:invalid set-config parameter");
  });

  test("nsup-period acts from then on", () => {
    const run = rehearsed({ defaultTtl: 10 });
    const key = keyOf(run);
    send(run, key, put(8));
    expect(setConfig(run, "nsup-period=15")).toBe("ok");
    run.clock.advance(16_000);
    expect(statistic(run, "expired_objects", "A352")).toBe("1");
  });

  test.each([
    "max-record-size=0",
    "max-record-size=9M",
    "default-ttl=-1",
    "default-ttl=315360001",
    "default-read-touch-ttl-pct=101",
    "stop-writes-used-pct=x",
    "index-stage-size=128M",
    "replication-factor=3",
    "write-commit-level-override=master",
    "conflict-resolution-policy=generation",
  ])("refuses %s: out of range, fixed, or of availability mode", (change) => {
    expect(setConfig(rehearsed(), change)).toBe("ERROR:4:invalid set-config parameter");
  });
});
