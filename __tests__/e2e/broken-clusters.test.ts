import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SummaryFinding } from "../../lab/run/summary";
import { historyIn } from "../lab/run/support/history-in";
import { describeWith } from "../support/requirements";
import { brokenRun, type Wrong } from "./support/broken-run";
import { LIMIT, type Ran, scratch } from "./support/stretch-run";

jest.setTimeout(2 * LIMIT);

/** Four nodes, and clients that load. */
function topology(load: string): string {
  const path = join(scratch(), "topology.yaml");
  writeFileSync(
    path,
    `
namespace: { name: test, replicationFactor: 2, strongConsistency: true }
heartbeats: { interval: 50, timeout: 10 }
nodes:
  - { id: A1, rack: 1, region: eu-west-2 }
  - { id: A2, rack: 1, region: eu-west-2 }
  - { id: B1, rack: 2, region: eu-west-3 }
  - { id: B2, rack: 2, region: eu-west-3 }
story:
  steps:
    - load: ${load}
    - wait: 3
    - verify: true
`,
  );
  return path;
}

/** The finding of a key, which the verdict names too. */
function findingOf({ code, output, summary }: Ran, key: string): SummaryFinding {
  expect({ code, verdict: summary.verdict, output }).toEqual({
    code: 1,
    verdict: "fail",
    output: expect.stringContaining(key) as string,
  });
  expect(summary.check.findings.map((finding) => finding.key)).toEqual([key]);
  return summary.check.findings[0];
}

describeWith(
  ["client for Node.js"],
  "stretch run, on a rehearsal cluster that does wrong at one record",
  () => {
    const runs = new Map<Wrong, Ran>();

    const cases = {
      drops: { set: "dummy", id: 7, load: "{ keys: { from: 0, to: 40 } }" },
      "answers-stale": { set: "register", id: 7, load: "{ workload: register, rate: 1500 }" },
      "takes-back": { set: "register", id: 7, load: "{ workload: register, rate: 1500 }" },
      "appends-twice": { set: "append", id: 7, load: "{ workload: append }" },
      resurrects: { set: "lifecycle", id: "eu-west-2/1:5", load: "{ workload: lifecycle }" },
    } satisfies Record<Wrong, object>;

    beforeAll(async () => {
      const left = Object.entries(cases) as [Wrong, (typeof cases)[Wrong]][];
      const next = async (): Promise<void> => {
        const one = left.shift();
        if (!one) return;
        const [wrong, { set, id, load }] = one;
        runs.set(wrong, await brokenRun({ wrong, set, id }, ["--topology", topology(load)]));
        return next();
      };
      await Promise.all([next(), next(), next()]);
    }, 3 * LIMIT);

    test.each<[Wrong, string, string, string]>([
      ["drops", "lost", "dummy/7", "after.lost"],
      ["answers-stale", "stale", "register/7", "after.stale"],
      ["takes-back", "dirty", "register/7", "after.dirty"],
      ["appends-twice", "duplicate", "append/7", "after.duplicate"],
      ["resurrects", "resurrected", "lifecycle/eu-west-2/1:5", "after.resurrected"],
    ])("%s: fails, as %s, with the key %s and its history", (wrong, type, key, objective) => {
      const ran = runs.get(wrong)!;
      const finding = findingOf(ran, key);
      expect(finding.class).toBe(type);
      expect(ran.summary.reasons).toContain(`${objective}: expected 0, observed 1 (${key}).`);
      const history = historyIn(
        ran.folder,
        ["eu-west-2-1", "eu-west-2-2", "eu-west-3-1", "eu-west-3-2"].map((name) => `ledger-${name}.jsonl`),
      );
      expect(finding.proof.length).toBeGreaterThan(1);
      for (const operation of finding.proof) {
        expect(operation.key).toBe(key);
        expect(history).toContainEqual(operation);
      }
    });
  },
);
