import { digest, NO_FAULT, partitionOf, type Topology } from "../../../model";
import { Field, Info1, Info2, Info3, Op, Particle } from "../../../rehearsal/wire/codes";
import { FrameReader } from "../../../rehearsal/wire/frame";
import { decodeMessages, encodeMessages, type Message, message } from "../../../rehearsal/wire/message";
import { EVEN, EVEN_AP, LONDON, Run } from "../support/clusters";

const text = (value: string) => Buffer.from(value);

/** Sends a message to one node, whether it is the right one or not, and gives what has been answered so far. */
function send(run: Run, id: string, parts: Partial<Message>): Message[] {
  const answers: Message[] = [];
  const reader = new FrameReader();
  run.services
    .connect(
      run.cluster.node(id),
      { address: () => "" },
      {
        send: (bytes) => answers.push(...reader.push(bytes).flatMap(({ body }) => decodeMessages(body))),
        reset: () => {},
      },
    )
    .receive(encodeMessages([message(parts)]));
  return answers;
}

const NAMESPACE = { type: Field.namespace, value: text("mydata") };
const SET = { type: Field.set, value: text("dummy") };
const record = (key: number) => [
  NAMESPACE,
  SET,
  { type: Field.digest, value: Buffer.from(digest("dummy", key)) },
];
const put = (key: number): Partial<Message> => ({
  info2: Info2.write,
  fields: record(key),
  ops: [{ op: Op.write, particle: Particle.integer, version: 0, name: "v", value: Buffer.alloc(8, 1) }],
});
const get = (key: number): Partial<Message> => ({ info1: Info1.read | Info1.getAll, fields: record(key) });

test("a node that is not the master passes requests on to it", () => {
  const run = new Run(EVEN);
  for (let key = 0; key < 60; key++) {
    const id = run.cluster.nodes[key % 6].id;
    expect(send(run, id, put(key))).toMatchObject([{ result: 0, generation: 1 }]);
    for (const node of run.cluster.nodes) {
      expect(send(run, node.id, get(key))).toMatchObject([{ result: 0, ops: [{ name: "v" }] }]);
    }
  }
});

test("in a split a node answers 11 for what its side does not serve, and passes on what it does", () => {
  const run = new Run(EVEN);
  run.cut(EVEN);
  const { partitions } = run.cluster.node("A352").view!;
  for (let key = 0; key < 60; key++) {
    const served = partitions[partitionOf(digest("dummy", key))].master !== undefined;
    expect(send(run, "A352", put(key))).toMatchObject([{ result: served ? 0 : 11 }]);
  }
});

test("a scan answers records of its own partitions, 11 for each that it does not serve, then the end", () => {
  const run = new Run(EVEN);
  const client = run.client(LONDON);
  for (let key = 0; key < 500; key++) client.put("dummy", key, { v: key });
  run.cut(EVEN);
  const answers = send(run, "A352", {
    info1: Info1.read,
    info3: Info3.partitionDone,
    fields: [NAMESPACE, SET],
  });
  const owners = run.cluster.node("A352").view!.partitions;
  const own = owners.flatMap(({ master }, pid) => (master?.id === "A352" ? [pid] : []));
  const refused = answers.filter(({ info3 }) => info3 & Info3.partitionDone);
  expect(refused).toHaveLength(4096 - own.length);
  expect(new Set(refused.map(({ result }) => result))).toEqual(new Set([11]));
  expect(refused.every(({ generation }) => !own.includes(generation))).toBe(true);
  const records = answers.filter(({ fields }) => fields.length > 0);
  const expected = Array.from({ length: 500 }, (_, key) => key).filter((key) =>
    own.includes(partitionOf(digest("dummy", key))),
  );
  expect(records).toHaveLength(expected.length);
  expect(answers.at(-1)).toMatchObject({ info3: Info3.last, result: 0, fields: [] });
});

