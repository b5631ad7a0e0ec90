import { connect, createServer } from "node:net";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askPlayground } from "../../../rehearsal/playground/control-client";
import { Playground } from "../../../rehearsal/playground/playground";
import { RefusedError } from "../../../rehearsal/errors";
import { controlSocket, type PlaygroundStatus } from "../../../rehearsal/playground/control-socket";
import { EVEN } from "../../rehearsal/support/clusters";
import { FrameReader } from "../../../rehearsal/wire/frame";
import { decodeInfoResponse, encodeInfoRequest } from "../../../rehearsal/wire/info-frame";
import { stretch } from "../support";
import { freePort, Up } from "../up";

describe("a playground", () => {
  let port: number;
  let up: Up;
  const at = () => ["--port", String(port)];

  beforeAll(async () => {
    port = await freePort();
    up = await Up.start(["even-split", ...at()]);
    await up.says("Ctrl-C ends it.");
  });
  afterAll(() => up.stop());

  /** Waits until `stretch status` says it. */
  const status = async (text: string) => {
    for (let tries = 0; ; tries++) {
      const { out, code } = await stretch(["status", ...at()]);
      expect(code).toBe(0);
      if (out.includes(text)) return out;
      if (tries > 300) throw new Error(`"stretch status" did not say "${text}":\n${out}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  /** Waits until the playground is one cluster of these nodes, the principal first. */
  const members = async (...ids: string[]) => {
    for (let tries = 0; ; tries++) {
      const { out } = await stretch(["status", "--json", ...at()]);
      const { subClusters } = (JSON.parse(out) as PlaygroundStatus).cluster;
      if (subClusters.length === 1 && subClusters[0].members.join() === ids.join()) return;
      if (tries > 300) throw new Error(`"stretch status" did not say ${ids.join(", ")}:\n${out}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  test("prints each node's address, id and rack, one seed a place, and that it is a model", async () => {
    const out = await up.says("Ctrl-C ends it.");
    expect(out).toMatch(/never a\s+database/);
    expect(out).toMatch(
      new RegExp(`A1B32 +\\| +32\\|eu-west-2\\|127\\.0\\.0\\.1:${port} *\\|127\\.0\\.0\\.1:${port + 1}`),
    );
    expect(out).toContain(`Seed for a client in eu-west-2: 127.0.0.1:${port}`);
    expect(out).toContain(`Seed for a client in eu-west-3: 127.0.0.1:${port + 31}`);
  });

  test("is cut by the scenario's fault and healed by none", async () => {
    expect((await stretch(["fault", "split", ...at()])).code).toBe(0);
    const cut = await status("|     2048|       2048|");
    expect(cut).toContain(`Fault: split.\nHeal: npm run -s stretch -- fault none --port ${port}\n`);
    expect(Math.max(...cut.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    await up.says(/cluster of A3B32, A2B32 and A1B32: 2048 of 4096 partitions served, 2048 unavailable/);
    expect((await stretch(["fault", "none", ...at()])).code).toBe(0);
    await status("|     4096|          0|");
  });

  test("made one-way as the article did: new connections refused, no cluster split", async () => {
    const refused = (address: number) =>
      new Promise<boolean>((resolve) => {
        const socket = connect(address, "127.0.0.1", () => resolve(false));
        socket.once("error", () => resolve(true));
        socket.once("connect", () => socket.destroy());
      });
    expect(await refused(port + 30)).toBe(false);
    const { out } = await stretch(["fault", "one-way", ...at()]);
    expect(out).toContain("|     4096|          0|");
    // London's new connections to Paris are refused; Paris' own to Paris and to London are not.
    expect(await refused(port + 30)).toBe(true);
    expect(await refused(port + 31)).toBe(false);
    expect(await refused(port + 1)).toBe(false);
    await stretch(["fault", "none", ...at()]);
    expect(await refused(port + 30)).toBe(false);
  });

  test("makes links slow beside the fault that is on, by sides, regions and nodes, until none heals", async () => {
    const slow = async (...args: string[]) => {
      const { code, out, err } = await stretch(["fault", ...args, ...at()]);
      expect({ args, code, err }).toEqual({ args, code: 0, err: "" });
      return out;
    };
    const out = await slow("--delay", "paris-London=50", "--loss", "eu-west-2-eu-west-3=1.5");
    expect(out).toContain("Fault: none.\nSlow: London-Paris, 50 ms later one way, 1.5 % lost.\n");
    await up.says("links slow");
    expect(await slow("split", "--jitter", "a1b32-Paris=5")).toContain(
      "Fault: split.\nSlow: A1B32-Paris, up to 5 ms of jitter.\n",
    );
    await slow("--delay", "London-London=1");
    const { links, fault } = JSON.parse(
      (await stretch(["status", "--json", ...at()])).out,
    ) as PlaygroundStatus;
    expect(fault).toBe("split");
    expect(links).toEqual([
      { link: "A1B32-Paris", jitter: 5 },
      { link: "London-London", delay: 1 },
    ]);
    expect(await slow("--jitter", "Paris-A1B32=0")).not.toContain("A1B32-Paris");
    expect(await slow("none")).not.toContain("Slow");
    await status("|     4096|          0|");
  });

  test("pauses and resumes nodes, and sets their clocks, with what servers do about it", async () => {
    expect((await stretch(["node", "pause", "a1b32", ...at()])).out).toMatch(/A1B32 .*\|paused/);
    await members("A3B33", "A3B32", "A2B33", "A2B32", "A1B33");
    await up.says("node A1B32 paused");
    expect((await stretch(["node", "resume", "A1B32", ...at()])).code).toBe(0);
    await members("A3B33", "A3B32", "A2B33", "A2B32", "A1B33", "A1B32");

    const clock = async (time: string) => (await stretch(["node", "clock", "A1B32", time, ...at()])).out;
    expect(await clock("-10s")).toContain("Clocks in the cluster of A3B33 differ by 10 s: nothing follows.");
    expect(await clock("+15s")).toContain("differ by 15 s: its servers warn.");
    const stopped = await clock("+0.3m");
    expect(stopped).toContain("differ by 18 s: every write is refused (22).");
    expect(stopped).toMatch(/warn above 12 s, refuse writes above 17 s, and may lose some from 23 s\s+on/);
    expect(stopped.replace(/\s+/g, " ")).toContain(
      '"Strong consistency" (aerospike.com/docs/database/learn/strong-consistency)',
    );
    await up.says("clock of node A1B32: 18 s ahead; its cluster refuses writes (22)");
    expect(await clock("0")).not.toContain("Clocks in");
  });

  test("stops and starts nodes", async () => {
    expect((await stretch(["node", "stop", "a1b32", "--unclean", ...at()])).out).toMatch(/A1B32 .*\|down/);
    await members("A3B33", "A3B32", "A2B33", "A2B32", "A1B33");
    expect((await stretch(["node", "start", "A1B32", ...at()])).code).toBe(0);
    await members("A3B33", "A3B32", "A2B33", "A2B32", "A1B33", "A1B32");
    expect((await stretch(["node", "stop", "A1B32", "--reboot", ...at()])).code).toBe(0);
    await up.says("node A1B32 stopped (reboot)");
    expect((await stretch(["node", "start", "A1B32", ...at()])).code).toBe(0);
    await members("A3B33", "A3B32", "A2B33", "A2B32", "A1B33", "A1B32");
  });

  test("gives its status as JSON", async () => {
    const { out } = await stretch(["status", "--json", ...at()]);
    expect(JSON.parse(out)).toMatchObject({
      experiment: "even-split",
      fault: "none",
      cluster: {
        namespace: "mydata",
        nodes: expect.arrayContaining([expect.objectContaining({ id: "A1B32" })]),
      },
    });
  });

  test("fails on a fault, a node and options that there are not, with exit code 2", async () => {
    for (const [args, text] of [
      [["fault", "nope"], 'even-split has no fault "nope": expected one of none, split, one-way'],
      [["fault"], "What shall break was not said"],
      [
        ["fault", "--delay", "London-Rome=5"],
        '"London-Rome" is no link: expected two ends of London, Paris, A1B32,',
      ],
      [["fault", "--delay", "London-Paris=10001"], "Expected LINK=MS, as London-Paris=50; 0 to 10000."],
      [["fault", "--loss", "London-Paris"], "Expected LINK=PERCENT"],
      [["node", "stop", "FFFF"], 'Node "FFFF" is not in the cluster'],
      [["node", "resume", "A1B32"], 'Node "A1B32" is not paused'],
      [["node", "clock", "A1B32", "15"], "Expected a time with its unit: +15s, -500ms, +2m, or 0."],
      [["node", "clock", "A1B32", "-25h"], "expected at most 86400000 ms, a day"],
      [["node", "start", "A1B32"], 'Node "A1B32" is already up'],
      [["node", "stop", "A1B32", "--unclean", "--empty"], "cannot be used with"],
      [["node", "stop", "A1B32", "--reboot", "--unclean"], "cannot be used with"],
    ] as const) {
      const { code, err } = await stretch([...args, ...at()]);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(err).toContain(text);
    }
  });

  test("is named by its port to who asks on another one", async () => {
    const { code, err } = await stretch(["status", "--port", String(port + 1)]);
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`No playground runs on port ${port + 1}, but on .*: add --port \\d+\\.$`));
    expect(err).toContain(String(port));
  });

  test("fails to start a second one on its port", async () => {
    const second = await Up.start(["even-split", ...at()]);
    await second.says(`A playground of even-split already runs on port ${port}`);
    expect(await second.ended()).toBe(1);
  });

  test("ends on Ctrl-C, and then nobody answers", async () => {
    expect(await up.stop()).toBe(0);
    const { code, err } = await stretch(["status", ...at()]);
    expect(code).toBe(2);
    expect(err).toContain(`No playground runs on port ${port}, `);
    expect(err).toContain("npm run -s stretch -- up");
  });
});

describe("a playground whose nodes' process dies", () => {
  test("fails: says so, ends with exit code 1, and leaves nothing behind on its port", async () => {
    const port = await freePort();
    const up = await Up.start(["even-split", "--port", String(port)]);
    try {
      await up.says("Ctrl-C ends it.");
      process.kill(up.nodes, "SIGKILL");
      expect(await up.ended()).toBe(1);
      await up.says("The process of the nodes has ended by itself");
      expect(existsSync(controlSocket(port))).toBe(false);
    } finally {
      await up.stop();
    }
  });

  test.each([
    [
      `${JSON.stringify({ id: 0, failed: "The process of the nodes has ended." })}\n`,
      "The process of the nodes has ended.",
    ],
    ["", "The playground ended before it answered."],
  ])("fails to tell its status (%s): a failure, exit code 1, not wrong use", async (answer, text) => {
    const port = await freePort();
    const server = createServer((socket) => {
      socket.once("data", () => socket.end(answer));
    });
    await new Promise<void>((resolve) => server.listen(controlSocket(port), resolve));
    const { code, err } = await stretch(["status", "--port", String(port)]);
    server.close();
    expect(code).toBe(1);
    expect(err).toBe(`stretch: ${text}`);
  });

  test("answers that it failed, and refuses what is wrong with the request", async () => {
    const port = await freePort();
    const playground = await Playground.start({ experiment: "even", topology: EVEN, faults: {}, port });
    try {
      await expect(askPlayground(port, { command: "fault", name: "nope" })).rejects.toThrow(RefusedError);
      await expect(askPlayground(port, { command: "start", node: "A352" })).rejects.toThrow(RefusedError);
      await playground.rehearsal.stop();
      await playground.ended;
      const failed = await askPlayground(port, { command: "status" }).catch((error: Error) => error);
      expect(failed).toBeInstanceOf(Error);
      expect(failed).not.toBeInstanceOf(RefusedError);
    } finally {
      await playground.stop();
    }
  });
});

test("fails on a port that is none, with exit code 2", async () => {
  for (const port of ["0", "80", "70000", "x"]) {
    expect((await stretch(["up", "--port", port])).code).toBe(2);
  }
  const { code, err } = await stretch(["up", "--port", "65530"]);
  expect(code).toBe(2);
  expect(err).toContain("--port 65530 leaves no room for 6 nodes: the last would need port 65589.");
});

/** What a node answers to an info command. */
function info(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FrameReader();
    const socket = connect(port, "127.0.0.1", () => socket.write(encodeInfoRequest([command])));
    socket.once("error", reject);
    socket.on("data", (bytes: Buffer) => {
      for (const { body } of reader.push(bytes)) {
        socket.destroy();
        resolve(decodeInfoResponse(body)[0].answer);
      }
    });
  });
}

test("a playground of a topology without faults offers no fault by name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
  const file = join(folder, "one.yaml");
  writeFileSync(
    file,
    "namespace: { name: mydata, replicationFactor: 1, strongConsistency: true }\nnodes: [{ id: A1, rack: 1 }]\n",
  );
  const up = await Up.start(["--topology", file, "--port", String(await freePort())]);
  try {
    const out = await up.says("Ctrl-C ends it.");
    expect(out).toContain("fault --delay");
    expect(out).not.toContain("fault NAME");
  } finally {
    await up.stop();
    rmSync(folder, { recursive: true });
  }
});

