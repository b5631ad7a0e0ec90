import { fork } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Cluster } from "../../../rehearsal/cluster/cluster";
import { RealClock } from "../../../rehearsal/cluster/clock";
import { Services, TURN } from "../../../rehearsal/service/connection";
import { type Limits, Listeners } from "../../../rehearsal/socket/listeners";
import {
  encodeFrame,
  FrameReader,
  FrameType,
  FRAME_HEADER,
  writeHeader,
} from "../../../rehearsal/wire/frame";
import { encodeInfoRequest } from "../../../rehearsal/wire/info-frame";
import { NO_FAULT } from "../../../model";

const MIB = 1024 * 1024;
const ASK = encodeInfoRequest(["node"]);
/** 1 KiB that asks for some: what stands behind the last newline is dropped. */
const longAsk = (commands: string) =>
  encodeFrame(FrameType.info, Buffer.from(commands.padEnd(1024 - FRAME_HEADER)));

const opened: { listeners: Listeners; cluster: Cluster }[] = [];
const sockets: Socket[] = [];
/** The nodes' ends of those: the system's buffers between the two hold as much as the machine lets them. */
const accepted: Socket[] = [];
const onAccepted = (message: unknown) => void accepted.push((message as { socket: Socket }).socket);
beforeAll(() => subscribe("net.server.socket", onAccepted));
afterAll(() => unsubscribe("net.server.socket", onAccepted));

afterEach(async () => {
  accepted.splice(0);
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const { listeners, cluster } of opened.splice(0)) {
    await listeners.close();
    cluster.stop();
  }
});

/** A cluster of one node, with clients here and there. */
async function open(limits?: Limits) {
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
  const services = new Services(cluster);
  const listeners = new Listeners(services, ["here", "there"], 0, limits);
  opened.push({ listeners, cluster });
  cluster.start();
  await listeners.open();
  return {
    cluster,
    services,
    address: (node = 0, place = 0) => listeners.address(cluster.nodes[node], place),
  };
}

/** A client's socket; it reads nothing until it is asked to. */
function begin(address: string): Socket {
  const [host, port] = address.split(":");
  const socket = connect({ host, port: Number(port) });
  sockets.push(socket);
  socket.on("error", () => {});
  return socket;
}

async function dial(address: string): Promise<Socket> {
  const socket = begin(address);
  await once(socket, "connect");
  return socket;
}

const ended = (socket: Socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()));

/** Counts the answers that come. */
function counter(socket: Socket) {
  const reader = new FrameReader();
  let answers = 0;
  socket.on("data", (bytes: Buffer) => (answers += reader.push(bytes).length));
  return {
    get answers() {
      return answers;
    },
    /** Resolves when so many have come. */
    async reaches(count: number): Promise<void> {
      while (answers < count) await once(socket, "data");
    },
  };
}

async function asks(socket: Socket): Promise<void> {
  socket.write(ASK);
  await once(socket, "data");
}

/** The first part of a frame of so many MiB. */
function beginning(mib: number): Buffer {
  const head = Buffer.alloc(FRAME_HEADER);
  writeHeader(head, FrameType.message, mib * MIB);
  return head;
}

/** Calls back when a socket takes more, or is closed. */
function free(socket: Socket, done: (value: unknown) => void): void {
  const once = () => {
    socket.off("drain", once).off("close", once);
    done(undefined);
  };
  socket.on("drain", once).on("close", once);
}

/** Resolves when a number has stayed the same for a while. */
async function still(value: () => number): Promise<number> {
  for (let last = value(); ; last = value()) {
    await pause(200);
    if (value() === last) return last;
  }
}

describe("connections", () => {
  test("beyond the limit over all nodes are reset, and taken again when others have ended", async () => {
    const { cluster, services, address } = await open({ connections: 3, memory: 64 * MIB });
    const first = await dial(address(0));
    await asks(first);
    await asks(await dial(address(1)));
    await asks(await dial(address(1, 1)));
    for (let i = 0; i < 2; i++) await ended(begin(address(0)));
    expect(cluster.log.events.filter(({ event }) => event === "connection-failed")).toEqual([
      expect.objectContaining({ node: "A352", error: expect.stringContaining("there are 3 connections") }),
    ]);
    await asks(first);
    first.destroy();
    while (services.connections(cluster.nodes[0]) > 0) await pause(10);
    await asks(await dial(address(1)));
  });
});

