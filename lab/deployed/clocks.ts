import { monotonic } from "../load/clock";

/** How far a host's wall clock is from true time, as its chrony says. */
export interface HostClock {
  /** Instance id. */
  readonly host: string;
  /** Microseconds by which it is fast; negative where it is slow. */
  readonly fast: number;
  /** Microseconds by which that may be wrong: half of the delay to the source, and the source's own dispersion. */
  readonly within: number;
}

const SECOND = 1_000_000;
/** What a wall clock of milliseconds hides, microseconds. */
const MILLISECOND = 1000;

/** Milliseconds of the epoch on this machine, of a clock that nobody sets while this process lives. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * What `chronyc tracking` says of a host's clock. The error is at most the dispersion and half of the delay to the root (RFC 5905,
 * "root distance"), beside the offset that it tells.
 *
 * @returns undefined where it is not synchronised, or says something else
 */
export function hostClock(host: string, tracking: string): HostClock | undefined {
  const field = (name: string) => new RegExp(`^${name}\\s*: (.+)$`, "m").exec(tracking)?.[1] ?? "";
  const [, off, way] = /^([\d.]+) seconds (slow|fast) of NTP time/.exec(field("System time")) ?? [];
  const [delay, dispersion] = ["Root delay", "Root dispersion"].map((name) => parseFloat(field(name)));
  if (way === undefined || !(delay >= 0) || !(dispersion >= 0)) return undefined;
  if (/Not synchronised/i.test(field("Leap status"))) return undefined;
  const fast = Number(off) * SECOND * (way === "fast" ? 1 : -1);
  return { host, fast: Math.round(fast), within: Math.ceil((dispersion + delay / 2) * SECOND) };
}

/**
 * True time on the operator's machine, whose clock may be wrong: the whole seconds in the answers of AWS, whose servers keep
 * time, narrow it down to about a round trip, the more of them the better.
 */
export class OperatorClock {
  /** By how much this machine's wall clock is fast, at least and at most as the answers say, milliseconds. */
  private least = -Infinity;
  private most = Infinity;

  /** Takes an answer in: when it was asked and answered, by {@link wallClock}, and its header `Date`. */
  hear(asked: number, answered: number, date: string): void {
    const second = Date.parse(date);
    if (Number.isNaN(second)) return;
    // Its server wrote the date at a time between: in [second, second + 1000) of true time.
    this.least = Math.max(this.least, asked - second - 1000);
    this.most = Math.min(this.most, answered - second);
  }

  /** Microseconds to add to true time (of the epoch) for this process's monotonic clock. */
  get toMonotonic(): number {
    const fast = this.known ? (this.least + this.most) / 2 : 0;
    return monotonic() - (wallClock() - fast) * MILLISECOND;
  }

  /**
   * Microseconds by which {@link toMonotonic} may be wrong; infinite where nothing was heard. Answers contradict each other where
   * servers differ, or this machine's clock drifted meanwhile: the truth is then somewhere between.
   */
  get within(): number {
    return this.known ? Math.ceil((Math.abs(this.most - this.least) / 2) * MILLISECOND) : Infinity;
  }

  private get known(): boolean {
    return Number.isFinite(this.least);
  }
}

/** Where a ledger's times lie on the clock of a run. */
export interface LedgerClock {
  /** Microseconds to add to its times. */
  readonly ahead: number;
  /** Microseconds by which they may be wrong, beside what all hosts of the run share. */
  readonly within: number;
}

/** The clock of a ledger that a host began at a wall time (ISO 8601) and a monotonic one, microseconds. */
export function ledgerClock(
  { wall, monotonic: begun }: { readonly wall: string; readonly monotonic: number },
  { fast, within }: Pick<HostClock, "fast" | "within">,
  toMonotonic: number,
): LedgerClock {
  const truth = Date.parse(wall) * MILLISECOND - fast;
  return { ahead: Math.round(truth + toMonotonic - begun), within: within + MILLISECOND };
}
