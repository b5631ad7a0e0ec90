import type { HistoryOperation } from "../../../lab/history";
import { countsOf, latencyOf, type NodeSample, recoveryFigures } from "../../../lab/run/figures";

const SECOND = 1_000_000;
const WINDOW = { from: 10 * SECOND, healed: 30 * SECOND, end: 60 * SECOND };

/** An operation a tenth of a second, on ten keys in turn, from 0 s to 60 s. */
function history(
  outcomeAt: (second: number, key: number) => HistoryOperation["outcome"],
): HistoryOperation[] {
  return Array.from({ length: 600 }, (_, i) => ({
    client: "eu-west-2/1",
    kind: "put",
    key: `register/${i % 10}`,
    value: `v${i}`,
    outcome: outcomeAt(i / 10, i % 10),
    code: 0,
    start: (i * SECOND) / 10,
    end: (i * SECOND) / 10 + 5000,
  }));
}

function samples(keyAt: (second: number) => string, migratingUntil: number): NodeSample[] {
  return Array.from({ length: 600 }, (_, i) => ({
    ...{ at: (i * SECOND) / 10, node: "A1", region: "eu-west-2", clusterKey: keyAt(i / 10) },
    migrating: i / 10 > 12 && i / 10 < migratingUntil ? 7 : 0,
  }));
}

describe("the figures of a recovery", () => {
  test("tell when it failed, was detected, had formed, served again, had migrated, and was whole", () => {
    // Half of the keys are not served from 10 s on; the others fail for two seconds.
    const figures = recoveryFigures(
      history((t, key) => (t < 10 || t >= 33 ? "ok" : t < 12 ? "unknown" : key < 5 ? "ok" : "refused")),
      samples((t) => (t < 11.5 ? "whole" : t < 31 ? "half" : "whole again"), 18),
      WINDOW,
    );
    expect(figures.firstFailure).toBe(0);
    expect(figures.detected).toBe(1500);
    expect(figures.reformed).toBe(1500);
    expect(figures.serving).toBe(2000);
    expect(figures.migrated).toBeCloseTo(7900, -2);
    expect(figures.full).toBeCloseTo(2905, 0);
  });

  test("say never where it never was", () => {
    const figures = recoveryFigures(
      history((t) => (t < 10 ? "ok" : "refused")),
      samples(() => "whole", 0),
      WINDOW,
    );
    expect(figures).toMatchObject({
      firstFailure: 0,
      detected: undefined,
      serving: undefined,
      full: undefined,
    });
  });

  test("are nought where nothing ever failed", () => {
    const figures = recoveryFigures(
      history(() => "ok"),
      samples(() => "whole", 0),
      WINDOW,
    );
    expect(figures).toMatchObject({ firstFailure: undefined, serving: 0, full: 0 });
  });
});

test("outcomes are counted by what they were and by code", () => {
  const [one] = history(() => "ok");
  expect(
    countsOf([
      one,
      { ...one, outcome: "refused", code: 11 },
      { ...one, outcome: "not-sent", code: -8 },
      { ...one, outcome: "unknown", code: 9 },
    ]),
  ).toEqual({ ok: 1, refused: 1, notSent: 1, unknown: 1, codes: { "0": 1, "11": 1, "-8": 1, "9": 1 } });
});

test("latencies are of what was acknowledged alone, in milliseconds", () => {
  const [one] = history(() => "ok");
  const taking = (ms: number) => ({ ...one, end: one.start + ms * 1000 });
  expect(
    latencyOf([
      ...Array.from({ length: 99 }, (_, i) => taking(i + 1)),
      { ...taking(500), outcome: "refused" },
    ]),
  ).toEqual({
    p50: 50,
    p95: 95,
    p99: 99,
  });
  expect(latencyOf([])).toBeUndefined();
});
