/** @jest-environment ./__tests__/support/real-client-environment.js */
import type { Client } from "aerospike";
import type { Rehearsal } from "../../../rehearsal";
import { digest, healthyCluster, NO_FAULT, partitionOf, replicaIds } from "../../../model";
import { EVEN, idsIn, LONDON, PARIS, split } from "../support/clusters";
import {
  Aerospike,
  codeOf,
  connect,
  endAll,
  eventually,
  key,
  NO_BREAKER,
  rehearse,
  tally,
} from "../support/real-client";
import { describeWith } from "../../support/requirements";

afterAll(endAll);

const KEYS = 300;
const healthy = healthyCluster(EVEN);
const londonIds = idsIn(EVEN, LONDON);
const masterIn = (k: number) =>
  londonIds.includes(replicaIds(healthy.map, partitionOf(digest("dummy", k)))[0]) ? LONDON : PARIS;
const all = Array.from({ length: KEYS }, (_, k) => k);

describeWith(["client for Node.js"], "two real clients, in London and in Paris, over a split", () => {
  let rehearsal: Rehearsal;
  let london: Client;
  let paris: Client;

  beforeAll(async () => {
    rehearsal = await rehearse({ topology: EVEN });
    // A refused operation counts towards the client's own circuit breaker: see the test of that.
    london = await connect(rehearsal.seeds[LONDON], NO_BREAKER);
    paris = await connect(rehearsal.seeds[PARIS], NO_BREAKER);
  });

  test("each knows all nodes by the addresses of its own place", () => {
    for (const [client, region] of [
      [london, LONDON],
      [paris, PARIS],
    ] as const) {
      const known = client.getNodes().map(({ name, address }) => [name, address]);
      expect(Object.fromEntries(known)).toEqual(
        Object.fromEntries(rehearsal.nodes.map(({ id, addresses }) => [id, addresses[region]])),
      );
    }
  });

  test("loads, and both read all of it", async () => {
    for (const k of all) await london.put(key(k), { freq: k, report: { machine: [`m${k}`], pixels: 4096 } });
    for (const k of all)
      expect((await paris.get(key(k))).bins).toEqual({
        freq: k,
        report: { machine: [`m${k}`], pixels: 4096 },
      });
    const { nodes } = await rehearsal.status();
    expect(nodes.reduce((sum, node) => sum + node.masterObjects, 0)).toBe(KEYS);
    expect(nodes.reduce((sum, node) => sum + node.proleObjects, 0)).toBe(KEYS);
  });

  test("cut: each side serves what the roster-masters of its side say, and refuses the rest by the codes of the table", async () => {
    await rehearsal.setFault(split(EVEN));
    await rehearsal.until(
      ({ settled, nodes }) => settled && nodes.every(({ migratesTx }) => migratesTx === 0),
    );
    // A running client goes on asking nodes that it lost until it has noticed: the code is 9 until then.
    const settledCodes = (client: Client) =>
      eventually(
        () => Promise.all(all.slice(0, 40).map((k) => codeOf(client.put(key(k), { freq: k })))),
        (codes) => codes.every((code) => code === "0" || code === "11" || code === "-8"),
      );
    for (const [client, region] of [
      [london, LONDON],
      [paris, PARIS],
    ] as const) {
      await settledCodes(client);
      for (const k of all) {
        const served = masterIn(k) === region;
        const write = await codeOf(client.put(key(k), { freq: k, by: region }));
        // Each partition has a replica in each region: an old owner is always reachable.
        expect({ k, write }).toEqual({ k, write: served ? "0" : "11" });
      }
    }
    const linearize = new Aerospike.ReadPolicy({ readModeSC: Aerospike.policy.readModeSC.LINEARIZE });
    const lost = all.filter((k) => masterIn(k) === PARIS);
    const read = async (policy?: InstanceType<typeof Aerospike.ReadPolicy>) =>
      tally(await Promise.all(lost.slice(0, 50).map((k) => codeOf(london.get(key(k), policy)))));
    expect(await read()).toEqual({ "-8": 50 });
    expect(await read(linearize)).toEqual({ "11": 50 });
  });

  test("a client that connects after the cut gets -8 for everything that its side does not serve", async () => {
    const late = await connect(rehearsal.seeds[LONDON], NO_BREAKER);
    expect(late.getNodes()).toHaveLength(3);
    for (const k of all.slice(0, 100)) {
      const served = masterIn(k) === LONDON;
      expect({ k, code: await codeOf(late.put(key(k), { late: k })) }).toEqual({
        k,
        code: served ? "0" : "-8",
      });
      expect({ k, code: await codeOf(late.get(key(k))) }).toEqual({ k, code: served ? "0" : "-8" });
    }
  });

  test("a batch answers key by key, a scan fails by what it meets", async () => {
    const keys = all.slice(0, 60);
    const results = await london.batchRead(keys.map((k) => ({ key: key(k), readAllBins: true })));
    results.forEach(({ status }, i) => {
      const served = masterIn(keys[i]) === LONDON;
      expect({ key: keys[i], ok: status === 0 }).toEqual({ key: keys[i], ok: served });
    });
    expect(await codeOf(london.scan("mydata", "dummy").results())).toBe("11");
    const late = await connect(rehearsal.seeds[LONDON]);
    expect(await codeOf(late.scan("mydata", "dummy").results())).toBe("-8");
  });

  test("healed: all writes that were acknowledged are there, by either client, and a scan counts all", async () => {
    await rehearsal.heal();
    await rehearsal.until(
      ({ settled, nodes }) =>
        settled && nodes.every(({ migratesTx, unreplicated }) => migratesTx + unreplicated === 0),
    );
    for (const client of [london, paris]) {
      await eventually(
        () => Promise.all(all.map((k) => codeOf(client.get(key(k))))),
        (codes) => codes.every((code) => code === "0"),
      );
      for (const k of all) {
        expect((await client.get(key(k))).bins).toMatchObject({ freq: k, by: masterIn(k) });
      }
      expect((await client.scan("mydata", "dummy").results()).length).toBe(KEYS);
      expect((await client.query("mydata", "dummy").results()).length).toBe(KEYS);
    }
  });
});

