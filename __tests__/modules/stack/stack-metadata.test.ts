import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import * as v from "valibot";
import {
  ClientHost,
  FaultSwitch,
  PartitionRule,
  Peering,
  RackOutage,
  RegionVpc,
  StretchCluster,
} from "../../../modules";
import { METADATA_VERSION, STRETCH_METADATA } from "../../../modules/stack/stretch-metadata";
import { scenarios } from "../../../scenarios";
import { MYDATA } from "../../support/fixtures";

const outdir = mkdtempSync(join(tmpdir(), "stretch-metadata-"));
afterAll(() => rmSync(outdir, { recursive: true }));

function build(app: App): TerraformStack {
  const stack = new TerraformStack(app, "shop");
  const london = new RegionVpc(stack, "london", { region: "eu-west-2", cidrBlock: "10.1.0.0/16" });
  const paris = new RegionVpc(stack, "paris", { region: "eu-west-3", cidrBlock: "10.2.0.0/16" });
  new Peering(stack, "peering", { requester: london, accepter: paris });
  const racks = (first: number) => [
    { id: first, vpc: london, nodes: 2 },
    { id: first + 1, vpc: paris, nodes: 2 },
  ];
  const orders = new StretchCluster(stack, "orders", { namespace: MYDATA, racks: racks(1) });
  new StretchCluster(stack, "sessions", {
    namespace: { ...MYDATA, strongConsistency: false },
    racks: racks(3),
  });
  new ClientHost(stack, "shopper", { vpc: london });
  new PartitionRule(stack, "cut", { fault: "split", between: [london, paris] });
  const outages = FaultSwitch.of(stack, "outage");
  new RackOutage(stack, "lost", { fault: "london-down", rack: orders.rack(1), faultSwitch: outages });
  return stack;
}

/** cdktf's own helper for tests leaves the metadata out. */
const jsonOf = (stack: TerraformStack) => JSON.parse(JSON.stringify(stack.toTerraform()));
const metadataOf = (stack: TerraformStack) => jsonOf(stack)["//"].metadata.stretch;

describe("the metadata of a stack", () => {
  it("say of each cluster its topology, hosts, seeds and roster, and of each fault what it does to each cluster", () => {
    const stack = build(new App({ outdir }));
    const [orders, sessions] = StretchCluster.inStackOf(stack);
    const metadata = metadataOf(stack);
    expect(metadata).toMatchObject({
      version: METADATA_VERSION,
      vpcs: [
        { id: "london", region: "eu-west-2", cidrBlocks: ["10.1.0.0/16"] },
        { id: "paris", region: "eu-west-3", cidrBlocks: ["10.2.0.0/16"] },
      ],
      clusters: [
        { id: "orders", clusterName: "shop-orders", roster: orders.roster, seeds: orders.seeds },
        { id: "sessions", clusterName: "shop-sessions" },
      ],
      clients: [{ name: "shopper", region: "eu-west-2", vpc: "london" }],
      faults: [
        { name: "split", variable: "fault", healAt: "heal_at" },
        { name: "london-down", variable: "outage", healAt: "heal_at_outage" },
      ],
    });
    const topologies = [orders, sessions].map((cluster) => JSON.parse(JSON.stringify(cluster.topology())));
    expect(metadata.clusters.map(({ topology }: { topology: unknown }) => topology)).toEqual(topologies);
    const [split, down] = metadata.faults;
    expect(split.clusters.orders.cannotHear).toEqual({
      A1B1: ["A1B2", "A2B2"],
      A1B2: ["A1B1", "A2B1"],
      A2B1: ["A1B2", "A2B2"],
      A2B2: ["A1B1", "A2B1"],
    });
    expect(Object.keys(down.clusters.orders.cannotHear)).toEqual(["A1B1", "A2B1"]);
    expect(down.clusters.sessions.cannotHear).toEqual({});
  });

  it("name the instance of every host as the stack does", () => {
    const json = jsonOf(build(new App({ outdir })));
    const { clusters, clients } = json["//"].metadata.stretch;
    const hosts = [...clusters.flatMap((cluster: { hosts: unknown[] }) => cluster.hosts), ...clients];
    expect(hosts).toHaveLength(9);
    expect(hosts.map(({ address }) => address.replace("aws_instance.", "")).sort()).toEqual(
      Object.keys(json.resource.aws_instance).sort(),
    );
  });

  it("stand beside HCL too", () => {
    process.env.SYNTH_HCL_OUTPUT = "true";
    const app = new App({ outdir });
    const stack = build(app);
    app.synth();
    delete process.env.SYNTH_HCL_OUTPUT;
    const file = readFileSync(join(outdir, "stacks", "shop", "metadata.json"), "utf8");
    expect(JSON.parse(file)["//"].metadata.stretch).toEqual(metadataOf(stack));
  });

  it("are none in a stack without these constructs", () => {
    expect(metadataOf(new TerraformStack(new App({ outdir }), "bare"))).toBeUndefined();
  });

  it.each(scenarios.map((entry) => [entry.name, entry] as const))(
    "of %s are literals alone, hold its story, and are what the schema says",
    (_, entry) => {
      const metadata = metadataOf(entry.build(new App({ outdir })));
      expect(JSON.stringify(metadata)).not.toMatch(/\$\{|TfToken/);
      expect(v.parse(STRETCH_METADATA, metadata)).toEqual(metadata);
      expect(metadata).toMatchObject({
        summary: entry.summary,
        story: JSON.parse(JSON.stringify(entry.story)),
      });
    },
  );
});
