import type { LogEvent } from "../../../rehearsal/cluster/event-log";
import type { Namespace, Topology } from "../../../model";
import { EVEN, EVEN_AP, idsIn, LONDON, ODD, PARIS, Run } from "../support/clusters";

const ALL = "A882@33,A600@32,A517@33,A352@32,A129@32,A70@33";

function withNamespace(topology: Topology, changed: Partial<Namespace>): Topology {
  return { ...topology, namespace: { ...topology.namespace, ...changed } };
}

/** Masters and other replicas of each node of a region, as `show pmap` of asadm tells them, sorted. */
function totals(run: Run, region: string): string[] {
  return run.cluster.nodes
    .filter((node) => node.region === region)
    .map((node) => {
      const partitions = node.view!.partitions;
      const primary = partitions.filter(({ master }) => master === node).length;
      const secondary = partitions.filter(
        ({ master, replicas }) => master !== node && replicas.includes(node),
      ).length;
      return `${primary}/${secondary}`;
    })
    .sort();
}

const MASTERS = ["1365/0", "1365/0", "1366/0"];
const OTHERS = ["0/1365", "0/1365", "0/1366"];

/** What an operator does at a node, by info commands. */
class Operator {
  private readonly client;

  constructor(private readonly run: Run) {
    this.client = run.client(LONDON);
  }

  ask(command: string, id = "A352"): string {
    return this.client.info(id, command)!;
  }

  /** A part of the answer of `roster:`. */
  roster(part: "roster" | "pending_roster" | "observed_nodes", id = "A352"): string {
    return new RegExp(`(?:^|:)${part}=([^:]*)`).exec(this.ask("roster:namespace=mydata", id))![1];
  }

  effective(id = "A352"): string {
    return /;effective_active_rack=(\d+);/.exec(this.ask("namespace/mydata", id))![1];
  }

  setActiveRack(rack: number, ...ids: string[]): void {
    for (const id of ids) {
      expect(this.ask(`set-config:context=namespace;namespace=mydata;active-rack=${rack}`, id)).toBe("ok");
    }
  }

  /** `manage roster stage observed`, then `manage recluster`. */
  stageObserved(id = "A352"): void {
    this.run.reroster(this.roster("observed_nodes", id), id);
  }
}

const ids = EVEN.nodes.map(({ id }) => id);
const [london, paris] = [idsIn(EVEN, LONDON), idsIn(EVEN, PARIS)];

