import { decide, isServed, PARTITIONS, rosterRows, subCluster } from "../../model";

const ids = ["A352", "A600", "A129", "A70", "A882", "A517"];

/** Every way to put `size` nodes on up to three racks; the racks' own numbers do not matter. */
function rackings(size: number): number[][] {
  if (size === 0) return [[]];
  return rackings(size - 1).flatMap((racks) =>
    Array.from({ length: Math.min(3, Math.max(0, ...racks) + 1) }, (_, rack) => [...racks, rack + 1]),
  );
}

describe("SC safety, exhaustive", () => {
  it.each([1, 2, 3, 4, 5, 6])(
    "serves no partition on both sides: %i nodes on up to three racks, RF 1 to 4, every split in two",
    (size) => {
      let served = 0;
      for (const racks of rackings(size)) {
        const nodes = ids.slice(0, size).map((id, i) => ({ id, rack: racks[i] }));
        for (let replicationFactor = 1; replicationFactor <= 4; replicationFactor++) {
          const roster = rosterRows(nodes, { replicationFactor });
          // Node 0 stays on the first side: the other splits are these, mirrored.
          for (let split = 0; split < 2 ** (size - 1); split++) {
            const onFirst = (i: number) => ((split << 1) >> i) % 2 === 0;
            const [first, second] = [true, false].map((side) =>
              subCluster(roster, {
                members: nodes.filter((_, i) => onFirst(i) === side).map(({ id }) => id),
                // Each side has all the data: safety may not rest on where the copies are.
                isFull: () => true,
              }),
            );
            for (let pid = 0; pid < PARTITIONS; pid++) {
              const here = isServed(decide(first!, pid));
              const there = isServed(decide(second!, pid));
              if (here || there) served++;
              if (here && there) {
                throw new Error(
                  `partition ${pid} is served twice: RF ${replicationFactor}, racks ${racks.join()}, split ${split}`,
                );
              }
            }
          }
        }
      }
      expect(served).toBeGreaterThan(0);
    },
    120_000,
  );
});
