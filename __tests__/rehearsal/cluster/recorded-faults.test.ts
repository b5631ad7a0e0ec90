import { type Bounds, clusterTimes, membership, NO_FAULT, type Topology } from "../../../model";
import { serviceStatistics } from "../../../rehearsal/info/statistics";
import { statusOf } from "../../../rehearsal/status";
import { recordedFaults, stagesOf } from "../../model/support/recorded-faults";
import { EVEN_AP, Run } from "../support/clusters";

const times = clusterTimes();
// Samples are 0.1 to 0.2 s apart in the recordings, 0.05 s here.
const within = (at: number, [from, to]: Bounds) => {
  expect(at).toBeGreaterThanOrEqual(from - 200);
  expect(at).toBeLessThanOrEqual(to + 200);
};

interface Stage {
  readonly at: number;
  readonly size: string;
  readonly principal: string;
}

describe.each(recordedFaults)("a fault recorded on real nodes, rehearsed: $name", (fault) => {
  const { ids, cannotHear } = fault;
  const topology: Topology = {
    ...EVEN_AP,
    nodes: ids.map((id) => ({ id, rack: 0 })),
  };
  const run = new Run(topology, { seed: recordedFaults.indexOf(fault) + 1 });
  const { cluster, clock } = run;
  const stages = new Map<string, Stage[]>(ids.map((id) => [id, []]));
  const noticed = new Map<string, number>();
  let healed = 0;

  beforeAll(() => {
    clock.advance(3000);
    const cutAt = clock.now();
    cluster.setFault({ ...NO_FAULT, cannotHear });
    const keys = new Map<string, string>();
    for (; clock.now() - cutAt < 17_000; clock.advance(50)) {
      const at = clock.now() - cutAt;
      for (const node of cluster.nodes) {
        const { id } = node;
        const said = Object.fromEntries(
          serviceStatistics(cluster, node, 0)
            .split(";")
            .map((pair) => pair.split("=")),
        );
        if (keys.get(id) !== said.cluster_key) {
          stages.get(id)!.push({ at, size: said.cluster_size, principal: said.cluster_principal });
        }
        keys.set(id, said.cluster_key);
        if (Number(said.cluster_size) === ids.length && said.cluster_integrity === "false") {
          if (!noticed.has(id)) noticed.set(id, at);
        }
      }
    }
  });

  it("ends with the clusters and orphans that formed, the orphans blocked", () => {
    const status = statusOf(cluster);
    const sorted = (clusters: readonly (readonly string[])[]) =>
      clusters.map((one) => [...one].sort()).sort();
    expect(status.settled).toBe(true);
    expect(sorted(status.subClusters.map(({ members }) => members))).toEqual(sorted(fault.clusters));
    expect(status.orphans.map(({ id, blocks }) => [id, blocks])).toEqual(
      [...fault.orphans].sort().map((id) => [id, true]),
    );
  });

  it.each(ids)("goes for %s through the clusters that were recorded, within the bounds of time", (id) => {
    const own = stages.get(id)!;
    expect(own.map(({ size, principal }) => [Number(size), principal])).toEqual(
      stagesOf(fault, id).map(({ size, principal }) => [size, principal]),
    );
    const orphan = membership(ids, cannotHear).orphans.find((one) => one.id === id);
    if (orphan) within(own[own.length - 1].at, orphan.blocks);
    for (const { at } of own.slice(1).filter(({ size }) => size !== "0")) {
      within(at, at > times.newClusters[1] + 200 ? times.afterMove : times.newClusters);
    }
  });

  it("loses integrity in time where the principal is lost, and never at the principal", () => {
    for (const id of ids) {
      const deaf = cannotHear[id]?.includes("B3") || cannotHear["B3"]?.includes(id);
      if (deaf && id !== "B3") within(noticed.get(id)!, times.lossNoticed);
    }
    expect(noticed.get("B3")).toBeUndefined();
  });

  it("is one cluster again in time", () => {
    const at = clock.now();
    cluster.heal();
    clock.advanceUntil(() => cluster.settled, 10_000);
    healed = clock.now() - at;
    const { healedOrphans, healedClusters } = times;
    within(healed, [healedOrphans[0], healedClusters[1]]);
    expect(statusOf(cluster).subClusters.map(({ members }) => members.length)).toEqual([ids.length]);
    expect(statusOf(cluster).orphans).toEqual([]);
  });
});
