/** @jest-environment ./__tests__/support/real-client-environment.js */
import type { Client } from "aerospike";
import { halves, NO_FAULT } from "../../../model";
import type { Rehearsal } from "../../../rehearsal";
import { EVEN, EVEN_AP, LONDON, PARIS } from "../support/clusters";
import {
  Aerospike,
  codeOf,
  connect,
  endAll,
  eventually,
  key,
  patient,
  rehearse,
  tally,
} from "../support/real-client";
import { describeWith } from "../../support/requirements";

afterAll(endAll);

/** Seeds of a real server (namespace mydata, strong consistency) to run the operations against instead. */
const LIVE = process.env.AEROSPIKE_HOSTS;
/** What only a rehearsal cluster can be asked for. */
const rehearsed = LIVE === undefined ? test : test.skip;

describeWith(["client for Node.js"], "records of a strongly consistent namespace, by the real client", () => {
  const op = Aerospike.operations;
  const { exists, gen } = Aerospike.policy;
  let rehearsal: Rehearsal;
  let client: Client;

  beforeAll(async () => {
    if (LIVE === undefined) {
      rehearsal = await rehearse({ topology: EVEN });
      client = await connect(rehearsal.seeds[LONDON], patient());
    } else {
      client = await connect(LIVE, patient());
      await client.truncate("mydata", "dummy", 0);
    }
  });

  rehearsed(
    "40 puts at once on each of 12 keys find some busy (14), as on a server; 21 at once do not",
    async () => {
      // The client's second would be over for some while a busy machine sends the others.
      const once = new Aerospike.WritePolicy({ maxRetries: 0, totalTimeout: 20_000 });
      const puts = (each: number) =>
        Promise.all(
          Array.from({ length: 12 * each }, (_, n) =>
            codeOf(client.put(key(`hot-${n % 12}`), { n }, {}, once)),
          ),
        );
      // Distance keeps each put under way for a round trip, however slowly a busy machine sends them.
      await rehearsal.setFault({ ...NO_FAULT, links: [{ between: [LONDON, PARIS], delay: 150 }] });
      try {
        // -7: the client has no more connections to a node.
        const some = tally(await puts(40));
        expect(Object.keys(some).filter((code) => !["0", "14", "-7"].includes(code))).toEqual([]);
        expect(some["14"]).toBeGreaterThan(0);
        expect(some["0"]).toBeGreaterThanOrEqual(12 * 21 - (some["-7"] ?? 0));
        expect((await puts(21)).filter((code) => code === "14")).toEqual([]);
      } finally {
        await rehearsal.setFault(NO_FAULT);
      }
    },
  );

  test("bins of every type come back as they were put", async () => {
    const bins = {
      integer: -7,
      large: 2 ** 40,
      float: new Aerospike.Double(2.5),
      text: "Ärger £",
      bytes: Buffer.from("00ff10", "hex"),
      yes: true,
      list: [1, "two", [3.5, null], { a: 1 }],
      map: { b: 1, a: { c: [1, 2] } },
    };
    await client.put(key("types"), bins);
    expect((await client.get(key("types"))).bins).toEqual({ ...bins, float: 2.5 });
    const point = new Aerospike.GeoJSON.Point(-0.1, 51.5);
    await client.put(key("geo"), { point });
    expect(JSON.parse(String((await client.get(key("geo"))).bins.point))).toEqual({
      type: "Point",
      coordinates: [-0.1, 51.5],
    });
  });

  test("create, update and replace only, and generations, are checked", async () => {
    const put = (userKey: string, bins: Record<string, number>, policy: object, meta?: object) =>
      codeOf(client.put(key(userKey), bins, meta, new Aerospike.WritePolicy(policy)));
    await client.remove(key("policy"), new Aerospike.RemovePolicy({ durableDelete: true })).catch(() => {});
    expect(await put("policy", { a: 1 }, { exists: exists.UPDATE })).toBe("2");
    expect(await put("policy", { a: 1 }, { exists: exists.REPLACE })).toBe("2");
    expect(await put("policy", { a: 1 }, { exists: exists.CREATE })).toBe("0");
    expect(await put("policy", { a: 1 }, { exists: exists.CREATE })).toBe("5");
    expect(await put("policy", { b: 2 }, { exists: exists.UPDATE })).toBe("0");
    expect((await client.get(key("policy"))).bins).toEqual({ a: 1, b: 2 });
    expect(await put("policy", { c: 3 }, { exists: exists.CREATE_OR_REPLACE })).toBe("0");
    const { bins, gen: generation } = await client.get(key("policy"));
    expect({ bins, generation }).toEqual({ bins: { c: 3 }, generation: 3 });
    expect(await put("policy", { c: 4 }, { gen: gen.EQ }, { gen: 2 })).toBe("3");
    expect(await put("policy", { c: 4 }, { gen: gen.EQ }, { gen: 3 })).toBe("0");
    expect(await put("policy", { c: 5 }, { gen: gen.GT }, { gen: 4 })).toBe("3");
    expect(await put("policy", { c: 5 }, { gen: gen.GT }, { gen: 9 })).toBe("0");
  });

  test("TTLs are kept, and a record is gone when its own has passed", async () => {
    await client.put(key("ttl"), { a: 1 }, { ttl: 500 });
    const { ttl } = await client.get(key("ttl"));
    expect(ttl).toBeGreaterThan(490);
    expect(ttl).toBeLessThanOrEqual(500);
    await client.put(key("short"), { a: 1 }, { ttl: 1 });
    await eventually(
      () => client.exists(key("short")),
      (there) => !there,
    );
  });

  test("operate: increments, appends, prepends, touches, lists and maps, in one go", async () => {
    await client.put(key("operate"), { n: 1, s: "b" });
    const { bins } = await client.operate(key("operate"), [
      op.incr("n", 41),
      op.append("s", "c"),
      op.prepend("s", "a"),
      Aerospike.lists.append("l", "x"),
      Aerospike.lists.append("l", "y"),
      Aerospike.maps.put("m", "k", 9),
      op.read("n"),
      op.read("s"),
    ]);
    expect(bins).toMatchObject({ n: 42, s: "abc" });
    expect((await client.operate(key("operate"), [Aerospike.lists.size("l")])).bins).toEqual({ l: 2 });
    expect((await client.operate(key("operate"), [Aerospike.lists.get("l", -1)])).bins).toEqual({ l: "y" });
    expect(
      (
        await client.operate(key("operate"), [
          Aerospike.maps.getByKey("m", "k").andReturn(Aerospike.maps.returnType.VALUE),
        ])
      ).bins,
    ).toEqual({ m: 9 });
    expect((await client.get(key("operate"))).bins).toEqual({
      n: 42,
      s: "abc",
      l: ["x", "y"],
      m: { k: 9 },
    });
    expect(await codeOf(client.operate(key("operate"), [op.incr("s", 1)]))).toBe("12");
    expect(await codeOf(client.operate(key("operate"), [op.touch(100)]))).toBe("0");
  });

  rehearsed("what is out of the rehearsal's scope says so (16)", async () => {
    await client.put(key("out"), { b: Buffer.of(1) });
    for (const operation of [
      Aerospike.bitwise.get("b", 0, 8),
      Aerospike.bitwise.set("b", 0, 8, Buffer.of(2)),
      Aerospike.hll.getCount("h"),
      Aerospike.hll.init("h", 8),
    ]) {
      expect(await codeOf(client.operate(key("out"), [operation]))).toBe("16");
    }
  });

  test("a null bin removes it; select reads some; exists reads none", async () => {
    await client.put(key("some"), { a: 1, b: 2, c: 3 });
    await client.put(key("some"), { b: null });
    expect((await client.select(key("some"), ["a", "b"])).bins).toEqual({ a: 1 });
    expect(await client.exists(key("some"))).toBe(true);
    expect(await client.exists(key("none"))).toBe(false);
    expect(await codeOf(client.get(key("none")))).toBe("2");
  });

  test("fails to remove what is not removed durably (22), and removes durably", async () => {
    await client.put(key("gone"), { a: 1 });
    expect(await codeOf(client.remove(key("gone")))).toBe("22");
    expect(
      await codeOf(client.remove(key("gone"), new Aerospike.RemovePolicy({ durableDelete: true }))),
    ).toBe("0");
    expect(await codeOf(client.get(key("gone")))).toBe("2");
  });

  test("takes a record out: reads and removes it in one operation", async () => {
    await client.put(key("taken"), { a: 1 });
    const durably = new Aerospike.OperatePolicy({ durableDelete: true });
    const taken = [op.read("a"), op.delete()];
    expect((await client.operate(key("taken"), taken, undefined, durably)).bins).toEqual({ a: 1 });
    expect(await codeOf(client.get(key("taken")))).toBe("2");
  });

  test("fails on a record over the limit (13), a long bin name and an unknown namespace (20)", async () => {
    expect(await codeOf(client.put(key("big"), { x: Buffer.alloc(1024 * 1024 + 10) }))).toBe("13");
    expect(await codeOf(client.put(key("name"), { a_bin_name_too_long: 1 }))).not.toBe("0");
    expect(await codeOf(client.put(new Aerospike.Key("other", "dummy", 1), { a: 1 }))).not.toBe("0");
  });

  test("every read mode of strong consistency answers", async () => {
    const { SESSION, LINEARIZE, ALLOW_REPLICA, ALLOW_UNAVAILABLE } = Aerospike.policy.readModeSC;
    await client.put(key("modes"), { a: 1 });
    for (const readModeSC of [SESSION, LINEARIZE, ALLOW_REPLICA, ALLOW_UNAVAILABLE]) {
      expect((await client.get(key("modes"), new Aerospike.ReadPolicy({ readModeSC }))).bins).toEqual({
        a: 1,
      });
    }
  });

  test("batches read and write, scans and queries see every record once, in pages too", async () => {
    const set = "many";
    const many = Array.from({ length: 500 }, (_, i) => new Aerospike.Key("mydata", set, i));
    const written = await client.batchWrite(
      many.map((k, i) => ({ type: Aerospike.batchType.BATCH_WRITE, key: k, ops: [op.write("i", i)] })),
    );
    expect(written.every(({ status }) => status === 0)).toBe(true);
    const read = await client.batchRead(many.slice(0, 50).map((k) => ({ key: k, readAllBins: true })));
    expect(read.map(({ record }) => record.bins.i)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    const scanned = await client.scan("mydata", set).results();
    expect(scanned.map(({ bins }) => bins.i as number).sort((a, b) => a - b)).toEqual(many.map((_, i) => i));
    const query = client.query("mydata", set);
    query.paginate = true;
    query.maxRecords = 120;
    const seen = new Set<unknown>();
    for (;;) {
      const page = await query.results();
      for (const { bins } of page) seen.add(bins.i);
      if (query.hasNextPage()) query.nextPage(query.queryState!);
      else break;
    }
    expect(seen.size).toBe(500);
    const filtered = client.query("mydata", set);
    const policy = new Aerospike.QueryPolicy({
      filterExpression: Aerospike.exp.lt(Aerospike.exp.binInt("i"), Aerospike.exp.int(10)),
    });
    expect(await filtered.results(policy)).toHaveLength(10);
    await client.truncate("mydata", set, 0);
    expect(await client.scan("mydata", set).results()).toHaveLength(0);
  });

  rehearsed("info reaches every node", async () => {
    const answers = await client.infoAll("namespace/mydata");
    expect(answers).toHaveLength(6);
    for (const { info } of answers) expect(info).toContain("strong-consistency=true");
  });

  rehearsed(
    "a node that is stopped is no longer there for the client, and is again when started; nothing is lost",
    async () => {
      for (let k = 0; k < 200; k++) await client.put(key(k), { k });
      await rehearsal.stopNode("A352");
      await rehearsal.until(({ settled }) => settled);
      await eventually(
        () => Promise.resolve(client.getNodes().length),
        (count) => count === 5,
      );
      for (let k = 0; k < 200; k++)
        await eventually(
          () => codeOf(client.get(key(k))),
          (code) => code === "0",
        );
      await rehearsal.startNode("A352");
      await rehearsal.until(
        ({ settled, nodes }) => settled && nodes.every(({ migratesTx }) => migratesTx === 0),
      );
      await eventually(
        () => Promise.resolve(client.getNodes().length),
        (count) => count === 6,
      );
      for (let k = 0; k < 200; k++)
        await eventually(
          () => codeOf(client.get(key(k))),
          (code) => code === "0",
        );
    },
  );
});

describeWith(["client for Node.js"], "the real client against an AP namespace", () => {
  test("is served on both sides of a split, and the higher generation wins after healing", async () => {
    const rehearsal = await rehearse({ topology: EVEN_AP });
    const [london, paris] = [await connect(rehearsal.seeds[LONDON]), await connect(rehearsal.seeds[PARIS])];
    for (let k = 0; k < 50; k++) await london.put(key(k), { v: 0 });
    const ids = (region: string) =>
      rehearsal.nodes.filter((node) => node.region === region).map(({ id }) => id);
    await rehearsal.setFault(halves(ids(LONDON), ids(PARIS)));
    await rehearsal.until(
      ({ settled, nodes }) => settled && nodes.every(({ migratesTx }) => migratesTx === 0),
    );
    // A write that is under way to a lost node arrives when the link heals, as TCP delivers it: none shall be.
    for (const client of [london, paris]) {
      await eventually(
        () => Promise.resolve(client.getNodes().length),
        (count) => count === 3,
      );
    }
    for (let k = 0; k < 50; k++) {
      for (let times = 0; times < 3; times++)
        await eventually(
          () => codeOf(london.put(key(k), { v: 1 })),
          (code) => code === "0",
        );
      await eventually(
        () => codeOf(paris.put(key(k), { v: 2 })),
        (code) => code === "0",
      );
    }
    await rehearsal.heal();
    await rehearsal.until(
      ({ settled, nodes }) => settled && nodes.every(({ migratesTx }) => migratesTx === 0),
    );
    for (let k = 0; k < 50; k++) {
      await eventually(
        () => codeOf(paris.get(key(k))),
        (code) => code === "0",
      );
      expect((await paris.get(key(k))).bins).toEqual({ v: 1 });
    }
    expect(await codeOf(london.remove(key(1)))).toBe("0");
  });
});