describe("the distance between regions", () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ["real", 5.5],
    ["a file", 20],
  ])(
    "is kept by the nodes that `stretch up --rtt` starts, for clients by their place: %s",
    async (table, oneWay) => {
      const file = join(folder, "rtt.yaml");
      writeFileSync(file, "eu-west-3: { eu-west-2: 40 }\n");
      const port = await freePort();
      const up = await Up.start([
        "even-split",
        "--port",
        String(port),
        "--rtt",
        table === "real" ? table : file,
      ]);
      try {
        expect(await up.says("Ctrl-C ends it.")).toContain("Messages take half of their round trip each: ");
        const began = performance.now();
        // The connection, and the command: a round trip each from London to Paris.
        await info(port + 30, "node");
        expect(performance.now() - began).toBeGreaterThan(4 * oneWay - 4);
      } finally {
        await up.stop();
      }
    },
  );

  test("fails where the table lacks a pair of its regions, with exit code 2", async () => {
    const file = join(folder, "far.yaml");
    writeFileSync(
      file,
      "namespace: { name: mydata, replicationFactor: 1, strongConsistency: true }\n" +
        "nodes: [{ id: A1, rack: 1, region: eu-west-2 }, { id: B1, rack: 2, region: moon }]\n",
    );
    const port = String(await freePort());
    const { code, err } = await stretch(["up", "--topology", file, "--rtt", "real", "--port", port]);
    expect(code).toBe(2);
    expect(err).toContain("There is no round trip for eu-west-2 - moon (cloudping.co");
  });
});

