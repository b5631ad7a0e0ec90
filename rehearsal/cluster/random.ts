/** A seeded source of numbers (mulberry32): the same seed gives the same run. */
export class Random {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** A number of [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A number of [low, high). */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** One of a list, or of the characters of a text. */
  of<T>(list: ArrayLike<T>): T {
    return list[this.below(list.length)];
  }

  /** A cluster key: up to 12 hexadecimal digits, upper case, as a server prints it. */
  clusterKey(): string {
    const high = Math.floor(this.next() * 0x1000000);
    const low = Math.floor(this.next() * 0x1000000);
    return (high * 0x1000000 + low + 1).toString(16).toUpperCase();
  }
}
