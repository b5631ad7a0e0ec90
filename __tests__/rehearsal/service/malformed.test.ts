import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Cluster } from "../../../rehearsal/cluster/cluster";
import { Services } from "../../../rehearsal/service/connection";
import { VirtualClock } from "../../../rehearsal/cluster/clock";
import { Random } from "../../../rehearsal/cluster/random";
import { FrameReader } from "../../../rehearsal/wire/frame";
import { encodeInfoRequest } from "../../../rehearsal/wire/info-frame";
import { Field, Info2, Op, Particle } from "../../../rehearsal/wire/codes";
import { encodeMessages, message } from "../../../rehearsal/wire/message";
import { digest, partitionOf } from "../../../model";
import { EVEN, PARIS, Run, split } from "../support/clusters";
import { asadmAsks, malformedCases, nodeClientSteps, pythonClientSteps } from "../support/recordings";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function aloneNode(strongConsistency: boolean) {
  const clock = new VirtualClock();
  const cluster = new Cluster(
    {
      namespace: { name: "mydata", replicationFactor: 1, strongConsistency },
      nodes: [{ id: "BB9040011AC4202", rack: 0, region: "local" }],
      serverVersion: "7.1.0.0",
    },
    clock,
  );
  const services = new Services(cluster);
  cluster.start();
  return { clock, cluster, services };
}

/** The last line of defence was not needed. */
function clusterIsSound({ cluster }: Services): void {
  if (cluster.log.events.at(-1)!.event === "connection-failed")
    expect(cluster.log.events.at(-1)).toBe("none");
}

/** Sends bytes on a connection of their own. */
function send(services: Services, bytes: Buffer) {
  const answers: Buffer[] = [];
  let reset = false;
  const connection = services.connect(
    services.cluster.nodes[0],
    { address: () => "127.0.0.1:3000" },
    { send: (sent) => answers.push(sent), reset: () => (reset = true) },
  );
  connection.receive(bytes);
  clusterIsSound(services);
  return { connection, answers, wasReset: () => reset };
}

describe("the recorded malformed input", () => {
  const { services } = aloneNode(false);

  test.each(Object.entries(malformedCases()))(
    "%s: as a real server or better",
    (name, { request, response, then }) => {
      const { answers, wasReset } = send(services, Buffer.from(request, "hex"));
      const got = Buffer.concat(answers);
      expect(wasReset()).toBe(then === "reset by the server");
      if (name === "info, missing parameter") {
        // The Community server refuses `roster:`; an Enterprise one answers it.
        expect(got.toString("utf8", 8)).toMatch(/^roster:\tns=mydata:roster=/);
      } else if (name === "info, length 0") {
        const names = (text: string) => text.split("\n").map((line) => line.split("\t")[0]);
        expect(names(got.toString("utf8", 8))).toEqual(
          names(Buffer.from(response, "hex").toString("utf8", 8)).slice(0, -1).concat(""),
        );
      } else expect(got.toString("hex")).toBe(response);
    },
  );
});

describe("small frames that ask for much", () => {
  test.each([
    ["2,000 x partition-info, 30 KB", Array<string>(2000).fill("partition-info")],
    ["20,000 x statistics", Array<string>(20_000).fill("statistics")],
    ["1,000,000 empty commands", Array<string>(1_000_000).fill("")],
    ["2 MiB of commands", Array<string>(500_000).fill("node")],
  ])("%s: the connection is reset, and the node answers others", (_, commands) => {
    const { services } = aloneNode(false);
    const { answers, wasReset } = send(services, encodeInfoRequest(commands));
    expect(wasReset()).toBe(true);
    expect(answers).toEqual([]);
    expect(services.connections(services.cluster.nodes[0])).toBe(0);
    expect(send(services, encodeInfoRequest(["node"])).answers).toHaveLength(1);
  });

  test("twenty partition-infos in one frame are answered", () => {
    const { services } = aloneNode(false);
    const { answers } = send(services, encodeInfoRequest(Array<string>(20).fill("partition-info")));
    expect(answers[0].length).toBeGreaterThan(20 * 4096 * 50);
  });
});