describeWith(["client for Node.js"], "a fault that refuses new connections and cuts nothing", () => {
  test("lets a connected client go on, keeps a new one to the other nodes' clients out, and no cluster splits", async () => {
    const rehearsal = await rehearse({ topology: EVEN });
    const before = await connect(rehearsal.seeds[LONDON]);
    for (const k of all.slice(0, 50)) await before.put(key(k), { freq: k });
    await rehearsal.setFault({ ...NO_FAULT, refuses: { [LONDON]: idsIn(EVEN, PARIS) } });
    // One after another: more at once would need new connections.
    for (const k of all.slice(0, 50)) expect(await codeOf(before.get(key(k)))).toBe("0");
    const after = await connect(rehearsal.seeds[LONDON]);
    expect(
      after
        .getNodes()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...londonIds].sort());
    expect((await rehearsal.status()).subClusters).toHaveLength(1);
    await rehearsal.heal();
    await eventually(
      () => Promise.resolve(after.getNodes().length),
      (count) => count === 6,
    );
  });
});

describeWith(["client for Node.js"], "the client's own circuit breaker, over the same split", () => {
  const CLIENTS = {
    "the default": {},
    // 0 does not turn it off in client 6.7.1: it is reset to the default.
    "0": { maxErrorRate: 0 },
    "10,000 in 100 tends": NO_BREAKER,
  } as const;
  const clients = new Map<string, Client>();

  beforeAll(async () => {
    const rehearsal = await rehearse({ topology: EVEN });
    for (const [name, config] of Object.entries(CLIENTS)) {
      clients.set(name, await connect(rehearsal.seeds[LONDON], config));
    }
    for (const k of all) await clients.get("0")!.put(key(k), { freq: k });
    await rehearsal.setFault(split(EVEN));
    await rehearsal.until(({ settled }) => settled);
    // From there on each put is served or refused at once.
    for (const client of clients.values()) {
      await eventually(
        () => Promise.resolve(client.getNodes().length),
        (count) => count === 3,
      );
    }
  });

  const codesAt = async (perSecond: number, name: string) => {
    const codes: string[] = [];
    const pending: Promise<void>[] = [];
    const start = Date.now();
    for (let i = 0; i < perSecond * 3; i++) {
      while (Date.now() - start < (i * 1000) / perSecond) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      const done = codeOf(clients.get(name)!.put(key(all[i % KEYS]), { freq: i })).then((code) => {
        codes.push(code);
      });
      pending.push(done);
      if (pending.length >= 64) await pending.shift();
    }
    await Promise.all(pending);
    return tally(codes);
  };

  test.each(["the default", "0"])(
    "stays closed at 20 operations a second with maxErrorRate at %s",
    async (name) => {
      const codes = await codesAt(20, name);
      expect(codes["-14"] ?? 0).toBe(0);
      expect(codes["0"]).toBeGreaterThan(10);
      expect(codes["11"]).toBeGreaterThan(10);
    },
  );

  test.each(["the default", "0"])(
    "opens at 1,000 operations a second with maxErrorRate at %s: -14, the client's own, for served partitions too",
    async (name) => {
      const codes = await codesAt(1000, name);
      expect(codes["-14"]).toBeGreaterThan(100);
      expect(codes["11"]).toBeGreaterThan(10);
      const served = all.filter((k) => masterIn(k) === LONDON).length / KEYS;
      expect(codes["0"]).toBeLessThan(3000 * served * 0.9);
    },
  );

  test("stays closed at 1,000 operations a second with maxErrorRate at 10,000 in 100 tends", async () => {
    const codes = await codesAt(1000, "10,000 in 100 tends");
    expect(codes["-14"] ?? 0).toBe(0);
    expect(codes["0"]).toBeGreaterThan(1000);
    expect(codes["11"]).toBeGreaterThan(1000);
  });
});