test("fails on what is out of scope by the code for it, not by silence", () => {
  const run = new Run(EVEN);
  const udf = { type: Field.udfPackage, value: text("m") };
  expect(send(run, "A352", { ...get(1), fields: [...record(1), udf] })).toMatchObject([{ result: 16 }]);
  const index = { type: Field.indexRange, value: Buffer.alloc(4) };
  expect(send(run, "A352", { info1: Info1.read, fields: [NAMESPACE, SET, index] })).toMatchObject([
    { result: 16 },
  ]);
  // A client must not believe that it is in a transaction.
  for (const type of [Field.multiRecordTransaction, Field.multiRecordDeadline]) {
    const fields = [...record(1), { type, value: Buffer.alloc(8) }];
    expect(send(run, "A352", { ...put(1), fields })).toMatchObject([{ result: 16 }]);
  }
  expect(send(run, "A352", { ...get(1), info4: 1 })).toMatchObject([{ result: 16 }]);
  const filter = { type: Field.filter, value: Buffer.from("93c0c0c0", "hex") };
  send(run, "A352", put(1));
  expect(send(run, "A352", { ...get(1), fields: [...record(1), filter] })).toMatchObject([{ result: 4 }]);
  expect(
    send(run, "A352", { ...get(1), fields: [{ type: Field.namespace, value: text("nope") }] }),
  ).toMatchObject([{ result: 20 }]);
});

describe("a removal by operate, of the whole record or of its last bin", () => {
  const lastBin = { op: Op.write, particle: Particle.null, version: 0, name: "v", value: Buffer.alloc(0) };
  const whole = { op: Op.delete, particle: Particle.null, version: 0, name: "", value: Buffer.alloc(0) };
  const expunging: Topology = {
    ...EVEN,
    namespace: { ...EVEN.namespace, strongConsistencyAllowExpunge: true },
  };
  const cases = [
    ["durable, strong consistency", EVEN, true, 0, 2],
    ["durable, strong consistency that allows to expunge", expunging, true, 0, 2],
    ["durable, AP", EVEN_AP, true, 0, 2],
    ["not durable, strong consistency: refused", EVEN, false, 22, 0],
    ["not durable, strong consistency that allows to expunge", expunging, false, 0, 0],
    ["not durable, AP", EVEN_AP, false, 0, 0],
  ] as const;

  test.each(cases)("%s", (_, topology, durable, result, tombstones) => {
    for (const op of [lastBin, whole]) {
      const run = new Run(topology);
      send(run, "A352", put(1));
      const info2 = Info2.write | (durable ? Info2.durableDelete : 0);
      expect(send(run, "A352", { info2, fields: record(1), ops: [op] })).toMatchObject([{ result }]);
      expect(send(run, "A352", get(1))).toMatchObject([{ result: result === 0 ? 2 : 0 }]);
      const copies = run.cluster.nodes.map((node) => node.copyOf(partitionOf(digest("dummy", 1))));
      expect(copies.reduce((sum, copy) => sum + (copy?.tombstones ?? 0), 0)).toBe(tombstones);
    }
  });
});

test.each([
  ["10 bits in strong consistency", EVEN, 1023],
  ["16 bits in AP", EVEN_AP, 65_535],
])("generations have %s, and 1 comes behind the highest", (_, topology, highest) => {
  const run = new Run(topology);
  const master = run.cluster.node("A352").view!.partitions[partitionOf(digest("dummy", 1))].master!;
  const generations: number[] = [];
  const reader = new FrameReader();
  const connection = run.services.connect(
    master,
    { address: () => "" },
    {
      send: (bytes) =>
        generations.push(...reader.push(bytes).map(({ body }) => decodeMessages(body)[0].generation)),
      reset: () => {},
    },
  );
  const frame = encodeMessages([message(put(1))]);
  for (let i = 0; i < highest + 2; i++) connection.receive(frame);
  expect(generations.slice(0, 2)).toEqual([1, 2]);
  expect(generations.slice(-4)).toEqual([highest - 1, highest, 1, 2]);
});