describe("a client that sends and never reads", () => {
  test("is no longer read from, and goes on when it reads", async () => {
    const { address } = await open();
    const socket = await dial(address());
    const many = 2048;
    // 200 MiB of answers, more than the system's buffers take.
    socket.write(Buffer.alloc(many * 1024, longAsk("statistics\n".repeat(20))));
    while (!accepted[0]?.bytesRead) await pause(10);
    expect(await still(() => accepted[0].bytesRead)).toBeLessThan(many * 1024);
    await asks(await dial(address()));
    const counted = counter(socket);
    await counted.reaches(many);
    expect(counted.answers).toBe(many);
  });

  test("is no longer read from behind a cut, and all of it arrives when that heals", async () => {
    const { cluster, address } = await open();
    const socket = await dial(address(0, 1));
    await asks(socket);
    cluster.setFault({ ...NO_FAULT, clientsLose: { there: ["A352"] } });
    const many = 8 * 1024;
    socket.write(Buffer.alloc(many * 1024, longAsk("node\n")));
    // What waits may be 1 MiB, and one read more.
    expect(await still(() => accepted[0].bytesRead)).toBeLessThan(1.5 * MIB);
    const counted = counter(socket);
    cluster.heal();
    await counted.reaches(many);
    expect(counted.answers).toBe(many);
  });
});

describe("turns", () => {
  /** A connection without a socket that notes in `order` whom it answered. */
  function member(services: Services, name: string, order: string[]) {
    return services.connect(
      services.cluster.nodes[0],
      { address: () => "" },
      { send: () => order.push(name), reset: () => order.push(`${name} reset`) },
    );
  }

  test("a client that sends 20,000 requests at once is answered one turn's share before another", async () => {
    const { services } = await open();
    const order: string[] = [];
    member(services, "greedy", order).receive(Buffer.alloc(20_000 * ASK.length, ASK));
    member(services, "modest", order).receive(ASK);
    expect(order.indexOf("modest")).toBeLessThanOrEqual(TURN);
    while (order.length < 20_001) await pause(10);
    expect(order.filter((name) => name === "greedy")).toHaveLength(20_000);
  });

  test("one request of 50,000 info commands is answered in turns too", async () => {
    const { services } = await open();
    const order: string[] = [];
    member(services, "greedy", order).receive(
      encodeInfoRequest(Array.from({ length: 50_000 }, () => "node")),
    );
    member(services, "modest", order).receive(ASK);
    expect(order).toEqual(["modest"]);
    while (order.length < 2) await pause(10);
    expect(order).toEqual(["modest", "greedy"]);
  });

  test("each of ten clients that send much is answered as often as the others", async () => {
    const { services } = await open();
    const order: string[] = [];
    const names = Array.from({ length: 10 }, (_, i) => `client ${i}`);
    for (const name of names) {
      member(services, name, order).receive(Buffer.alloc(1000 * ASK.length, ASK));
    }
    while (order.length < 10_000) {
      const counts = names.map((name) => order.filter((one) => one === name).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(TURN);
      await new Promise(setImmediate);
    }
  });

  test("over sockets, another client's answer comes among the first of a long pipeline's", async () => {
    const { address } = await open();
    const greedy = await dial(address());
    const modest = await dial(address(1));
    const counted = counter(greedy);
    greedy.write(Buffer.alloc(200_000 * ASK.length, ASK));
    await counted.reaches(1);
    const before = counted.answers;
    await asks(modest);
    // Of the 200,000: what was under way to the client, and a few turns.
    expect(counted.answers - before).toBeLessThan(50 * TURN);
  });
});

describe("the memory that all clients take together", () => {
  test("is bounded: who holds most is reset, and small clients live on", async () => {
    const { cluster, address } = await open({ connections: 100, memory: 16 * MIB });
    const small = await dial(address());
    small.write(ASK.subarray(0, 10));
    const large = await Promise.all(Array.from({ length: 4 }, (_, i) => dial(address(i % 2))));
    const resets = large.map((socket) => ended(socket));
    for (const socket of large) {
      socket.write(beginning(12));
      socket.write(Buffer.alloc(11 * MIB));
    }
    await Promise.race(resets);
    await still(() => cluster.log.events.length);
    small.write(ASK.subarray(10));
    await once(small, "data");
    const failures = cluster.log.events.filter(({ event }) => event === "connection-failed");
    expect(failures.length).toBeGreaterThanOrEqual(3);
    expect(failures[0].error).toMatch(
      /clients hold more than 16 MiB in requests .* and this one most, \d+ MiB/,
    );
  });

  test("8 unfinished frames of 127 MiB leave the process well below 1 GiB", async () => {
    const program = join(__dirname, "..", "support", "nodes-process.ts");
    const child = fork(program, [], { execArgv: ["--import", "tsx"] });
    try {
      const [address] = (await once(child, "message")) as [string];
      const most = async () => {
        child.send("memory");
        return ((await once(child, "message")) as [number])[0];
      };
      const before = await most();
      const large = await Promise.all(Array.from({ length: 8 }, () => dial(address)));
      const part = Buffer.alloc(MIB);
      await Promise.all(
        large.map(async (socket) => {
          socket.write(beginning(127));
          for (let i = 0; i < 126 && !socket.destroyed; i++) {
            if (!socket.write(part)) await new Promise((resolve) => free(socket, resolve));
          }
        }),
      );
      await asks(await dial(address));
      expect((await most()) - before).toBeLessThan(512);
      expect(large.filter((socket) => !socket.destroyed).length).toBeGreaterThanOrEqual(1);
    } finally {
      child.kill();
    }
  });
});
