import { join } from "node:path";
import { loadTopologyFile } from "../../../cli/experiment/topology-file";
import { EVEN, idsIn, LONDON, ODD, PARIS, Run } from "../support/clusters";
import { EVEN_TABLES, ODD_TABLES, type Table } from "./tables";

const EXAMPLE = join(__dirname, "..", "..", "..", "examples", "article");
const files = {
  even: loadTopologyFile(join(EXAMPLE, "even-split.yaml")),
  odd: loadTopologyFile(join(EXAMPLE, "rack-failure.yaml")),
};

/** The keys that a file's story loads, a list a load. */
function loadsOf({ story }: (typeof files)["even"]): readonly (readonly number[])[] {
  return story!.steps.flatMap((step) => ("load" in step ? [step.load.keys as readonly number[]] : []));
}

const [loaded470, loaded940, [first, second]] = loadsOf(files.even);
const [loaded271, loaded517, loaded778] = loadsOf(files.odd);
const keys = {
  // The third of them ends the load.
  even: { loaded470, loaded940, twoMore: [first, second] },
  odd: { loaded271, loaded517, loaded778 },
};

/** Objects of each node as its own `namespace/mydata` tells: what `info object` shows. */
function table(run: Run, of: Table): Record<string, number[]> {
  const rows = Object.keys(of).map((id) => {
    const client = run.client(run.cluster.node(id).region);
    const text = client.info(id, "namespace/mydata")!;
    client.close();
    const stat = (name: string) => Number(new RegExp(`(?:^|;)${name}=(\\d+)`).exec(text)![1]);
    return [id, [stat("master_objects"), stat("prole_objects"), stat("non_replica_objects")]];
  });
  return Object.fromEntries(rows) as Record<string, number[]>;
}

/** Loads keys as the article's application does. */
function load(run: Run, from: string, list: readonly number[]): void {
  const client = run.client(from);
  for (const key of list) {
    expect({ key, code: client.put("dummy", key, { freq: key }).code }).toEqual({ key, code: 0 });
  }
  client.close();
}

describe("the files of examples/article", () => {
  test("have the article's nodes", () => {
    expect(files.even.topology).toMatchObject(EVEN);
    expect(files.odd.topology).toMatchObject(ODD);
  });

  test("load keys out of 0 to 4095, each once", () => {
    for (const lists of [keys.even, keys.odd]) {
      const all = Object.values(lists).flat();
      expect(new Set(all).size).toBe(all.length);
      expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...all)).toBeLessThanOrEqual(4095);
    }
  });
});

describe("the even split of 2024-08-14, every node's Master, Prole and Non-Replica", () => {
  const run = new Run(EVEN);

  test("470 records loaded from Paris", () => {
    load(run, PARIS, keys.even.loaded470);
    expect(table(run, EVEN_TABLES.loaded470)).toEqual(EVEN_TABLES.loaded470);
  });

  test("loaded to 940, then London and Paris cut from each other: 480/480/460 and 460/460/480", () => {
    load(run, LONDON, keys.even.loaded940);
    run.cut(EVEN);
    expect(table(run, EVEN_TABLES.cut)).toEqual(EVEN_TABLES.cut);
  });

  test("two more written in London, then the application ends with -8: 482/482", () => {
    run.clock.advance(2000);
    load(run, LONDON, keys.even.twoMore);
    const client = run.client(LONDON);
    // The article's application met partition 3773, which Paris serves.
    const codes = Array.from({ length: 4096 }, (_, key) => client.put("other", key, { freq: 1 }).code);
    expect(new Set(codes)).toEqual(new Set([0, -8]));
    client.info("A600", "truncate:namespace=mydata;set=other");
    expect(table(run, EVEN_TABLES.twoMore)).toEqual(EVEN_TABLES.twoMore);
  });

  test("healed: 942 and 942, none lost", () => {
    run.heal();
    run.clock.advance(2000);
    const client = run.client(PARIS);
    for (const key of Object.values(keys.even).flat()) {
      expect({ key, ...client.get("dummy", key) }).toMatchObject({ key, code: 0, bins: { freq: key } });
    }
    const sums = Object.values(table(run, EVEN_TABLES.cut)).reduce((a, b) => a.map((n, i) => n + b[i]));
    expect(sums).toEqual([942, 942, 0]);
  });
});

describe("the odd split and rack failure of 2024-08-21, every node's Master, Prole and Non-Replica", () => {
  const run = new Run(ODD);

  test("271 records", () => {
    load(run, PARIS, keys.odd.loaded271);
    expect(table(run, ODD_TABLES.loaded271)).toEqual(ODD_TABLES.loaded271);
  });

  test("517 records", () => {
    load(run, PARIS, keys.odd.loaded517);
    expect(table(run, ODD_TABLES.loaded517)).toEqual(ODD_TABLES.loaded517);
  });

  test("London's rack lost: all Non-Replica, 4096 unavailable", () => {
    for (const id of idsIn(ODD, LONDON)) run.cluster.stopNode(id);
    run.settle();
    expect(table(run, ODD_TABLES.rackLost)).toEqual(ODD_TABLES.rackLost);
    expect(run.cluster.node("A829").view).toMatchObject({ unavailable: 4096, dead: 0 });
  });

  test("re-rostered to rack 33: 517 and 517", () => {
    run.reroster("A829@33,A476@33,A250@33", "A829");
    expect(table(run, ODD_TABLES.rerostered)).toEqual(ODD_TABLES.rerostered);
  });

  test("loaded to 778 and 778", () => {
    run.clock.advance(2000);
    load(run, PARIS, keys.odd.loaded778);
    expect(table(run, ODD_TABLES.loaded778)).toEqual(ODD_TABLES.loaded778);
  });

  test("rack 32 back on the roster: 778 and 778, none lost", () => {
    for (const id of idsIn(ODD, LONDON)) run.cluster.startNode(id);
    run.settle();
    // Not on the roster they hold nothing that counts.
    expect(table(run, ODD_TABLES.loaded778)).toEqual(ODD_TABLES.loaded778);
    run.reroster("A829@33,A541@32,A476@33,A445@32,A333@32,A332@32,A250@33", "A829");
    expect(table(run, ODD_TABLES.rackBack)).toEqual(ODD_TABLES.rackBack);
    run.clock.advance(2000);
    const client = run.client(LONDON);
    for (const key of Object.values(keys.odd).flat()) {
      expect({ key, ...client.get("dummy", key) }).toMatchObject({ key, code: 0, bins: { freq: key } });
    }
  });
});