describe("an error that nobody expected", () => {
  test("resets its own connection, is logged, and the cluster lives on", () => {
    const { services, cluster } = aloneNode(true);
    let reset = 0;
    const connection = services.connect(
      cluster.nodes[0],
      { address: () => "" },
      {
        send: () => {
          throw new RangeError("Invalid string length");
        },
        reset: () => reset++,
      },
    );
    connection.receive(encodeInfoRequest(["node"]));
    expect(reset).toBe(1);
    expect(services.connections(cluster.nodes[0])).toBe(0);
    expect(cluster.log.events.at(-1)).toMatchObject({
      event: "connection-failed",
      node: "BB9040011AC4202",
      error: "RangeError: Invalid string length",
    });
    cluster.log.add("test", {});
    expect(send(services, encodeInfoRequest(["node"])).answers).toHaveLength(1);
  });

  test("in a request that waits resets its connection only: the others that wait are answered", () => {
    const run = new Run(EVEN);
    const london = run.cluster.node("A352");
    const key = (replicaIn: string) =>
      Array.from({ length: 4096 }, (_, k) => k).find((k) => {
        const [master, replica] = london.view!.partitions[partitionOf(digest("dummy", k))].replicas;
        return master === london && replica.region === replicaIn;
      })!;
    const waits = encodeMessages([
      message({
        info2: Info2.write,
        transactionTtl: 500,
        fields: [
          { type: Field.namespace, value: Buffer.from("mydata") },
          { type: Field.digest, value: Buffer.from(digest("dummy", key(PARIS))) },
        ],
        ops: [{ op: Op.write, particle: Particle.integer, version: 0, name: "v", value: Buffer.alloc(8, 1) }],
      }),
    ]);
    run.cluster.setFault(split(EVEN));
    let reset = 0;
    const fails = () => {
      throw new Error("unexpected");
    };
    const transport = { send: fails, reset: () => reset++ };
    run.services.connect(london, { address: () => "" }, transport).receive(waits);
    const answers: Buffer[] = [];
    run.services
      .connect(london, { address: () => "" }, { send: (bytes) => answers.push(bytes), reset: fails })
      .receive(waits);
    run.clock.advance(600);
    expect(reset).toBe(1);
    expect(answers).toHaveLength(1);
    expect(run.services.connections(london)).toBe(1);
  });
});

/** Every request of the recordings that is shorter than 64 KiB. */
function recordedRequests(): Buffer[] {
  const frames = [...nodeClientSteps(), ...pythonClientSteps()].flatMap(({ frames: all }) =>
    all.filter(({ dir }) => dir === "request"),
  );
  const infos = asadmAsks().flatMap(({ asks }) => asks.flatMap(({ info }) => (info ? [info] : [])));
  return [
    ...frames.map(({ hex, info }) =>
      hex === undefined ? encodeInfoRequest(info!.trimEnd().split("\n")) : Buffer.from(hex, "hex"),
    ),
    ...infos.map((info) => encodeInfoRequest(info.split("\n"))),
  ].filter(({ length }) => length < 65536);
}

/** A copy with one to four changes: bytes set, bits turned, bytes cut out, put in or cut off. */
function mutate(frame: Buffer, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(frame);
  const below = (n: number) => Math.floor(random.next() * n);
  for (let changes = 1 + below(4); changes > 0 && bytes.length > 0; changes--) {
    // Most of a frame's meaning stands at its start.
    const at = below(random.next() < 0.5 ? Math.min(bytes.length, 64) : bytes.length);
    switch (below(6)) {
      case 0:
        bytes[at] = below(256);
        break;
      case 1:
        bytes[at] ^= 1 << below(8);
        break;
      case 2:
        bytes[at] = [0, 0xff, 0x7f, 0x80][below(4)];
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(8))]);
        break;
      case 4:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.alloc(1 + below(8), below(256)),
          bytes.subarray(at),
        ]);
        break;
      default:
        bytes = bytes.subarray(0, at);
    }
  }
  return bytes;
}

/** Whether a frame has all the bytes that its header declares. */
function isWhole(bytes: Buffer): boolean {
  try {
    return new FrameReader().push(bytes).length > 0;
  } catch {
    return true;
  }
}

describe("100,000 mutations of recorded frames", () => {
  const COUNT = 100_000;
  const SEED = 20240814;

  test.each([
    ["AP", false],
    ["strong consistency", true],
  ])(
    `neither crash nor hang nor use up memory; each is answered or disconnected (seed ${SEED}, half of them each: %s)`,
    (_, strong) => {
      const { clock, services } = aloneNode(strong);
      const random = new Random(SEED + Number(strong));
      const frames = recordedRequests();
      const heap: number[] = [];
      const outcomes = { answered: 0, reset: 0, unfinished: 0 };
      for (let i = 0; i < COUNT / 2; i++) {
        const frame = frames[Math.floor(random.next() * frames.length)];
        const bytes = mutate(frame, random);
        const { connection, answers, wasReset } = send(services, bytes);
        if (answers.length === 0 && !wasReset() && isWhole(bytes)) clock.advance(1500);
        if (wasReset()) outcomes.reset++;
        else if (answers.length > 0) outcomes.answered++;
        else {
          expect({ seed: SEED, i, whole: isWhole(bytes), hex: bytes.toString("hex") }).toMatchObject({
            whole: false,
          });
          outcomes.unfinished++;
        }
        connection.close();
        if (i % 5000 === 4999) {
          send(services, encodeInfoRequest(["truncate:namespace=mydata"])).connection.close();
          collectGarbage();
          heap.push(process.memoryUsage().heapUsed + process.memoryUsage().external);
        }
      }
      expect(outcomes.answered).toBeGreaterThan(COUNT / 8);
      expect(outcomes.reset).toBeGreaterThan(COUNT / 100);
      expect(services.connections(services.cluster.nodes[0])).toBe(0);
      // After the first 10,000 the memory in use no longer grows.
      expect(Math.max(...heap.slice(2)) - heap[1]).toBeLessThan(24 * 1024 * 1024);
      // It still serves.
      const put = nodeClientSteps().find(({ step }) => step === "put: string key")!.frames[0].hex!;
      expect(send(services, Buffer.from(put, "hex")).answers[0].toString("hex")).toBe(
        "020300000000001616000000000000000001000000000000000000000000",
      );
    },
    120_000,
  );
});
