import type { Clock } from "./clock";

/** One direction of a connection: what is sent arrives in its order, each a while later, as TCP delivers it. */
export class Line {
  private readonly underWay: (() => void)[] = [];
  private lastAt = 0;

  /**
   * @param transit milliseconds that the next one takes; 0 = it is there at once
   * @param opensAt when the connection is made, so that something can be sent, in milliseconds since 1970
   */
  constructor(
    private readonly clock: Clock,
    private readonly transit: () => number,
    private readonly opensAt = 0,
  ) {}

  /** Calls `arrive` when what is sent now arrives. */
  send(arrive: () => void): void {
    const transit = this.transit();
    if (transit === 0 && this.underWay.length === 0) return arrive();
    const now = this.clock.now();
    this.lastAt = Math.max(this.lastAt, Math.max(now, this.opensAt) + transit);
    this.underWay.push(arrive);
    this.clock.after(this.lastAt - now, () => this.underWay.shift()!());
  }
}
