import { digest, type Key } from "../../../model";
import { Code } from "../../../rehearsal/expression/codes";
import { Type } from "../../../rehearsal/expression/worth";
import { Field, Info1, Info2, Info3, Op, Particle } from "../../../rehearsal/wire/codes";
import { FrameReader } from "../../../rehearsal/wire/frame";
import {
  decodeMessages,
  encodeMessages,
  type Message,
  message,
  type MessageOp,
} from "../../../rehearsal/wire/message";
import { encodeValue, type Value } from "../../../rehearsal/wire/msgpack";
import { EVEN_AP, Run } from "../support/clusters";
import { bin, float, name } from "../support/expressions";

const SET = "numbers";
const NO_BYTES = Buffer.alloc(0);
const NO_FAIL = { policy: 8, evaluation: 16 };
const [CREATE_ONLY, UPDATE_ONLY, ALLOW_DELETE] = [1, 2, 4];
const NONE: Value = [Code.bin, Type.integer, name("none")];

/** One node's worth of requests: it passes on what is another's. */
class Node {
  private readonly run = new Run(EVEN_AP);

  send(parts: Partial<Message>): Message[] {
    const answers: Message[] = [];
    const reader = new FrameReader();
    const { services, cluster } = this.run;
    const transport = {
      send: (bytes: Buffer) =>
        answers.push(...reader.push(bytes).flatMap(({ body }) => decodeMessages(body))),
      reset: () => {},
    };
    services
      .connect(cluster.nodes[0], { address: () => "" }, transport)
      .receive(encodeMessages([message(parts)]));
    return answers;
  }

  /** The code and the bins that one record's request answers. */
  ask(parts: Partial<Message>, filter?: Value): { result: number; bins: Record<string, unknown> } {
    const fields = [...record("key"), ...(filter === undefined ? [] : [filterField(filter)])];
    const [{ result, ops }] = this.send({ ...parts, fields });
    return { result, bins: Object.fromEntries(ops.map((op) => [op.name, valueOf(op)])) };
  }

  operate(ops: MessageOp[], filter?: Value) {
    const writes = ops.some(({ op }) => op === Op.expressionModify || op === Op.incr);
    return this.ask({ info1: Info1.read, info2: writes ? Info2.write : 0, ops }, filter);
  }

  get(filter?: Value) {
    return this.ask(ALL, filter);
  }
}

const ALL = { info1: Info1.read | Info1.getAll };
const record = (key: Key) => [
  { type: Field.namespace, value: Buffer.from("mydata") },
  { type: Field.set, value: Buffer.from(SET) },
  { type: Field.digest, value: Buffer.from(digest(SET, key)) },
];
const filterField = (filter: Value) => ({ type: Field.filter, value: encodeValue(filter) });

function valueOf({ particle, value }: MessageOp): unknown {
  if (particle === Particle.integer) return Number(value.readBigInt64BE());
  if (particle === Particle.float) return value.readDoubleBE();
  return particle === Particle.null ? null : value.toString("utf8");
}

function integer(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigInt64BE(BigInt(value));
  return out;
}

const expressionOp = (op: number, into: string, expression: Value, flags = 0): MessageOp => ({
  ...{ op, particle: Particle.blob, version: 0, name: into },
  value: encodeValue([expression, flags]),
});
const reading = (into: string, expression: Value, flags?: number) =>
  expressionOp(Op.expressionRead, into, expression, flags);
const writing = (into: string, expression: Value, flags?: number) =>
  expressionOp(Op.expressionModify, into, expression, flags);
const adding = (to: string, value: number): MessageOp => ({
  ...{ op: Op.incr, particle: Particle.integer, version: 0, name: to },
  value: integer(value),
});
const putting = (value: number): Partial<Message> => ({
  info2: Info2.write,
  ops: [{ op: Op.write, particle: Particle.integer, version: 0, name: "i", value: integer(value) }],
});

let node: Node;
beforeEach(() => {
  node = new Node();
  expect(node.ask(putting(42)).result).toBe(0);
});

describe("an expression that is read as a bin", () => {
  test("answers under the name given", () => {
    expect(node.operate([reading("sum", [Code.add, bin("i"), 5]), reading("half", float(0.5))])).toEqual({
      result: 0,
      bins: { sum: 47, half: 0.5 },
    });
  });

  test("answers what the operations before it have made", () => {
    expect(node.operate([adding("i", 1), reading("then", bin("i"))]).bins).toMatchObject({ then: 43 });
  });

  test("fails (26) where it is unknown, unless that is to be no failure", () => {
    expect(node.operate([reading("x", NONE)]).result).toBe(26);
    expect(node.operate([reading("x", NONE, NO_FAIL.evaluation)])).toEqual({ result: 0, bins: {} });
    expect(node.operate([adding("i", 0), reading("x", NONE, NO_FAIL.evaluation)]).bins).toEqual({ x: null });
  });

  test("is refused (4) where it cannot be built, or by flags that are of writes", () => {
    expect(node.operate([reading("x", [Code.add, bin("i"), float(1)])]).result).toBe(4);
    expect(node.operate([reading("x", bin("i"), CREATE_ONLY)]).result).toBe(4);
    expect(node.operate([{ ...reading("x", 1), value: NO_BYTES }]).result).toBe(4);
  });
});

