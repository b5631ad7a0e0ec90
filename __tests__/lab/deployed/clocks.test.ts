import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostClock, ledgerClock, OperatorClock, wallClock } from "../../../lab/deployed/clocks";
import { monotonic } from "../../../lab/load/clock";
import { readLedger } from "../../../lab/load/ledger";
import { check } from "../../../lab/check/check";

const TRACKING = `Reference ID    : A9FEA97B (169.254.169.123)
Stratum         : 4
System time     : 0.000500000 seconds slow of NTP time
Root delay      : 0.000250000 seconds
Root dispersion : 0.000300000 seconds
Leap status     : Normal
`;

describe("the clock of a host", () => {
  it("is slow or fast as chrony says, within the distance of its source", () => {
    expect(hostClock("i-1", TRACKING)).toEqual({ host: "i-1", fast: -500, within: 425 });
    expect(hostClock("i-1", TRACKING.replace("slow", "fast"))).toMatchObject({ fast: 500 });
  });

  it.each([
    ["not synchronised", TRACKING.replace("Normal", "Not synchronised")],
    ["said nothing of", "506 Cannot talk to daemon\n"],
  ])("is unknown where it is %s", (_, tracking) => {
    expect(hostClock("i-1", tracking)).toBeUndefined();
  });
});

/** Milliseconds by which an operator's clock takes itself to be fast; read again where this process was kept waiting meanwhile. */
function taken(clock: OperatorClock): number {
  for (;;) {
    const before = monotonic();
    const fast = (clock.toMonotonic - monotonic()) / 1000 + wallClock();
    if (monotonic() - before < 1000) return fast;
  }
}

describe("the operator's clock", () => {
  /** A date as servers give it of true time, milliseconds. */
  const date = (truth: number) => new Date(Math.floor(truth / 1000) * 1000).toUTCString();

  it("is told from whole seconds of servers, the more of them the better", () => {
    const clock = new OperatorClock();
    expect(clock.within).toBe(Infinity);
    const fast = 12_345;
    const start = 1_700_000_000_000;
    // A round trip of 40 ms each, all over the second.
    for (let i = 0; i < 200; i++) {
      const truth = start + i * 1037;
      clock.hear(truth - 20 + fast, truth + 20 + fast, date(truth));
    }
    expect(clock.within).toBeLessThan(30_000);
    expect(Math.abs(taken(clock) - fast)).toBeLessThanOrEqual(clock.within / 1000 + 1);
  });
});

describe("an operator's clock that the answers contradict", () => {
  const start = 1_700_000_000_000;
  /** Hears 200 answers over the second, 40 ms each on their way. */
  const heard = (fastAt: (i: number) => number, servedAt: (truth: number) => number) => {
    const clock = new OperatorClock();
    for (let i = 0; i < 200; i++) {
      const truth = start + i * 1037;
      const date = new Date(Math.floor(servedAt(truth) / 1000) * 1000).toUTCString();
      clock.hear(truth - 20 + fastAt(i), truth + 20 + fastAt(i), date);
    }
    return clock;
  };
  it("that drifts by 200 ms meanwhile is taken for one between, and known within that", () => {
    const clock = heard(
      (i) => i,
      (truth) => truth,
    );
    expect(taken(clock)).toBeGreaterThan(50);
    expect(taken(clock)).toBeLessThan(150);
    expect(clock.within).toBeGreaterThan(40_000);
    expect(clock.within).toBeLessThan(150_000);
  });

  it("by a server that tells the second late is known within a second all the same", () => {
    const late = heard(
      () => 0,
      (truth) => truth - (truth % 3 === 0 ? 600 : 0),
    );
    expect(Math.abs(taken(late))).toBeLessThan(500);
    expect(late.within).toBeLessThan(1_000_000);
  });
});

describe("ledgers of several hosts", () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const WALL = "2026-11-28T12:00:00.000Z";
  /** A ledger that a host began at a moment of its own two clocks, as its operator places it. */
  const ledger = (
    client: string,
    clock: { fast: number; within: number },
    begun: number,
    lines: readonly object[],
  ) => {
    const [place] = client.split("/");
    const header = { ledger: 1, place, client, workload: "register", seed: 1, wall: WALL, monotonic: begun };
    // The run's clock is true time since this wall time here.
    const placed = { ...header, clock: ledgerClock(header, clock, -Date.parse(WALL) * 1000) };
    const path = join(folder, `${place}-${begun}.jsonl`);
    writeFileSync(path, [placed, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(""), {
      flag: "w",
    });
    return readLedger(path).operations;
  };

  it("are placed on the run's clock, each operation as long as the clocks allow", () => {
    const [operation] = ledger("paris/1", { fast: 3000, within: 400 }, 7_000_000, [
      { a: 0, t: 8_000_000, kind: "put", key: "register/1", value: "1" },
      { o: 0, t: 8_001_000, outcome: "ok", code: 0 },
    ]);
    // 1 s after the ledger began, whose wall clock was 3 ms fast; within 0.4 ms and the millisecond of its wall time.
    expect(operation).toMatchObject({ start: 1_000_000 - 3000 - 1400, end: 1_001_000 - 3000 + 1400 });
  });

  it.each([
    { within: 400, finds: true, words: "is found where the clocks tell the order" },
    { within: 20_000, finds: false, words: "is none where the clocks do not tell which was first" },
  ])("in which a read misses a write: it $words", ({ within, finds }) => {
    const clock = { fast: 0, within };
    const history = [
      ...ledger("london/1", clock, 5_000_000, [
        { a: 0, t: 6_000_000, kind: "put", key: "register/1", value: "1" },
        { o: 0, t: 6_001_000, outcome: "ok", code: 0 },
      ]),
      // 10 ms after the write was acknowledged.
      ...ledger("paris/1", clock, 900_000_000, [
        { a: 0, t: 901_011_000, kind: "read", key: "register/1", mode: "linearized" },
        { o: 0, t: 901_012_000, outcome: "ok", code: 0, seen: null },
      ]),
    ];
    const { findings } = check(history, {});
    expect(findings.length > 0).toBe(finds);
  });
});
