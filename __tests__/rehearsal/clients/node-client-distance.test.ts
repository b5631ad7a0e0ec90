/** @jest-environment ./__tests__/support/real-client-environment.js */
import type { Client } from "aerospike";
import type { Rehearsal } from "../../../rehearsal";
import {
  AWS_ROUND_TRIPS,
  digest,
  healthyCluster,
  NO_FAULT,
  overRoundTrips,
  partitionOf,
  replicaIds,
  roundTrip,
} from "../../../model";
import { EVEN, LONDON, PARIS } from "../support/clusters";
import { Aerospike, connect, endAll, key, patient, rehearse } from "../support/real-client";
import { describeWith } from "../../support/requirements";

afterAll(endAll);

const RTT = 40;
/** A timer may fire that much early, and the machine be that busy, in milliseconds. */
const [EARLY, BUSY] = [4, 40];

const healthy = healthyCluster(EVEN);
const regions = new Map(EVEN.nodes.map(({ id, region }) => [id, region]));
const roundTrips = overRoundTrips(
  { source: "test", between: { [LONDON]: { [PARIS]: RTT } } },
  AWS_ROUND_TRIPS,
);

/** What the network adds for a key from a place: to the master and back, and to the farthest replica and back. */
function predicted(place: string, k: number, asksReplicas: boolean): number {
  const [master, replica] = replicaIds(healthy.map, partitionOf(digest("dummy", k))).map((id) =>
    regions.get(id),
  );
  const toMaster = roundTrip(roundTrips, place, master)!;
  return toMaster + (asksReplicas ? roundTrip(roundTrips, master, replica)! : 0);
}

describeWith(["client for Node.js"], "two real clients, in London and in Paris, far from each other", () => {
  let rehearsal: Rehearsal;
  const clients: Record<string, Client> = {};

  beforeAll(async () => {
    rehearsal = await rehearse({ topology: EVEN, roundTrips });
    for (const region of [LONDON, PARIS]) {
      clients[region] = await connect(rehearsal.seeds[region], patient());
      // Connections to all nodes are made.
      for (let k = 0; k < 60; k++) await clients[region].put(key(k), { k });
    }
  });

  const linearize = () => new Aerospike.ReadPolicy({ readModeSC: Aerospike.policy.readModeSC.LINEARIZE });
  const OPERATIONS: Record<
    string,
    [asksReplicas: boolean, run: (client: Client, k: number) => Promise<unknown>]
  > = {
    write: [true, (client, k) => client.put(key(k), { k })],
    "linearized read": [true, (client, k) => client.get(key(k), linearize())],
    "session read": [false, (client, k) => client.get(key(k))],
  };

  /** Milliseconds of an operation on each key, the better of two. */
  async function measured(region: string, operation: string): Promise<[k: number, ms: number][]> {
    const out: [number, number][] = [];
    for (let k = 0; k < 8; k++) {
      const times: number[] = [];
      for (let i = 0; i < 2; i++) {
        const began = performance.now();
        await OPERATIONS[operation][1](clients[region], k);
        times.push(performance.now() - began);
      }
      out.push([k, Math.min(...times)]);
    }
    return out;
  }

  test.each(
    Object.keys(OPERATIONS).flatMap((operation) => [LONDON, PARIS].map((region) => [operation, region])),
  )("take the predicted time: %s from %s", async (operation, region) => {
    for (const [k, ms] of await measured(region, operation)) {
      const expected = predicted(region, k, OPERATIONS[operation][0]);
      expect({ k, expected, ms, inRange: ms > expected - EARLY && ms < expected + BUSY }).toMatchObject({
        inRange: true,
      });
    }
  });

  test("wait longer while a link is slow, and lose nothing to its losses", async () => {
    await rehearsal.setFault({ ...NO_FAULT, links: [{ between: [LONDON, PARIS], delay: 30, loss: 5 }] });
    for (const [k, ms] of await measured(LONDON, "write")) {
      expect(ms).toBeGreaterThan(predicted(LONDON, k, true) + 60 - EARLY);
    }
    await rehearsal.heal();
    expect((await rehearsal.status()).subClusters).toHaveLength(1);
  });
});