describe("an expression that is written", () => {
  test("makes a bin, and changes it", () => {
    expect(node.operate([writing("j", [Code.mul, bin("i"), 2])])).toEqual({ result: 0, bins: {} });
    expect(node.operate([writing("i", [Code.add, bin("i"), bin("i")])]).result).toBe(0);
    expect(node.get().bins).toEqual({ i: 84, j: 84 });
  });

  test.each([
    [CREATE_ONLY, "i", 6],
    [UPDATE_ONLY, "j", 17],
  ])("with flags %i on bin %s it is refused (%i), or leaves it as it is", (flags, into, code) => {
    expect(node.operate([writing(into, 1, flags)]).result).toBe(code);
    expect(node.operate([writing(into, 1, flags | NO_FAIL.policy)]).result).toBe(0);
    expect(node.get().bins).toEqual({ i: 42 });
    const other = into === "i" ? "j" : "i";
    expect(node.operate([writing(other, 1, flags)]).result).toBe(0);
    expect(node.get().bins).toMatchObject({ [other]: 1 });
  });

  test("removes the bin where it is nil and may", () => {
    node.operate([writing("j", 1)]);
    expect(node.operate([writing("i", null)]).result).toBe(26);
    expect(node.operate([writing("i", null, UPDATE_ONLY | NO_FAIL.policy)]).result).toBe(0);
    expect(node.get().bins).toEqual({ i: 42, j: 1 });
    expect(node.operate([writing("i", null, ALLOW_DELETE)]).result).toBe(0);
    expect(node.get().bins).toEqual({ j: 1 });
  });

  test("fails (26) where it is unknown or no value, unless that is to be no failure", () => {
    expect(node.operate([writing("i", NONE)]).result).toBe(26);
    expect(node.operate([writing("i", [Code.remove])]).result).toBe(26);
    expect(node.operate([writing("i", NONE, NO_FAIL.evaluation)]).result).toBe(0);
    expect(node.get().bins).toEqual({ i: 42 });
  });

  test("changes nothing where an operation behind it fails", () => {
    expect(node.operate([writing("i", 1), reading("x", NONE)]).result).toBe(26);
    expect(node.get().bins).toEqual({ i: 42 });
  });
});

describe("a filter", () => {
  const [PASSES, PASSES_NOT]: Value[] = [
    [Code.eq, bin("i"), 42],
    [Code.ne, bin("i"), 42],
  ];
  const UNBUILT: Value = [Code.eq, bin("i"), "42"];

  test("lets a read, a write, an operate and a removal through, or answers 27 and leaves the record", () => {
    const requests: Partial<Message>[] = [
      ALL,
      putting(42),
      { info1: Info1.read, info2: Info2.write, ops: [adding("i", 0)] },
      { info2: Info2.write | Info2.delete },
    ];
    for (const request of requests) {
      expect(node.ask(request, PASSES_NOT).result).toBe(27);
      expect(node.get().bins).toEqual({ i: 42 });
      expect(node.ask(request, PASSES).result).toBe(0);
    }
  });

  test("is refused (4) where it cannot be built, and not looked at where there is no record", () => {
    expect(node.get(UNBUILT).result).toBe(4);
    expect(node.ask({ info2: Info2.write | Info2.delete }).result).toBe(0);
    expect(node.get(PASSES).result).toBe(2);
    expect(node.get(UNBUILT).result).toBe(2);
    expect(node.ask(putting(42), PASSES_NOT).result).toBe(0);
  });

  test("holds for a scan; one that cannot be built refuses it", () => {
    const number = { type: Field.transactionId, value: Buffer.alloc(8, 7) };
    const scan = (filter: Value) =>
      node.send({ ...ALL, fields: [...record("key").slice(0, 2), number, filterField(filter)] });
    for (let key = 0; key < 100; key++) node.send({ ...putting(key), fields: record(key) });
    const values = scan([Code.lt, bin("i"), 10]).flatMap(({ ops }) => ops.map(valueOf));
    // The node asked answers for its own partitions only.
    expect(values.length).toBeGreaterThan(0);
    expect(values.every((value) => (value as number) < 10)).toBe(true);
    expect(scan(UNBUILT)).toMatchObject([{ result: 4, fields: [number] }]);
  });

  test("holds for all keys of a batch, a key's own before it; one that cannot be built refuses the batch", () => {
    const keyOf = (at: number, own?: Value) => {
      const fields = [...record("key").slice(0, 2), ...(own === undefined ? [] : [filterField(own)])];
      const head = Buffer.alloc(4);
      head.writeUInt32BE(at);
      const counts = Buffer.of(0, fields.length, 0, 0);
      const parts = fields.map(({ type, value }) => {
        const size = Buffer.alloc(4);
        size.writeUInt32BE(1 + value.length);
        return Buffer.concat([size, Buffer.of(type), value]);
      });
      const flags = Buffer.of(0x02, ALL.info1, 0, 0);
      return Buffer.concat([head, Buffer.from(digest(SET, "key")), flags, counts, ...parts]);
    };
    const batch = (filter: Value, keys: Buffer[]) =>
      node.send({
        info1: Info1.read | Info1.batch,
        fields: [
          record("key")[0],
          { type: Field.batch, value: Buffer.concat([Buffer.of(0, 0, 0, keys.length, 0), ...keys]) },
          filterField(filter),
        ],
      });
    const results = (answers: Message[]) =>
      answers.filter(({ info3 }) => !(info3 & Info3.last)).map(({ result }) => result);
    expect(results(batch(PASSES, [keyOf(0), keyOf(1, PASSES_NOT), keyOf(2, UNBUILT)]))).toEqual([0, 27, 4]);
    expect(results(batch(PASSES_NOT, [keyOf(0), keyOf(1, PASSES)]))).toEqual([27, 0]);
    expect(batch(UNBUILT, [keyOf(0)])).toMatchObject([{ result: 4, info3: Info3.last }]);
  });
});
