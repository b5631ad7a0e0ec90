import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fault, halves, type Topology, UNSET_ROSTER } from "../../../model";
import { monotonic } from "../../../lab/load/clock";
import { Ledger, readLedger } from "../../../lab/load/ledger";
import type { NodeState } from "../../../lab/observe/node-state";
import { writeExperiment } from "../../../lab/run/experiment-file";
import { Foretelling } from "../../../lab/run/foretold";
import type { Observation } from "../../../lab/run/observation";
import { foretoldMasters, notePartitions } from "../../../lab/run/partitions";
import { writeReport } from "../../../lab/run/report";
import type { RunRecord, StepRecord } from "../../../lab/run/run";
import { nameOf } from "../../../lab/run/sides";
import { type Summary, summaryOf } from "../../../lab/run/summary";
import { EVEN } from "./designs";

/** What a made-up run comes to. */
export type MadeUp = "pass" | "lost write" | "aborted" | "live";

/**
 * Writes the folder of a run of even-split, as `stretch run` writes it, but in no time: two places, four keys, a cut.
 *
 * @param topology of six nodes, three a rack
 * @param split @default a cut between the racks
 */
export async function madeUpRun(
  folder: string,
  what: MadeUp,
  topology: Topology = EVEN,
  split?: Fault,
): Promise<Summary> {
  mkdirSync(folder, { recursive: true });
  const ids = topology.nodes.map(({ id }) => id);
  const [london, paris] = [ids.slice(0, 3), ids.slice(3)];
  const faults = { split: split ?? halves(london, paris) };
  const sides = new Map([
    ["London", london],
    ["Paris", paris],
  ]);
  writeExperiment(folder, { topology, faults, sides: Object.fromEntries(sides) });
  // What the clients do now falls into the time of the fault.
  const from = monotonic() - 8_000_000;
  const at = (seconds: number) => from + seconds * 1_000_000;
  const cut = { from: at(5), healed: at(12) };

  const places = [...new Set(topology.nodes.map(({ region }) => region!))];
  const ledgers: string[] = [];
  for (const place of places) {
    const name = `ledger-${place}-1.jsonl`;
    ledgers.push(name);
    const ledger = new Ledger(join(folder, name), {
      place,
      client: `${place}/1`,
      workload: "register",
      seed: 1,
    });
    for (let i = 0; i < 4; i++) {
      const key = `dummy/${place}-${i}`;
      const put = await ledger.attempt({ kind: "put", key, value: `v${i}` });
      ledger.answered(put, { outcome: "ok", code: 0 });
      const refused = await ledger.attempt({ kind: "put", key, value: `w${i}` });
      ledger.answered(refused, { outcome: "refused", code: 11 });
      const read = await ledger.attempt({ kind: "read", key, mode: "linearized" });
      const gone = what === "lost write" && i === 0;
      ledger.answered(read, { outcome: "ok", code: 0, seen: gone ? null : `v${i}` });
    }
    ledger.close();
  }

  const foretelling = new Foretelling(topology);
  const look = (label: string, seconds: number): Observation => {
    const { clusters, orphans, down } = foretelling.now();
    const { foretold, dead } = foretoldMasters(foretelling.maps());
    notePartitions(folder, {
      ...{ label, at: at(seconds), clusters: clusters.map(({ members }) => members) },
      ...{ seen: foretold, foretold, dead },
    });
    return {
      ...{ label, at: at(seconds), orphans, silent: [], migrating: 0, differences: [] },
      clusters: clusters.map((cluster) => ({
        ...cluster,
        name: nameOf(cluster, sides),
      })),
      nodes: topology.nodes.map(({ id, rack }) => ({ id, rack, master: 2, prole: 2, nonReplica: 0 })),
      foretold: { clusters, orphans, down },
    };
  };
  const step = (
    one: StepRecord["step"],
    label: string,
    begins: number,
    ends: number,
    observation?: Observation,
  ) => ({
    ...{ step: one, label, from: at(begins), to: at(ends) },
    ...(observation && { observation }),
  });
  const before = look("before", 1);
  foretelling.setFault(faults.split);
  const during = look("split", 8);
  foretelling.migrated();
  foretelling.setFault({ ...faults.split, cannotHear: {} });
  const after = look("healed", 16);
  const steps: StepRecord[] = [
    step({ load: {} }, "load from every place", 1, 2),
    {
      ...step({ fault: "split" }, "fault split", 5, 5.1),
      ...(what === "live" && {
        changing: { first: at(5), last: at(5.1) },
        foretold: "London serves 2048; Paris serves 2048",
      }),
    },
    step({ observe: "split" }, "observe: split", 8, 8.1, during),
    step({ heal: true }, "heal", 12, 12.1),
    step({ observe: "healed" }, "observe: healed", 16, 16.1, after),
  ];

  const state = (id: string, key: string, size: number): NodeState => ({
    ...{
      id,
      rack: 32,
      clusterKey: key,
      clusterSize: size,
      principal: id,
      unavailable: size === 6 ? 0 : 2048,
      dead: 0,
    },
    ...{ migrating: 0, masterObjects: 2, proleObjects: 2, nonReplicaObjects: 0, quiesced: false },
    ...{ roster: UNSET_ROSTER, pending: UNSET_ROSTER, observed: UNSET_ROSTER },
  });
  const samples = Array.from({ length: 100 }, (_, i) => i / 5).flatMap((seconds) =>
    ids.map((id) => {
      const whole = seconds < 6 || seconds > 13;
      const key = whole ? "AAAA" : london.includes(id) ? "BBBB" : "CCCC";
      // One node is silent for a while.
      if (id === ids[5] && seconds > 9 && seconds < 11)
        return { at: at(seconds), node: id, took: 1000, gap: "no answer" };
      return { at: at(seconds), node: id, took: 1, state: state(id, key, whole ? 6 : 3) };
    }),
  );
  writeFileSync(
    join(folder, "samples.jsonl"),
    samples.map((sample) => `${JSON.stringify(sample)}\n`).join(""),
  );

  const record: RunRecord = {
    history: ledgers.flatMap((name) => [...readLedger(join(folder, name)).operations]),
    ...{ steps, ledgers, broken: cut, from, to: at(20), before, during, after, healed: true },
    ...(what === "aborted" && {
      notProven: { kind: "aborted", reason: "Stop condition: dead is 3 at node A1B32, above 0." },
    }),
    loadedThroughout: false,
  };
  const plan = {
    ...{ experiment: "even-split", topology, faults, sides, seed: 7 },
    story: { steps: steps.map((one) => one.step) },
  };
  const summary = summaryOf(plan, record, folder, {
    command: "stretch run even-split --seed 7",
    version: "0.1.0",
    driver: what === "live" ? "the stack even-split" : "the rehearsal cluster",
    ...(what === "live" && {
      live: {
        ...{ stack: "even-split", regions: ["eu-west-2", "eu-west-3"] },
        clocks: { hosts: 8, fast: 12, within: 425, operator: null },
      },
    }),
    startedAt: "2026-11-28T08:00:00.000Z",
  });
  writeReport(folder, summary);
  return summary;
}
