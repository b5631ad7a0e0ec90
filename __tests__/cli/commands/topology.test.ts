import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTopologyFile } from "../../../cli/experiment/topology-file";
import { DEFAULT_SERVER_VERSION, type Topology } from "../../../model";
import { Rehearsal } from "../../../rehearsal";
import { REPO } from "../../e2e/support/environment";
import { describeWith } from "../../support/requirements";
import { fixtures, type Ran, stretch } from "../support";

const dir = mkdtempSync(join(tmpdir(), "stretch-topology-"));
afterAll(() => rmSync(dir, { recursive: true }));
const asadm = (name: string) => join(fixtures, "asadm", name);

function written(name: string, text: string): string {
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
}

/** The topology in what the command printed. */
function topologyIn(text: string): Topology {
  const { topology } = loadTopologyFile(written("printed.yaml", text));
  return topology;
}

const byId = ({ nodes, ...rest }: Topology) => ({
  ...rest,
  nodes: [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1)),
});

const EVEN = byId({
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [
    ...["A352", "A600", "A129"].map((id) => ({ id, rack: 32 })),
    ...["A70", "A882", "A517"].map((id) => ({ id, rack: 33 })),
  ],
});

describe("stretch topology --roster", () => {
  it("makes a file of a roster's nodes, with the faults of its racks", async () => {
    const { code, out } = await stretch([
      "topology",
      "--roster",
      "A882@33,A600@32,A517@33,A352@32,A129@32,A70@33",
      "--rf",
      "2",
    ]);
    expect(code).toBe(0);
    expect(byId(topologyIn(out))).toEqual(EVEN);
    const file = written("even.yaml", out);
    const preview = await stretch(["preview", "--topology", file, "--fault", "split", "--json"]);
    expect(JSON.parse(preview.out).subClusters).toHaveLength(2);
    const lost = await stretch(["preview", "--topology", file, "--fault", "rack-32-down", "--json"]);
    expect(JSON.parse(lost.out).down).toEqual(["A600", "A352", "A129"]);
  });

  it("takes the active rack of one", async () => {
    const { out } = await stretch([
      "topology",
      "--roster",
      "M32|A352@32,A70@33",
      "--rf",
      "2",
      "--namespace",
      "orders",
    ]);
    expect(topologyIn(out).namespace).toMatchObject({ name: "orders", activeRack: 32 });
  });

  it.each([
    [["--roster", "A352@32", "--rf", "2"], /replicationFactor: is 2; expected at most 1/],
    [["--roster", "A352@32"], /without --rf/],
    [
      ["--roster", "A352@32,A352@32", "--rf", "1"],
      /is none: expected nodes as asadm's show roster prints them/,
    ],
    [["--roster", "x"], /is none/],
    [[], /No source was given: expected one of --from, --roster/],
    [["--roster", "A1", "--asadm", "x"], /--roster and --asadm were given: expected one of/],
    [["--from", "a b"], /Expected an address such as 10.0.0.1:3000/],
    [["--from", "127.0.0.1:3000", "--tls-name", "x"], /need --tls-ca/],
    [["--from", "127.0.0.1:3000", "--tls-ca", join(dir, "none.pem")], /none.pem cannot be read/],
    [["--from", "127.0.0.1:3000", "--password-file", "x"], /without --user/],
    [
      ["--from", "127.0.0.1:3000", "--user", "x", "--password-file", join(dir, "none")],
      /none cannot be read/,
    ],
  ])("fails for %j: exit code 2", async (args, message) => {
    const { code, err } = await stretch(["topology", ...args]);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

describe("stretch topology --asadm", () => {
  it.each(["even.txt", "even-json.txt"])("reads %s, as asadm prints it", async (file) => {
    const { code, out, err } = await stretch(["topology", "--asadm", asadm(file)]);
    expect(code).toBe(0);
    expect(byId(topologyIn(out))).toEqual(EVEN);
    expect(err).toMatch(/asadm does not tell/);
  });

  it("reads the article's tables, by a collectinfo's name too", async () => {
    const { out } = await stretch(["topology", "--collectinfo", asadm("article-even-healed.txt")]);
    expect(byId(topologyIn(out))).toEqual(EVEN);
  });

  it("says which nodes did not answer, and knows of them what the roster says", async () => {
    const { out, err } = await stretch([
      "topology",
      "--asadm",
      asadm("article-even-split-paris.txt"),
      "--rf",
      "2",
    ]);
    expect(byId(topologyIn(out))).toEqual(EVEN);
    expect(err).toMatch(/172.32.15.231:3000, 172.32.4.2:3000, 172.32.5.239:3000 did not answer asadm/);
  });

  it("tells of a namespace without a roster by its racks", async () => {
    const text = readFileSync(asadm("even.txt"), "utf8").replaceAll(/A882@33,\S*?A70@33/g, "null");
    const { out } = await stretch(["topology", "--asadm", written("ap.txt", text)]);
    expect(byId(topologyIn(out))).toEqual({
      ...EVEN,
      namespace: { ...EVEN.namespace, strongConsistency: false },
    });
  });

  it("names nodes that hold nothing: a file does not tell whether they are quiesced", async () => {
    const text = readFileSync(asadm("even.txt"), "utf8").replace(
      /682\| +683\| +0\| +0(?=\n.*43240)/,
      "  0|        0|          0|   0",
    );
    const { err } = await stretch(["topology", "--asadm", written("idle.txt", text)]);
    expect(err).toMatch(/A70 holds no partition in show pmap/);
  });

  it.each([
    ["no table", "hello", /has no table of asadm's: expected what asadm -e "info; show racks/],
    [
      "no replication factor",
      "article-even-split-paris.txt",
      /does not tell the replication factor .*Namespace Object Information/,
    ],
    ["a compressed archive", Buffer.from([0x1f, 0x8b, 8]), /is compressed: unpack it/],
    [
      "rosters that differ",
      () => readFileSync(asadm("even.txt"), "utf8").replace("A882@33,A600@32,", ""),
      /do not agree on the roster/,
    ],
  ])("fails for %s: exit code 2", async (_, given, message) => {
    const content = typeof given === "function" ? given() : given;
    const file =
      typeof content === "string" && content.endsWith(".txt") ? asadm(content) : join(dir, "bad.txt");
    if (!file.startsWith(fixtures)) writeFileSync(file, content);
    const { code, err } = await stretch(["topology", "--asadm", file]);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it("fails for a file that is not there, and for a namespace that is not in it", async () => {
    expect((await stretch(["topology", "--asadm", join(dir, "none.txt")])).err).toMatch(
      /none.txt cannot be read/,
    );
    const { code, err } = await stretch(["topology", "--asadm", asadm("even.txt"), "--namespace", "other"]);
    expect(err).toMatch(/does not tell the replication factor of namespace "other"/);
    expect(code).toBe(2);
  });
});

describe("stretch preview --observed", () => {
  const even = ["preview", "--topology", join(fixtures, "even-split.yaml")];

  it("finds the article's show pmap of the split equal to the prediction, node by node", async () => {
    const { code, out } = await stretch([
      ...even,
      "--fault",
      "split",
      "--observed",
      asadm("article-even-split-paris.txt"),
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/^A517\|683 \/ 679 \/ 2048 \/ 0\|683 \/ 679 \/ 2048 \/ 0\|equal$/m);
    expect(out).toMatch(/As predicted: all 3 nodes of the file are equal\.$/);
  });

  it.each([
    ["even-split.yaml", "none", "article-even-healed.txt", 6],
    ["even-split.yaml", "none", "even-json.txt", 6],
    ["even-split.yaml", "split", "even-split-london.txt", 3],
    ["odd-split.json", "rack-down", "article-rack-lost.txt", 3],
  ])("finds %s in fault %s equal to %s", async (topology, fault, file, nodes) => {
    const args = [
      "preview",
      "--topology",
      join(fixtures, topology),
      "--fault",
      fault,
      "--observed",
      asadm(file),
      "--json",
    ];
    const { code, out } = await stretch(args);
    expect(code).toBe(0);
    const { observed } = JSON.parse(out);
    expect(observed).toHaveLength(nodes);
    expect(observed.every(({ same }: { same: boolean }) => same)).toBe(true);
  });

  it("ends with 1 where nodes differ, naming them", async () => {
    const { code, out, err } = await stretch([...even, "--observed", asadm("article-even-split-paris.txt")]);
    expect(code).toBe(1);
    expect(out).toMatch(/^A70 +\|682 \/ 700 \/ 2048 \/ 0\|682 \/ 683 \/ 0 \/ 0\|differs$/m);
    expect(err).toMatch(/What was observed is not as predicted on A70, A882, A517\./);
  });

  it("fails without a show pmap, and where nothing tells which node is which", async () => {
    const healthy = readFileSync(asadm("article-even-healed.txt"), "utf8");
    const pmap = healthy.slice(healthy.indexOf("Admin> show pmap"));
    const { code, err } = await stretch([...even, "--observed", written("pmap.txt", pmap)]);
    expect(err).toMatch(
      /does not tell which node is at 172.32.15.231:3000: expected the output of info network/,
    );
    expect(code).toBe(2);
    const roster = healthy.slice(0, healthy.indexOf("Admin> show pmap"));
    expect((await stretch([...even, "--observed", written("roster.txt", roster)])).err).toMatch(
      /has no output of show pmap/,
    );
  });
});

describe("stretch topology --conf", () => {
  it("reads what stretch render wrote of a scenario's hosts", async () => {
    const out = join(dir, "hosts");
    await stretch(["render", "tie-breaker", "--out", out]);
    const ids = [1, 2, 3].flatMap((n) => [`A${n}B32`, `A${n}B33`]).concat("A1B31");
    const files = ids.map((id) => join(out, id, "aerospike.conf"));
    const { code, out: text } = await stretch(["topology", "--conf", ...files]);
    expect(code).toBe(0);
    const topology = topologyIn(text);
    expect(topology.nodes).toContainEqual({ id: "A1B31", rack: 31, quiesced: true });
    const scenario = JSON.parse((await stretch(["preview", "tie-breaker", "--json"])).out);
    const preview = JSON.parse(
      (await stretch(["preview", "--topology", written("conf.yaml", text), "--json"])).out,
    );
    expect(preview.subClusters[0].perNode).toEqual(scenario.subClusters[0].perNode);
    expect(preview.heartbeats).toEqual(scenario.heartbeats);
  });

  const conf = (id: string, more = "", rf = 2) => `
    service { 
      ${id === "" ? "" : `node-id ${id}`}
    }
    namespace mydata {
      replication-factor ${rf}
      rack-id 1
      ${more}
    }`;

  it.each([
    ["no node-id", [conf("")], /has no node-id in service: expected 1 to 16 hexadecimal digits/],
    ["settings that differ", [conf("A1"), conf("A2", "strong-consistency true")], /differ in namespace/],
    ["a node twice", [conf("A1"), conf("a1")], /Two nodes have the id A1/],
    [
      "a brace that is open",
      ["service {"],
      /is no aerospike.conf that can be read: block service has no end/,
    ],
    [
      "several namespaces",
      [`${conf("A1")}\nnamespace other {\nreplication-factor 1\n}`],
      /has the namespaces mydata, other: name one with --namespace/,
    ],
    ["fewer nodes than copies", [conf("A1", "", 2)], /replicationFactor: is 2; expected at most 1/],
  ])("fails for %s: exit code 2", async (_, texts, message) => {
    const files = texts.map((text, i) => written(`${i}.conf`, text));
    const { code, err } = await stretch(["topology", "--conf", ...files]);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

describe("stretch topology --kubernetes", () => {
  const resource = (name: string, racks: string, more = "") => `
apiVersion: asdb.aerospike.com/v1
kind: AerospikeCluster
metadata: { name: ${name} }
spec:
  size: 5
  image: aerospike/aerospike-server-enterprise:8.1.0.0
  rackConfig:
    namespaces: [mydata]
    racks: ${racks}
  aerospikeConfig:
    network: { heartbeat: { interval: 250, timeout: 20 } }
    namespaces:
      - name: mydata
        replication-factor: 2
        strong-consistency: true
        ${more}
        storage-engine: { type: memory, data-size: 1073741824 }
`;

  it("reads a resource's racks, pods spread evenly and named as the operator does", async () => {
    const file = written(
      "one.yaml",
      resource("one", "[{ id: 1, region: eu-west-2 }, { id: 2, region: eu-west-3 }]"),
    );
    const { code, out } = await stretch(["topology", "--kubernetes", file]);
    expect(code).toBe(0);
    expect(topologyIn(out)).toMatchObject({
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
      nodes: [
        ...["1A0", "1A1", "1A2"].map((id) => ({ id, rack: 1, region: "eu-west-2" })),
        ...["2A0", "2A1"].map((id) => ({ id, rack: 2, region: "eu-west-3" })),
      ],
      heartbeats: { interval: 250, timeout: 20 },
    });
  });

  it("reads several as one stretched cluster, a rack quiesced by its own configuration", async () => {
    const files = [
      written("a.yaml", resource("a", "[{ id: 1 }]")),
      written("b.yaml", resource("b", "[{ id: 2, aerospikeConfig: { service: { stay-quiesced: true } } }]")),
    ];
    const { nodes } = topologyIn((await stretch(["topology", "--kubernetes", ...files])).out);
    expect(nodes).toHaveLength(10);
    expect(nodes.filter(({ quiesced }) => quiesced).map(({ rack }) => rack)).toEqual([2, 2, 2, 2, 2]);
  });

  it.each([
    [
      "an unknown version",
      () => resource("a", "[{ id: 1 }]").replace("/v1", "/v9"),
      /of the version "asdb.aerospike.com\/v9": expected one of/,
    ],
    ["another kind", () => "kind: Deployment", /has no resource of kind AerospikeCluster/],
    [
      "no size",
      () => resource("a", "[{ id: 1 }]").replace("size: 5", "size: many"),
      /spec.size: is "many"; expected a whole number of nodes/,
    ],
    [
      "racks of one id",
      () => resource("a", "[{ id: 1 }]") + "---" + resource("b", "[{ id: 1 }]"),
      /Two nodes have the id 1A0/,
    ],
    [
      "resources that differ",
      () => resource("a", "[{ id: 1 }]") + "---" + resource("b", "[{ id: 2 }]", "active-rack: 1"),
      /differ in namespace/,
    ],
    ["what is no YAML", () => "a: [", /cannot be read as YAML/],
  ])("fails for %s: exit code 2", async (_, text, message) => {
    const { code, err } = await stretch(["topology", "--kubernetes", written("bad.yaml", text())]);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

describeWith(["client for Node.js"], "stretch topology --from", () => {
  jest.setTimeout(90_000);
  const clusters: Rehearsal[] = [];
  afterEach(async () => {
    await Promise.all(clusters.splice(0).map((cluster) => cluster.stop()));
  });

  async function rehearse(options: Parameters<typeof Rehearsal.start>[0]): Promise<Rehearsal> {
    const cluster = await Rehearsal.start(options);
    clusters.push(cluster);
    return cluster;
  }

  /** The command in a process of its own, as its client keeps a thread that jest would wait for. */
  function ran(...args: string[]): Promise<Ran> {
    const child = spawn(process.execPath, ["--import", "tsx", "cli/cli.ts", "topology", ...args], {
      cwd: REPO,
      timeout: 50_000,
      env: { ...process.env, STRETCH_PASSWORD: undefined },
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (text) => (out += text));
    child.stderr.on("data", (text) => (err += text));
    return new Promise((resolve) => child.on("close", (code) => resolve({ code: code ?? -1, out, err })));
  }

  const seed = (cluster: Rehearsal) => Object.values(cluster.seeds)[0];

  const TOPOLOGIES: [string, Topology][] = [
    ["the article's", { ...EVEN, heartbeats: { interval: 150, timeout: 10, latencyMaxMs: 5 } }],
    [
      "one with a tie-breaker, an active rack, other heartbeats and a least size",
      {
        namespace: {
          ...EVEN.namespace,
          replicationFactor: 3,
          activeRack: 32,
          preferUniformBalance: false,
          flushMaxMs: 100,
          autoRevive: true,
        },
        nodes: [...EVEN.nodes, { id: "B1", rack: 31, quiesced: true }],
        minClusterSize: 2,
        heartbeats: { interval: 100, timeout: 15, latencyMaxMs: 20 },
        serverVersion: "7.2.0.20",
      },
    ],
    [
      "one in availability mode, without racks",
      {
        namespace: { name: "sessions", replicationFactor: 1, strongConsistency: false },
        nodes: ["C1", "C2"].map((id) => ({ id, rack: 0 })),
        heartbeats: { interval: 150, timeout: 10, latencyMaxMs: 5 },
      },
    ],
  ];
  it.each(TOPOLOGIES)("tells of %s what it was started with", async (_, topology) => {
    const cluster = await rehearse({ topology });
    const { code, out, err } = await ran("--from", seed(cluster));
    expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining("part") });
    expect(byId(topologyIn(out))).toEqual(byId({ serverVersion: DEFAULT_SERVER_VERSION, ...topology }));
  });

  it("takes the active rack of the roster, which is in effect, and says where the nodes are set to another", async () => {
    const cluster = await rehearse({ topology: EVEN });
    for (const { id } of EVEN.nodes) {
      await cluster.info(id, "set-config:context=namespace;namespace=mydata;active-rack=32");
    }
    const { code, out, err } = await ran("--from", seed(cluster));
    expect(code).toBe(0);
    expect(topologyIn(out).namespace).not.toHaveProperty("activeRack");
    expect(err).toMatch(/active-rack is 32 at \w+, and 0 on the roster, which holds until another is staged/);
  });

  it("says which nodes did not answer, and knows of them what the roster says", async () => {
    const cluster = await rehearse({ topology: EVEN });
    await cluster.stopNode("A517", "unclean");
    const { code, out, err } = await ran("--from", seed(cluster));
    expect(code).toBe(0);
    expect(topologyIn(out).nodes).toContainEqual({ id: "A517", rack: 33 });
    expect(err).toMatch(/Seen in part: .* of A517 is known what the others say, not whether it is quiesced/);
  });

  it("logs in, by a password in a file; fails for a wrong one, for none, and where nobody answers by TLS", async () => {
    const cluster = await rehearse({ topology: EVEN, security: true });
    const from = ["--from", seed(cluster)];
    const file = written("password", "admin\n");
    expect((await ran(...from, "--user", "admin", "--password-file", file)).code).toBe(0);
    const wrong = await ran(...from, "--user", "admin", "--password-file", written("wrong", "x\n"));
    expect(wrong).toMatchObject({
      code: 1,
      err: expect.stringMatching(/refuses the login of admin|No node answers/),
    });
    const none = await ran(...from);
    expect(none).toMatchObject({ code: 1, err: expect.stringMatching(/wants a login|No node answers/) });
    const tls = await ran(...from, "--tls-ca", written("ca.pem", "none"));
    expect(tls).toMatchObject({ code: 1, err: expect.stringMatching(/by TLS/) });
  });

  it("fails for a namespace that is not there, naming those that are", async () => {
    const cluster = await rehearse({ topology: EVEN });
    const { code, err } = await ran("--from", seed(cluster), "--namespace", "other");
    expect(err).toMatch(/has no namespace "other": it has the namespaces mydata/);
    expect(code).toBe(2);
  });
});
