import { Cluster } from "../../../rehearsal/cluster/cluster";
import { Services } from "../../../rehearsal/service/connection";
import { VirtualClock } from "../../../rehearsal/cluster/clock";
import type { Topology } from "../../../model";
import { Particle } from "../../../rehearsal/wire/codes";
import { FrameReader } from "../../../rehearsal/wire/frame";
import { decodeInfoResponse, encodeInfoRequest, type InfoAnswer } from "../../../rehearsal/wire/info-frame";
import { decodeMessages, encodeMessages, type Message } from "../../../rehearsal/wire/message";
import {
  asadmAsks,
  infoOfSixNodes,
  nodeClientSteps,
  pythonClientSteps,
  type RecordedFrame,
  type RecordedStep,
} from "../support/recordings";

/**
 * What may differ from the recorded Community server, and why. Everything else must be the same, byte for byte.
 */
const MAY_DIFFER: Readonly<Record<string, string>> = {
  "order of records": "batches and scans of a server run in several threads: compared without their order",
  "GeoJSON cells":
    "a server stores the S2 cells beside the text; a rehearsal node keeps GeoJSON as it was sent",
  statistics: "counters, sizes and clocks of a machine: compared by name",
  "cluster key": "random",
  "alternate addresses":
    "those of its place are all that a rehearsal node has: it names them, where the server had none",
  edition: "a rehearsal node answers as an Enterprise server does, and says that it is a model",
};

/** Info commands whose answers differ, with the reason's name; `names` = the names of the pairs are compared. */
const INFO_DIFFERS: Readonly<Record<string, keyof typeof MAY_DIFFER>> = {
  version: "edition",
  edition: "edition",
  build_os: "edition",
  features: "edition",
  "feature-key": "edition",
  logs: "edition",
  "racks:": "edition",
  "rack-ids": "edition",
  "roster:": "edition",
  "roster:namespace=mydata": "edition",
  "roster-set:namespace=mydata;nodes=A1": "edition",
  "quiesce:": "edition",
  "quiesce-undo:": "edition",
  "revive:namespace=mydata": "edition",
  "peers-tls-std": "edition",
  "set-config:context=namespace;id=mydata;rack-id=5": "edition",
  "set-config:context=namespace;id=mydata;migrate-sleep=1": "edition",
  "best-practices": "statistics",
  "latencies:": "statistics",
  sets: "statistics",
  "cluster-stable:": "cluster key",
  "service-clear-alt": "alternate addresses",
  "peers-clear-alt": "alternate addresses",
};
const NAMES_ONLY = [
  "namespace/mydata",
  "statistics",
  "get-config:context=service",
  "get-config:context=network",
];

/** Seconds since 1970 at which the Node.js recording was made: void-times tell. */
const RECORDED_AT = 1262304000 + 533186021;

/** The node that was recorded: alone, AP, replication factor 2. */
class RecordedNode {
  readonly clock = new VirtualClock(RECORDED_AT * 1000);
  private readonly services: Services;
  private readonly connections = new Map<number, { request: (bytes: Buffer) => Buffer[] }>();

  constructor() {
    const topology: Topology = {
      namespace: {
        name: "mydata",
        replicationFactor: 2,
        strongConsistency: false,
        preferUniformBalance: false,
      },
      nodes: [{ id: "BB9040011AC4202", rack: 0, region: "local" }],
      serverVersion: "7.1.0.0",
    };
    const cluster = new Cluster(topology, this.clock, { clusterName: "asdtest" });
    this.services = new Services(cluster);
    cluster.start();
  }

  request(conn: number, bytes: Buffer): Buffer[] {
    let connection = this.connections.get(conn);
    if (!connection) {
      let answers: Buffer[] = [];
      const reader = new FrameReader();
      const open = this.services.connect(
        this.services.cluster.nodes[0],
        { address: () => "127.0.0.1:4000" },
        {
          send: (sent) => answers.push(...reader.push(sent).map(({ body }) => body)),
          reset: () => answers.push(Buffer.from("reset")),
        },
      );
      connection = {
        request: (sent) => {
          answers = [];
          open.receive(sent);
          return answers;
        },
      };
      this.connections.set(conn, connection);
    }
    return connection.request(bytes);
  }

  info(command: string): string {
    const [body] = this.request(99, encodeInfoRequest(command.split("\n")));
    return body.toString("utf8");
  }
}

/** Messages of several frames as text, without the order that a server's threads give them, and without GeoJSON's cells. */
function comparable(bodies: readonly Buffer[]): string[] {
  const messages = bodies.flatMap((body) => decodeMessages(body)).map(withoutCells);
  const texts = messages.map((one) => encodeMessages([one]).toString("hex"));
  const last = texts.pop()!;
  return [...texts.sort(), last];
}

function withoutCells(m: Message): Message {
  return {
    ...m,
    ops: m.ops.map((op) => {
      if (op.particle !== Particle.geojson) return op;
      const cells = op.value.readUInt16BE(1);
      return { ...op, value: op.value.subarray(3 + 8 * cells) };
    }),
  };
}

function names(text: string): string[] {
  return text
    .split(";")
    .map((pair) => pair.split("=")[0])
    .filter((name) => !name.startsWith("storage-engine.stripe") && !name.startsWith("heartbeat.mesh-seed"));
}

