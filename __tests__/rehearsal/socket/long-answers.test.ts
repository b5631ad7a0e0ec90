import { connect, type Socket } from "node:net";
import { Cluster } from "../../../rehearsal/cluster/cluster";
import { RealClock } from "../../../rehearsal/cluster/clock";
import { Services } from "../../../rehearsal/service/connection";
import { Listeners } from "../../../rehearsal/socket/listeners";
import { Field, Info1, Info2, Info3, Op, Particle } from "../../../rehearsal/wire/codes";
import { FrameReader } from "../../../rehearsal/wire/frame";
import { encodeInfoRequest } from "../../../rehearsal/wire/info-frame";
import { decodeMessages, encodeMessages, type Message, message } from "../../../rehearsal/wire/message";
import { digest, NO_FAULT } from "../../../model";

const MIB = 1024 * 1024;
/** Together more than the 64 MiB that a client may leave unread. */
const RECORDS = 80;
const VALUE = Buffer.alloc(1_000_000, "x");

const cluster = new Cluster(
  {
    namespace: { name: "mydata", replicationFactor: 1, strongConsistency: false },
    nodes: [
      { id: "A352", rack: 0, region: "here" },
      { id: "A600", rack: 0, region: "there" },
    ],
  },
  new RealClock(),
);
const [node] = cluster.nodes;
const listeners = new Listeners(new Services(cluster), ["here", "there"], 0);
const sockets: Socket[] = [];
/** Keys that the node is the master of. */
let keys: number[] = [];

const fields = (key: number) => [
  { type: Field.namespace, value: Buffer.from("mydata") },
  { type: Field.digest, value: Buffer.from(digest("", key)) },
];
const SCAN = encodeMessages([
  message({
    info1: Info1.read | Info1.getAll,
    fields: [{ type: Field.namespace, value: Buffer.from("mydata") }],
  }),
]);

/** A batch that reads all bins of keys. */
function batchOf(wanted: readonly number[]): Buffer {
  const parts = wanted.map((key, index) => {
    const head = Buffer.alloc(25);
    head.writeUInt32BE(index, 0);
    Buffer.from(digest("", key)).copy(head, 4);
    const namespace = Buffer.from("mydata");
    const request = Buffer.alloc(5 + 5);
    request[0] = Info1.read | Info1.getAll;
    request.writeUInt16BE(1, 1);
    request.writeUInt32BE(1 + namespace.length, 5);
    request[9] = Field.namespace;
    return Buffer.concat([head, request, namespace]);
  });
  const head = Buffer.alloc(5);
  head.writeUInt32BE(wanted.length, 0);
  return encodeMessages([
    message({
      info1: Info1.read | Info1.batch,
      fields: [{ type: Field.batch, value: Buffer.concat([head, ...parts]) }],
    }),
  ]);
}

/** A client's socket at the node; it reads nothing until it is asked to. */
function dial(place = 0): Socket {
  const [host, port] = listeners.address(node, place).split(":");
  const socket = connect({ host, port: Number(port) });
  sockets.push(socket);
  return socket;
}

/** Reads until the answer's last message; gives how many records came, and of what the longest frame was. */
function readAll(socket: Socket): Promise<{ records: number; longest: number }> {
  const reader = new FrameReader();
  let [records, longest] = [0, 0];
  return new Promise((resolve, reject) => {
    socket.on("close", () => reject(new Error(`cut off after ${records} records`)));
    socket.on("error", reject);
    socket.on("data", (bytes: Buffer) => {
      for (const { body } of reader.push(bytes)) {
        longest = Math.max(longest, body.length);
        const messages: Message[] = decodeMessages(body);
        records += messages.filter(({ ops }) => ops.length > 0).length;
        if (messages.some(({ info3 }) => info3 & Info3.last)) resolve({ records, longest });
      }
    });
  });
}

/** The node has done what was asked of it before, for it answers this. */
function answersOthers(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = dial();
    socket.on("error", reject);
    socket.once("data", () => resolve());
    socket.write(encodeInfoRequest(["node"]));
  });
}

const inUse = () => process.memoryUsage().external;

beforeAll(async () => {
  cluster.start();
  await listeners.open();
  const socket = dial();
  const partitions = node.view!.partitions;
  keys = Array.from({ length: 4096 }, (_, key) => key)
    .filter((key) => partitions[Buffer.from(digest("", key)).readUInt16LE(0) & 4095].master === node)
    .slice(0, RECORDS);
  for (const key of keys) {
    const ops = [{ op: Op.write, particle: Particle.blob, version: 0, name: "v", value: VALUE }];
    socket.write(encodeMessages([message({ info2: Info2.write, fields: fields(key), ops })]));
    await new Promise((resolve) => socket.once("data", resolve));
  }
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await listeners.close();
  cluster.stop();
});

describe("an answer of more than 64 MiB", () => {
  test("to a scan arrives whole at a client that reads", async () => {
    const socket = dial();
    socket.write(SCAN);
    expect(await readAll(socket)).toMatchObject({ records: RECORDS });
  });

  test("to a batch arrives whole, in frames of bounded size, even where it is longer than a buffer can be", async () => {
    const socket = dial();
    const wanted = Array.from({ length: 4500 }, (_, i) => keys[i % keys.length]);
    socket.write(batchOf(wanted));
    const { records, longest } = await readAll(socket);
    expect(records).toBe(4500);
    expect(longest).toBeLessThan(2 * MIB);
  });

  test.each([
    ["scan", () => SCAN],
    ["batch", () => batchOf([...keys, ...keys])],
  ])(
    "to a %s waits, and fills no memory, while the client does not read; then it goes on",
    async (_, ask) => {
      const before = inUse();
      const socket = dial();
      socket.write(ask());
      await new Promise<void>((resolve) => socket.once("readable", () => resolve()));
      await answersOthers();
      expect(inUse() - before).toBeLessThan(24 * MIB);
      expect((await readAll(socket)).records).toBeGreaterThanOrEqual(RECORDS);
    },
  );

  test("rests while the link is cut, and goes on when it heals", async () => {
    const socket = dial(1);
    socket.write(SCAN);
    await new Promise<void>((resolve) => socket.once("readable", () => resolve()));
    const before = inUse();
    cluster.setFault({ ...NO_FAULT, clientsLose: { there: ["A352"] } });
    const whole = readAll(socket);
    await answersOthers();
    expect(inUse() - before).toBeLessThan(24 * MIB);
    cluster.heal();
    expect(await whole).toMatchObject({ records: RECORDS });
  });
});