test("fails on a TTL of more than ten years by code 4; up to there, and the special ones, are taken", () => {
  const run = new Run(EVEN);
  for (const ttl of [315_360_001, 4_000_000_000, 0xfffffffd]) {
    expect(send(run, "A352", { ...put(1), ttl })).toMatchObject([{ result: 4 }]);
  }
  expect(send(run, "A352", get(1))).toMatchObject([{ result: 2 }]);
  const now = Math.floor(run.clock.now() / 1000) - 1_262_304_000;
  const [never, unchanged] = [0xffffffff, 0xfffffffe];
  for (const [ttl, voidTime] of [
    [0, 0],
    [315_360_000, now + 315_360_000],
    [unchanged, now + 315_360_000],
    [60, now + 60],
    [never, 0],
  ]) {
    expect(send(run, "A352", { ...put(1), ttl })).toMatchObject([{ result: 0 }]);
    expect(send(run, "A352", get(1))).toMatchObject([{ ttl: voidTime }]);
  }
});

test("a request on a connection waits for the one before it", () => {
  const run = new Run(EVEN);
  const [key] = Array.from({ length: 4096 }, (_, k) => k).filter((k) => {
    const [master, replica] =
      run.cluster.node("A352").view!.partitions[partitionOf(digest("dummy", k))].replicas;
    return master.id === "A352" && replica.region !== LONDON;
  });
  run.cluster.setFault({ ...NO_FAULT, cannotHear: { A352: ["A70", "A882", "A517"] } });
  const results: number[] = [];
  const reader = new FrameReader();
  const connection = run.services.connect(
    run.cluster.node("A352"),
    { address: () => "" },
    {
      send: (bytes) =>
        results.push(
          ...reader.push(bytes).flatMap(({ body }) => decodeMessages(body).map(({ result }) => result)),
        ),
      reset: () => {},
    },
  );
  connection.receive(encodeMessages([message({ ...put(key), transactionTtl: 500 })]));
  connection.receive(encodeMessages([message({ ...get(key + 5000), transactionTtl: 500 })]));
  expect(results).toEqual([]);
  run.clock.advance(600);
  expect(results.length).toBeGreaterThanOrEqual(1);
  expect(results[0]).toBe(9);
});

