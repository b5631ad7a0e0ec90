import fc from "fast-check";
import { Decision, isServed, NO_FAULT, type Topology } from "../../../model";
import { History, step } from "../../model/support/history";
import { type HistoryEvent, histories, sideOf } from "../../support/events";
import { seeded } from "../../support/seed";
import { EVEN, Run } from "../support/clusters";

/** The rehearsal cluster and the model's engine alone, through the same events. */
class Both {
  readonly run: Run;
  readonly history: History;

  constructor(private readonly topology: Topology) {
    const { nodes, namespace } = topology;
    const quiesced = new Set(nodes.filter((node) => node.quiesced).map(({ id }) => id));
    this.run = new Run(topology);
    this.history = new History({ nodes, replicationFactor: namespace.replicationFactor, quiesced });
    this.history.migrate();
    this.run.settle();
  }

  happen(event: HistoryEvent, migrates: boolean): void {
    const { run, history } = this;
    const { cluster } = run;
    const { nodes } = this.topology;
    const before = new Set(history.clusters.map(({ serial }) => serial));
    const id = "node" in event ? nodes[event.node % nodes.length].id : "";
    // Views that form from now on; what stood still in those before stays so.
    Object.assign(cluster.options, { migrateRecordsPerSecond: migrates ? 1e6 : 0 });
    const target = "node" in event ? history.clusterOf(id) : undefined;
    switch (event.kind) {
      case "cut":
      case "heal": {
        const side = event.kind === "cut" ? sideOf(nodes, event.sides) : () => 0;
        const ids = nodes.map((node) => node.id);
        const cannotHear = ids.map((own) => [own, ids.filter((other) => side(other) !== side(own))]);
        cluster.setFault({
          ...NO_FAULT,
          cannotHear: Object.fromEntries(cannotHear) as Record<string, string[]>,
        });
        history.cut(side);
        break;
      }
      case "stop":
        if (!history.node(id).alive) return;
        cluster.stopNode(id, event.how);
        history.stop(id, event.how);
        break;
      case "start":
        if (history.node(id).alive) return;
        cluster.startNode(id);
        history.start(id);
        break;
      case "reroster": {
        if (!target) return;
        const here = target.members.map((node) => ({ id: node.id, rack: node.rack }));
        expect(cluster.setRoster(cluster.node(id), { nodes: here, activeRack: 0 })).toBe(true);
        history.reroster(id, here);
        this.recluster(id);
        break;
      }
      case "recluster":
        if (!target) return;
        history.recluster(id);
        this.recluster(id);
        break;
      case "revive":
        for (const node of cluster.nodes) if (node.up) cluster.revive(node);
        history.revive(nodes.map((node) => node.id));
        break;
    }
    run.clock.advanceUntil(() => cluster.settled, 60_000);
    if (!migrates) return;
    run.clock.advance(10_000);
    for (const { serial, partitions } of history.clusters) {
      if (before.has(serial)) continue;
      for (const owners of partitions) while (step(owners));
    }
  }

  private recluster(id: string): void {
    const { run } = this;
    const { view } = run.cluster.node(id);
    expect(run.cluster.recluster(view!.principal)).toBe(true);
    run.clock.advanceUntil(() => run.cluster.node(id).view !== view, 10_000);
  }

  /** The partitions on which they differ, by the first member of a sub-cluster. */
  differences(): Record<string, number> {
    const out: Record<string, number> = {};
    for (const { members, partitions } of this.history.clusters) {
      const [{ id }] = members;
      const view = this.run.cluster.node(id).view!;
      const differs = partitions.filter(
        ({ decision }, pid) => stateOf(decision) !== stateOf(view.partitions[pid].decision),
      ).length;
      if (differs > 0 || view.members.length !== members.length) out[id] = differs;
    }
    return out;
  }
}

function stateOf(decision: Decision): string {
  return isServed(decision) ? "served" : decision === Decision.Dead ? "dead" : "unavailable";
}

describe("the rehearsal cluster and the model", () => {
  test("serve the same partitions after every event of random histories", () => {
    fc.assert(
      fc.property(histories, ({ nodes, replicationFactor, quiesced, events }) => {
        const both = new Both({
          namespace: { name: "mydata", replicationFactor, strongConsistency: true },
          nodes: nodes.map((node) => ({ ...node, quiesced: quiesced.has(node.id) })),
        });
        for (const [event, migrates] of events) {
          both.happen(event, migrates);
          expect({ event, ...both.differences() }).toEqual({ event });
        }
      }),
      seeded(25),
    );
  }, 120_000);

  test("count a host again that was renewed empty, one after the other: one more may stop, and 4096 are served", () => {
    const run = new Run(EVEN);
    for (const { id } of EVEN.nodes) {
      run.cluster.stopNode(id, "empty");
      run.settle();
      run.cluster.startNode(id);
      run.settle();
    }
    run.cluster.stopNode("A352");
    run.settle();
    expect(run.cluster.node("A882").view).toMatchObject({ unavailable: 0, dead: 0 });
  });
});
