import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Cluster, Services, VirtualClock } from "../../../../lab/embedded";
import { Random } from "../../../../lab/embedded/cluster/random";
import { FrameReader } from "../../../../lab/embedded/wire/frame";
import { encodeInfoRequest } from "../../../../lab/embedded/wire/info-frame";
import { asadmAsks, malformedCases, nodeClientSteps, pythonClientSteps } from "../support/recordings";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function aloneNode(strongConsistency: boolean) {
  const clock = new VirtualClock();
  const cluster = new Cluster(
    {
      namespace: { name: "mydata", replicationFactor: 1, strongConsistency },
      nodes: [{ id: "BB9040011AC4202", rack: 0, region: "local" }],
    },
    clock,
  );
  const services = new Services(cluster);
  cluster.start();
  return { clock, cluster, services };
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
    ...infos.filter((info) => info !== "partition-info").map((info) => encodeInfoRequest(info.split("\n"))),
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
