import { membership, NO_FAULT } from "../../../model";
import { Random } from "../../../rehearsal/cluster/random";
import { statusOf } from "../../../rehearsal/status";
import { EVEN_AP, Run } from "../support/clusters";

const RUNS = 24;
const FAULTS = 4;
/** Longer than any cluster needs to form and any orphan to block. */
const LONG = 40_000;

const sorted = (clusters: readonly (readonly string[])[]) => clusters.map((one) => [...one].sort()).sort();

describe("one random fault after another", () => {
  test("ends with the clusters and orphans that the model tells from those before", () => {
    const seen = { clusters: 0, orphans: 0 };
    for (let seed = 1; seed <= RUNS; seed++) {
      const random = new Random(seed);
      const ids = Array.from({ length: 4 + (seed % 5) }, (_, i) => `A${i + 1}`);
      const run = new Run({ ...EVEN_AP, nodes: ids.map((id, i) => ({ id, rack: i % 2 })) }, { seed });
      run.clock.advance(2000);
      let now: readonly (readonly string[])[] = [ids];
      for (let fault = 0; fault < FAULTS; fault++) {
        // Sides that lose each other, but for some links where the fault is partial, and lose some inside.
        const sides = new Map(ids.map((id) => [id, random.next() < 0.5]));
        const [across, inside] =
          random.next() < 0.5 ? [1, 0] : [random.between(0, 0.9), random.between(0, 0.2)];
        const cannotHear = Object.fromEntries(
          ids.map((id) => [
            id,
            ids.filter(
              (other) =>
                other !== id && random.next() < (sides.get(id) === sides.get(other) ? inside : across),
            ),
          ]),
        );
        const { clusters, orphans, flapping, mayDiffer } = membership(ids, cannotHear, { now });
        // What does not stay, or is a race, ends in no one way.
        if (flapping.length > 0 || mayDiffer) break;
        run.cluster.setFault({ ...NO_FAULT, cannotHear });
        run.clock.advance(LONG);
        const status = statusOf(run.cluster);
        expect({
          seed,
          fault,
          clusters: sorted(status.subClusters.map(({ members }) => members)),
          orphans: status.orphans.map(({ id, blocks }) => [id, blocks]),
        }).toEqual({
          seed,
          fault,
          clusters: sorted(clusters),
          orphans: orphans.map(({ id }) => [id, true]),
        });
        seen.clusters += Number(clusters.length > 1);
        seen.orphans += orphans.length;
        now = clusters;
      }
    }
    // The comparison is empty where all stay one cluster.
    expect(Math.min(seen.clusters, seen.orphans)).toBeGreaterThan(30);
  });
});
