/** @jest-environment ./__tests__/support/real-client-environment.js */
import { digest, healthyCluster, partitionOf, replicaIds } from "../../../model";
import { EVEN, LONDON } from "../support/clusters";
import {
  Aerospike,
  codeOf,
  connect,
  endAll,
  eventually,
  key,
  NO_BREAKER,
  rehearse,
} from "../support/real-client";
import { describeWith } from "../../support/requirements";

afterAll(endAll);

const healthy = healthyCluster(EVEN);
const all = Array.from({ length: 200 }, (_, k) => k);
const masteredBy = (id: string) =>
  all.filter((k) => replicaIds(healthy.map, partitionOf(digest("dummy", k)))[0] === id);

describeWith(
  ["client for Node.js"],
  "a real client of a node that is paused, and of clocks that differ",
  () => {
    test("times out in doubt there, is served by the others, and by all once the node is resumed", async () => {
      const rehearsal = await rehearse({ topology: EVEN });
      const client = await connect(rehearsal.seeds[LONDON], NO_BREAKER);
      for (const k of all) await client.put(key(k), { v: 1 });
      const keys = masteredBy("A352");

      await rehearsal.pauseNode("A352");
      expect(await codeOf(client.put(key(keys[0]), { v: 2 }))).toBe("9?");
      await rehearsal.until(({ subClusters: [first] }) => first.members.length === 5);
      await eventually(
        () => Promise.all(keys.slice(1).map((k) => codeOf(client.put(key(k), { v: 3 })))),
        (codes) => codes.every((code) => code === "0"),
      );

      await rehearsal.resumeNode("A352");
      await rehearsal.until(
        ({ settled, subClusters: [first], nodes }) =>
          settled && first.members.length === 6 && nodes.every(({ migratesTx }) => migratesTx === 0),
      );
      const read = await eventually(
        () => Promise.all(keys.slice(1).map((k) => client.get(key(k)).catch(() => undefined))),
        (records) => records.every((record) => record !== undefined),
      );
      expect(read.map((record) => record!.bins.v)).toEqual(keys.slice(1).map(() => 3));
    });

    test("is refused writes and deletes with 22, and reads on, while clocks differ by more than the servers bear", async () => {
      // Heartbeats five times as fast: 17 s become 4.
      const rehearsal = await rehearse({ topology: EVEN });
      const client = await connect(rehearsal.seeds[LONDON], NO_BREAKER);
      await client.put(key(1), { v: 1 });
      await rehearsal.setClock("A70", -17_001);
      expect((await rehearsal.status()).subClusters[0]).toMatchObject({
        clockSkewMs: 17_001,
        refusesWrites: true,
      });
      const durable = new Aerospike.RemovePolicy({ durableDelete: true });
      expect(await codeOf(client.put(key(1), { v: 2 }))).toBe("22");
      expect(await codeOf(client.remove(key(1), durable))).toBe("22");
      expect((await client.get(key(1))).bins).toEqual({ v: 1 });
      await rehearsal.setClock("A70", 0);
      expect(await codeOf(client.put(key(1), { v: 2 }))).toBe("0");
    });
  },
);
