import { statusOf } from "../../../rehearsal/status";
import { EVEN_AP, LONDON, PARIS, Run } from "../support/clusters";

describe("an AP namespace", () => {
  const splitBrain = (policy?: "generation" | "last-update-time") => {
    const run = new Run(EVEN_AP, policy && { conflictResolutionPolicy: policy });
    const [london, paris] = [run.client(LONDON), run.client(PARIS)];
    for (let key = 0; key < 100; key++) expect(london.put("dummy", key, { v: 0 }).code).toBe(0);
    run.cut(EVEN_AP);
    run.clock.advance(2000);
    return { run, london, paris };
  };

  test("is served by both sides in a split: two masters each", () => {
    const { run, london, paris } = splitBrain();
    for (const half of statusOf(run.cluster).subClusters) {
      expect(half).toMatchObject({ available: 4096, unavailable: 0 });
    }
    for (let key = 0; key < 100; key++) {
      expect(london.put("dummy", key, { v: 1 }).code).toBe(0);
      expect(paris.put("dummy", key, { v: 2 }).code).toBe(0);
    }
  });

  test("keeps the record with the higher generation after healing, though the other was written later", () => {
    const { run, london, paris } = splitBrain();
    for (let key = 0; key < 100; key++) {
      london.put("dummy", key, { v: 1 });
      london.put("dummy", key, { v: 1 });
      london.put("dummy", key, { v: 1 });
    }
    run.clock.advance(100);
    for (let key = 0; key < 100; key++) paris.put("dummy", key, { v: 2 });
    run.heal();
    run.clock.advance(2000);
    for (let key = 0; key < 100; key++) expect(paris.get("dummy", key).bins).toEqual({ v: 1 });
  });

  test("keeps the later update where the generations are the same", () => {
    const { run, london, paris } = splitBrain();
    // The side that holds no copy of a record begins it anew, so equal generations need keys of their own.
    for (let key = 1000; key < 1100; key++) london.put("dummy", key, { v: 1 });
    run.clock.advance(100);
    for (let key = 1000; key < 1100; key++) paris.put("dummy", key, { v: 2 });
    run.heal();
    run.clock.advance(2000);
    for (let key = 1000; key < 1100; key++) expect(london.get("dummy", key).bins).toEqual({ v: 2 });
  });

  test("keeps the later update whatever the generation, where the policy says so", () => {
    const { run, london, paris } = splitBrain("last-update-time");
    for (let i = 0; i < 3; i++) for (let key = 0; key < 100; key++) london.put("dummy", key, { v: 1 });
    run.clock.advance(100);
    for (let key = 0; key < 100; key++) paris.put("dummy", key, { v: 2 });
    run.heal();
    run.clock.advance(2000);
    for (let key = 0; key < 100; key++) expect(london.get("dummy", key).bins).toEqual({ v: 2 });
  });

  test("a delete needs no tombstone, and `replicas` always names regime 0", () => {
    const run = new Run(EVEN_AP);
    const client = run.client(LONDON);
    client.put("dummy", 1, { v: 1 });
    expect(client.remove("dummy", 1, false).code).toBe(0);
    expect(client.get("dummy", 1).code).toBe(2);
    expect(client.info("A352", "replicas")).toMatch(/^mydata:0,2,/);
  });
});
