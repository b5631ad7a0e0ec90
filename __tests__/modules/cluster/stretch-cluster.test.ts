import { type AerospikeSettings, RegionVpc, ResultsBucket, StretchCluster } from "../../../modules";
import { cluster, london, MYDATA, paris } from "../../support/fixtures";
import { Template } from "../../support/template";
import { TLS, USERS_SECRET_ARNS } from "../../templates/support/nodes";

const ARTICLE = [
  { id: 32, ids: ["A352", "A600", "A129"], addresses: ["172.32.15.231", "172.32.4.2", "172.32.5.239"] },
  { id: 33, ids: ["A882", "A517", "A70"], addresses: ["172.33.8.38", "172.33.7.44", "172.33.11.90"] },
];

const warnings = ({ node }: StretchCluster) => node.metadata.map(({ data }) => String(data));

describe("a StretchCluster", () => {
  let made: StretchCluster;
  const template = Template.of((stack) => {
    made = cluster(stack);
  });

  it("spreads a rack's nodes over zones a, b and c, with ids and addresses of their own", () => {
    expect(made.topology().nodes).toEqual([
      { id: "A1B32", rack: 32, region: "eu-west-2", subnet: "10.32.0.0/20", address: "10.32.0.4" },
      { id: "A2B32", rack: 32, region: "eu-west-2", subnet: "10.32.16.0/20", address: "10.32.16.5" },
      { id: "A3B32", rack: 32, region: "eu-west-2", subnet: "10.32.32.0/20", address: "10.32.32.6" },
      { id: "A1B33", rack: 33, region: "eu-west-3", subnet: "10.33.0.0/20", address: "10.33.1.4" },
      { id: "A2B33", rack: 33, region: "eu-west-3", subnet: "10.33.16.0/20", address: "10.33.17.5" },
      { id: "A3B33", rack: 33, region: "eu-west-3", subnet: "10.33.32.0/20", address: "10.33.33.6" },
    ]);
  });

  it("prints the roster as the server writes it, by node id descending", () => {
    expect(made.roster).toBe("A3B33@33,A3B32@32,A2B33@33,A2B32@32,A1B33@33,A1B32@32");
  });

  it("may put what its hosts record below a prefix a VPC, which its outputs tell", () => {
    const recording = Template.of((stack) => {
      const vpc = london(stack);
      const racks = [
        { id: 32, vpc, nodes: 1 },
        { id: 33, vpc: paris(stack), nodes: 1 },
      ];
      cluster(stack, { racks, transit: true, results: new ResultsBucket(stack, "results", { vpc }) });
    });
    const policies = recording.resources("aws_iam_role_policy").map(({ policy }) => JSON.stringify(policy));
    expect(policies.map((policy) => /cluster-(london|paris)\/\*/.exec(policy)?.[1])).toEqual([
      "london",
      "paris",
    ]);
    expect(recording.outputs.cluster_nodes.value).toMatchObject({
      A1B32: { results_prefix: "cluster-london" },
      A1B33: { results_prefix: "cluster-paris" },
    });
    expect(recording.outputs.results_bucket_region.value).toBe("eu-west-2");
    expect(template.outputs.cluster_nodes.value.A1B32).not.toHaveProperty("results_prefix");
  });

  it("names the nodes of rack 0 without it, on the roster and on the hosts, and so has a first one", () => {
    Template.of((stack) => {
      const racks = [{ id: 0, vpc: london(stack), nodes: 3 }];
      const zero = cluster(stack, { racks, settings: { usersSecretArns: USERS_SECRET_ARNS } });
      expect(zero.roster).toBe("A3B0,A2B0,A1B0");
      const first = zero.nodes.find((node) => node.nodeId === "A3B0")!.files.files;
      expect(first.map(({ path }) => path)).toContain("/etc/systemd/system/stretch-users.service");
      const env = first.find(({ path }) => path === "/etc/stretch/host.env")!.content;
      expect(env).toContain("PLANNED_NODES='A3B0 A2B0 A1B0'");
    });
  });

  it("has its active rack in the namespace's settings, on the hosts, in the topology and before the roster", () => {
    Template.of((stack) => {
      const namespace = { ...MYDATA, activeRack: 32 };
      const active = cluster(stack, { namespace, settings: { version: "8.1.2.5" } });
      expect(active.roster).toBe("M32|A3B33@33,A3B32@32,A2B33@33,A2B32@32,A1B33@33,A1B32@32");
      expect(active.topology().namespace).toEqual(namespace);
      const [{ files }] = active.nodes;
      const content = (end: string) => files.files.find(({ path }) => path.endsWith(end))!.content;
      expect(content("aerospike.conf")).toContain("\n\tactive-rack 32\n");
      expect(content("host.env")).toContain("\nACTIVE_RACK='32'\n");
      expect(content("host.env")).not.toContain("M32|");
    });
  });

  it("reckons with the distance of its regions, on the hosts and in the topology", () => {
    expect(made.topology().heartbeats).toEqual({ interval: 150, timeout: 20, latencyMaxMs: 9 });
    for (const { files } of made.nodes) {
      const conf = files.files.find(({ path }) => path.endsWith("aerospike.conf"))!.content;
      expect(conf).toContain("\n\t\tlatency-max-ms 9\n");
    }
    expect(warnings(made)).toEqual([]);
  });

  it.each<[string, AerospikeSettings, number, RegExp[]]>([
    ["one region's own figure", { latencyMaxMs: 20 }, 20, []],
    ["round trips of one's own", { roundTrips: { "eu-west-3": { "eu-west-2": 80 } } }, 60, []],
    [
      "a figure that is too low, with a warning",
      { latencyMaxMs: 5 },
      5,
      [/eu-west-2 and eu-west-3 are 5.5 ms apart one way, beyond latencyMaxMs 5: .*Give at least 9/],
    ],
    [
      "a figure that is too low for one's own round trips",
      { latencyMaxMs: 9, roundTrips: { "eu-west-2": { "eu-west-3": 80 } } },
      9,
      [/40 ms apart one way, beyond latencyMaxMs 9: .*Give at least 60.*settings.roundTrips/],
    ],
  ])("takes %s", (_, settings, latencyMaxMs, expected) => {
    Template.of((stack) => {
      const own = cluster(stack, { settings });
      expect(own.topology().heartbeats).toMatchObject({ latencyMaxMs });
      expect(warnings(own)).toEqual(expected.map((text) => expect.stringMatching(text)));
    });
  });

  it.each([
    [2, true, [/minClusterSize 2 is below half of the 6 nodes: Aerospike's documents advise against it/]],
    [3, true, []],
    [2, false, []],
    [1, true, []],
  ])(
    "with minClusterSize %d, strong consistency %s, warns %j",
    (minClusterSize, strongConsistency, expected) => {
      Template.of((stack) => {
        const made = cluster(stack, { minClusterSize, namespace: { ...MYDATA, strongConsistency } });
        expect(warnings(made)).toEqual(expected.map((text) => expect.stringMatching(text)));
      });
    },
  );

  it("warns where no figure of a pair of regions is known", () => {
    Template.of((stack) => {
      const cape = new RegionVpc(stack, "cape", {
        region: "af-south-1",
        cidrBlock: "10.34.0.0/16",
        zones: ["a", "b", "c"],
      });
      const racks = [
        { id: 32, vpc: london(stack), nodes: 3 },
        { id: 34, vpc: cape, nodes: 3 },
      ];
      expect(warnings(cluster(stack, { racks }))).toEqual([
        expect.stringMatching(
          /No round trip is known between eu-west-2 and af-south-1: latencyMaxMs 5 does not/,
        ),
      ]);
    });
  });

  it("fails where its active rack cannot be, naming the racks", () => {
    Template.of((stack) => {
      const namespace = { ...MYDATA, activeRack: 34 };
      expect(() => cluster(stack, { namespace, settings: { version: "8.1.2.5" } })).toThrow(
        /a rack that no node is in: got 34.*one of 33, 32/s,
      );
    });
  });

  it("has volumes of the article's sizes, or of given ones", () => {
    const sizes = (made: Template) =>
      made
        .resources("aws_instance")
        .map((host) => [host.root_block_device.volume_size, host.ebs_block_device[0].volume_size]);
    expect(sizes(template)[0]).toEqual([10, 8]);
    const larger = Template.of((stack) => {
      const settings = { storage: { engine: "memory", filesizeGib: 32 } } as const;
      cluster(stack, { rootVolumeSize: 40, dataVolumeSize: 100, instanceType: "r7g.2xlarge", settings });
    });
    expect(sizes(larger)).toEqual(Array(6).fill([40, 100]));
  });

  it("has two seeds a region", () => {
    expect(made.seeds).toEqual(["10.32.0.4", "10.32.16.5", "10.33.1.4", "10.33.17.5"]);
  });

  it("never gives a node itself as a seed, and always another", () => {
    for (const node of made.nodes) {
      const conf = node.files.files.find((file) => file.path.endsWith("aerospike.conf"))!.content;
      const seeds = [...conf.matchAll(/mesh-seed-address-port (\S+) 3002/g)].map((match) => match[1]);
      expect(seeds).not.toContain(node.privateIp);
      expect(seeds.length).toBeGreaterThanOrEqual(3);
    }
  });

  it("lets only its own VPCs reach 3000 to 3003, a rule a block, and nobody else", () => {
    const rules = template.resources("aws_vpc_security_group_ingress_rule");
    expect(rules.map((r) => [r.provider, r.ip_protocol, r.from_port, r.to_port, r.cidr_ipv4])).toEqual([
      ["aws.eu-west-2", "tcp", 3000, 3003, "10.32.0.0/16"],
      ["aws.eu-west-2", "tcp", 3000, 3003, "10.33.0.0/16"],
      ["aws.eu-west-3", "tcp", 3000, 3003, "10.32.0.0/16"],
      ["aws.eu-west-3", "tcp", 3000, 3003, "10.33.0.0/16"],
    ]);
  });

  it("lets clients of given blocks reach 3000, never fabric and heartbeats", () => {
    const open = Template.of((stack) => cluster(stack, { clientCidrs: ["10.99.0.0/16"] }));
    const ports = open
      .resources("aws_vpc_security_group_ingress_rule")
      .filter((rule) => rule.cidr_ipv4 === "10.99.0.0/16")
      .map((rule) => [rule.from_port, rule.to_port]);
    expect(ports).toEqual([
      [3000, 3000],
      [3000, 3000],
    ]);
  });

  it("with TLS lets its own VPCs reach 3011, 3012 and 4333, clients 4333 alone, and nobody a plain port", () => {
    const encrypted = Template.of((stack) =>
      cluster(stack, { clientCidrs: ["10.99.0.0/16"], settings: { tls: TLS } }),
    );
    const rules = encrypted
      .resources("aws_vpc_security_group_ingress_rule")
      .filter((rule) => rule.provider === "aws.eu-west-2");
    const allowed = rules.map((rule) => [rule.cidr_ipv4, rule.from_port, rule.to_port]);
    expect(allowed.sort()).toEqual([
      ["10.32.0.0/16", 3011, 3012],
      ["10.32.0.0/16", 4333, 4333],
      ["10.33.0.0/16", 3011, 3012],
      ["10.33.0.0/16", 4333, 4333],
      ["10.99.0.0/16", 4333, 4333],
    ]);
  });

  it("lets clients in once, though their block is given twice or is a VPC's own", () => {
    const open = Template.of((stack) =>
      cluster(stack, { clientCidrs: ["10.99.0.0/16", "10.99.0.0/16", "10.32.0.0/16"] }),
    );
    expect(open.resources("aws_vpc_security_group_ingress_rule")).toHaveLength(6);
  });

  it("puts out each host's instance id and region", () => {
    expect(Object.keys(template.outputs).sort()).toEqual([
      "cluster_nodes",
      "cluster_roster",
      "cluster_seeds",
      "cluster_set_roster",
      "stretch_version",
    ]);
    const nodes = template.outputs.cluster_nodes.value;
    expect(Object.keys(nodes).sort()).toEqual(made.nodes.map((node) => node.nodeId).sort());
    expect(nodes.A1B33).toMatchObject({ region: "eu-west-3", rack: 33, private_ip: "10.33.1.4" });
    expect(nodes.A1B33.instance_id).toMatch(/aws_instance\..*\.id/);
  });

  it("can be the article's own cluster, by given ids and addresses", () => {
    let article!: StretchCluster;
    Template.of((stack) => {
      const vpcs = [
        london(stack, { cidrBlock: "172.32.0.0/16" }),
        new RegionVpc(stack, "paris", { region: "eu-west-3", cidrBlock: "172.33.0.0/16" }),
      ];
      article = cluster(stack, {
        racks: ARTICLE.map(({ id, ids, addresses }, i) => ({
          id,
          vpc: vpcs[i],
          nodes: ids.map((nodeId, n) => ({ zone: "a", nodeId, privateIp: addresses[n] })),
        })),
      });
    });
    expect(article.roster).toBe("A882@33,A600@32,A517@33,A352@32,A129@32,A70@33");
    expect(article.topology().nodes[0]).toMatchObject({ id: "A352", address: "172.32.15.231" });
  });

  it("writes given ids in upper case", () => {
    Template.of((stack) => {
      const made = cluster(stack, {
        racks: [{ id: 1, vpc: london(stack), nodes: [{ zone: "a", nodeId: "bb9" }, "b"] }],
      });
      expect(made.nodes[0].nodeId).toBe("BB9");
    });
  });

  it("fits twice into one stack, in the same VPC too", () => {
    const two = Template.of((stack) => {
      const vpc = london(stack);
      new StretchCluster(stack, "one", { namespace: MYDATA, racks: [{ id: 1, vpc, nodes: 3 }] });
      new StretchCluster(stack, "two", { namespace: MYDATA, racks: [{ id: 2, vpc, nodes: 3 }] });
    });
    expect(two.resources("aws_instance")).toHaveLength(6);
    expect(Object.keys(two.outputs)).toContain("one_nodes");
    expect(Object.keys(two.outputs)).toContain("two_nodes");
  });

  it("keeps every output of clusters of one id in two scopes", () => {
    const two = Template.of((stack) => {
      const [a, b] = [london(stack), paris(stack)];
      new StretchCluster(a, "cluster", { namespace: MYDATA, racks: [{ id: 1, vpc: a, nodes: 3 }] });
      new StretchCluster(b, "cluster", { namespace: MYDATA, racks: [{ id: 1, vpc: b, nodes: 3 }] });
    });
    expect(Object.keys(two.outputs)).toHaveLength(9);
  });

  it.each([
    [
      "a cluster name that Aerospike refuses",
      (vpc: RegionVpc) => ({ clusterName: "two words", racks: [{ id: 1, vpc, nodes: 3 }] }),
      'got "two words"',
    ],
    ["no racks", () => ({ racks: [] }), "the cluster has no racks"],
    [
      "a rack without nodes",
      (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: 0 }] }),
      "racks[0].nodes is out of range: got 0",
    ],
    ["a negative count", (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: -3 }] }), "got -3"],
    ["a count without end", (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: 5e9 }] }), "got 5000000000"],
    [
      "a root volume that holds no system",
      (vpc: RegionVpc) => ({ rootVolumeSize: 4, racks: [{ id: 1, vpc, nodes: 3 }] }),
      "rootVolumeSize is out of range: got 4",
    ],
    [
      "a data volume of no size",
      (vpc: RegionVpc) => ({ dataVolumeSize: 0, racks: [{ id: 1, vpc, nodes: 3 }] }),
      "dataVolumeSize is out of range: got 0",
    ],
    [
      "another distribution without an image of it",
      (vpc: RegionVpc) => ({ settings: { distribution: "el9" as const }, racks: [{ id: 1, vpc, nodes: 3 }] }),
      "distribution has no image",
    ],
    ["half a node", (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: 2.5 }] }), "got 2.5"],
    [
      "an empty list of nodes",
      (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: [] }] }),
      "racks[0].nodes are no number of nodes that a rack can have: got []; expected 1 to 256 nodes",
    ],
    [
      "a rack id that Aerospike refuses",
      (vpc: RegionVpc) => ({ racks: [{ id: 1_000_001, vpc, nodes: 3 }] }),
      "0 to 1000000",
    ],
    [
      "two racks of one id",
      (vpc: RegionVpc) => ({
        racks: [
          { id: 1, vpc, nodes: 3 },
          { id: 1, vpc, nodes: 3 },
        ],
      }),
      "two racks have one id",
    ],
    [
      "two nodes of one id",
      (vpc: RegionVpc) => ({
        racks: [
          {
            id: 1,
            vpc,
            nodes: [
              { zone: "a", nodeId: "a1" },
              { zone: "b", nodeId: "A1" },
            ],
          },
        ],
      }),
      "two nodes have one id",
    ],
    [
      "an id that is not hexadecimal",
      (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: [{ zone: "a", nodeId: "NODE1" }] }] }),
      "1 to 16 hexadecimal digits",
    ],
    [
      "an id of 17 digits",
      (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: [{ zone: "a", nodeId: "A".repeat(17) }] }] }),
      "1 to 16 hexadecimal digits",
    ],
    [
      "a replication factor of 0",
      (vpc: RegionVpc) => ({
        namespace: { ...MYDATA, replicationFactor: 0 },
        racks: [{ id: 1, vpc, nodes: 3 }],
      }),
      "namespace.replicationFactor is out of range: got 0; expected a whole number of copies, 1 to 256",
    ],
    [
      "a replication factor above the nodes",
      (vpc: RegionVpc) => ({
        namespace: { ...MYDATA, replicationFactor: 4 },
        racks: [{ id: 1, vpc, nodes: 3 }],
      }),
      "got 4",
    ],
    [
      "an address outside its subnet",
      (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: [{ zone: "a", privateIp: "10.32.16.9" }, "b"] }] }),
      "does not fit its subnet",
    ],
    [
      "an address that AWS keeps",
      (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: [{ zone: "a", privateIp: "10.32.0.3" }, "b"] }] }),
      "does not fit its subnet",
    ],
    [
      "an address given twice",
      (vpc: RegionVpc) => ({
        racks: [{ id: 1, vpc, nodes: ["a", "b", "c"].map(() => ({ zone: "a", privateIp: "10.32.0.9" })) }],
      }),
      "is taken by test/cluster/rack-1-node-1-a",
    ],
    [
      "more nodes than a block holds",
      (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: 252 }] }),
      "does not fit into",
    ],
    [
      "a count in a VPC without zone c",
      (_: RegionVpc, stack: RegionVpc["node"]["scope"]) => ({
        racks: [
          {
            id: 1,
            vpc: new RegionVpc(stack!, "two", {
              region: "eu-west-1",
              cidrBlock: "10.50.0.0/16",
              zones: ["a", "b"],
            }),
            nodes: 5,
          },
        ],
      }),
      'Write nodes: ["a", "b", "a", "b", "a"]',
    ],
    [
      "clients from the whole world",
      (vpc: RegionVpc) => ({ racks: [{ id: 1, vpc, nodes: 3 }], clientCidrs: ["0.0.0.0/0"] }),
      "open the database ports to the world",
    ],
    [
      "VPCs whose blocks overlap",
      (vpc: RegionVpc, stack: RegionVpc["node"]["scope"]) => ({
        racks: [
          { id: 1, vpc, nodes: 3 },
          {
            id: 2,
            vpc: new RegionVpc(stack!, "two", { region: "eu-west-1", cidrBlock: "10.32.0.0/18" }),
            nodes: 3,
          },
        ],
      }),
      "overlap",
    ],
  ])("fails for %s", (_, props, message) => {
    const error = Template.errorOf((stack) => {
      new StretchCluster(stack, "cluster", { namespace: MYDATA, ...props(london(stack), stack) });
    });
    expect(error).toContain(message);
  });
});
