import fc from "fast-check";
import { Decision, isServed } from "../../model";
import { type HistoryEvent, histories, sideOf } from "../support/events";
import { seeded } from "../support/seed";
import { History } from "./support/history";
import { PlainReading } from "./support/plain-reading";

const followed = Array.from({ length: 40 }, (_, i) => (i * 1009) % 4096);

function happen(history: History, reading: PlainReading, event: HistoryEvent): void {
  const { nodes } = history.shape;
  const id = "node" in event ? nodes[event.node % nodes.length].id : "";
  switch (event.kind) {
    case "cut":
    case "heal": {
      const side = event.kind === "cut" ? sideOf(nodes, event.sides) : () => 0;
      history.cut(side);
      return reading.cut(side);
    }
    case "stop":
      if (!history.node(id).alive) return;
      history.stop(id, event.how);
      return reading.stop(id, event.how);
    case "start":
      if (history.node(id).alive) return;
      history.start(id);
      return reading.start(id);
    case "reroster": {
      const cluster = history.clusterOf(id);
      if (!cluster) return;
      const here = nodes.filter((node) => cluster.members.some((member) => member.id === node.id));
      history.reroster(id, here);
      return reading.reroster(id, here);
    }
    case "recluster":
      if (!history.clusterOf(id)) return;
      history.recluster(id);
      return reading.recluster(id);
    case "revive":
      history.revive(nodes.map((node) => node.id));
      return reading.revive();
  }
}

function stateOf(decision: Decision): string {
  return isServed(decision) ? "served" : decision === Decision.Dead ? "dead" : "unavailable";
}

describe("the engine and a plain reading of the rules", () => {
  it("say the same of every partition after every event of random histories", () => {
    const seen = { served: 0, unavailable: 0, dead: 0 };
    fc.assert(
      fc.property(histories, fc.option(fc.nat(13)), ({ events, ...shape }, interrupted) => {
        const history = new History(shape);
        const reading = new PlainReading(shape, followed);
        for (const [step, [event, migrates]] of events.entries()) {
          happen(history, reading, event);
          if (step === interrupted) {
            for (const [{ id }] of history.clusters.map(({ members }) => members)) {
              history.interrupt(id);
              reading.interrupt(id);
            }
          }
          const share = (pid: number) => migrates && pid % 3 > 0;
          history.migrate(({ partition }) => (share(partition) ? Infinity : 0));
          reading.migrate(share);
          for (const { members, partitions } of history.clusters) {
            for (const pid of followed) {
              const { decision, replicas } = partitions[pid];
              const engine = { state: stateOf(decision), replicas: replicas.map(({ id }) => id) };
              seen[engine.state as keyof typeof seen]++;
              const plain = reading.at(members[0].id, pid);
              if (JSON.stringify(engine) !== JSON.stringify(plain)) {
                expect({ event, pid, ...engine }).toEqual({ event, pid, ...plain });
              }
            }
          }
        }
      }),
      seeded(200),
    );
    // The comparison is empty where all is served, or nothing is.
    expect(Math.min(seen.served, seen.unavailable, seen.dead)).toBeGreaterThan(1000);
  });
});