describe("an active rack of the rehearsal cluster", () => {
  it("is enabled by the setting, a recluster, the observed nodes staged, and a recluster", () => {
    const run = new Run(EVEN);
    const operator = new Operator(run);
    operator.setActiveRack(32, ...ids);
    expect(operator.ask("get-config:context=namespace;namespace=mydata")).toMatch(/(^|;)active-rack=32(;|$)/);
    expect(operator.roster("observed_nodes")).toBe(ALL);

    run.recluster("A882");
    expect(operator.roster("observed_nodes")).toBe(`M32|${ALL}`);
    expect(operator.roster("roster")).toBe(ALL);
    expect(operator.effective()).toBe("0");
    expect(totals(run, LONDON)).not.toEqual(MASTERS);

    operator.stageObserved();
    expect(operator.ask("roster:")).toBe(
      `ns=mydata:roster=M32|${ALL}:pending_roster=M32|${ALL}:observed_nodes=M32|${ALL}`,
    );
    expect(operator.effective()).toBe("32");
    expect([totals(run, LONDON), totals(run, PARIS)]).toEqual([MASTERS, OTHERS]);
  });

  it("is switched the same way, and the map is the same until the last recluster; then it is mirrored", () => {
    const run = new Run(withNamespace(EVEN, { activeRack: 32 }));
    const operator = new Operator(run);
    expect([totals(run, LONDON), totals(run, PARIS)]).toEqual([MASTERS, OTHERS]);
    operator.setActiveRack(33, ...ids);
    run.recluster("A882");
    expect(operator.roster("observed_nodes")).toBe(`M33|${ALL}`);
    expect([totals(run, LONDON), totals(run, PARIS)]).toEqual([MASTERS, OTHERS]);
    operator.stageObserved();
    expect([totals(run, LONDON), totals(run, PARIS)]).toEqual([OTHERS, MASTERS]);
  });

  it("is turned off the same way with 0", () => {
    const run = new Run(withNamespace(EVEN, { activeRack: 32 }));
    const operator = new Operator(run);
    operator.setActiveRack(0, ...ids);
    run.recluster("A882");
    expect(operator.roster("observed_nodes")).toBe(ALL);
    operator.stageObserved();
    expect(operator.roster("roster")).toBe(ALL);
    expect(operator.effective()).toBe("0");
    expect(totals(run, LONDON)).not.toEqual(MASTERS);
  });

  it("counts as 0 where nodes disagree, and the log warns; the roster's stays in effect until another is staged", () => {
    const events: LogEvent[] = [];
    const run = new Run(withNamespace(EVEN, { activeRack: 32 }), { onEvent: (event) => events.push(event) });
    const operator = new Operator(run);
    operator.setActiveRack(33, "A70");
    run.recluster("A882");
    expect(events.find(({ event }) => event === "active-rack-differs")).toMatchObject({
      nodes: { A70: 33, A882: 32 },
    });
    expect(operator.roster("observed_nodes")).toBe(ALL);
    expect(operator.effective()).toBe("32");
    operator.stageObserved();
    expect(operator.effective()).toBe("0");
  });

  it("serves everything in a split and after the passive rack is lost; lost itself, nothing until the other is promoted", () => {
    const run = new Run(withNamespace(EVEN, { activeRack: 32 }));
    const available = () => [london, paris].map(([id]) => run.cluster.node(id).view?.available);
    run.cut(EVEN);
    expect(available()).toEqual([4096, 0]);
    run.heal();
    expect(available()).toEqual([4096, 4096]);
    for (const id of paris) run.cluster.stopNode(id);
    run.settle();
    expect(available()[0]).toBe(4096);
    for (const id of paris) run.cluster.startNode(id);
    run.settle();
    for (const id of london) run.cluster.stopNode(id);
    run.settle();
    expect(available()[1]).toBe(0);

    const operator = new Operator(run);
    operator.setActiveRack(33, ...paris);
    run.recluster("A882");
    expect(run.cluster.node("A882").view!.available).toBe(0);
    operator.stageObserved("A882");
    expect(operator.roster("roster", "A882")).toBe("M33|A882@33,A517@33,A70@33");
    expect(run.cluster.node("A882").view!.available).toBe(4096);
  });

  it("in the minority serves nothing, the other side everything", () => {
    const run = new Run(withNamespace(ODD, { activeRack: 33 }));
    run.cut(ODD);
    expect(["A541", "A829"].map((id) => run.cluster.node(id).view!.available)).toEqual([4096, 0]);
  });

  it("is not in effect beside a quiesced tie-breaker's rack, which counts", () => {
    const nodes = [...EVEN.nodes, { id: "A31", rack: 31, region: "eu-west-1", quiesced: true }];
    const run = new Run({ ...withNamespace(EVEN, { activeRack: 32 }), nodes });
    const operator = new Operator(run);
    expect(operator.roster("roster")).toMatch(/^M32\|/);
    expect(operator.effective()).toBe("0");
    expect(totals(run, PARIS)).not.toEqual(OTHERS);
  });

  it("follows the nodes' setting in availability mode, at the next recluster", () => {
    const run = new Run(withNamespace(EVEN_AP, { activeRack: 32 }));
    const operator = new Operator(run);
    expect([totals(run, LONDON), totals(run, PARIS)]).toEqual([MASTERS, OTHERS]);
    expect(operator.roster("observed_nodes")).toBe("null");
    operator.setActiveRack(33, ...ids);
    expect(operator.effective()).toBe("32");
    run.recluster("A882");
    expect(operator.effective()).toBe("33");
    expect([totals(run, LONDON), totals(run, PARIS)]).toEqual([OTHERS, MASTERS]);
  });

  it("is again what its file says after a restart", () => {
    const run = new Run(withNamespace(EVEN, { activeRack: 32 }));
    const operator = new Operator(run);
    operator.setActiveRack(33, "A70");
    run.cluster.stopNode("A70");
    run.settle();
    run.cluster.startNode("A70");
    run.settle();
    expect(operator.ask("get-config:context=namespace;namespace=mydata", "A70")).toMatch(
      /(^|;)active-rack=32(;|$)/,
    );
  });

  it("fails to start where the servers are below 7.2, which do not know it", () => {
    const old = { ...withNamespace(EVEN, { activeRack: 32 }), serverVersion: "7.1.0.25" };
    expect(() => new Run(old)).toThrow(
      "activeRack is 32 and serverVersion 7.1.0.25: only servers from 7.2 on know it.",
    );
  });

  it.each(["-1", "1000001", "x", ""])('fails to be set to "%s"', (value) => {
    const operator = new Operator(new Run(EVEN));
    expect(operator.ask(`set-config:context=namespace;namespace=mydata;active-rack=${value}`)).toBe(
      "ERROR:4:invalid set-config parameter",
    );
  });
});
