import { healthyCluster, NO_FAULT, predict } from "../../model";
import { operationTime } from "../../model/operation-times";
import { AWS_ROUND_TRIPS } from "../../model/round-trips";
import type { Topology } from "../../model/topology";

const LONDON = "eu-west-2";
const PARIS = "eu-west-3";
const IRELAND = "eu-west-1";

function topology(...racks: readonly (readonly [rack: number, region: string, nodes: number])[]): Topology {
  return {
    namespace: { name: "mydata", replicationFactor: racks.length, strongConsistency: true },
    nodes: racks.flatMap(([rack, region, nodes]) =>
      Array.from({ length: nodes }, (_, i) => ({ id: `A${i + 1}B${rack}`, rack, region })),
    ),
  };
}

describe("what the network adds to an operation", () => {
  const even = topology([32, LONDON, 3], [33, PARIS, 3]);
  const healthy = healthyCluster(even);
  const time = (place: string, operation: "write" | "linearized read" | "session read") =>
    operationTime(even, healthy.map, AWS_ROUND_TRIPS, place, operation);

  it("for a write is the way to the master (1 or 11 ms, half each) and its way to the other region (11 ms)", () => {
    expect(time(LONDON, "write")).toEqual({ mean: 17, worst: 22 });
    expect(time(PARIS, "write")).toEqual({ mean: 17, worst: 22 });
  });

  it("is the same for a linearized read, and less for a session read, which asks the master alone", () => {
    expect(time(LONDON, "linearized read")).toEqual({ mean: 17, worst: 22 });
    expect(time(LONDON, "session read")).toEqual({ mean: 6, worst: 11 });
  });

  it("waits for the farthest of several replicas", () => {
    const three = topology([32, LONDON, 1], [33, PARIS, 1], [31, IRELAND, 1]);
    const { map } = healthyCluster(three);
    // Paris - Ireland, 20 ms, is the farthest pair; a master in London waits for Ireland, 14 ms.
    expect(operationTime(three, map, AWS_ROUND_TRIPS, LONDON, "write")!.worst).toBe(34);
    expect(operationTime(three, map, AWS_ROUND_TRIPS, LONDON, "session read")!.worst).toBe(14);
  });

  it("is nothing but the way inside a region once the other one is lost", () => {
    const cannotHear = Object.fromEntries(
      even.nodes.filter(({ region }) => region === PARIS).map(({ id }) => [id, even.nodes.map((n) => n.id)]),
    );
    const [map] = predict(healthy, { ...NO_FAULT, cannotHear }).subClusters;
    expect(operationTime(even, map, AWS_ROUND_TRIPS, LONDON, "write")).toEqual({ mean: 2, worst: 2 });
  });

  it("is not known where the table lacks a pair that counts", () => {
    expect(operationTime(even, healthy.map, AWS_ROUND_TRIPS, "af-south-1", "write")).toBeUndefined();
  });
});
