import fc from "fast-check";
import { check } from "../../../lab/check/check";
import type { HistoryOperation } from "../../../lab/history";
import { Random } from "../../../rehearsal/cluster/random";
import { seeded } from "../../support/seed";
import { validHistory } from "./support/valid-histories";

const histories = fc.integer({ min: 1, max: 2 ** 31 - 1 }).map((seed) => validHistory(new Random(seed)));

describe("the checker and valid histories", () => {
  it("raises no false alarm on 1,000, with writes in doubt that take effect late or never", () => {
    const sound = { "in-doubt-applied": 0, "in-doubt-not-applied": 0, stable: 0 };
    const passes = (history: readonly HistoryOperation[]) => {
      const { verdict, reasons, findings, keys, rpo } = check(history);
      expect({ verdict, reasons, findings, rpo }).toEqual({
        verdict: "pass",
        reasons: [],
        findings: [],
        rpo: { writes: 0, keys: 0 },
      });
      for (const name of Object.keys(sound) as (keyof typeof sound)[]) sound[name] += keys[name];
    };
    fc.assert(fc.property(histories, passes), seeded(1000));
    expect(Math.min(...Object.values(sound))).toBeGreaterThan(100);
  });

  it("finds a stale read planted in each of them, and names its key", () => {
    let planted = 0;
    const found = (history: readonly HistoryOperation[]) => {
      const stale = plantedIn(history);
      if (!stale) return;
      planted++;
      const { findings } = check(
        history.map((one) => (one === stale.read ? { ...one, seen: stale.seen } : one)),
      );
      expect(findings.map(({ key }) => key)).toEqual([stale.read.key]);
    };
    fc.assert(fc.property(histories, found), seeded(1000));
    expect(planted).toBeGreaterThan(900);
  });
});

/** A linearized read, and what it would have seen before a write that was acknowledged before it began. */
function plantedIn(
  history: readonly HistoryOperation[],
): { read: HistoryOperation; seen: HistoryOperation["seen"] } | undefined {
  const acknowledged = history.filter(({ outcome }) => outcome === "ok");
  for (const read of acknowledged) {
    if (read.mode !== "linearized" || read.key.startsWith("life")) continue;
    const own = acknowledged.filter(
      ({ key, kind, end }) => key === read.key && kind !== "read" && end! < read.start,
    );
    if (Array.isArray(read.seen)) {
      const elements = read.seen as string[];
      if (own.some(({ value }) => value === elements.at(-1))) return { read, seen: elements.slice(0, -1) };
      continue;
    }
    const newer = own.find(({ value }) => value === read.seen);
    const older = newer && own.find(({ end }) => end! < newer.start);
    if (older) return { read, seen: older.value };
  }
  return undefined;
}
