import { deployedCluster, deployedNodes } from "../../../lab/deployed/deployment";
import { otherVersion, VERSION_OUTPUT } from "../../../lab/deployed/version";
import * as constructs from "../../../modules/stack/own-package";
import type { Topology } from "../../../model";

const topology: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [
    { id: "A1B32", rack: 32, region: "eu-west-2", address: "172.32.0.4" },
    { id: "A1B33", rack: 33, region: "eu-west-3", address: "172.33.0.4" },
  ],
};
const OWN = { name: "cdktf-stretch-cluster", version: "1.2.3" };
const host = (region: string, ip: string, prefix?: string) => ({
  ...{ instance_id: `i-${ip}`, region, private_ip: ip },
  ...(prefix && { results_prefix: prefix }),
});
const nodes = {
  A1B32: host("eu-west-2", "172.32.0.4", "cluster-london"),
  A1B33: host("eu-west-3", "172.33.0.4", "cluster-paris"),
};
const outputs = {
  cluster_nodes: nodes,
  cluster_seeds: ["172.32.0.4"],
  client_london: host("eu-west-2", "172.32.16.4", "client-london"),
  results_bucket: "stretch-1",
  results_bucket_region: "eu-west-2",
  stretch_version: OWN.version,
};

describe("what is deployed", () => {
  it("is read from the outputs, whatever they are called", () => {
    expect(
      deployedCluster(
        "even-split",
        topology,
        { ...outputs, cluster_nodes: undefined, orders_nodes: nodes },
        OWN,
      ),
    ).toEqual({
      nodes: [
        {
          id: "A1B32",
          rack: 32,
          region: "eu-west-2",
          instanceId: "i-172.32.0.4",
          address: "172.32.0.4",
          prefix: "cluster-london",
        },
        {
          id: "A1B33",
          rack: 33,
          region: "eu-west-3",
          instanceId: "i-172.33.0.4",
          address: "172.33.0.4",
          prefix: "cluster-paris",
        },
      ],
      clients: [{ region: "eu-west-2", instanceId: "i-172.32.16.4", prefix: "client-london" }],
      results: { bucket: "stretch-1", region: "eu-west-2" },
    });
  });

  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(outputs).filter(([name]) => !names.includes(name)));

  it.each([
    ["nothing", {}, "The stack even-split is not deployed"],
    ["a part of it", without("cluster_nodes"), "half deployed"],
    [
      "another cluster",
      { ...outputs, cluster_nodes: { A1B32: nodes.A1B32, B2: nodes.A1B33 } },
      "another cluster than even-split has: its nodes are A1B32, B2, expected A1B32, A1B33",
    ],
    ["a larger cluster", { ...outputs, cluster_nodes: { ...nodes, B2: nodes.A1B33 } }, "another cluster"],
    [
      "other addresses",
      { ...outputs, cluster_nodes: { ...nodes, A1B33: host("eu-west-3", "10.0.0.1", "p") } },
      "its node A1B33 is 10.0.0.1 in eu-west-3, expected 172.33.0.4 in eu-west-3",
    ],
    [
      "an older version",
      { ...outputs, cluster_nodes: { ...nodes, A1B33: host("eu-west-3", "172.33.0.4") } },
      "the hosts of A1B33 have no part of a results bucket",
    ],
    ["no bucket", without("results_bucket_region"), "no output names a results bucket"],
    ["no client host", without("client_london"), "no client host has a part"],
  ])("fails where that is %s, and says so", (_, found, message) => {
    expect(() => deployedCluster("even-split", topology, found, OWN)).toThrow(message);
  });

  it("says which version deployed what this one cannot run", () => {
    const found = { ...without("results_bucket_region"), stretch_version: "0.0.9" };
    expect(() => deployedCluster("even-split", topology, found, OWN)).toThrow(
      `no output names a results bucket with its region. The stack even-split was deployed by version 0.0.9 of cdktf-stretch-cluster, and this is ${OWN.version}.`,
    );
  });

  it("was made by this version, by another one, or by one from before versions were told", () => {
    expect(VERSION_OUTPUT).toBe(constructs.VERSION_OUTPUT);
    expect(otherVersion("even-split", outputs, OWN)).toBeUndefined();
    expect(otherVersion("even-split", { ...outputs, stretch_version: "9.0.0" }, OWN)).toContain(
      "version 9.0.0",
    );
    expect(otherVersion("even-split", without("stretch_version"), OWN)).toContain("does not tell its number");
  });

  it("needs no bucket to be looked at", () => {
    expect(deployedNodes("even-split", topology, without("results_bucket", "client_london"))).toHaveLength(2);
  });
});
