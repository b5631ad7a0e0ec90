import { EVEN, LONDON, Run, split } from "../support/clusters";
import { AWS_ROUND_TRIPS, digest, partitionOf } from "../../../model";

/** A key whose master stands in London and whose replica does not, and the master's id. */
function across(run: Run): { key: number; master: string } {
  for (let key = 0; ; key++) {
    const { replicas } = run.cluster.nodes[0].view!.partitions[partitionOf(digest("dummy", key))];
    if (replicas[0].region === LONDON && replicas[1].region !== LONDON)
      return { key, master: replicas[0].id };
  }
}

describe("a hot key", () => {
  const counted = (run: Run, master: string) =>
    /fail_key_busy=(\d+)/.exec(run.client(LONDON).info(master, "namespace/mydata")!)![1];
  const setLimit = (run: Run, master: string, value: string) =>
    run
      .client(LONDON)
      .info(master, `set-config:context=namespace;namespace=mydata;transaction-pending-limit=${value}`);
  const codes = (outcomes: readonly { code: number | undefined }[]) =>
    outcomes.reduce<Record<string, number>>(
      (tally, { code }) => ({ ...tally, [`${code}`]: (tally[`${code}`] ?? 0) + 1 }),
      {},
    );

  it("is busy (14) where twenty writes wait behind the one whose replica does not answer, until they have ended", () => {
    const run = new Run(EVEN);
    const client = run.client(LONDON);
    const { key, master } = across(run);
    run.cluster.setFault(split(EVEN));
    const writes = Array.from({ length: 40 }, (_, v) => client.put("dummy", key, { v }));
    expect(codes(writes)).toEqual({ undefined: 21, 14: 19 });
    expect(counted(run, master)).toBe("19");
    run.clock.advance(1001);
    expect(codes(writes)).toEqual({ 9: 21, 14: 19 });
    run.settle();
    expect(client.put("dummy", key, { v: 41 }).code).toBe(0);
  });

  it("is busy for linearized reads as well, and for no session read that its master answers alone", () => {
    const run = new Run(EVEN);
    const client = run.client(LONDON);
    const { key } = across(run);
    client.put("dummy", key, { v: 1 });
    run.cluster.setFault(split(EVEN));
    const linearized = Array.from({ length: 30 }, () => client.get("dummy", key, "linearize"));
    expect(codes(linearized)).toEqual({ undefined: 21, 14: 9 });
    expect(client.get("dummy", key)).toMatchObject({ code: 0, bins: { v: 1 } });
  });

  it("takes as many as transaction-pending-limit says, any number with 0, and a restart forgets what was set", () => {
    const run = new Run(EVEN);
    const client = run.client(LONDON);
    const { key, master } = across(run);
    run.cluster.setFault(split(EVEN));
    const busy = () =>
      codes(Array.from({ length: 40 }, (_, v) => client.put("dummy", key, { v })))["14"] ?? 0;
    const ask = () => client.info(master, "get-config:context=namespace;namespace=mydata");
    expect(setLimit(run, master, "5")).toBe("ok");
    expect(ask()).toContain("transaction-pending-limit=5");
    expect(busy()).toBe(34);
    expect(setLimit(run, master, "0")).toBe("ok");
    expect(busy()).toBe(0);
    for (const value of ["-1", "many", "4294967296"])
      expect(setLimit(run, master, value)).toBe("ERROR:4:invalid set-config parameter");
    run.cluster.stopNode(master);
    run.cluster.startNode(master);
    expect(run.cluster.node(master).transactionPendingLimit).toBe(20);
  });

  it("is busy where the way to the replica takes time, for as long as it does", () => {
    const run = new Run(EVEN, { roundTrips: AWS_ROUND_TRIPS });
    const client = run.client(LONDON);
    run.clock.advance(100);
    const { key } = across(run);
    const writes = Array.from({ length: 30 }, (_, v) => client.put("dummy", key, { v }));
    run.clock.advance(100);
    expect(codes(writes)).toEqual({ 0: 21, 14: 9 });
    const again = client.put("dummy", key, { v: 31 });
    run.clock.advance(100);
    expect(again.code).toBe(0);
  });

  it("is never busy for who writes one after the other", () => {
    const run = new Run(EVEN);
    const client = run.client(LONDON);
    const outcomes = Array.from({ length: 200 }, (_, v) => client.put("dummy", 1, { v }));
    expect(codes(outcomes)).toEqual({ 0: 200 });
  });
});
