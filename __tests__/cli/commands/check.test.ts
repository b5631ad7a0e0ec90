import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Planned, planOf, twoSides } from "../../reach/terraform/support/plan";
import { stretch } from "../support";

const TOPOLOGY = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [
    { id: "A1", rack: 1, region: "eu-west-2", address: "10.1.1.4" },
    { id: "A2", rack: 2, region: "eu-west-3", address: "10.2.1.4" },
  ],
};

describe("stretch check", () => {
  let dir: string;
  beforeAll(() => (dir = mkdtempSync(join(tmpdir(), "stretch-check-"))));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const file = (name: string, content: unknown) => {
    const path = join(dir, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const run = (shown: unknown, args: readonly string[] = [], topology: unknown = TOPOLOGY) =>
    stretch([
      "check",
      "--plan",
      file("plan.json", shown),
      "--topology",
      file("topology.json", topology),
      ...args,
    ]);
  const of = (changes: Record<string, Partial<Planned> | undefined> = {}, more?: Record<string, unknown>) =>
    planOf(twoSides(changes), more);
  const NO_ROUTE = { "aws_route.a": undefined };
  /** Rules of a group for these ports alone. */
  const ports = (side: string, from_port: number, to_port: number) => ({
    [`aws_vpc_security_group_ingress_rule.${side}`]: {
      values: { cidr_ipv4: "10.0.0.0/8", ip_protocol: "tcp", from_port, to_port },
    },
  });

  it("ends with 0 where a cluster serves all, and shows who reaches whom", async () => {
    const { code, out } = await run(of());
    expect(code).toBe(0);
    expect(out).toMatch(/^From \\ to\|A1 +\|A2/m);
    expect(out).toMatch(/^A1 +\| +\|open/m);
    expect(out).toMatch(/A cluster serves 4096 of 4096: at least the 100 % of --fail-under/);
  });

  it("ends with 1 where none does, and names what blocks each pair", async () => {
    const { code, out } = await run(of(NO_ROUTE));
    expect(code).toBe(1);
    expect(out).toMatch(
      /A1 -> A2 {2}3000 3001 3002 3003 {2}closed, route: no route of aws_route_table.a leads to aws_vpc.b/,
    );
    expect(out).toMatch(/It parts eu-west-2 from eu-west-3\./);
    expect(out).toMatch(/No cluster serves 100 % of the partitions \(--fail-under\): \d+ of 4096 at most/);
    expect((await run(of(NO_ROUTE), ["--fail-under", "0"])).code).toBe(0);
  });

  it("tells of nodes in no cluster, and as JSON when they block", async () => {
    const pair = { ...TOPOLOGY, minClusterSize: 2 };
    const { code, out } = await run(of(NO_ROUTE), [], pair);
    expect(code).toBe(1);
    expect(out).toContain("eu-west-2 and eu-west-3: in no cluster (orphans)");
    const json = await run(of(NO_ROUTE), ["--json"], pair);
    const [prediction] = (JSON.parse(json.out) as { predictions: object[] }).predictions;
    expect(prediction).toMatchObject({
      subClusters: [],
      orphans: ["A1", "A2"],
      flapping: [],
      mayDiffer: false,
    });
    expect(prediction).toHaveProperty("blocks.A1", [10_200, 11_200]);
  });

  it("ends with 3 where what is not known could change that, and with less where it could not", async () => {
    const unknown = of({
      "aws_instance.a": {
        refs: { subnet_id: ["local.x"], vpc_security_group_ids: ["aws_security_group.a.id"] },
      },
    });
    const { code, out } = await run(unknown);
    expect(code).toBe(3);
    expect(out).toMatch(/If all that is not known is open: eu-west-2 and eu-west-3: 4096 of 4096 served/);
    expect(out).toMatch(/Or: It parts/);
    expect(out).toMatch(/What is not known yet may change the answer/);
    expect((await run(unknown, ["--fail-under", "0"])).code).toBe(0);
  });

  it("hears where either side can open the port of heartbeats, and warns of one-way links", async () => {
    const { code, out } = await run(of({ "aws_vpc_security_group_ingress_rule.b": undefined }));
    expect(code).toBe(0);
    expect(out).toMatch(
      /One-way: A1 cannot open heartbeat \(3002\) to A2; the other way it is open, and carries both/,
    );
    expect(out).toMatch(/One-way: A1 cannot open fabric \(3001\) to A2/);
  });

  it("fails where nodes hear each other and fabric is closed both ways", async () => {
    const { code, out } = await run(of({ ...ports("a", 3002, 3003), ...ports("b", 3002, 3003) }));
    expect(code).toBe(1);
    expect(out).toMatch(
      /fabric is closed between A1 and A2 both ways: they hear each other, but no write is replicated/,
    );
    expect(out).toMatch(/^A1 +\| +\|3002 3003/m);
  });

  it("warns of clients that reach some nodes, and not others", async () => {
    const client: Planned = {
      at: "aws_instance.client",
      values: { private_ip: "10.1.1.9" },
      refs: { subnet_id: ["aws_subnet.a.id"], vpc_security_group_ids: ["aws_security_group.a.id"] },
    };
    const { out } = await run(planOf([...twoSides(NO_ROUTE), client]));
    expect(out).toMatch(/Clients at aws_instance.client reach some nodes, but not port 3000 of A2\./);
  });

  it("tells of a node that is stopped, and of one that is in no plan", async () => {
    const state = { values: { state: "stopped" }, refs: { instance_id: ["aws_instance.b.id"] } };
    const stopped = await run(of({ "aws_ec2_instance_state.b": state }));
    expect(stopped.code).toBe(1);
    expect(stopped.out).toMatch(/eu-west-3: down/);
    const missing = await run(of({ "aws_instance.b": undefined }));
    expect(missing.code).toBe(3);
    expect(missing.out).toMatch(/A2, which is not in the plan/);
  });

  it("compares with how things were, and says which connections go on", async () => {
    const { planned_values: values } = of();
    const before = of();
    const args = ["--before", file("before.json", before)];
    const shut = { "aws_vpc_security_group_ingress_rule.b": undefined };
    const { out } = await run(of(shut), args);
    expect(out).toMatch(/New against before\n {2}A1 -> A2 {2}3000 3001 3002 3003 {2}open before, closed now/);
    expect(out).toMatch(/Only a security group closes .*A1 -> A2 3000.*: connections that are there go on/);
    expect((await run(of(), args)).out).toMatch(/New against before\n {2}nothing/);
    const routes = await run(of(NO_ROUTE), args);
    expect(routes.out).not.toMatch(/connections that are there go on/);
    expect((await run(of())).out).not.toMatch(/New against before/);
    expect((await run(of({}, { prior_state: { format_version: "1.0", values } }))).out).toMatch(
      /New against before/,
    );
  });

  it("finds nodes by a tag", async () => {
    const nodes = TOPOLOGY.nodes.map(({ id, rack, region }) => ({ id, rack, region }));
    expect((await run(of(), ["--match", "tag:Name"], { ...TOPOLOGY, nodes })).code).toBe(0);
    const without = await run(of(), [], { ...TOPOLOGY, nodes });
    expect(without.code).toBe(2);
    expect(without.err).toMatch(
      /node A1 has no address; expected its private one, as in .* or --match tag:NAME/,
    );
  });

  it("says all of it as JSON", async () => {
    const { out } = await run(of(NO_ROUTE), ["--json"]);
    const said = JSON.parse(out);
    expect(said).toMatchObject({
      failUnder: 100,
      verdict: "fail",
      warnings: [],
      served: [expect.any(Number)],
    });
    expect(said.groups).toEqual([
      {
        nodes: ["A1"],
        host: "aws_instance.a",
        subnet: ["aws_subnet.a"],
        securityGroups: [["aws_security_group.a"]],
      },
      {
        nodes: ["A2"],
        host: "aws_instance.b",
        subnet: ["aws_subnet.b"],
        securityGroups: [["aws_security_group.b"]],
      },
    ]);
    expect(said.links).toHaveLength(8);
    expect(said.links[0]).toEqual({
      from: 0,
      to: 1,
      port: 3000,
      answer: "closed",
      blockedBy: [
        { step: "route", answer: "closed", by: "no route of aws_route_table.a leads to aws_vpc.b" },
      ],
    });
  });

  it("puts nodes together that all rules treat alike", async () => {
    const twin: Planned = {
      at: "aws_instance.twin",
      values: { private_ip: "10.1.1.5" },
      refs: { subnet_id: ["aws_subnet.a.id"], vpc_security_group_ids: ["aws_security_group.a.id"] },
    };
    const nodes = [...TOPOLOGY.nodes, { id: "A3", rack: 1, region: "eu-west-2", address: "10.1.1.5" }];
    const { out } = await run(planOf([...twoSides(), twin]), [], { ...TOPOLOGY, nodes });
    expect(out).toMatch(/A1 and 1 more: A1, A3 \(aws_subnet.a\)/);
  });

  it("tells nothing of what else is in a plan", async () => {
    for (const args of [[], ["--json"]]) {
      const { out, err } = await run(of(NO_ROUTE), args);
      expect(out + err).not.toMatch(/hunter2/);
    }
    const broken = await stretch([
      "check",
      "--plan",
      file("broken.json", '"hunter2" and more'),
      "--topology",
      file("t.json", TOPOLOGY),
    ]);
    expect(broken.code).toBe(2);
    expect(broken.err).toMatch(
      /broken.json is no JSON and no plan file: expected what `terraform show -json` prints/,
    );
    expect(broken.err).not.toMatch(/hunter2/);
  });

  it.each<[string, () => Promise<{ code: number; err: string }>, RegExp]>([
    [
      "neither a plan nor a state",
      () => stretch(["check", "--topology", "t.json"]),
      /Nothing is given to check: expected --plan FILE or --state FILE/,
    ],
    [
      "both of them",
      () => stretch(["check", "--plan", "p", "--state", "s", "--topology", "t.json"]),
      /Both --plan p and --state s were given/,
    ],
    ["no topology", () => stretch(["check", "--plan", "p"]), /required option '--topology <FILE>'/],
    [
      "a file that is not there",
      () => stretch(["check", "--plan", join(dir, "none"), "--topology", file("t.json", TOPOLOGY)]),
      /none cannot be read/,
    ],
    [
      "another format",
      () => run({ ...of(), format_version: "2.0" }),
      /plan.json: It has the format_version "2.0": expected 1.x/,
    ],
    ["a plan that failed", () => run({ ...of(), errored: true }), /ended with an error/],
    [
      "a plan of none of the nodes",
      () => run(planOf([])),
      /has no host of the topology: expected an instance with one of the addresses 10.1.1.4, 10.2.1.4; it has 0 instances/,
    ],
    [
      "two hosts at one address",
      () => run(planOf([...twoSides(), { at: "aws_instance.c", values: { private_ip: "10.1.1.4" } }])),
      /aws_instance.a and aws_instance.c both have the address 10.1.1.4: expected one host a node/,
    ],
    [
      "two nodes at one address",
      () =>
        run(of(), [], {
          ...TOPOLOGY,
          nodes: TOPOLOGY.nodes.map((node) => ({ ...node, address: "10.1.1.4" })),
        }),
      /nodes\[1\].address: is "10.1.1.4"; expected an address of its own: another node has it/,
    ],
    ["a match that is no tag", () => run(of(), ["--match", "Name"]), /Expected tag:NAME/],
    [
      "sources that are not there",
      () => run(of(), ["--source", join(dir, "nowhere")]),
      /--source .*nowhere is no folder/,
    ],
  ])("fails with 2 on %s", async (_, ask, message) => {
    const { code, err } = await ask();
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it("reads locals of sources, in HCL and in JSON, through modules that are installed", async () => {
    const { localsIn } = await import("../../../cli/check/locals");
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(dir, "src/.terraform/modules"), { recursive: true });
    mkdirSync(join(dir, "src/net"));
    file(
      "src/main.tf",
      'locals {\n  a = aws_subnet.a["x"].id\n  b = try(aws_vpc.v[0].vpc_id, module.m.out, "")\n  c = "none"\n}\n',
    );
    file("src/more.tf.json", { locals: { d: ["${aws_subnet.a[*].vpc_id}"] } });
    file("src/net/main.tf", "locals {\n  e = { for k, s in aws_subnet.n : k => s.id }\n}\n");
    file("src/.terraform/modules/modules.json", {
      Modules: [
        { Key: "", Dir: "." },
        { Key: "net", Dir: "net" },
      ],
    });
    expect(await localsIn(join(dir, "src"))).toEqual({
      "": {
        a: ['aws_subnet.a["x"].id'],
        b: ["aws_vpc.v[0].vpc_id", "module.m.out"],
        c: [],
        d: ["aws_subnet.a.vpc_id"],
      },
      net: { e: ["aws_subnet.n"] },
    });
  });
});