function compareInfo(answers: readonly InfoAnswer[], recorded: readonly InfoAnswer[]): void {
  expect(answers.map(({ command }) => command)).toEqual(recorded.map(({ command }) => command));
  recorded.forEach(({ command, answer }, i) => {
    const got = answers[i].answer;
    if (INFO_DIFFERS[command] !== undefined) return;
    if (command.startsWith("get-config:context=namespace") || NAMES_ONLY.includes(command)) {
      const cut = answer.endsWith("…");
      const expected = names(answer);
      if (cut) expected.pop();
      const found = names(got);
      expect({ command, names: cut ? found.slice(0, expected.length) : found }).toEqual({
        command,
        names: expected,
      });
      return;
    }
    const expected = withoutKeys(answer.replace(/[^;]*…$/, ""));
    const found = answer.endsWith("…") ? withoutKeys(got).slice(0, expected.length) : withoutKeys(got);
    expect({ command, answer: found }).toEqual({ command, answer: expected });
  });
}

/** Versions of partitions carry the cluster key. */
function withoutKeys(text: string): string {
  return text.replaceAll(/:(?!0+\.)[0-9a-f]+\.0\./g, ":KEY.0.");
}

function infoText(text: string): InfoAnswer[] {
  return decodeInfoResponse(Buffer.from(text.endsWith("\n") ? text : `${text}\n`, "utf8"));
}

/** Requests of a step, each with the frames that answered it. */
function exchanges(step: RecordedStep): { request: RecordedFrame; responses: RecordedFrame[] }[] {
  const out: { request: RecordedFrame; responses: RecordedFrame[] }[] = [];
  for (const frame of step.frames) {
    if (frame.dir === "request") out.push({ request: frame, responses: [] });
    else out.findLast(({ request }) => request.conn === frame.conn)!.responses.push(frame);
  }
  return out;
}

function replay(node: RecordedNode, step: RecordedStep): number {
  for (const { request, responses } of exchanges(step)) {
    if (request.hex === undefined) {
      const answer = node.request(request.conn, encodeInfoRequest(request.info!.trimEnd().split("\n")));
      compareInfo(decodeInfoResponse(answer[0]), infoText(responses[0].info!));
      continue;
    }
    const answers = node.request(request.conn, Buffer.from(request.hex, "hex"));
    const recorded = responses.map(({ hex }) => Buffer.from(hex!, "hex").subarray(8));
    expect(comparable(answers)).toEqual(comparable(recorded));
  }
  return step.frames.length;
}

test("every difference that is let pass has a reason", () => {
  for (const reason of Object.values(INFO_DIFFERS)) expect(MAY_DIFFER[reason].length).toBeGreaterThan(5);
});

describe("the recordings, replayed in their order against one node", () => {
  const node = new RecordedNode();

  test.each(nodeClientSteps().map((step) => [step.step, step] as const))("Node.js client: %s", (_, step) => {
    expect(replay(node, step)).toBeGreaterThan(0);
  });

  test.each(pythonClientSteps().map((step) => [step.step, step] as const))(
    "Python client: %s",
    (name, step) => {
      if (name === "connect") node.clock.advance(6000);
      expect(replay(node, step)).toBeGreaterThan(0);
    },
  );
});

describe("what asadm asks, answered", () => {
  const node = new RecordedNode();
  const cases = asadmAsks().flatMap(({ command, asks }) =>
    asks.flatMap(({ info, answer }) => (info && answer ? [[command, info, answer] as const] : [])),
  );

  test.each(cases)("%s: %s", (_, info, recorded) => {
    compareInfo(infoText(node.info(info)), infoText(recorded));
  });
});

describe("the info commands of six nodes, answered", () => {
  const recorded = infoOfSixNodes();
  const ids = Object.keys(recorded);
  const clock = new VirtualClock();
  const cluster = new Cluster(
    {
      namespace: {
        name: "mydata",
        replicationFactor: 2,
        strongConsistency: false,
        preferUniformBalance: false,
      },
      nodes: ids.map((id) => ({ id, rack: 0, region: "local" })),
      serverVersion: "7.1.0.0",
    },
    clock,
    { clusterName: "asdtest" },
  );
  const services = new Services(cluster);
  cluster.start();
  clock.advance(1000);

  const ask = (id: string, command: string): string => {
    let body = Buffer.alloc(0);
    const reader = new FrameReader();
    services
      .connect(
        cluster.node(id),
        { address: (node) => `127.0.0.1:${3000 + 10 * node.index}` },
        { send: (bytes) => (body = Buffer.from(reader.push(bytes)[0].body)), reset: () => {} },
      )
      .receive(encodeInfoRequest([command]));
    return decodeInfoResponse(body)[0].answer;
  };
  /** Lists whose order is a hash table's on the server. */
  const sorted = (text: string) => text.replaceAll(/[[\]]/g, "").split(/[;,]/).sort();
  const UNORDERED = ["services", "peers-clear-std", "alumni-clear-std"];

  test.each(
    ids.flatMap((id) =>
      Object.entries(recorded[id]).map(([command, answer]) => [id, command, answer] as const),
    ),
  )("%s %s", (id, command, answer) => {
    const got = ask(id, command);
    if (UNORDERED.includes(command)) expect(sorted(got)).toEqual(sorted(answer));
    else compareInfo([{ command, answer: got }], [{ command, answer }]);
  });
});