describe("operations as C, Go and Java clients send them", () => {
  const int = (value: number) => {
    const out = Buffer.alloc(8);
    out.writeBigInt64BE(BigInt(value));
    return out;
  };
  const op = (code: number, name: string, particle: number = Particle.null, value = Buffer.alloc(0)) => ({
    ...{ op: code, particle, version: 0, name, value },
  });
  const ap = () => new Run(EVEN_AP);

  test("all bins are answered once, though asked for twice", () => {
    const run = ap();
    send(run, "A352", put(1));
    const all = {
      info1: Info1.read | Info1.getAll,
      info2: Info2.write,
      fields: record(1),
      ops: [op(Op.incr, "n", Particle.integer, int(2)), op(Op.read, "")],
    };
    expect(
      send(run, "A352", all)[0]
        .ops.map(({ name }) => name)
        .sort(),
    ).toEqual(["n", "v"]);
  });

  test("all bins beside other reads are all that is answered", () => {
    const run = ap();
    send(run, "A352", put(1));
    const asked = {
      ...get(1),
      ops: [op(Op.read, ""), op(Op.cdtRead, "v", Particle.blob, Buffer.of(0x91, 16))],
    };
    expect(send(run, "A352", asked)).toMatchObject([{ result: 0, ops: [{ name: "v" }] }]);
  });

  test.each([
    ["append", Op.append, Particle.string, text("a")],
    ["prepend", Op.prepend, Particle.integer, int(4)],
    ["an increment", Op.incr, Particle.string, text("a")],
    ["append of a map", Op.append, Particle.map, Buffer.of(0x81, 1, 2)],
  ])("%s makes a missing bin of what is sent", (_, code, particle, value) => {
    const run = ap();
    const write = { info2: Info2.write, fields: record(2), ops: [op(code, "b", particle, value)] };
    expect(send(run, "A352", write)).toMatchObject([{ result: 0 }]);
    expect(send(run, "A352", get(2))).toMatchObject([{ ops: [{ name: "b", particle, value }] }]);
  });

  test.each([
    ["append to another type", Op.append, Particle.string, text("a"), 12],
    ["append of an integer", Op.append, Particle.integer, int(1), 12],
    ["an increment by a string", Op.incr, Particle.string, text("a"), 12],
    ["an increment by a float", Op.incr, Particle.float, int(1), 12],
    ["append of nothing", Op.append, Particle.null, Buffer.alloc(0), 4],
  ])("fails on %s", (_, code, particle, value, result) => {
    const run = ap();
    send(run, "A352", put(1));
    const write = { info2: Info2.write, fields: record(1), ops: [op(code, "v", particle, value)] };
    expect(send(run, "A352", write)).toMatchObject([{ result }]);
  });

  test("fails on a read or a write of no bins by code 4", () => {
    const run = ap();
    send(run, "A352", put(1));
    expect(send(run, "A352", { info1: Info1.read, fields: record(1) })).toMatchObject([{ result: 4 }]);
    expect(send(run, "A352", { info2: Info2.write, fields: record(1) })).toMatchObject([{ result: 4 }]);
  });

  test.each([Op.bitRead, Op.bitModify, Op.hllRead, Op.hllModify])(
    "fails on bit and HLL operations (%i) by code 16",
    (code) => {
      const run = ap();
      send(run, "A352", put(1));
      const isRead = code === Op.bitRead || code === Op.hllRead;
      const asked = {
        ...(isRead ? { info1: Info1.read } : { info2: Info2.write }),
        fields: record(1),
        ops: [op(code, "v")],
      };
      expect(send(run, "A352", asked)).toMatchObject([{ result: 16 }]);
    },
  );

  test("a scan of some bins answers records that have one of them, highest digest first", () => {
    const run = ap();
    for (let key = 0; key < 300; key++) send(run, "A352", put(key));
    const other = {
      info2: Info2.write,
      fields: record(1),
      ops: [op(Op.write, "w", Particle.integer, int(1))],
    };
    send(run, "A352", other);
    const asked = (name?: string) =>
      run.cluster.nodes
        .flatMap(({ id }) =>
          send(run, id, {
            info1: Info1.read,
            fields: [NAMESPACE, SET],
            ops: name ? [op(Op.read, name)] : [],
          }),
        )
        .filter(({ fields }) => fields.length > 0);
    expect(asked("w")).toHaveLength(1);
    expect(asked("nope")).toHaveLength(0);
    expect(asked("v")).toHaveLength(300);
    const byPartition = new Map<number, string[]>();
    for (const { fields } of asked()) {
      const found = fields.find(({ type }) => type === Field.digest)!.value;
      const pid = partitionOf(found);
      byPartition.set(pid, [...(byPartition.get(pid) ?? []), found.toString("hex")]);
    }
    for (const digests of byPartition.values()) expect(digests).toEqual([...digests].sort().reverse());
  });

  test("a batch's field may count its filter, which stands before it, as Go and Java clients do", () => {
    const run = ap();
    send(run, "A352", put(1));
    const digestOf1 = Buffer.from(digest("dummy", 1));
    // One key: index, digest, no flags, info1, two counts, then namespace and set.
    const parts = [NAMESPACE, SET].map(({ type, value }) => {
      const head = Buffer.alloc(5);
      head.writeUInt32BE(1 + value.length);
      head[4] = type;
      return Buffer.concat([head, value]);
    });
    const key = Buffer.concat([Buffer.alloc(4), digestOf1, Buffer.of(0, 0x03, 0, 2, 0, 0), ...parts]);
    const filter = { type: Field.filter, value: Buffer.from("9301935102a17602", "hex") };
    const bytes = encodeMessages([
      message({
        info1: Info1.batch,
        fields: [filter, { type: Field.batch, value: Buffer.concat([Buffer.of(0, 0, 0, 1, 0), key]) }],
      }),
    ]);
    // The batch's size stands behind the message's head and the filter.
    const at = 8 + 22 + 5 + filter.value.length;
    bytes.writeUInt32BE(bytes.readUInt32BE(at) + 5 + filter.value.length, at);
    const answers: Message[] = [];
    const reader = new FrameReader();
    run.services
      .connect(
        run.cluster.node("A352"),
        { address: () => "" },
        {
          send: (sent) => answers.push(...reader.push(sent).flatMap(({ body }) => decodeMessages(body))),
          reset: () => {},
        },
      )
      .receive(bytes);
    expect(answers).toMatchObject([{ result: 27 }, { info3: Info3.last }]);
  });
});