describe("the settings of the namespace that decide what a crash costs", () => {
  test("are those of the stack under another name, too", async () => {
    const port = await freePort();
    const up = await Up.start(["even-split", "--port", String(port), "--namespace", "test"]);
    try {
      await up.says("Ctrl-C ends it.");
      expect(await info(port, "namespaces")).toBe("test");
      const config = (await info(port, "get-config:context=namespace;namespace=test")).split(";");
      expect(config).toEqual(
        expect.arrayContaining(["max-record-size=131072", "default-read-touch-ttl-pct=20"]),
      );
    } finally {
      await up.stop();
    }
  });

  test("are taken by `stretch up`", async () => {
    const port = await freePort();
    const settings = ["--flush-max-ms", "200", "--commit-to-device", "--auto-revive"];
    const up = await Up.start([
      "even-split",
      "--port",
      String(port),
      ...settings,
      "--strong-consistency-allow-expunge",
      "--min-cluster-size",
      "2",
    ]);
    try {
      await up.says("Ctrl-C ends it.");
      const config = (await info(port, "get-config:context=namespace;namespace=mydata")).split(";");
      expect(config).toEqual(
        expect.arrayContaining([
          "storage-engine.flush-max-ms=200",
          "storage-engine.commit-to-device=true",
          "auto-revive=true",
          "strong-consistency-allow-expunge=true",
          // And the rest is the stack's, as `stretch render` shows it.
          "max-record-size=131072",
          "default-read-touch-ttl-pct=20",
          "storage-engine.file[0]=/opt/aerospike/ns1.dat",
        ]),
      );
      expect(await info(port, "get-config:context=service")).toContain(";min-cluster-size=2;");
      expect(await info(port, "cluster-name")).toBe("even-split-cluster");
    } finally {
      await up.stop();
    }
  });

  test("fail on a time that is none, on a size that is none, and on an availability-mode namespace, with exit code 2", async () => {
    for (const time of ["0", "1001", "1.5", "x"]) {
      const { code, err } = await stretch(["up", "--flush-max-ms", time]);
      expect({ time, code }).toEqual({ time, code: 2 });
      expect(err).toContain("Expected milliseconds, 1 to 1000.");
    }
    const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
    const file = join(folder, "ap.yaml");
    writeFileSync(
      file,
      "namespace: { name: mydata, replicationFactor: 1, strongConsistency: false }\nnodes: [{ id: A1, rack: 1 }]\n",
    );
    for (const flag of ["--commit-to-device", "--auto-revive", "--strong-consistency-allow-expunge"]) {
      const { code, err } = await stretch(["up", "--topology", file, flag]);
      expect({ flag, code }).toEqual({ flag, code: 2 });
      expect(err).toContain(
        `${flag} is for strong consistency only, and namespace "mydata" of ${file} is in availability mode`,
      );
    }
    for (const [size, message] of [
      [
        "2",
        `--min-cluster-size 2 is more than the nodes of ${file}, which then never form a cluster: expected at most 1.`,
      ],
      ["0", "Expected a number of nodes, 1 to 256."],
    ]) {
      const { code, err } = await stretch(["up", "--topology", file, "--min-cluster-size", size]);
      expect(code).toBe(2);
      expect(err).toContain(message);
    }
    rmSync(folder, { recursive: true });
  });
});
