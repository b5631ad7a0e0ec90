// Synthesises clusters of some nodes together: cluster.ts NODES REGIONS. Prints the milliseconds that building and
// synthesising took.
import { App, TerraformStack } from "cdktf";
import { Peering, RegionVpc, StretchCluster, StretchTags } from "../../modules";

/** Nodes of one cluster at most. */
const MOST = 250;
const REGIONS = [
  ...["eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1"],
  ...["us-east-1", "us-east-2", "us-west-2", "ap-southeast-1", "ap-southeast-2"],
];

const [nodes, regions] = process.argv.slice(2).map(Number);
const start = performance.now();
const app = new App();
const stack = new TerraformStack(app, "generated");
new StretchTags(stack, "tags", { scenario: "generated" });
const vpcs = REGIONS.slice(0, regions).map(
  (region, i) =>
    new RegionVpc(stack, region, { region, cidrBlock: `10.${i}.0.0/16`, zones: ["a", "b", "c"] }),
);
Peering.mesh(stack, "peering", vpcs);
const clusters = Math.ceil(nodes / MOST);
for (let c = 0; c < clusters; c++) {
  new StretchCluster(stack, `cluster-${c}`, {
    namespace: { name: "generated", replicationFactor: 2, strongConsistency: true },
    racks: vpcs.map((vpc, i) => ({
      id: c * regions + i + 1,
      vpc,
      nodes: Math.floor((nodes / clusters + i) / regions),
    })),
  });
}
app.synth();
console.log(performance.now() - start);
