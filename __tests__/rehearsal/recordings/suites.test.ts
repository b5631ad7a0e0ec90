import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Cluster } from "../../../rehearsal/cluster/cluster";
import { VirtualClock } from "../../../rehearsal/cluster/clock";
import { type Connection, Services } from "../../../rehearsal/service/connection";
import { encodeFrame, FrameReader, FrameType } from "../../../rehearsal/wire/frame";
import { decodeMessages } from "../../../rehearsal/wire/message";

const FOLDER = join(__dirname, "..", "..", "fixtures", "suites");

/** The day after the clients' tests ran: times of theirs are past. */
const AFTER = Date.UTC(2026, 10, 28, 12);

type RecordedFrame = [connection: number, direction: "q" | "a", type: number, base64: string];

interface RecordedStep {
  readonly test: string;
  readonly phase: string;
  readonly frames: readonly RecordedFrame[];
}

/** One node of the recording's kind; a connection of each number. */
class RecordedNode {
  private readonly services: Services;
  private readonly clock = new VirtualClock(AFTER);
  private readonly connections = new Map<number, Connection>();
  private readonly answers = new Map<number, Buffer[]>();

  constructor() {
    const namespace = {
      name: "test",
      replicationFactor: 1,
      strongConsistency: false,
      preferUniformBalance: false,
    };
    const cluster = new Cluster(
      { namespace, nodes: [{ id: "A1", rack: 0, region: "local" }], serverVersion: "7.1.0.0" },
      this.clock,
    );
    this.services = new Services(cluster);
    cluster.start();
    this.clock.advance(3000);
  }

  /** Bodies of the frames that answer a request. */
  ask(connection: number, bytes: Buffer): Buffer[] {
    this.answers.set(connection, []);
    this.connection(connection).receive(bytes);
    return this.answers.get(connection)!;
  }

  private connection(number: number): Connection {
    const open = this.connections.get(number);
    if (open) return open;
    const reader = new FrameReader();
    const made = this.services.connect(
      this.services.cluster.nodes[0],
      { address: () => "127.0.0.1:4000" },
      {
        send: (bytes) => this.answers.get(number)!.push(...reader.push(bytes).map(({ body }) => body)),
        reset: () => this.answers.get(number)!.push(Buffer.from("reset")),
      },
    );
    this.connections.set(number, made);
    return made;
  }
}

/** Messages as text, without void times and the order in which a server's threads answer; the last stays the last. */
function comparable(bodies: readonly Buffer[]): string[] {
  const texts = bodies
    .flatMap((body) => decodeMessages(body))
    .map(({ result, generation, info3, transactionTtl, fields, ops }) =>
      JSON.stringify({
        ...{ result, generation, info3, transactionTtl },
        fields: fields.map(({ type, value }) => `${type} ${value.toString("hex")}`),
        ops: ops.map(({ op, particle, name, value }) => `${op} ${particle} ${name} ${value.toString("hex")}`),
      }),
    );
  const last = texts.pop()!;
  return [...texts.sort(), last];
}

/** Requests of a step in their order, each with the answers that came on its connection; none where they are not compared. */
function exchanges({
  frames,
}: RecordedStep): { connection: number; type: number; request: Buffer; answers: Buffer[] }[] {
  const out: ReturnType<typeof exchanges> = [];
  for (const [connection, direction, type, base64] of frames) {
    const bytes = Buffer.from(base64, "base64");
    if (direction === "q") out.push({ connection, type, request: bytes, answers: [] });
    else out.findLast((one) => one.connection === connection)!.answers.push(bytes);
  }
  return out;
}

function replay(node: RecordedNode, step: RecordedStep): void {
  for (const { connection, type, request, answers } of exchanges(step)) {
    if (type === FrameType.info) {
      const got = node.ask(connection, encodeFrame(FrameType.info, request));
      expect(Buffer.concat(got).toString()).toBe(Buffer.concat(answers).toString());
    } else {
      const got = node.ask(connection, request);
      if (answers.length === 0) continue;
      expect(comparable(got)).toEqual(comparable(answers.map((frame) => frame.subarray(8))));
    }
  }
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl.gz"));

test("there are recordings of the Python and the Go client", () => {
  expect(files.filter((name) => name.startsWith("py_")).length).toBeGreaterThan(30);
  expect(files.filter((name) => name.startsWith("go_")).length).toBe(10);
});

describe.each(files.map((name) => name.replace(".jsonl.gz", "")))("%s, answered as a server did", (name) => {
  const steps = gunzipSync(readFileSync(join(FOLDER, `${name}.jsonl.gz`)))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedStep);
  const node = new RecordedNode();
  const byTest = new Map<string, RecordedStep[]>();
  for (const step of steps) byTest.set(step.test, [...(byTest.get(step.test) ?? []), step]);

  test.each([...byTest].map(([of, own]) => [of.replace(/^.*::/, ""), own] as const))("%s", (_, own) => {
    for (const step of own) replay(node, step);
  });
});
