/** @jest-environment ./__tests__/support/real-client-environment.js */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "../../lab/check/check";
import { readLedger } from "../../lab/load/ledger";
import { LoaderProcess } from "../../lab/load/loader-process";
import type { LoaderOptions } from "../../lab/load/options";
import { SETS } from "../../lab/load/workloads";
import { ClientAsk } from "../../lab/observe/client-ask";
import { lookCommands, namespaceOf } from "../../lab/observe/node-state";
import { nodesOf } from "../../lab/observe/nodes-of";
import { ObserverProcess } from "../../lab/observe/observer-process";
import { EVEN_AP, LONDON } from "../rehearsal/support/clusters";
import { Aerospike, connect, endAll, rehearse } from "../rehearsal/support/real-client";
import { describeWith } from "../support/requirements";

/** Seeds of a real server, Community too, to run the lab against; a rehearsal cluster in availability mode plays it otherwise. */
const LIVE = process.env.AEROSPIKE_HOSTS;
const NAMESPACE = process.env.AEROSPIKE_NAMESPACE ?? "mydata";

describeWith(["client for Node.js"], `the lab against ${LIVE ?? "a cluster in availability mode"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
  const ledgers: string[] = [];
  let hosts: string;
  let nodes: ReadonlyMap<string, string>;
  let strong: boolean;

  beforeAll(async () => {
    hosts = LIVE ?? (await rehearse({ topology: EVEN_AP })).seeds[LONDON];
    const client = await connect(hosts);
    for (const set of Object.values(SETS)) await client.truncate(NAMESPACE, set, 0);
    const asking = await ClientAsk.connect(Aerospike, hosts);
    nodes = await nodesOf(asking, hosts.split(","));
    const [address] = nodes.values();
    strong = namespaceOf(NAMESPACE, (await asking.ask(address, lookCommands(NAMESPACE)))!).strongConsistency;
    asking.close();
  });
  afterAll(async () => {
    await endAll();
    rmSync(folder, { recursive: true });
  });

  /** A loader that ends by itself. */
  function load(options: Pick<LoaderOptions, "workload"> & Partial<LoaderOptions>): LoaderProcess {
    const ledger = join(folder, `${ledgers.length}.jsonl`);
    ledgers.push(ledger);
    const client = `here/${ledgers.length}`;
    return new LoaderProcess({
      ...{ hosts, namespace: NAMESPACE, place: "here", client, ledger, seed: ledgers.length, rate: 2000 },
      ...options,
    });
  }

  test("the loader writes records, registers and lists, and is acknowledged", async () => {
    const loaders = (["article", "register", "append"] as const).map((workload) =>
      load({ workload, count: 400, records: 40 }),
    );
    expect(await Promise.all(loaders.map(({ ended }) => ended))).toEqual(
      loaders.map(() => ({ reason: "done" })),
    );
    for (const { progress } of loaders) expect(progress.counts.ok).toBeGreaterThan(200);
  });

  test("lifecycle, which needs strong consistency, is refused with the reason where there is none", async () => {
    const end = await load({ workload: "lifecycle", count: 30 }).ended;
    if (strong) expect(end).toEqual({ reason: "done" });
    else
      expect(end).toMatchObject({
        reason: "error",
        message: expect.stringContaining(`"${NAMESPACE}" is in availability mode`) as string,
      });
  });

  test("the observer sees every node in one cluster, what it holds, and a roster only where there is one", async () => {
    const observer = new ObserverProcess({
      nodes: [...nodes].map(([id, address]) => ({ id, address })),
      namespace: NAMESPACE,
    });
    try {
      await observer.ready;
      for (const end = Date.now() + 20_000; observer.last.size < nodes.size;) {
        if (Date.now() > end) throw new Error(`${observer.last.size} of ${nodes.size} nodes were seen.`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const states = [...observer.last.values()].map(({ state }) => state!);
      expect(states.map(({ clusterSize }) => clusterSize)).toEqual(states.map(() => nodes.size));
      expect(new Set(states.map(({ clusterKey }) => clusterKey)).size).toBe(1);
      expect(states.map(({ unavailable, dead }) => [unavailable, dead])).toEqual(states.map(() => [0, 0]));
      expect(states.reduce((sum, { masterObjects }) => sum + masterObjects, 0)).toBeGreaterThan(80);
      for (const { roster } of states) expect(roster.nodes.length > 0).toBe(strong);
    } finally {
      observer.kill();
    }
  });

  test("the checker finds nothing wrong in what is read back, and calls it proven only where reads are linearized", async () => {
    const written = ledgers.flatMap((ledger) => readLedger(ledger).operations);
    const keys = [...new Set(written.flatMap(({ kind, key }) => (kind === "read" ? [] : [key])))];
    const reader = load({ workload: "verify", keys });
    expect(await reader.ended).toEqual({ reason: "done" });
    expect(reader.progress.counts.ok).toBe(keys.length);
    const { findings, rpo, verdict } = check(ledgers.flatMap((ledger) => readLedger(ledger).operations));
    expect(findings).toEqual([]);
    expect(rpo.writes).toBe(0);
    expect(verdict).toBe(strong ? "pass" : "unproven");
  });
});
